"""Where a beat lies by the wearer's own QRS complex, and how like it the beat is.

Each beat is laid on the running template where it fits best (Woody 1967, doi 10.1007/BF02474247), to a fraction of a
sample, so its place cannot jump between the two sides of the complex. A few shapes are kept, for a heart may have
more than one; the usual one is that of the most of the last beats.
"""

import math
from typing import NamedTuple

import numpy as np

from dsp.rpeak.location import REACH_S, RPeakLocator, top_of
from dsp.types import FloatArray

HALF_S = 0.080  # half the length of a template
_SHAPES = 3
_MEMORY = 24  # beats in which the usual shape is the most frequent one
_LEAD = 1.5  # so many times more frequent another must be to become the usual one
_GAIN = 1.0 / 16.0  # of a beat in its shape's template, once that is no longer new
_FAMILIAR = 3  # beats a template must have been made from for likeness to mean something
_LOOSEST, _TIGHTEST, _SPREADS = (
    0.4,
    0.1,
    3.0,
)  # unlikeness up to which a beat is of a shape; the last in its own spreads
_KINDRED = 0.5  # correlation from which a place by another shape's template is worth more than the highest point
_SETTLING_S = 0.012
_NOTHING = 1e-30


class Place(NamedTuple):
    """`offset`: samples from the middle; `sd_ms`: its standard deviation; `likeness`: 1 for a beat of the usual shape
    and size, 0 or below for another. NaN where unknown."""

    offset: float
    sd_ms: float
    likeness: float


class _Shape:
    """A QRS complex as the mean of the beats that are like it."""

    def __init__(self, wave: FloatArray, settling: int, noise_taps: FloatArray) -> None:
        self.template = wave
        self.anchor = 0.0  # where in it, from its middle, the R-peak lies
        self.count = 1
        self.frequency = 1.0 / _MEMORY
        self.unlikeness = _LOOSEST / _SPREADS
        self._settling = settling
        self._noise_taps = noise_taps
        self._measure()

    def _measure(self) -> None:
        template = self.template
        self.energy = float(template.dot(template)) + _NOTHING
        slope = np.gradient(template)
        blurred = np.convolve(slope, self._noise_taps)
        # The standard deviation of the best place for residual noise of unit RMS in the band of the deflection filter.
        self.blur = math.sqrt(blurred.dot(blurred)) / (float(slope.dot(slope)) + _NOTHING)

    @property
    def tolerance(self) -> float:
        return min(_LOOSEST, max(_TIGHTEST, _SPREADS * self.unlikeness))

    def take(self, wave: FloatArray, unlikeness: float) -> None:
        """Another beat like it, laid on it."""
        self.count += 1
        gain = max(_GAIN, 1.0 / self.count)
        self.template = self.template + gain * (wave - self.template)
        self.unlikeness += _GAIN * (unlikeness - self.unlikeness)
        self._measure()
        self._settle()

    def _settle(self) -> None:
        """Follow the top of the template, slowly, without ever leaving for the other side."""
        middle = len(self.template) // 2
        at = middle + round(self.anchor)
        low, high = max(1, at - self._settling), min(len(self.template) - 1, at + self._settling + 1)
        side = self.template if self.template[at] >= 0.0 else -self.template
        top = top_of(side, low + int(side[low:high].argmax())) - middle
        self.anchor += _GAIN * (top - self.anchor)


