"""Makes the bytes of an EDF+ file one data record at a time."""

from collections import deque
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from device.recording.edf.annotations import encode_tal, encode_time_keeping
from device.recording.edf.layout import ANNOTATIONS_LABEL, DIGITAL_MAX, MONTHS, Header, SignalHeader
from device.recording.format.annotation import Annotation
from device.recording.format.signals import UNKNOWN
from dsp.types import FloatArray

ANNOTATION_BYTES = 384
TAIL_BYTES = 48  # kept zero in every record, so that recovery has room for its mark
_TIME_KEEPING_BYTES = 24
LONGEST_TAL_BYTES = ANNOTATION_BYTES - TAIL_BYTES - _TIME_KEEPING_BYTES

ANNOTATIONS_SIGNAL = SignalHeader(ANNOTATIONS_LABEL, "", -1.0, 1.0, ANNOTATION_BYTES // 2)


def recording_field(start: datetime | None, equipment: str, extra: Sequence[str] = ()) -> str:
    """The header's recording identification: startdate, two codes not used here, equipment, our own subfields."""
    date = f"{start.day:02d}-{MONTHS[start.month - 1]}-{start.year:04d}" if start else "X"
    return " ".join(["Startdate", date, "X", "X", *(part.replace(" ", "_") for part in (equipment, *extra))])


def quantise(values: FloatArray, signal: SignalHeader) -> NDArray[np.int16]:
    """Physical values to digital ones: NaN becomes `UNKNOWN`, a value out of range the nearest end of it."""
    steps = (values - signal.physical_min) / signal.units_per_step + signal.digital_min
    digital = np.clip(np.rint(steps), UNKNOWN + 1, DIGITAL_MAX)
    return np.where(np.isnan(digital), UNKNOWN, digital).astype("<i2")


def bounded_tal(annotation: Annotation) -> bytes:
    """`encode_tal`, with the text cut where it would not fit into one record."""
    tal = encode_tal(annotation)
    if len(tal) <= LONGEST_TAL_BYTES:
        return tal
    excess = len(tal) - LONGEST_TAL_BYTES
    text = annotation.text.encode()[:-excess].decode("utf-8", "ignore")
    return encode_tal(Annotation(annotation.onset_s, text, annotation.duration_s))


class RecordEncoder:
    """Encodes the records of one header, whose last signal is `ANNOTATIONS_SIGNAL`."""

    def __init__(self, header: Header) -> None:
        self._header = header
        self._signals = header.signals[:-1]

    def encode(self, index: int, columns: Sequence[FloatArray], tals: deque[bytes]) -> bytes:
        """Record number `index` (from 0). `columns` holds each signal's samples in physical units. As many lists
        as fit are taken from the left of `tals`; later records take the rest."""
        parts = []
        for signal, values in zip(self._signals, columns, strict=True):
            if len(values) != signal.samples_per_record:
                raise ValueError(f"{signal.label}: {signal.samples_per_record} samples expected, not {len(values)}")
            parts.append(quantise(values, signal).tobytes())
        return b"".join([*parts, self._annotations(index, tals)])

    def blank(self, index: int, tals: deque[bytes]) -> bytes:
        """A record in which every signal is unknown."""
        columns = [np.full(signal.samples_per_record, np.nan) for signal in self._signals]
        return self.encode(index, columns, tals)

    def start_s(self, index: int) -> Decimal:
        return index * self._header.record_duration_s

    def _annotations(self, index: int, tals: deque[bytes]) -> bytes:
        area = encode_time_keeping(self.start_s(index))
        while tals and len(area) + len(tals[0]) <= ANNOTATION_BYTES - TAIL_BYTES:
            area += tals.popleft()
        return area.ljust(ANNOTATION_BYTES, b"\0")
