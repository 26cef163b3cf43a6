"""Where a beat lies by the wearer's own QRS complex, and how like it the beat is.

Each beat is laid on the running template where it fits best (Woody 1967, doi 10.1007/BF02474247), to a fraction of a
sample, so its place cannot jump between the two sides of the complex. A few shapes are kept, for a heart may have
more than one; the usual one is that of the most of the last beats. Another that is nearly as quick, and frequent, is
the heart's own as well: its impulse takes two ways through the ventricles.
"""

import math
from collections.abc import Iterator
from itertools import count
from typing import NamedTuple

import numpy as np

from dsp.rpeak.location import REACH_S, RPeakLocator, gaussian_taps, top_of
from dsp.types import FloatArray

HALF_S = 0.080  # half the length of a template
_FORM_S = (-0.100, 0.160)  # about the R-peak: what is compared for likeness, ST segment and all ...
_FORM_WIDTH_S = 0.010  # ... after this Gaussian smoothing
_SHAPES = 3
_MEMORY = 24  # beats in which the usual shape is the most frequent one
_LEAD = 1.5  # so many times more frequent another must be to become the usual one
_GAIN = 1.0 / 16.0  # of a beat in its shape's template, once that is no longer new
_FRESH, _SELDOM = 16, 8  # beats after which a template changes so little that its blur is measured but now and then
_FAMILIAR = 3  # beats a template must have been made from for likeness to mean something
_LOOSEST, _TIGHTEST, _SPREADS = (
    0.4,
    0.1,
    3.0,
)  # unlikeness up to which a beat is of a shape; the last in its own spreads
_SAME_FORM = 0.7  # correlation of forms below which a beat is of another shape however well its QRS complex fits
_PLAIN = 0.95  # correlation with the usual QRS complex from which no other shape is asked
_TWIN = 0.85  # correlation of QRS complexes from which a beat is placed by the usual one's template whatever its shape
_KINDRED, _KINDRED_FORM = 0.6, 0.7  # correlation and likeness from which it is too
_SETTLING_S = 0.012
_WIDE = 0.85  # times as quick as the usual one: a slower complex is taken for a ventricle's, not the sinus node's
_OFTEN = 0.3  # share of the last beats from which another shape, about as quick, is the wearer's own as well
_ODD = 0.93  # likeness to it at the most: of a beat that is the heart's own only where it is not early by much
_CLEARLY = 1.1  # so many times higher the other side of the complex must be to become the place
_POOR_MS = 8.0  # standard deviation of a place of which timing is one half
_NOTHING = 1e-30
_BY_NONE = 0  # no template's number


class LocatedBeat(NamedTuple):
    """`offset`: samples from the middle; `timing`, `placed_by`: as in Beat; `likeness`: 1 for a beat of one of the
    heart's own shapes and sizes, 0 or below for another; `likeness_to_usual`: the same for the usual one alone;
    `sd_ms`: the place's standard deviation. Likeness and deviation are NaN where unknown."""

    offset: float
    timing: float
    likeness: float
    likeness_to_usual: float
    sd_ms: float
    placed_by: int