class QrsTemplates:
    """Locates beats by the shapes of those before."""

    def __init__(self, fs_hz: float) -> None:
        self._locator = RPeakLocator(fs_hz)
        self._sample_ms = 1000.0 / fs_hz
        self._half = round(HALF_S * fs_hz)
        self._reach = math.ceil(REACH_S * fs_hz)
        self._settling = max(1, round(_SETTLING_S * fs_hz))
        alike = np.correlate(self._locator.noise_taps, self._locator.noise_taps, "full")
        # Of so many independent values noise in a template's length is worth two are spent on place and size.
        independent = (2 * self._half + 1) / float(alike.dot(alike))
        self._free = (2 * self._half + 1) * (1.0 - 2.0 / independent)
        self.inner_margin = self._locator.margin  # what a place needs; the rest serves likeness
        self.margin = self._locator.margin + self._half - 1
        self.forget()

    def forget(self) -> None:
        """The electrodes may sit elsewhere now."""
        self._shapes: list[_Shape] = []
        self._usual: _Shape | None = None

    def locate(self, samples: FloatArray) -> Place:
        """The R-peak in `samples`, which are 2 * margin + 1 long."""
        wave = self._locator.deflection(samples)
        middle = len(wave) // 2
        own = self._locator.highest(wave[middle - self._reach - 1 : middle + self._reach + 2])
        if self._usual is None:
            self._add(wave, own)
            self._usual = self._shapes[0]
            return Place(own, math.nan, math.nan)
        fits = [self._fit(shape, wave) for shape in self._shapes]
        usual = fits[self._shapes.index(self._usual)]
        shape, fit = max(zip(self._shapes, fits, strict=True), key=lambda each: each[1].correlation)
        likeness = usual.likeness if self._usual.count >= _FAMILIAR else math.nan
        if 1.0 - fit.correlation <= shape.tolerance:
            place = Place(fit.shift + shape.anchor, fit.sd_ms, likeness)
            shape.take(fit.wave, 1.0 - fit.correlation)
        elif usual.correlation >= _KINDRED:
            place = Place(usual.shift + self._usual.anchor, usual.sd_ms, likeness)
            shape = self._add(wave, place.offset)
        else:
            place = Place(own, math.nan, likeness)
            shape = self._add(wave, own)
        self._count(shape)
        return place

    def _fit(self, shape: _Shape, wave: FloatArray) -> "_Fit":
        """Where in `wave` the template fits best, and how well."""
        along = np.correlate(wave, shape.template)
        shift = top_of(along, int(along[1:-1].argmax()) + 1) - self._reach
        laid = self._cut(wave, shift)
        product, energy = float(laid.dot(shape.template)), float(laid.dot(laid)) + _NOTHING
        size = product / shape.energy
        residual = max(0.0, energy - product * size) / self._free
        sd_ms = self._sample_ms * math.sqrt(residual) * shape.blur / size if size > 0.0 else math.nan
        correlation = product / math.sqrt(energy * shape.energy)
        return _Fit(shift, correlation, 2.0 * product / (energy + shape.energy), sd_ms, laid)

    def _add(self, wave: FloatArray, at: float) -> _Shape:
        """A shape of its own, in the place of the rarest that is not the usual one."""
        shape = _Shape(self._cut(wave, at), self._settling, self._locator.noise_taps)
        if len(self._shapes) == _SHAPES:
            others = [known for known in self._shapes if known is not self._usual]
            self._shapes.remove(min(others, key=lambda known: known.frequency))
        self._shapes.append(shape)
        return shape

    def _cut(self, wave: FloatArray, shift: float) -> FloatArray:
        """As long as a template, about `shift` from the middle, between the samples."""
        first = math.floor(shift)
        share = shift - first
        low = len(wave) // 2 - self._half + first
        low = min(max(low, 0), len(wave) - 2 * self._half - 2)
        piece = wave[low : low + 2 * self._half + 2]
        return np.asarray((1.0 - share) * piece[:-1] + share * piece[1:])

    def _count(self, beat: _Shape) -> None:
        for shape in self._shapes:
            shape.frequency += ((shape is beat) - shape.frequency) / _MEMORY
        most = max(self._shapes, key=lambda shape: shape.frequency)
        if self._usual is None or most.frequency > _LEAD * self._usual.frequency:
            self._usual = most


class _Fit(NamedTuple):
    shift: float
    correlation: float
    likeness: float
    sd_ms: float
    wave: FloatArray
