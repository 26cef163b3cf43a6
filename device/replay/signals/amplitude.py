"""The microvolts in one unit of an ECG, and what is to be said where the file leaves that open."""

import math
from dataclasses import dataclass

import numpy as np

from device.errors import UsageError
from device.recording.format.units import KNOWN, UV, UV_PER_UNIT, is_voltage, plain, uv_per_unit
from dsp.types import FloatArray

MV = "mV"
WINDOW_S = 2.0
WINDOWS = 60
PLAUSIBLE_UV = (50.0, 10_000.0)
"""Peak to peak of an ECG over two seconds: QRS complexes of 0.1 to 5 mV, and some baseline."""
CREDIBLE_UV = (5.0, 200_000.0)
"""Beyond this a stated unit is doubted aloud: a factor of ten and twenty for small hearts and wild baselines."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """An ECG as its file has it; `unit` is None or blank where it tells none."""

    name: str
    values: FloatArray
    fs_hz: float
    unit: str | None

    def swing(self) -> float:
        """The median over up to 60 windows of 2 s of what lies between least and greatest; NaN where nothing is."""
        length = max(1, min(len(self.values), round(WINDOW_S * self.fs_hz)))
        starts = np.unique(np.linspace(0, len(self.values) - length, WINDOWS).astype(np.int64))
        found = []
        for start in starts:
            window = self.values[start : start + length]
            known = window[np.isfinite(window)]
            if len(known) > length / 2:
                found.append(float(known.max()) - float(known.min()))
        return float(np.median(found)) if found else math.nan


def ecg_scale(ecg: Measured, usual: str, told: str | None) -> tuple[float, str]:
    """(microvolts in one unit, what is to be said or nothing). `told` is the user's unit; an ECG without any is read in
    the `usual` one where its heart then has a heart's size. Raises UsageError where the unit is no voltage."""
    if told is not None:
        return _uv(told), ""
    if ecg.unit is not None and plain(ecg.unit):
        return _stated(ecg, ecg.unit)
    size = ecg.swing()
    if not size > 0:
        return _uv(usual), "" if usual == MV else _taken(ecg.name, usual)
    for guess in dict.fromkeys((usual, MV, UV, "V")):
        if _within(size * _uv(guess), PLAUSIBLE_UV):
            return _uv(guess), "" if guess == usual == MV else _taken(ecg.name, f"{guess} by its size")
    return 1.0, _taken(ecg.name, f"uV: {size:.3g} from peak to peak is no heart in mV or uV")


def scale_in_place(values: FloatArray, scale: float) -> None:
    """What becomes infinite counts as lost."""
    with np.errstate(over="ignore"):
        values *= scale
    values[np.isinf(values)] = np.nan


def _stated(ecg: Measured, unit: str) -> tuple[float, str]:
    scale = uv_per_unit(unit)
    if scale is None:
        advice = "--unit says what it is, --signal chooses another"
        raise UsageError(f"{ecg.name} is in {unit!r}; an ECG is read in {KNOWN} ({advice})")
    if not is_voltage(unit):
        return scale, f"{ecg.name} is in {unit}, which is no voltage: taken as uV (--unit decides)"
    size_uv = ecg.swing() * scale
    if size_uv > 0 and not _within(size_uv, CREDIBLE_UV):
        doubt = f"{size_uv / 1000:.3g} mV from peak to peak is no heart's"
        return scale, f"{ecg.name} is said to be in {unit}, but {doubt} (--unit decides)"
    return scale, ""


def _taken(name: str, how: str) -> str:
    return f"no unit is told of {name}; it is taken as {how} (--unit decides)"


def _uv(unit: str) -> float:
    if not is_voltage(unit):
        raise UsageError(f"--unit {unit}: an ECG is read in {KNOWN}")
    return UV_PER_UNIT[plain(unit)]


def _within(size: float, limits: tuple[float, float]) -> bool:
    return limits[0] <= size <= limits[1]
