"""The header of a WFDB record: a line about the record, then a line a signal, of fields that follow each other.

Source: header(5) of the WFDB Applications Guide. A field may be left out only with all that follow it, so one that is
not what its place asks for is an error and no missing field. The checksums and block sizes are not used, and of date
and time, which others write in ways of their own, it is only said where they cannot be read.
"""

import math
import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from device.errors import UsageError

_LARGEST = 1 << 20
_NUMBER, _WHOLE = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?", r"[+-]?\d{1,12}"
_COUNT = r"\d{1,12}"
_USUAL_HZ, _USUAL_GAIN, _USUAL_UNIT = 250.0, 200.0, "mV"
_MOST_HZ = 1e6
_PLAIN_NAME = re.compile(r"[\w.+-]+", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Field:
    """`form` is a pattern without white space, `told` what is allowed, for the user."""

    name: str
    form: str
    told: str


_RECORD = (
    _Field("name", rf"(?P<name>[^\s/]+)(?:/(?P<segments>{_COUNT}))?", "a name"),
    _Field("number of signals", rf"(?P<signals>{_COUNT})", "a whole number, as 2"),
    _Field("rate", rf"(?P<rate>{_NUMBER})(?:/{_NUMBER}(?:\({_NUMBER}\))?)?", "a number of Hz, as 360 or 360/360(0)"),
    _Field("number of samples", rf"(?P<samples>{_COUNT})", "a whole number, as 650000"),
)
_SIGNAL = (
    _Field("file", r"(?P<file>\S+)", "a file's name"),
    _Field(
        "format",
        rf"(?P<format>{_COUNT})(?:x(?P<a_frame>{_COUNT}))?(?::(?P<skew>{_COUNT}))?(?:\+(?P<offset>{_COUNT}))?",
        "a number, as 212, 16x4, 16:2 or 16+24",
    ),
    _Field(
        "gain",
        rf"(?P<gain>{_NUMBER})(?:\((?P<baseline>{_WHOLE})\))?(?:/(?P<unit>\S+))?",
        "a number, as 200, 200/mV or 200(1024)/mV",
    ),
    _Field("resolution", _WHOLE, "a whole number, as 12"),
    _Field("zero", rf"(?P<zero>{_WHOLE})", "a whole number, as 1024"),
    _Field("first value", rf"(?P<first>{_WHOLE})", "a whole number, as 995"),
    _Field("checksum", _WHOLE, "a whole number, as -22131"),
    _Field("block size", _WHOLE, "a whole number, as 0"),
)


@dataclass(frozen=True, slots=True, eq=False)
class WfdbSignal:
    """One signal as the header describes it: `a_frame` samples a frame in format `form`, from byte `offset` of `file`,
    the first `skew` frames of which lie before the record. `gain` is in steps a `unit`, `assumed` where none is told.
    """

    label: str
    file: str
    form: int
    a_frame: int
    skew: int
    offset: int
    gain: float
    assumed: bool
    baseline: int
    unit: str
    first: int


@dataclass(frozen=True, slots=True)
class WfdbHeader:
    """`frames` is 0 where the header tells no length; `remarks` as in `SampledSignal`."""

    signals: tuple[WfdbSignal, ...]
    frames_hz: float
    frames: int
    started: datetime | None
    remarks: tuple[str, ...]


def read_wfdb_header(path: Path) -> WfdbHeader:
    """Raises UsageError, without the file's name, where a field is not what header(5) allows in its place."""
    if path.stat().st_size > _LARGEST:
        raise UsageError("no header of a WFDB record is so large")
    lines = [line.strip() for line in path.read_text(encoding="latin-1").split("\n")]
    lines = [line for line in lines if line and not line.startswith("#")]
    if not lines or len(lines[0].split()) < 2:
        raise UsageError("not the header of a WFDB record: its first line tells no name and number of signals")
    told, clock = _read(lines[0], _RECORD, "the header's first line")
    if told["segments"] is not None:
        raise UsageError("a record of several segments is not read: give one of its segments")
    frames_hz = float(told["rate"] or _USUAL_HZ)
    if not 0.0 < frames_hz < _MOST_HZ:
        raise UsageError(
            f"the header's sampling rate is {told['rate']!s:.20}; above 0 and below {_MOST_HZ:g} Hz are read"
        )
    count = int(told["signals"] or 0)
    signals = tuple(_signal(line, number) for number, line in enumerate(lines[1 : 1 + count], start=1))
    if len(signals) != count:
        raise UsageError(f"the header names {count} signals and describes {len(signals)}")
    started, unread = _started(clock)
    untold = "" if told["rate"] else f"the header tells no rate: {_USUAL_HZ:g} Hz is taken"
    return WfdbHeader(signals, frames_hz, int(told["samples"] or 0), started, tuple(filter(None, (untold, unread))))


def _signal(line: str, number: int) -> WfdbSignal:
    told, label = _read(line, _SIGNAL, f"the header's line of signal {number}")
    if told["format"] is None:
        raise UsageError(f"the header's line of signal {number} tells a file and no format")
    file = told["file"] or ""
    if not _PLAIN_NAME.fullmatch(file):
        raise UsageError(f"the file of signal {number} is not beside the header: {file[:60]!r}")
    gain = float(told["gain"] or 0.0)
    if not math.isfinite(gain):
        raise UsageError(f"the header's line of signal {number}: no signal has a gain of {told['gain']!s:.20}")
    return WfdbSignal(
        label=label or f"signal {number}",
        file=file,
        form=int(told["format"]),
        a_frame=max(1, int(told["a_frame"] or 1)),
        skew=int(told["skew"] or 0),
        offset=int(told["offset"] or 0),
        gain=gain or _USUAL_GAIN,
        assumed=not gain,
        baseline=int(told["baseline"] or told["zero"] or 0),
        unit=told["unit"] or _USUAL_UNIT,
        first=int(told["first"] or 0),
    )


def _read(line: str, fields: tuple[_Field, ...], where: str) -> tuple[dict[str, str | None], str]:
    """(what the fields tell, None where one is left out; what stands behind them all)."""
    *texts, rest = [*line.split(None, len(fields)), *[""] * len(fields)][: len(fields) + 1]
    found: dict[str, str | None] = {}
    for field, text in zip(fields, texts, strict=True):
        told = re.fullmatch(field.form, text, re.ASCII) if text else None
        if text and told is None:
            raise UsageError(f"{where}: the {field.name} must be {field.told}, not {text[:40]!r}")
        found |= told.groupdict() if told else dict.fromkeys(re.compile(field.form).groupindex)
    return found, rest


def _started(text: str) -> tuple[datetime | None, str]:
    """(time and date, None where there are not both; what is to be said)."""
    if not text:
        return None, ""
    time, _, date = text.partition(" ")
    try:
        of_day = datetime.strptime(time.split(".")[0], "%H:%M:%S").time()
        return (datetime.combine(datetime.strptime(date.strip(), "%d/%m/%Y"), of_day) if date else None), ""
    except ValueError:
        return None, f"the record's time and date are not read, as they are no 20:00:00 17/05/2026: {text[:40]!r}"
