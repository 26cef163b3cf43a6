"""The forms of recordings that replay reads, one row each, in the order in which they are tried."""

import codecs
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from device.errors import UsageError
from device.recording.edf.layout import BDF_MARK, EDF_MARK
from device.replay.edf_signal import read_edf_signal
from device.replay.others.apple_health import read_apple_health
from device.replay.others.emwave import MAGIC as SQLITE
from device.replay.others.emwave import read_emwave_database
from device.replay.others.fit import MAGIC, MAGIC_AT, read_fit
from device.replay.others.json_log import read_json_log
from device.replay.others.kubios_report import is_kubios_report, read_kubios_report
from device.replay.others.polar_hrm import SIGN as POLAR_HRM
from device.replay.others.polar_hrm import read_polar_hrm
from device.replay.others.rate_header import rate_told, read_below_rate
from device.replay.others.wfdb_record import header_of, read_wfdb
from device.replay.recordings import Recording
from device.replay.signals.options import refuse_options
from device.replay.text_files import read_text_recording

_FIRST_BYTES = 16
_SIGNALS, _BEATS = frozenset({"ecg", "ppg"}), frozenset({"beats", "rr"})
_BOTH, _SIGNAL, _NEITHER = frozenset({"signal", "unit"}), frozenset({"signal"}), frozenset[str]()


@dataclass(frozen=True, slots=True)
class GivenFile:
    """A file, its suffix in small letters (its copy may have none), its first bytes, and what the user asked for."""

    path: Path
    suffix: str
    first: bytes
    kind: str | None
    signal: str | None
    unit: str | None

    def begins_with(self, *signs: bytes) -> bool:
        return self.first.removeprefix(codecs.BOM_UTF8).lstrip().startswith(signs)


@dataclass(frozen=True, slots=True)
class Form:
    """`kinds`: what `--kind` may ask for in such a file; `options`: which of `--signal` and `--unit` may decide in it,
    where what is in the file does not have them refused."""

    name: str
    kinds: frozenset[str]
    options: frozenset[str]
    is_it: Callable[[GivenFile], bool]
    read: Callable[[GivenFile], Recording]


FORMS = (
    Form(
        "an EDF file",
        _SIGNALS,
        _BOTH,
        lambda c: c.first[:8] in (EDF_MARK, BDF_MARK) or c.suffix in (".edf", ".rec", ".bdf"),
        lambda c: read_edf_signal(c.path, c.kind, c.signal, c.unit),
    ),
    Form(
        "a WFDB record",
        _SIGNALS,
        _BOTH,
        lambda c: header_of(c.path) is not None,
        lambda c: read_wfdb(header_of(c.path) or c.path, c.kind, c.signal, c.unit),
    ),
    Form(
        "a FIT file",
        _BEATS,
        _NEITHER,
        lambda c: c.first[MAGIC_AT : MAGIC_AT + len(MAGIC)] == MAGIC,
        lambda c: read_fit(c.path),
    ),
    Form(
        "a database of emWave",
        _BEATS,
        _SIGNAL,
        lambda c: c.first == SQLITE,
        lambda c: read_emwave_database(c.path, c.signal),
    ),
    Form(
        "an XML file",
        _BEATS,
        _SIGNAL,
        lambda c: c.begins_with(b"<"),
        lambda c: read_apple_health(c.path, c.signal),
    ),
    Form(
        "a Polar .hrm file",
        _BEATS,
        _NEITHER,
        lambda c: c.begins_with(POLAR_HRM),
        lambda c: read_polar_hrm(c.path),
    ),
    Form(
        "a JSON file",
        _BEATS | _SIGNALS,
        _BOTH,
        lambda c: c.begins_with(b"{", b"["),
        lambda c: read_json_log(c.path, c.kind, c.unit, c.signal),
    ),
    Form(
        "a report of Kubios",
        _BEATS,
        _NEITHER,
        lambda c: is_kubios_report(c.path),
        lambda c: read_kubios_report(c.path),
    ),
    Form(
        "a column of samples",
        _SIGNALS,
        _BOTH,
        lambda c: c.kind not in _BEATS and c.signal is None and rate_told(c.path) is not None,
        lambda c: read_below_rate(c.path, rate_told(c.path) or 0.0, c.kind, c.unit),
    ),
    Form(
        "a text file",
        _BEATS | _SIGNALS,
        _BOTH,
        lambda c: True,
        lambda c: read_text_recording(c.path, c.kind, c.signal, c.unit),
    ),
)


def read_any(path: Path, suffix: str, kind: str | None, signal: str | None, unit: str | None) -> Recording:
    """Raises UsageError, without the file's name."""
    with path.open("rb") as file:
        first = file.read(_FIRST_BYTES)
    if not first:
        raise UsageError("the file is empty")
    given = GivenFile(path, suffix, first, kind, signal, unit)
    form = next(form for form in FORMS if form.is_it(given))
    if kind is not None and kind not in form.kinds:
        held = "signals" if form.kinds == _SIGNALS else "beats"
        wanted = "ecg or ppg" if form.kinds == _SIGNALS else "rr or beats"
        raise UsageError(f"{form.name} holds {held}, not {kind}; --kind takes {wanted} here")
    asked = {"signal": signal, "unit": unit}
    refuse_options(form.name, **{name: value for name, value in asked.items() if name not in form.options})
    return form.read(given)
