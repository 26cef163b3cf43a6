"""A signal of a WFDB record, as PhysioNet keeps them: a header as text beside files of samples.

Source: header(5) and signal(5) of the WFDB Applications Guide. Read are the formats 8, 16, 24, 32, 61, 80 and 212, one
segment, and signals sampled more often than once a frame.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from device.errors import UsageError
from device.recording.format.units import UV
from device.replay.recordings import SampledSignal
from device.replay.signals.amplitude import Measured, ecg_scale, scale_in_place
from device.replay.signals.choice import choose
from device.replay.signals.labels import Labelled, fit, kind_of
from dsp.types import FloatArray, SignalKind

HEADER = ".hea"
_LARGEST_HEADER = 1 << 20
_RECORD = re.compile(r"(\S+?)(/\d+)?\s+(\d+)(?:\s+([\d.eE+-]+)(?:/\S*)?)?(?:\s+(\d+))?(?:\s+(\S+)(?:\s+(\S+))?)?\s*")
_SIGNAL = re.compile(
    r"(?P<file>\S+)\s+(?P<format>\d+)(?:x(?P<a_frame>\d+))?(?::(?P<skew>\d+))?(?:\+(?P<offset>\d+))?"
    r"(?:\s+(?P<gain>[\d.eE+-]+)(?:\((?P<baseline>-?\d+)\))?(?:/(?P<unit>\S+))?)?"
    r"(?:\s+\d+)?(?:\s+(?P<zero>-?\d+))?(?:\s+(?P<first>-?\d+))?(?:\s+-?\d+)?(?:\s+\d+)?(?:\s+(?P<label>.*))?"
)
_USUAL_HZ, _USUAL_GAIN, _USUAL_UNIT = 250.0, 200.0, "mV"
_PLAIN_NAME = re.compile(r"[\w.+-]+")


@dataclass(frozen=True, slots=True)
class _Signal:
    label: str
    file: str
    form: int
    a_frame: int
    offset: int
    gain: float
    baseline: int
    unit: str
    first: int

    def physical(self, adc: NDArray[np.int64]) -> FloatArray:
        values = (adc.astype(np.float64) - self.baseline) / self.gain
        if self.form in _INVALID:
            values[adc == _INVALID[self.form]] = np.nan
        return values


@dataclass(frozen=True, slots=True)
class _Record:
    signals: tuple[_Signal, ...]
    frames_hz: float
    started: datetime | None


def header_of(path: Path) -> Path | None:
    """The header of the record that `path` is a file of; None where it is of none."""
    header = path if path.suffix == HEADER else path.with_suffix(HEADER)
    return header if path.suffix in (HEADER, ".dat") and header.is_file() else None


def read_wfdb(header: Path, kind: str | None, label: str | None, unit: str | None) -> SampledSignal:
    """The signal called or numbered `label`, else the one that is a heart's. Raises UsageError."""
    record = _header(header)
    choices = [
        Labelled(number, signal.label, record.frames_hz * signal.a_frame, signal.unit)
        for number, signal in enumerate(record.signals, start=1)
    ]
    if not choices:
        raise UsageError("the record holds no signals")

    def values_of(choice: Labelled) -> tuple[FloatArray, float]:
        signal = record.signals[choice.number - 1]
        return _values(header.parent, record, signal), record.frames_hz * signal.a_frame

    chosen, said = choose(choices, kind, label, values_of)
    values, fs_hz = values_of(chosen)
    if not len(values):
        raise UsageError("the record holds no samples")
    remarks = [said]
    signal_kind = kind_of(chosen.label, kind)
    if kind is None and label is None and fit(chosen.label)[0] is None:
        remarks.append(f"{chosen.label} is read as an ECG (--kind says what it is)")
    if signal_kind is SignalKind.ECG:
        scale, said = ecg_scale(Measured(chosen.label, values, fs_hz, chosen.unit), UV, unit)
        remarks.append(said)
        scale_in_place(values, scale)
    elif unit is not None:
        raise UsageError(f"{chosen.label} is read as {signal_kind}, and --unit tells the unit of an ECG")
    told = tuple(filter(None, remarks))
    return SampledSignal(signal_kind, chosen.label, fs_hz, values, started=record.started, remarks=told)


