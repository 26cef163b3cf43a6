"""Reads EDF, EDF+ and BDF files, our own and others'."""

import math
import re
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from device.recording.edf.annotations import parse_tals
from device.recording.edf.errors import EdfError
from device.recording.edf.layout import (
    BDF_BYTES_PER_SAMPLE,
    BYTES_PER_SAMPLE,
    MAIN_BYTES,
    Header,
    SignalHeader,
    decode_header,
    signal_count,
)
from device.recording.format.annotation import Annotation
from dsp.types import FloatArray

LOST_S = 3600.0
LOST_PER_SAMPLE = 10
FASTEST_HZ = 4000.0
"""What may be lost between records: an hour at a rate that a heart is recorded at, and ten times what is there. A time
stamp must not ask for the memory of years."""
_UNKNOWN = re.compile(r"\bunknown=(-?\d{1,5})\b")


@dataclass(frozen=True, slots=True)
class EdfSignal:
    """One signal as the file declares it."""

    label: str
    unit: str
    fs_hz: float
    number: int
    transducer: str = ""
    scaled: bool = True
    """False where the header gives no physical range: `EdfFile.read` then gives digital values."""


class EdfFile:
    """An EDF file whose whole records count; a torn last record is passed over. Read whole, one signal at a time.

    In a discontinuous file (EDF+D) records stand where their time stamps say, with NaN between them. `announced` is
    the header's own number of records: others' recorders leave 0 or too few when they end badly, and what is there
    counts; in files of our own no record counts that the header does not, unless that says -1.
    """

    def __init__(self, path: Path, header: Header, records: NDArray[np.uint8], announced: int) -> None:
        self.path = path
        self.header = header
        self.announced = announced
        self._records = records
        self._starts_s = self._record_starts_s()

    @classmethod
    def open(cls, path: Path) -> "EdfFile":
        """Raises EdfError (no EDF file, empty, header broken) or OSError."""
        name = str(path)
        with path.open("rb") as file:
            main = file.read(MAIN_BYTES)
            header_bytes = MAIN_BYTES * (1 + max(0, signal_count(main, name)))
            header = decode_header(main + file.read(header_bytes - MAIN_BYTES), name)
        body = np.memmap(path, dtype=np.uint8, mode="r")[header.header_bytes :]
        count = len(body) // header.record_bytes
        if header.record_count >= 0 and _UNKNOWN.search(header.recording):
            count = min(count, header.record_count)
        records = body[: count * header.record_bytes].reshape(count, header.record_bytes)
        return cls(path, replace(header, record_count=count), records, header.record_count)

    @property
    def started(self) -> datetime | None:
        return self.header.start

    @property
    def signals(self) -> list[EdfSignal]:
        """The ordinary signals, annotations left out."""
        return [
            EdfSignal(signal.label, signal.unit, self.header.fs_hz(signal), number, signal.transducer, signal.has_range)
            for number, signal in enumerate(self.header.signals)
            if not signal.is_annotations
        ]

    @property
    def unknown(self) -> int | None:
        """The digital value that our own files declare as unknown; None in others' files."""
        told = _UNKNOWN.search(self.header.recording)
        return int(told[1]) if told else None

    def read(self, number: int) -> FloatArray:
        """Signal `number` in physical units, shape (n,); NaN in gaps and where the digital value is `unknown`."""
        signal = self.header.signals[number]
        digital = self._digital_of(number).reshape(len(self._records), signal.samples_per_record)
        values = _physical(digital, signal, self.unknown)
        if not self._has_gaps():
            return values.reshape(-1)
        return self._placed(values, self.header.fs_hz(signal))

    def annotations(self) -> list[Annotation]:
        """All annotations in the file's order; onsets count from the first record's start."""
        found: list[Annotation] = []
        first_s = self._starts_s[0] if len(self._starts_s) else 0.0
        for number, signal in enumerate(self.header.signals):
            if signal.is_annotations:
                for raw in self._bytes_of(number):
                    found += parse_tals(raw.tobytes())[1]
        return [replace(a, onset_s=a.onset_s - first_s) for a in found] if first_s else found

    def _bytes_of(self, number: int) -> NDArray[np.uint8]:
        start = self.header.signal_offsets[number]
        stop = start + self.header.sample_bytes * self.header.signals[number].samples_per_record
        return np.ascontiguousarray(self._records[:, start:stop])

    def _digital_of(self, number: int) -> NDArray[np.int16] | NDArray[np.int32]:
        raw = self._bytes_of(number)
        if self.header.sample_bytes == BYTES_PER_SAMPLE:
            return raw.view("<i2")
        wide = np.zeros((raw.size // BDF_BYTES_PER_SAMPLE, 4), dtype=np.uint8)
        wide[:, 1:] = raw.reshape(-1, BDF_BYTES_PER_SAMPLE)
        return np.asarray(wide.reshape(-1).view("<i4") >> 8, dtype=np.int32)

    def _record_starts_s(self) -> list[float]:
        """From the time stamps: in EDF+C the first one's, in EDF+D each record's own (EDF+ 2.2.4)."""
        duration_s = float(self.header.record_duration_s)
        numbers = [n for n, signal in enumerate(self.header.signals) if signal.is_annotations]
        starts_s = [k * duration_s for k in range(len(self._records))]
        if not numbers or not starts_s or not self.header.reserved.startswith(("EDF+", "BDF+")):
            return starts_s
        if not self.header.reserved.startswith(("EDF+D", "BDF+D")):
            first_s = self._time_stamp(numbers[0], 0, default_s=0.0)
            return [first_s + start_s for start_s in starts_s]
        return [self._time_stamp(numbers[0], k, start_s) for k, start_s in enumerate(starts_s)]

    def _time_stamp(self, number: int, record: int, default_s: float) -> float:
        start = self.header.signal_offsets[number]
        stop = start + self.header.sample_bytes * self.header.signals[number].samples_per_record
        told_s = parse_tals(self._records[record, start:stop].tobytes())[0]
        return default_s if told_s is None else float(told_s)

    def _has_gaps(self) -> bool:
        duration_s = float(self.header.record_duration_s)
        return any(not math.isclose(b - a, duration_s, abs_tol=1e-4) for a, b in pairwise(self._starts_s))

    def _placed(self, values: FloatArray, fs_hz: float) -> FloatArray:
        starts = [round((start_s - self._starts_s[0]) * fs_hz) for start_s in self._starts_s]
        if any(b < a for a, b in pairwise(starts)):
            raise EdfError(f"{self.path}: the data records are not in order of time")
        length = starts[-1] + values.shape[1]
        if length > LOST_PER_SAMPLE * values.size + LOST_S * min(fs_hz, FASTEST_HZ) + values.size:
            after = max(range(1, len(starts)), key=lambda k: starts[k] - starts[k - 1])
            missing_s = self._starts_s[after] - self._starts_s[after - 1]
            told = f"data record {after + 1} is said to begin {missing_s:.6g} s after the one before it"
            raise EdfError(f"{self.path}: {told}: too much of the recording is lost")
        placed = np.full(length, np.nan)
        for start, row in zip(starts, values, strict=True):
            placed[start : start + len(row)] = row
        return placed


def _physical(digital: NDArray[np.int16] | NDArray[np.int32], signal: SignalHeader, unknown: int | None) -> FloatArray:
    values = digital.astype(np.float64)
    if signal.has_range or signal.digital_max == signal.digital_min:
        values = (values - signal.digital_min) * signal.units_per_step + signal.physical_min
    if unknown is not None:
        values[digital == unknown] = np.nan
    return values
