"""A column of samples below a few lines that tell the rate, as an ECG that the Health app of Apple exports: `Sample
Rate,512 hertz`, `Unit,µV`, then a value a line."""

import math
import re
from array import array
from itertools import islice
from pathlib import Path

import numpy as np

from device.errors import UsageError
from device.recording.format.units import is_voltage
from device.replay.recordings import SampledSignal
from device.replay.signals.amplitude import MV, Measured, ecg_scale, scale_in_place
from device.replay.text.cells import number_of
from device.replay.text.intervals import HEART_MS
from device.replay.text.layout import is_comment
from device.replay.text.lines import encoding_of, numbered_lines
from dsp.types import SignalKind

_HEAD_LINES = 30
_RATE = re.compile(r"(?<!\d)(\d{1,6}(?:[.,]\d{1,9})?)\s{0,9}(?:hertz|hz)\b", re.IGNORECASE)
_COMMA = re.compile(r"[+-]?\d+,\d+")
_LEAST_ROWS = 3


def rate_told(path: Path) -> float | None:
    """The rate that the lines above a bare column of numbers tell; None where this is no such file, or where the
    numbers could be RR intervals and no unit of a voltage says that they are not."""
    rate, stated = None, False
    numbers: list[float] = []
    for _, line in islice(numbered_lines(path, encoding_of(path)), _HEAD_LINES):
        value = _number(line)
        if value is not None and not math.isnan(value):
            numbers.append(value)
        elif value is not None:
            continue
        elif numbers:
            return None
        elif not is_comment(line):
            found = _RATE.search(line)
            rate = float(found[1].replace(",", ".")) if found else rate
            stated = stated or any(map(is_voltage, _cells(line)))
    like_intervals = sum(HEART_MS[0] <= abs(value) <= HEART_MS[1] for value in numbers) > len(numbers) / 2
    return rate if len(numbers) >= _LEAST_ROWS and (stated or not like_intervals) else None


def read_below_rate(path: Path, fs_hz: float, kind: str | None, unit: str | None) -> SampledSignal:
    """Raises UsageError, without the file's name."""
    values = array("d")
    stated = label = ""
    begun = False
    for number, line in numbered_lines(path, encoding_of(path)):
        value = _number(line)
        if value is not None:
            begun |= not math.isnan(value)
            values.append(value)
        elif begun:
            raise UsageError(f"line {number}: a sample must be a number, not {line[:40]!r}")
        else:
            del values[:]  # a line of the head that says that something is missing
            cells = _cells(line)
            stated = next((cell for cell in cells if is_voltage(cell)), stated)
            label = cells[-1] if re.match(r"\W*(lead|avledning)\b", line, re.IGNORECASE) else label
    if kind not in (None, "ecg"):
        raise UsageError(
            f"a column of samples at {fs_hz:g} Hz in {stated or 'no unit'} is read as an ECG, not as {kind}"
        )
    samples = np.frombuffer(values).copy()
    scale, said = ecg_scale(Measured("its column", samples, fs_hz, stated or None), MV, unit)
    scale_in_place(samples, scale)
    told = tuple(filter(None, (f"a column of samples at {fs_hz:g} Hz", said)))
    return SampledSignal(SignalKind.ECG, label or "ECG", fs_hz, samples, remarks=told)


def _cells(line: str) -> list[str]:
    return [cell.strip(' "') for cell in re.split(r"[,;\t]", line)]


def _number(line: str) -> float | None:
    """NaN where a line says that its sample is missing; None where it is no number."""
    text = line.strip(' "\t,;')
    return number_of(text, decimal_comma=_COMMA.fullmatch(text) is not None)
