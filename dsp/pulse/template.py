"""The wearer's own upslope: where in a new pulse it lies, and how alike the two are."""

import math

import numpy as np
from numpy.typing import NDArray

from dsp.types import FloatArray

ALIGN_S = (-0.12, 0.15)  # about the pulse's place: where it is matched
ALIKE_S = (-0.20, 0.30)  # where it is compared
NEAR_S = 0.03  # of the steepest point the best match is looked for ...
FAR_S = 0.05  # ... and below 50 Hz followed up to this, while it still rises (docs/decisions/0042)
MEMORY_BEATS = 10  # that the mean waveform remembers
ANCHOR = 0.05  # of the way by which the template is drawn towards the steepest point


class UpslopeTemplate:
    """Running mean of the slope waveform around past pulses, each scaled to unit energy.

    A pulse is timed by the shift at which its slope correlates best with the template: the matched filter, whose
    timing error in noise is the least of any fiducial (interval error on 24 BIDMC records 6.0 ms, against 6.3 for
    the half-height point and 6.8 for the steepest point). In few samples (`coarse`) noise can move the steepest point
    by more than `NEAR_S`, so a match that still rises there is followed. The template is pulled a little towards each
    pulse's steepest point, so that it cannot drift.
    """

    def __init__(self, grid_hz: float, coarse: bool) -> None:
        self._offsets = np.arange(round(ALIKE_S[0] * grid_hz), round(ALIKE_S[1] * grid_hz) + 1)
        align = (self._offsets >= ALIGN_S[0] * grid_hz) & (self._offsets <= ALIGN_S[1] * grid_hz)
        self._align = slice(int(np.argmax(align)), int(np.argmax(align)) + int(align.sum()))
        self._near = max(1, round(NEAR_S * grid_hz))
        self._far = max(1, round((FAR_S if coarse else NEAR_S) * grid_hz))
        self._mean: FloatArray | None = None
        self._count = 0
        self.before = self._near - int(self._offsets[0]) + 2
        self.after = self._near + int(self._offsets[-1]) + 2

    def match(self, slope: FloatArray, steepest: float) -> tuple[float, float]:
        """Position of the pulse near `steepest` (both in points of `slope`), and its likeness, -1 to 1.

        `slope` should reach `before` points back and `after` points on. The likeness is 1 while there is no template.
        """
        if self._mean is None:
            return steepest, 1.0
        position = steepest + self._best_shift(slope, steepest)
        return position, float(_unit(_shifted(slope, self._offsets, position)).dot(_unit(self._mean)))

    def learn(self, slope: FloatArray, position: float, steepest: float, weight: float) -> None:
        """The pulse at `position` joins the template, with a weight up to 1."""
        shape = _unit(_shifted(slope, self._offsets, position + ANCHOR * (steepest - position)))
        self._count = min(self._count + 1, MEMORY_BEATS)
        self._mean = shape if self._mean is None else self._mean + (shape - self._mean) * (weight / self._count)

    def _best_shift(self, slope: FloatArray, steepest: float) -> float:
        assert self._mean is not None
        template = self._mean[self._align]
        offsets = self._offsets[self._align]
        wide = np.arange(offsets[0] - self._far, offsets[-1] + self._far + 1)
        segment = _shifted(slope, wide, steepest)
        energy = np.convolve(segment**2, np.ones(template.size), "valid")
        match = np.correlate(segment, template, "valid") / np.sqrt(np.maximum(energy, 1e-300))
        best = self._far - self._near + int(match[self._far - self._near : self._far + self._near + 1].argmax())
        onwards = 1 if best > self._far else -1
        while 0 < best < match.size - 1 and match[best + onwards] > match[best]:
            best += onwards
        return best - self._far + vertex(match, best)


def vertex(values: FloatArray, peak: int) -> float:
    """Offset of the parabola's top from index `peak`, within half a point; 0 at an edge."""
    if not 0 < peak < values.size - 1:
        return 0.0
    left, top, right = values[peak - 1 : peak + 2].tolist()
    bend = left - 2 * top + right
    return max(-0.5, min(0.5, 0.5 * (left - right) / bend)) if bend < 0 else 0.0


def _shifted(slope: FloatArray, offsets: NDArray[np.int_], position: float) -> FloatArray:
    """`slope` at `position + offsets` by cubic (Catmull-Rom) interpolation; 0 beyond its ends."""
    base = math.floor(position)
    u = position - base
    first = base + int(offsets[0]) - 1
    need = offsets.size + 3
    lo, hi = max(first, 0), min(first + need, slope.size)
    points = np.zeros(need)
    if hi > lo:
        points[lo - first : hi - first] = slope[lo:hi]
    taps = (
        0.5 * (-u + 2 * u**2 - u**3),
        0.5 * (2 - 5 * u**2 + 3 * u**3),
        0.5 * (u + 4 * u**2 - 3 * u**3),
        0.5 * (u**3 - u**2),
    )
    n = offsets.size
    return taps[0] * points[:n] + taps[1] * points[1 : n + 1] + taps[2] * points[2 : n + 2] + taps[3] * points[3:]


def _unit(shape: FloatArray) -> FloatArray:
    norm = math.sqrt(shape.dot(shape))
    return shape / norm if norm > 0 else shape
