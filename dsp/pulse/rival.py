"""Whether a second rhythm beats beside the pulse: which of the two is the heart's, PPG alone cannot know."""

import math

import numpy as np

from dsp.types import TRUSTED_QUALITY, FloatArray

# FOLLOW_S, WAVERING, TILT, SLOW_HZ, LIKELY_HZ, MEMORY, ALONE, RIVALLED, MISSING and THERE were set by hand on bidmc
# with rhythms added and on the wrists of stress-predict (docs/decisions/0039); the others are choices.
WINDOW_S = 10.0  # of slope
LOW_HZ, FIRST_LOW_HZ, HIGH_HZ = 0.6, 0.42, 4.5  # where lines are looked for; the second for a pulse's first one
TILT = 0.75  # exponent of frequency by which amplitude is lowered: near the signal's own, whose slow drift would rule
FOLLOW_S = 4.0  # of slope in which pace and strength are followed: breathing goes through, the beat of two rhythms not
LEAST_STRENGTH = 0.3  # of the usual, to which a faint stretch is raised no further
LINE_HZ = 0.15  # half the width of a steady line in that window
WAVERING = 0.07  # likewise of the pulse's own lines, of its rate and its multiples; what following left
WIDEST = 0.36  # of the distance of two such lines: between them is room for others
FIRST_LINE = 0.12  # of the pulse's rate: so far around it its own first line lies
CROWDED = 0.6  # of the band that the lines of a slow rhythm cover: it would explain anything
SAME = 0.10  # logarithm of two periods that are one
SLOW_HZ, LIKELY_HZ = 40 / 60, 75 / 60  # drift leaves slow lines: at the first they count nothing, from the second fully
MOST_REST = 0.75  # of the power beside the lines of a period that is judged: with more it is no even rhythm's
MEMORY = 0.95  # what is kept of the evidence each second
ALONE, RIVALLED = 0.08, 0.12  # evidence that leaves trust whole, and that takes all of it
MISSING, THERE = 0.2, 0.4  # power of the first line over the greatest of the next: no pulse has it so faint
OVERTONES = np.array([[2], [3], [4], [5]])


