"""A column of samples below a few lines that tell the rate, as an ECG that the Health app of Apple exports: `Sample
Rate,512 hertz`, `Unit,µV`, then a value a line."""

import re
from array import array
from itertools import islice
from pathlib import Path

import numpy as np

from device.errors import UsageError
from device.recording.format.units import is_voltage
from device.replay.recordings import SampledSignal
from device.replay.signals.amplitude import MV, Measured, ecg_scale
from device.replay.text.lines import encoding_of, numbered_lines
from dsp.types import SignalKind

_HEAD_LINES = 30
_RATE = re.compile(r"(\d+(?:[.,]\d+)?)\s*(?:hertz|hz)\b", re.IGNORECASE)
_COMMA = re.compile(r"[+-]?\d+,\d+")
_LEAST_ROWS = 3


def rate_told(path: Path) -> float | None:
    """The rate that the lines above a bare column of numbers tell; None where this is no such file."""
    rate = None
    numbers = 0
    for _, line in islice(numbered_lines(path, encoding_of(path)), _HEAD_LINES):
        if _number(line) is not None:
            numbers += 1
        elif numbers:
            return None
        elif found := _RATE.search(line):
            rate = float(found[1].replace(",", "."))
    return rate if numbers >= _LEAST_ROWS else None


def read_below_rate(path: Path, fs_hz: float, kind: str | None, unit: str | None) -> SampledSignal:
    """Raises UsageError, without the file's name."""
    values = array("d")
    stated = label = ""
    for number, line in numbered_lines(path, encoding_of(path)):
        value = _number(line)
        if value is not None:
            values.append(value)
        elif len(values):
            raise UsageError(f"line {number}: a sample must be a number, not {line[:40]!r}")
        else:
            cells = [cell.strip(' "') for cell in re.split(r"[,;\t]", line)]
            stated = next((cell for cell in cells if is_voltage(cell)), stated)
            label = cells[-1] if re.match(r"\W*(lead|avledning)\b", line, re.IGNORECASE) else label
    if kind not in (None, "ecg"):
        raise UsageError(
            f"a column of samples at {fs_hz:g} Hz in {stated or 'no unit'} is read as an ECG, not as {kind}"
        )
    samples = np.frombuffer(values).copy()
    scale, said = ecg_scale(Measured("its column", samples, fs_hz, stated or None), MV, unit)
    told = tuple(filter(None, (f"a column of samples at {fs_hz:g} Hz", said)))
    return SampledSignal(SignalKind.ECG, label or "ECG", fs_hz, samples * scale, remarks=told)


def _number(line: str) -> float | None:
    text = line.strip(' "\t,;')
    try:
        value = float(text.replace(",", ".") if _COMMA.fullmatch(text) else text)
    except ValueError:
        return None
    return value if abs(value) < 1e12 else None
