"""Reads EDF, EDF+ and BDF files, our own and others'."""

import math
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
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
_READ_AT_ONCE = 1 << 19
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
    """An EDF file whose whole records count; a torn last record is passed over. Read one signal at a time, a part of
    the file in memory. The reading methods raise OSError where the file cannot be read any more.

    In a discontinuous file (EDF+D) records stand where their time stamps say, with NaN between them. `announced` is
    the header's own number of records: others' recorders leave 0 or too few when they end badly, and what is there
    counts; in files of our own no record counts that the header does not, unless that says -1.
    """

    def __init__(self, path: Path, header: Header, announced: int) -> None:
        self.path = path
        self.header = header
        self.announced = announced

    @classmethod
    def open(cls, path: Path) -> "EdfFile":
        """Raises EdfError (no EDF file, empty, header broken) or OSError."""
        name = str(path)
        with path.open("rb") as file:
            main = file.read(MAIN_BYTES)
            header_bytes = MAIN_BYTES * (1 + max(0, signal_count(main, name)))
            header = decode_header(main + file.read(header_bytes - MAIN_BYTES), name)
            size = file.seek(0, os.SEEK_END)
        count = max(0, size - header.header_bytes) // header.record_bytes
        if header.record_count >= 0 and _UNKNOWN.search(header.recording):
            count = min(count, header.record_count)
        return cls(path, replace(header, record_count=count), header.record_count)

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
        values = np.empty((self.header.record_count, signal.samples_per_record))
        first = 0
        for (part,) in self.parts((number,)):
            many = len(part) // signal.samples_per_record
            values[first : first + many] = part.reshape(many, -1)
            first += many
        if first < len(values):
            raise EdfError(f"{self.path}: the file became shorter while it was read")
        if not self._has_gaps():
            return values.reshape(-1)
        return self._placed(values, self.header.fs_hz(signal))

    def parts(self, numbers: Sequence[int]) -> Iterator[list[FloatArray]]:
        """The signals of these `numbers`, some records at a time and each as `read` gives it, but without the gaps
        between records."""
        for records in self._records():
            yield [
                _physical(self._digital(records, number), self.header.signals[number], self.unknown)
                for number in numbers
            ]

    def annotations(self) -> Iterator[Annotation]:
        """All annotations in the file's order; onsets count from the first record's start."""
        numbers = [n for n, signal in enumerate(self.header.signals) if signal.is_annotations]
        first_s = self._first_s()
        for records in self._records() if numbers else ():
            for record in range(len(records)):
                for number in numbers:
                    for found in parse_tals(self._bytes(records[record : record + 1], number).tobytes())[1]:
                        yield replace(found, onset_s=found.onset_s - first_s) if first_s else found

    def _records(self) -> Iterator[NDArray[np.uint8]]:
        """Whole records, some at a time."""
        size, left = self.header.record_bytes, self.header.record_count
        at_once = max(1, _READ_AT_ONCE // size)
        with self.path.open("rb") as file:
            file.seek(self.header.header_bytes)
            while left and len(raw := file.read(min(at_once, left) * size)) >= size:
                many = len(raw) // size
                yield np.frombuffer(raw, dtype=np.uint8, count=many * size).reshape(many, size)
                left -= many

    def _bytes(self, records: NDArray[np.uint8], number: int) -> NDArray[np.uint8]:
        start = self.header.signal_offsets[number]
        stop = start + self.header.sample_bytes * self.header.signals[number].samples_per_record
        return np.ascontiguousarray(records[:, start:stop])

    def _digital(self, records: NDArray[np.uint8], number: int) -> NDArray[np.int16] | NDArray[np.int32]:
        raw = self._bytes(records, number)
        if self.header.sample_bytes == BYTES_PER_SAMPLE:
            return raw.view("<i2").reshape(-1)
        wide = np.zeros((raw.size // BDF_BYTES_PER_SAMPLE, 4), dtype=np.uint8)
        wide[:, 1:] = raw.reshape(-1, BDF_BYTES_PER_SAMPLE)
        return np.asarray(wide.reshape(-1).view("<i4") >> 8, dtype=np.int32)

    def _first_s(self) -> float:
        number = self._time_keeper()
        first = None if number is None else next(self._records(), None)
        return 0.0 if first is None or number is None else self._time_stamp(first[:1], number, default_s=0.0)

    @cached_property
    def _starts_s(self) -> list[float]:
        """From the time stamps: in EDF+C the first one's, in EDF+D each record's own (EDF+ 2.2.4)."""
        duration_s = float(self.header.record_duration_s)
        number = self._time_keeper()
        if number is None or not self.header.reserved.startswith(("EDF+D", "BDF+D")):
            first_s = self._first_s()
            return [first_s + k * duration_s for k in range(self.header.record_count)]
        told_s: list[float] = []
        for records in self._records():
            for k in range(len(records)):
                told_s.append(self._time_stamp(records[k : k + 1], number, len(told_s) * duration_s))
        return told_s

    def _time_keeper(self) -> int | None:
        """The number of the signal that tells the records' times."""
        if not self.header.reserved.startswith(("EDF+", "BDF+")):
            return None
        return next((n for n, signal in enumerate(self.header.signals) if signal.is_annotations), None)

    def _time_stamp(self, record: NDArray[np.uint8], number: int, default_s: float) -> float:
        told_s = parse_tals(self._bytes(record, number).tobytes())[0]
        return default_s if told_s is None else float(told_s)

    def _has_gaps(self) -> bool:
        duration_s = float(self.header.record_duration_s)
        return any(not math.isclose(b - a, duration_s, abs_tol=1e-4) for a, b in pairwise(self._starts_s))

    def _placed(self, values: FloatArray, fs_hz: float) -> FloatArray:
        starts = [round((start_s - self._starts_s[0]) * fs_hz) for start_s in self._starts_s]
        if any(b < a for a, b in pairwise(starts)):
            raise EdfError(f"{self.path}: the data records are not in order of time")
        if any(b - a < values.shape[1] - 1 for a, b in pairwise(starts)):  # one sample is rounding
            raise EdfError(f"{self.path}: data records begin before the one before them ends")
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
