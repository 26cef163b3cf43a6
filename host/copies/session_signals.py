"""All samples and annotations of a pulled session, as its file has them."""

import warnings
from dataclasses import dataclass, replace
from pathlib import Path

import edfio
import numpy as np
from numpy.typing import NDArray

from device.recording.format.metrics import METRICS
from device.recording.format.names import EDF
from device.recording.format.signals import GUIDE_LABEL, UNKNOWN
from device.recording.format.vocabulary import END, RECOVERED
from dsp.types import FloatArray, SignalKind
from host.copies.session_files import PlacedNote, events_of
from host.copies.sums import damage_told, read_vouched
from host.errors import DamageError, HostError, printable

_METRIC_LABELS = frozenset(metric.label for metric in METRICS)


@dataclass(frozen=True, slots=True, eq=False)
class StoredSignal:
    """`digital` is int16 of shape (n,), `UNKNOWN` where a sample was lost; `digital * step + offset` is in `unit`,
    which is empty for counts. Sample i is at i / `fs_hz` s of the session."""

    label: str
    unit: str
    fs_hz: float
    digital: NDArray[np.int16]
    step: float
    offset: float

    @property
    def lost(self) -> NDArray[np.bool_]:
        return np.asarray(self.digital == UNKNOWN)

    def values(self) -> FloatArray:
        """In `unit`, NaN where unknown."""
        return np.where(self.lost, np.nan, self.digital * self.step + self.offset)


@dataclass(frozen=True, slots=True)
class SessionSignals:
    """`heart` is the ECG or the pulse, None where beats or intervals were replayed; `beside` what its sensor tells
    besides; `metrics` the numbers that come once a second and the guide. `events` are all annotations in order of time,
    as docs/recording-format.md has them; `edf` is the file itself."""

    heart: StoredSignal | None
    beside: tuple[StoredSignal, ...]
    metrics: tuple[StoredSignal, ...]
    events: tuple[PlacedNote, ...]
    edf: bytes

    @property
    def every(self) -> tuple[StoredSignal, ...]:
        """In the order of the file."""
        return (*((self.heart,) if self.heart else ()), *self.beside, *self.metrics)


def read_signals(folder: Path) -> SessionSignals:
    """What session.edf holds, where SHA256SUMS vouches for it. Raises HostError, in one line, where it does
    not."""
    try:
        files = read_vouched(folder)
        with damage_told(EDF):
            return _signals(files.edf)
    except (DamageError, OSError) as error:
        why = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise HostError(printable(f"{folder.name} cannot be read: {why}")) from error


def _signals(edf_bytes: bytes) -> SessionSignals:
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        edf = edfio.read_edf(edf_bytes)
        events = tuple(events_of(edf))
        signals = [_stored(signal) for signal in edf.signals]
    end_s = next((event.t_s for event in events if event.note.word in (END, RECOVERED)), None)
    if end_s is not None:
        signals = [_cut(signal, end_s) for signal in signals]
    hearts = [signal for signal in signals if signal.label in (kind.label for kind in SignalKind)]
    if len(hearts) > 1:
        raise DamageError(f"it holds {len(hearts)} heart signals")
    heart = hearts[0] if hearts else None
    per_second = [s for s in signals if s.label in _METRIC_LABELS or s.label == GUIDE_LABEL]
    beside = [s for s in signals if s is not heart and all(s is not other for other in per_second)]
    return SessionSignals(heart, tuple(beside), tuple(per_second), events, edf_bytes)


def _stored(signal: edfio.EdfSignal) -> StoredSignal:
    step = float(signal.physical_max - signal.physical_min) / (signal.digital_max - signal.digital_min)
    return StoredSignal(
        label=str(signal.label),
        unit=str(signal.physical_dimension),
        fs_hz=float(signal.sampling_frequency),
        digital=np.array(signal.digital, dtype=np.int16),
        step=step,
        offset=float(signal.physical_min) - step * int(signal.digital_min),
    )


def _cut(signal: StoredSignal, end_s: float) -> StoredSignal:
    """Without what fills up the last record."""
    return replace(signal, digital=signal.digital[: max(0, round(end_s * signal.fs_hz))])
