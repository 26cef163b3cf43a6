"""The EDF and EDF+ header as ordered tables of fields, and one record's geometry.

Sources: Kemp et al. 1992, doi 10.1016/0013-4694(92)90009-7 (EDF); Kemp & Olivan 2003,
doi 10.1016/S1388-2457(03)00123-8 (EDF+). Section numbers in this package are those of the EDF+ text.
"""

import math
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, Decimal
from itertools import accumulate

from device.recording.edf.errors import EdfError

MAIN_FIELDS = (
    ("version", 8),
    ("patient", 80),
    ("recording", 80),
    ("start_date", 8),
    ("start_time", 8),
    ("header_bytes", 8),
    ("reserved", 44),
    ("record_count", 8),
    ("record_duration_s", 8),
    ("signal_count", 4),
)
SIGNAL_FIELDS = (
    ("label", 16),
    ("transducer", 80),
    ("unit", 8),
    ("physical_min", 8),
    ("physical_max", 8),
    ("digital_min", 8),
    ("digital_max", 8),
    ("prefilter", 80),
    ("samples_per_record", 8),
    ("reserved", 32),
)
MAIN_BYTES = sum(width for _, width in MAIN_FIELDS)
SIGNAL_BYTES = sum(width for _, width in SIGNAL_FIELDS)
BYTES_PER_SAMPLE = 2
RECORD_COUNT_OFFSET = 236
RECORD_COUNT_UNKNOWN = -1

DIGITAL_MIN, DIGITAL_MAX = -(2**15), 2**15 - 1
ANNOTATIONS_LABEL = "EDF Annotations"
BDF_ANNOTATIONS_LABEL = "BDF Annotations"
EDF_MARK, BDF_MARK = b"0       ", b"\xffBIOSEMI"
BDF_BYTES_PER_SAMPLE = 3
MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_LARGEST_NUMBER = Decimal(10) ** 9
_NO_NUMBER = frozenset({"", "nan", "inf", "infinity"})
_CLIPPING_YEAR = 85  # 2.1.3.2: 85-99 are 1985-1999, 00-84 are 2000-2084


@dataclass(frozen=True, slots=True)
class SignalHeader:
    """One signal's fields; `unit` is EDF's physical dimension."""

    label: str
    unit: str
    physical_min: float
    physical_max: float
    samples_per_record: int
    transducer: str = ""
    prefilter: str = ""
    digital_min: int = DIGITAL_MIN
    digital_max: int = DIGITAL_MAX
    reserved: str = ""

    @property
    def is_annotations(self) -> bool:
        return self.label in (ANNOTATIONS_LABEL, BDF_ANNOTATIONS_LABEL)

    @property
    def has_range(self) -> bool:
        """False where the physical range is empty, as some recorders leave it."""
        return self.physical_max != self.physical_min

    @property
    def units_per_step(self) -> float:
        """Physical units in one digital step; negative where the physical range is reversed. EdfError where the
        digital range is empty."""
        if self.digital_max == self.digital_min:
            raise EdfError(f"signal {self.label!r}: its digital minimum and maximum are the same")
        return (self.physical_max - self.physical_min) / (self.digital_max - self.digital_min)


@dataclass(frozen=True, slots=True)
class Header:
    """A whole header. `start` is local time without zone, None when unknown; `reserved` starts with EDF+C, EDF+D
    or nothing (plain EDF)."""

    signals: tuple[SignalHeader, ...]
    record_duration_s: Decimal
    start: datetime | None = None
    patient: str = "X X X X"
    recording: str = "Startdate X X X X"
    record_count: int = RECORD_COUNT_UNKNOWN
    reserved: str = "EDF+C"
    sample_bytes: int = BYTES_PER_SAMPLE

    @property
    def header_bytes(self) -> int:
        return MAIN_BYTES + SIGNAL_BYTES * len(self.signals)

    @property
    def record_bytes(self) -> int:
        return self.sample_bytes * sum(signal.samples_per_record for signal in self.signals)

    @property
    def signal_offsets(self) -> tuple[int, ...]:
        """Where each signal begins in a record, in bytes."""
        sizes = [self.sample_bytes * signal.samples_per_record for signal in self.signals]
        return tuple(accumulate(sizes[:-1], initial=0))

    def fs_hz(self, signal: SignalHeader) -> float:
        """EdfError where records last no time, as in files of annotations alone."""
        if self.record_duration_s <= 0:
            raise EdfError(f"signal {signal.label!r}: data records of {self.record_duration_s} s give it no rate")
        return signal.samples_per_record / float(self.record_duration_s)