class RivalWatch:
    """Evidence of a second rhythm, in the spectrum of the last 10 s, each second weighing 5 % less than the next.

    A pulse's power lies in lines at its rate and the multiples of it, once its pace and strength are made even. What
    lies elsewhere is noise, spread over the band, or another rhythm's: then the lines of one other rate hold most of
    it. The evidence is the share of all power that the best such rate explains of the rest, beyond what its lines would
    cover by chance.

    Two rhythms share a period, too, at which both repeat themselves: 90 and 150 a minute do so 30 times. It has no
    line of its own, and a pulse always has.
    """

    def __init__(self, rate_hz: float, periods_s: FloatArray) -> None:
        """`rate_hz` is that of the slope; `periods_s` (n,), rising, are those that a pulse or a rival may have."""
        self.size = round(WINDOW_S * rate_hz)
        self._rate_hz = rate_hz
        self._periods_s = periods_s
        self._taps = np.hanning(self.size)
        self._fft_size = 2 << self.size.bit_length()
        hz = np.fft.rfftfreq(self._fft_size, 1 / rate_hz)
        self._bins = slice(*np.searchsorted(hz, (FIRST_LOW_HZ, HIGH_HZ)).tolist())
        hz = hz[self._bins]
        self._tilt = hz**-TILT
        self._band = (hz >= LOW_HZ).astype(np.float64)
        order = hz * periods_s[:, None]
        multiple = np.maximum(np.round(order), 1)
        width = LINE_HZ * periods_s[:, None]
        own = np.abs(order - multiple) < np.minimum(np.maximum(WAVERING * multiple, width), WIDEST)
        self._rest = ~own * self._band
        self._lines = (np.abs(order - multiple) < width) * self._band
        self._chance = self._rest @ self._lines.T / np.maximum(self._rest.sum(axis=1), 1.0)[:, None]
        same = np.abs(np.log(periods_s[:, None] / periods_s)) < SAME
        likely = np.clip((1 / periods_s - SLOW_HZ) / (LIKELY_HZ - SLOW_HZ), 0.0, 1.0)
        self._weight = np.where(same | (self._chance > CROWDED), 0.0, likely) / (1 - np.minimum(self._chance, CROWDED))
        near = np.maximum(FIRST_LINE, width / 1.5)
        self._first = np.abs(order - 1) < near
        self._overtones = (np.abs(order - OVERTONES[:, :, None]) < near).any(axis=0)
        self.lose()

    def lose(self) -> None:
        """The signal was lost: start again. `alone`: how far nothing else beats beside the pulse; `own_line`: how far
        the tracked period has a line of its own; 0 to 1 each."""
        self._evidence = np.zeros(self._periods_s.size)
        self._known = self._first_power = self._overtone_power = 0.0
        self.alone = self.own_line = 1.0

    def push(self, slope: FloatArray, tracked_s: float, sureness: float, pace_s: float) -> None:
        """One second on. `slope`: the last `size` points, 0 where lost; fewer say nothing. `tracked_s`: the period that
        they repeat themselves at, and how sure it is, 0 to 1; `pace_s`: that which the pulses found keep to, NaN
        without one. The evidence is against the first where it is sure, else against the second, else there is none."""
        if slope.size < self.size or not slope.any():
            return
        tracked = self._number(tracked_s)
        power = self._power(slope)
        self._first_power = _kept(self._first_power, float(power[self._first[tracked]].max(initial=0.0)))
        self._overtone_power = _kept(self._overtone_power, float(power[self._overtones[tracked]].max(initial=0.0)))
        share = self._first_power / max(self._overtone_power, 1e-300)
        self.own_line = _ramp(share, MISSING, THERE)
        told_s = tracked_s if sureness * self.own_line >= TRUSTED_QUALITY else pace_s
        found = self._beside(slope, self._number(told_s)) if math.isfinite(told_s) else np.zeros(self._evidence.size)
        self._evidence += (1 - MEMORY) * (found - self._evidence)
        self._known = _kept(self._known, 1.0)
        self.alone = _ramp(float(self._evidence.max()) / self._known, RIVALLED, ALONE)

    def _beside(self, slope: FloatArray, period: int) -> FloatArray:
        """The share of power that each rate explains beside the rhythm of a period, beyond chance."""
        even = at_even_pace(slope, float(self._periods_s[period]), self._rate_hz)
        rest = self._power(even) * self._rest[period]
        if rest.sum() > MOST_REST:
            return np.zeros(self._evidence.size)
        return np.asarray((self._lines @ rest - self._chance[period] * rest.sum()) * self._weight[period])

    def _number(self, period_s: float) -> int:
        return int(np.abs(self._periods_s - period_s).argmin())

    def _power(self, slope: FloatArray) -> FloatArray:
        """Of each bin, as a share of the band's."""
        spectrum = np.fft.rfft(slope * self._taps, self._fft_size)[self._bins]
        power = (np.abs(spectrum) * self._tilt) ** 2
        return np.asarray(power / max(float(power @ self._band), 1e-300))


def at_even_pace(slope: FloatArray, period_s: float, rate_hz: float) -> FloatArray:
    """`slope` (n,) as it would be, had the rhythm near `period_s` kept to it, and to one strength; 0 beyond the ends.

    Phase and strength of the rhythm are those of the slope shifted down by its rate and smoothed over 4 s: what a
    breath changes is followed (it lasts longer), the beat of two rhythms is not.
    """
    at = np.arange(slope.size)
    cycles = at / (rate_hz * period_s)
    taps = np.hanning(round(FOLLOW_S * rate_hz) + 2)[1:-1]
    low = np.convolve(slope * np.exp(-2j * np.pi * cycles), taps / taps.sum(), "same")
    strength = np.abs(low)
    usual = float(np.median(strength))
    even = slope / np.maximum(strength / usual, LEAST_STRENGTH) if usual > 0.0 else slope
    phase = np.maximum.accumulate(cycles + np.unwrap(np.angle(low)) / (2 * np.pi))
    middle = slope.size // 2
    wanted = phase[middle] + cycles - cycles[middle]
    heard = (wanted >= phase[0]) & (wanted <= phase[-1])
    return np.asarray(np.interp(np.interp(wanted, phase, at), at, even) * heard)


def _kept(memory: float, value: float) -> float:
    return MEMORY * memory + (1 - MEMORY) * value


def _ramp(value: float, zero: float, one: float) -> float:
    return min(max(0.0, (value - zero) / (one - zero)), 1.0)