def _header(path: Path) -> _Record:
    if path.stat().st_size > _LARGEST_HEADER:
        raise UsageError("no header of a WFDB record is so large")
    lines = [line.strip() for line in path.read_text(encoding="latin-1").splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    told = _RECORD.fullmatch(lines[0]) if lines else None
    if told is None:
        raise UsageError("not the header of a WFDB record: its first line tells no name and number of signals")
    if told[2]:
        raise UsageError("a record of several segments is not read: give one of its segments")
    count, frames_hz = int(told[3]), _number(told[4], _USUAL_HZ)
    if not 0.0 < frames_hz < 1e6:
        raise UsageError(f"the header's sampling rate is {told[4]}")
    signals = tuple(_signal(line, number) for number, line in enumerate(lines[1 : 1 + count], start=1))
    if len(signals) != count:
        raise UsageError(f"the header names {count} signals and describes {len(signals)}")
    return _Record(signals, frames_hz, _started(told[6], told[7]))


def _signal(line: str, number: int) -> _Signal:
    told = _SIGNAL.fullmatch(line)
    if told is None:
        raise UsageError(f"the header's line of signal {number} cannot be read: {line[:60]!r}")
    form = int(told["format"])
    if form not in _DECODERS:
        raise UsageError(f"signal {number} is in format {form}; read are {', '.join(map(str, sorted(_DECODERS)))}")
    if not _PLAIN_NAME.fullmatch(told["file"]):
        raise UsageError(f"the file of signal {number} is not beside the header: {told['file'][:60]!r}")
    gain = _number(told["gain"], _USUAL_GAIN) or _USUAL_GAIN
    zero = int(told["zero"] or 0)
    return _Signal(
        label=(told["label"] or f"signal {number}").strip(),
        file=told["file"],
        form=form,
        a_frame=max(1, int(told["a_frame"] or 1)),
        offset=int(told["offset"] or 0),
        gain=gain,
        baseline=int(told["baseline"]) if told["baseline"] else zero,
        unit=told["unit"] or _USUAL_UNIT,
        first=int(told["first"] or 0),
    )


def _values(folder: Path, record: _Record, wanted: _Signal) -> FloatArray:
    """All of `wanted`'s samples. What is there counts, whatever the header says of the length."""
    together = [signal for signal in record.signals if signal.file == wanted.file]
    file = folder / wanted.file
    if not file.is_file():
        raise UsageError(f"{wanted.file} is not beside the header")
    if len({signal.form for signal in together}) != 1:
        raise UsageError(f"the signals in {wanted.file} are not of one format")
    content = np.fromfile(file, dtype=np.uint8, offset=together[0].offset)
    adc = _DECODERS[wanted.form](content)
    a_frame = sum(signal.a_frame for signal in together)
    frames = adc[: len(adc) // a_frame * a_frame].reshape(-1, a_frame)
    start = 0
    for signal in together:
        if signal is wanted:
            break
        start += signal.a_frame
    own = frames[:, start : start + wanted.a_frame].reshape(-1).astype(np.int64)
    return wanted.physical(np.cumsum(own) + wanted.first if wanted.form == _DIFFERENCES else own)


def _whole(content: NDArray[np.uint8], width: int) -> NDArray[np.uint8]:
    return content[: len(content) // width * width]


def _of_type(name: str, width: int) -> Callable[[NDArray[np.uint8]], NDArray[np.int64]]:
    return lambda content: _whole(content, width).view(name).astype(np.int64)


def _three_bytes(content: NDArray[np.uint8]) -> NDArray[np.int64]:
    low, middle, high = _whole(content, 3).reshape(-1, 3).astype(np.int64).T
    return np.asarray(low | middle << 8 | (high ^ 0x80) - 0x80 << 16)


def _twelve_bits(content: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Two samples in three bytes: the low bytes first and last, the high four bits of both in the middle."""
    first, middle, second = _whole(content, 3).reshape(-1, 3).astype(np.int64).T
    pairs = np.column_stack((first | (middle & 0xF) << 8, second | (middle >> 4) << 8)).reshape(-1)
    return np.asarray((pairs ^ 0x800) - 0x800)


_DIFFERENCES = 8
_DECODERS: dict[int, Callable[[NDArray[np.uint8]], NDArray[np.int64]]] = {
    _DIFFERENCES: _of_type("i1", 1),
    16: _of_type("<i2", 2),
    24: _three_bytes,
    32: _of_type("<i4", 4),
    61: _of_type(">i2", 2),
    80: lambda content: content.astype(np.int64) - 128,
    212: _twelve_bits,
}
_INVALID = {16: -(1 << 15), 24: -(1 << 23), 32: -(1 << 31), 61: -(1 << 15), 80: -128, 212: -(1 << 11)}


def _number(text: str | None, usual: float) -> float:
    try:
        return usual if text is None else float(text)
    except ValueError:
        raise UsageError(f"the header has {text!r} where a number should be") from None


def _started(time: str | None, date: str | None) -> datetime | None:
    """None without a date."""
    try:
        return datetime.strptime(f"{date} {(time or '').split('.')[0]}", "%d/%m/%Y %H:%M:%S") if date else None
    except ValueError:
        return None