def number_text(value: float, rounding: str = ROUND_HALF_EVEN, width: int = 8) -> str:
    """`value` with as many decimals as fit into `width` characters, rounded by `rounding` (a `decimal` constant)."""
    if not math.isfinite(value):
        raise EdfError(f"an EDF header cannot hold {value}")
    exact = Decimal(repr(float(value)))
    if abs(exact) >= 10**width:
        raise EdfError(f"{value} does not fit into {width} characters of an EDF header")
    for decimals in range(width - 2, -1, -1):
        text = f"{exact.quantize(Decimal(1).scaleb(-decimals), rounding):f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
        if len(text) <= width:
            return "0" if text == "-0" else text
    raise EdfError(f"{value} does not fit into {width} characters of an EDF header")


def physical_range(minimum: float, maximum: float) -> tuple[float, float]:
    """The narrowest physical range that holds both ends and can be written in the header's 8 characters."""
    return float(number_text(minimum, ROUND_FLOOR)), float(number_text(maximum, ROUND_CEILING))


def record_shape(fs_hz: float) -> tuple[int, Decimal]:
    """Samples in a data record, and its duration in s, so that their ratio is `fs_hz`.

    A whole rate gives exactly one second. Any other takes the length from half a second to one whose duration the
    header's 8 characters hold best. Below 1 Hz a record is one sample.
    """
    if not (math.isfinite(fs_hz) and fs_hz > 0):
        raise EdfError(f"a sampling rate must be above 0 Hz, not {fs_hz}")
    lengths = range(max(1, math.ceil(fs_hz / 2)), max(1, math.floor(fs_hz)) + 1)

    def misfit(samples: int) -> tuple[int, float]:
        exact_s = samples / fs_hz
        error = abs(float(number_text(exact_s)) / exact_s - 1.0)
        return round(error * 1e9), abs(samples - fs_hz)

    samples = min(lengths, key=misfit)
    return samples, Decimal(number_text(samples / fs_hz))


def encode_header(header: Header) -> bytes:
    """The header's bytes; EdfError where a field holds other than printable ASCII or is too long (2.1.3.1)."""
    start = header.start
    main = {
        "version": "0",
        "patient": header.patient,
        "recording": header.recording,
        "start_date": f"{start:%d.%m.%y}" if start else "01.01.85",
        "start_time": f"{start:%H.%M.%S}" if start else "00.00.00",
        "header_bytes": str(header.header_bytes),
        "reserved": header.reserved,
        "record_count": str(header.record_count),
        "record_duration_s": f"{header.record_duration_s:f}",
        "signal_count": str(len(header.signals)),
    }
    parts = [_field(name, main[name], width) for name, width in MAIN_FIELDS]
    for name, width in SIGNAL_FIELDS:
        for signal in header.signals:
            value = getattr(signal, name)
            parts.append(_field(name, number_text(value) if isinstance(value, float) else str(value), width))
    return b"".join(parts)


def record_count_field(count: int) -> bytes:
    """The 8 bytes at `RECORD_COUNT_OFFSET`."""
    return _field("record_count", str(count), 8)


def _field(name: str, text: str, width: int) -> bytes:
    if len(text) > width or not (text.isascii() and text.isprintable()):
        raise EdfError(f"the EDF header's {name} takes {width} printable ASCII characters, not {text!r}")
    return text.ljust(width).encode("ascii")


def signal_count(main: bytes, name: str) -> int:
    """How many signals the first `MAIN_BYTES` of the file `name` announce; EdfError where they are not EDF's."""
    if not main:
        raise EdfError(f"{name}: the file is empty")
    if len(main) < MAIN_BYTES or main[:8] not in (EDF_MARK, BDF_MARK):
        raise EdfError(f"{name}: not an EDF file (it does not begin with an EDF header)")
    return _integer(_texts(main, MAIN_FIELDS)["signal_count"], "signal_count", name)