class _Shape:
    """A QRS complex as the mean of the beats that are like it."""

    def __init__(
        self, wave: FloatArray, form: FloatArray, settling: int, noise_taps: FloatArray, numbers: Iterator[int]
    ) -> None:
        self.number = next(numbers)
        self._numbers = numbers
        self.template = wave
        self.form = form
        self.anchor = 0.0  # where in it, from its middle, the R-peak lies
        self.count = 1
        self.frequency = 1.0 / _MEMORY
        self.unlikeness = _LOOSEST / _SPREADS
        self._settling = settling
        reach = 3 * len(wave) // 8
        self._inner = slice(len(wave) // 2 - reach, len(wave) // 2 + reach + 1)
        self._noise_taps = noise_taps
        self._measure()

    def _measure(self) -> None:
        template = self.template
        self.energy = float(template.dot(template)) + _NOTHING
        if self.count > _FRESH and self.count % _SELDOM:
            return
        slope = np.diff(template)
        steepness = float(slope.dot(slope)) + _NOTHING
        self.quickness = math.sqrt(steepness / self.energy)
        blurred = np.convolve(slope, self._noise_taps)
        # The standard deviation of the best place for residual noise of unit RMS in the band of the deflection filter.
        self.blur = math.sqrt(blurred.dot(blurred)) / steepness

    @property
    def tolerance(self) -> float:
        return min(_LOOSEST, max(_TIGHTEST, _SPREADS * self.unlikeness))

    def take(self, wave: FloatArray, form: FloatArray, unlikeness: float) -> None:
        """Another beat like it, laid on it."""
        self.count += 1
        gain = max(_GAIN, 1.0 / self.count)
        self.template = self.template + gain * (wave - self.template)
        self.form = self.form + gain * (form - self.form)
        self.unlikeness += _GAIN * (unlikeness - self.unlikeness)
        self._measure()
        self._settle()

    def _settle(self) -> None:
        """Follow the top of the template, slowly; leave for the other side only where that is clearly higher."""
        middle = len(self.template) // 2
        at = middle + round(self.anchor)
        size = np.abs(self.template)
        highest = self._inner.start + int(size[self._inner].argmax())
        if size[highest] > _CLEARLY * size[at] and abs(highest - at) > self._settling:
            self.anchor = top_of(size, highest) - middle
            self.number = next(self._numbers)
            return
        low, high = max(1, at - self._settling), min(len(size) - 1, at + self._settling + 1)
        side = self.template if self.template[at] >= 0.0 else -self.template
        top = top_of(side, low + int(side[low:high].argmax())) - middle
        self.anchor += _GAIN * (top - self.anchor)


class QrsTemplates:
    """Locates beats by the shapes of those before."""

    def __init__(self, fs_hz: float) -> None:
        self._locator = RPeakLocator(fs_hz)
        self._form_taps = gaussian_taps(_FORM_WIDTH_S, math.ceil(3 * _FORM_WIDTH_S * fs_hz), fs_hz)
        self._form_low, self._form_high = (round(edge_s * fs_hz) for edge_s in _FORM_S)
        ramp = np.arange(self._form_low, self._form_high + 1) - 0.5 * (self._form_low + self._form_high)
        self._ramp = ramp / math.sqrt(ramp.dot(ramp))
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
        self._numbers = count(1)
        self.forget()

    def forget(self) -> None:
        """The electrodes may sit elsewhere now."""
        self._shapes: list[_Shape] = []
        self._usual: _Shape | None = None

    def locate(self, samples: FloatArray) -> LocatedBeat:
        """The R-peak in `samples`, which are 2 * margin + 1 long."""
        wave = self._locator.deflection(samples)
        middle = len(wave) // 2
        own = self._locator.highest(wave[middle - self._reach - 1 : middle + self._reach + 2])
        if self._usual is None:
            self._usual = self._add(wave, samples, own)
            return LocatedBeat(own, 1.0, math.nan, math.nan, math.nan, self._usual.number)
        usual = self._fit(self._usual, wave)
        usual_form = self._form(samples, usual.shift)
        likeness = _likeness(usual_form, self._usual.form)
        shape, fit, form = self._usual, usual, usual_form
        if usual.correlation < _PLAIN:
            for other in self._shapes:
                if other is not self._usual and (laid := self._fit(other, wave)).correlation > fit.correlation:
                    shape, fit = other, laid
            form = usual_form if shape is self._usual else self._form(samples, fit.shift)
        by_usual, by_own = usual.shift + self._usual.anchor, fit.shift + shape.anchor
        kindred = usual.correlation >= (_KINDRED if likeness >= _KINDRED_FORM else _TWIN) and self._in_reach(by_usual)
        known = 1.0 - fit.correlation <= shape.tolerance and _correlation(form, shape.form) >= _SAME_FORM
        placed_by = self._usual.number
        if kindred:
            offset, sd_ms = by_usual, usual.sd_ms
        elif known and self._in_reach(by_own):
            offset, sd_ms, placed_by = by_own, fit.sd_ms, shape.number
        else:
            offset, sd_ms, placed_by = own, math.nan, _BY_NONE
        familiar = self._usual.count >= _FAMILIAR
        quickness = shape.quickness / self._usual.quickness
        timed = (kindred or quickness >= _WIDE) and not math.isnan(sd_ms)
        timing = 1.0 / (1.0 + (sd_ms / _POOR_MS) ** 2) if timed else 0.0
        is_own = known and _WIDE <= quickness <= 1.0 / _WIDE and shape.frequency >= _OFTEN
        to_own = max(likeness, min(_likeness(form, shape.form), _ODD)) if is_own else likeness
        if known:
            shape.take(fit.wave, form, 1.0 - fit.correlation)
        else:
            shape = self._add(wave, samples, offset)
        self._count(shape)
        if not familiar:
            likeness = to_own = math.nan
        return LocatedBeat(offset, timing, to_own, likeness, sd_ms, placed_by)

    def _in_reach(self, offset: float) -> bool:
        """Further away there is another wave; and no beat may be known later than the detector promises."""
        return abs(offset) <= self._reach

    def _fit(self, shape: _Shape, wave: FloatArray) -> "_Fit":
        """Where in `wave` the template fits best, and how well."""
        along = np.correlate(wave, shape.template)
        shift = top_of(along, int(along[1:-1].argmax()) + 1) - self._reach
        laid = self._cut(wave, shift)
        product, energy = float(laid.dot(shape.template)), float(laid.dot(laid)) + _NOTHING
        size = product / shape.energy
        residual = max(0.0, energy - product * size) / self._free
        sd_ms = self._sample_ms * math.sqrt(residual) * shape.blur / size if size > 0.0 else math.nan
        return _Fit(shift, product / math.sqrt(energy * shape.energy), sd_ms, laid)

    def _form(self, samples: FloatArray, shift: float) -> FloatArray:
        """The smoothed samples about `shift` from the middle, without their mean and slope, which wander makes."""
        half = len(self._form_taps) // 2
        last = len(samples) - 1 - half - self._form_high
        at = max(half - self._form_low, min(len(samples) // 2 + round(shift), last))
        around = samples[at + self._form_low - half : at + self._form_high + half + 1]
        form = np.correlate(around, self._form_taps)
        form -= np.add.reduce(form) / len(form)
        return np.asarray(form - float(form.dot(self._ramp)) * self._ramp)

    def _add(self, wave: FloatArray, samples: FloatArray, at: float) -> _Shape:
        """A shape of its own, in the place of the rarest that is not the usual one."""
        form = self._form(samples, at)
        shape = _Shape(self._cut(wave, at), form, self._settling, self._locator.noise_taps, self._numbers)
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
    sd_ms: float
    wave: FloatArray


def _correlation(one: FloatArray, other: FloatArray) -> float:
    return float(one.dot(other)) / math.sqrt(float(one.dot(one)) * float(other.dot(other)) + _NOTHING)


def _likeness(one: FloatArray, other: FloatArray) -> float:
    """The correlation, times how like in size they are: 1 for the same, 0.8 for half or twice as large."""
    return 2.0 * float(one.dot(other)) / (float(one.dot(one)) + float(other.dot(other)) + _NOTHING)
