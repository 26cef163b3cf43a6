"""Which way up the PPG is: judged by the waveform around its steepest slopes."""

import math

import numpy as np

from dsp.types import FloatArray

BESIDE_S = 0.35  # how far from the steepest point the falls are looked for
LEAST = 0.05  # of the rise: a smaller fall counts as this much
MEMORY_PULSES = 12  # over which the evidence is averaged
TURNED = -0.3  # mean evidence below which the signal is upside down
DOUBT_S = 8.0  # without a trusted pulse, polarity is judged anew over the last seconds ...; a choice
CLEARLY = 0.6  # ... and turned on such evidence; a choice


def uprightness(slope: FloatArray, at: int, grid_hz: float) -> float:
    """Evidence, in log units, that the rise that is steepest at `at` is a systolic upslope and not an inverted one.

    The systolic upslope is steeper than any fall, and the fall is steeper after it than before. The first decides for
    most finger and wrist PPG, the second for analog pulse sensors, whose high-pass makes rise and fall alike.
    """
    reach = round(BESIDE_S * grid_hz)
    peak = float(slope[at])
    if peak <= 0.0:
        return 0.0
    before, after = (
        max(-float(part.min()), LEAST * peak)
        for part in (slope[max(at - reach, 0) : at + 1], slope[at : at + reach + 1])
    )
    return math.log(peak / max(before, after)) + 0.25 * math.log(after / before)


def sign_evidence(slope: FloatArray, grid_hz: float) -> float:
    """Evidence, in log units, that the signal is upright (above 0) or inverted, by the steepest rise of each second. A
    rise weighs by its slope squared: a slow heart has seconds without a pulse."""
    second = round(grid_hz)
    evidence = 0.0
    for sign in (1.0, -1.0):
        rising = sign * slope
        tops = [low + int(rising[low : low + second].argmax()) for low in range(0, slope.size, second)]
        tops = [top for top in tops if rising[top] > 0]
        if tops:
            found = [uprightness(rising, top, grid_hz) for top in tops]
            evidence += sign * float(np.average(found, weights=(rising[tops] / rising[tops].max()) ** 2))
    return evidence


def find_sign(slope: FloatArray, grid_hz: float) -> float:
    """1.0 for an upright signal, -1.0 for an inverted one."""
    return 1.0 if sign_evidence(slope, grid_hz) >= 0 else -1.0


class PolarityWatch:
    """Follows the evidence pulse by pulse."""

    def __init__(self) -> None:
        self._mean = 0.0

    def turned(self, slope: FloatArray, at: int, grid_hz: float, trust: float) -> bool:
        """Whether, with this pulse, the polarity proves to be the other one. Then watching starts again.

        A pulse weighs by its quality `trust`: noise has no right way up, and when all weighed alike the polarity of a
        moving wrist turned up to a hundred times an hour, each time losing the pulse for seconds.
        """
        self._mean += trust * (uprightness(slope, at, grid_hz) - self._mean) / MEMORY_PULSES
        if self._mean >= TURNED:
            return False
        self._mean = 0.0
        return True