def decode_header(data: bytes, name: str) -> Header:
    """The header in `data`, which may go on after it. Lenient where a wrong field does no harm."""
    count = signal_count(data[:MAIN_BYTES], name)
    if not 0 < count <= (len(data) - MAIN_BYTES) // SIGNAL_BYTES:
        raise EdfError(f"{name}: the header ends too early, or names {count} signals")
    main = _texts(data, MAIN_FIELDS)
    duration_s = _number(main["record_duration_s"], "record_duration_s", name)
    return Header(
        signals=_decode_signals(data[MAIN_BYTES:], count, name),
        record_duration_s=duration_s,
        start=_start(main["start_date"], main["start_time"], main["recording"]),
        patient=main["patient"],
        recording=main["recording"],
        record_count=_integer(main["record_count"] or str(RECORD_COUNT_UNKNOWN), "record_count", name),
        reserved=main["reserved"],
        sample_bytes=BDF_BYTES_PER_SAMPLE if data.startswith(BDF_MARK) else BYTES_PER_SAMPLE,
    )


def _decode_signals(data: bytes, count: int, name: str) -> tuple[SignalHeader, ...]:
    columns: dict[str, list[str]] = {}
    at = 0
    for field, width in SIGNAL_FIELDS:
        columns[field] = [_text(data[at + i * width : at + (i + 1) * width]) for i in range(count)]
        at += width * count
    lows, highs = _physical_ranges(columns["physical_min"], columns["physical_max"], name)
    return tuple(
        SignalHeader(
            label=columns["label"][i],
            unit=columns["unit"][i],
            physical_min=lows[i],
            physical_max=highs[i],
            samples_per_record=_samples(columns["samples_per_record"][i], name),
            transducer=columns["transducer"][i],
            prefilter=columns["prefilter"][i],
            digital_min=_integer(columns["digital_min"][i], "digital_min", name),
            digital_max=_integer(columns["digital_max"][i], "digital_max", name),
            reserved=columns["reserved"][i],
        )
        for i in range(count)
    )


def _physical_ranges(lows: list[str], highs: list[str], name: str) -> tuple[list[float], list[float]]:
    """Both ends of each; a range with an end that is blank, or no finite number, counts as an empty one."""
    ranges = [
        (0.0, 0.0)
        if {low.lower().lstrip("+-"), high.lower().lstrip("+-")} & _NO_NUMBER
        else (float(_number(low, "physical_min", name)), float(_number(high, "physical_max", name)))
        for low, high in zip(lows, highs, strict=True)
    ]
    return [low for low, _ in ranges], [high for _, high in ranges]


def _texts(data: bytes, fields: tuple[tuple[str, int], ...]) -> dict[str, str]:
    ends = list(accumulate(width for _, width in fields))
    return {name: _text(data[end - width : end]) for (name, width), end in zip(fields, ends, strict=True)}


def _text(raw: bytes) -> str:
    return raw.decode("latin-1").strip(" \0")


def _number(text: str, field: str, name: str) -> Decimal:
    try:
        value = Decimal(text.replace(",", "."))
        if value.is_finite() and abs(value) < _LARGEST_NUMBER:
            return value
    except ArithmeticError:
        pass
    raise EdfError(f"{name}: the EDF header's {field} should be a number, not {text!r}")


def _integer(text: str, field: str, name: str) -> int:
    value = _number(text, field, name)
    if value != value.to_integral_value():
        raise EdfError(f"{name}: the EDF header's {field} should be a whole number, not {text!r}")
    return int(value)


def _samples(text: str, name: str) -> int:
    samples = _integer(text, "samples_per_record", name)
    if samples < 1:
        raise EdfError(f"{name}: the EDF header's samples_per_record should be 1 or more, not {samples}")
    return samples


def _start(date: str, time: str, recording: str) -> datetime | None:
    """None where the date is unknown: 2.1.3.3 wants `Startdate X` then, and others write 01.01.85."""
    if recording.startswith("Startdate X") or date == "01.01.85":
        return None
    try:
        day, month, year = (int(part) for part in date.split("."))
        hour, minute, second = (int(part) for part in time.split("."))
        century = 1900 if year >= _CLIPPING_YEAR else 2000
        return datetime(century + year, month, day, hour, minute, second)
    except ValueError:
        return None
