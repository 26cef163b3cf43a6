"""Whether a pacemaker makes the beats: what it sends is far shorter than anything the ventricles can do.

Two traces of it are looked for. Where the recording is quick enough a pulse is a spike that is taken out before beats
are sought (dsp.rpeak.spikes), and then it stands at the same distance before one beat after the other. Where a filter
has smeared it, it is taken for the R-peak itself: a deflection less than 12 ms wide at half its height, and behind it
the wide complex that it evoked, while before it there is next to nothing: in a tremor a narrow complex has as much on
both sides (docs/decisions/0045). Of the developers' 185 leads (MIT-BIH, LUDB, a wearable) all unpaced ones have a
median width of 14 ms or more, three of the four paced ones 9 (docs/decisions/0026).
"""

from collections import deque
from itertools import takewhile

from dsp.types import FloatArray

LEAST_HZ = 250.0
"""Below, a deflection of 12 ms is too few samples to tell."""
_WIDEST_S = 0.012
_TOP_S = 0.020  # how far from the R-peak's place the deflection's top may be
_FOOT_S = 0.030  # how far from its top its feet are
_EVOKED_S = (0.030, 0.130)  # behind the top: where the wide complex is ...
_EVOKED = 0.5  # ... which spans so much of the deflection's height at the least, ...
# ... and of that there is so much at the most as far before the top: paced leads reach 0.2, others begin at 0.44.
_STILL = 0.35
_AHEAD_S = 0.30  # before a beat a removed spike may be its cause
_BESIDE_S = 0.02
_ALIKE_S = 0.006  # by which the distances from spike to beat vary
_TALLEST = 0.5  # of the span about the R-peak: the deflection is what was taken for it
_MOST_SPIKES = 4096  # kept: where a whole recording is read, all of a piece come before its beats
_BEATS = 16
_FEWEST = 10  # of the last _BEATS that must have a spike as long before them
_FEWEST_SHARP = 6  # of them that must be a pulse themselves; in no unpaced lead of the developers' are more than 4


class PacingMonitor:
    """Feed it every beat in time order, with what is around it."""

    def __init__(self, fs_hz: float) -> None:
        self._fs_hz = fs_hz
        self._pulses_s: deque[float] = deque(maxlen=_MOST_SPIKES)
        self._delays_s: deque[list[float]] = deque(maxlen=_BEATS)
        self._sharp: deque[bool] = deque(maxlen=_BEATS)

    def spike(self, t_s: float) -> None:
        """One was taken out of the signal at `t_s`."""
        self._pulses_s.append(t_s)

    def paced(self, t_s: float, around: FloatArray, offset: float) -> bool:
        """Whether a pacemaker makes the beats of late, up to that at `t_s`; it lies `offset` samples from the middle of
        `around`, which reaches 0.2 s or more either way."""
        while self._pulses_s and self._pulses_s[0] < t_s - _AHEAD_S:
            self._pulses_s.popleft()
        self._delays_s.append([t_s - at_s for at_s in takewhile(lambda at_s: at_s <= t_s + _BESIDE_S, self._pulses_s)])
        self._sharp.append(self._fs_hz >= LEAST_HZ and self._is_pulse(around, len(around) // 2 + round(offset)))
        return sum(self._sharp) >= _FEWEST_SHARP or any(self._is_usual(delay_s) for delay_s in self._delays_s[-1])

    def _is_usual(self, delay_s: float) -> bool:
        """Whether most of the last beats had a spike so long before them; chance makes spikes at any distance."""
        alike = sum(any(abs(each_s - delay_s) <= _ALIKE_S for each_s in spikes_s) for spikes_s in self._delays_s)
        return alike >= _FEWEST

    def _is_pulse(self, around: FloatArray, place: int) -> bool:
        """Whether what is at `place` is a pulse and the complex that it evoked, of either sign."""
        reach, foot = round(_TOP_S * self._fs_hz), round(_FOOT_S * self._fs_hz)
        first = place - reach - foot
        if first < 0:
            return False
        wave = around[first : place + reach + foot + 1].tolist()
        near = wave[foot : len(wave) - foot]
        highest, lowest = max(near), min(near)
        least = _TALLEST * (highest - lowest)
        begin, end = (round(after_s * self._fs_hz) for after_s in _EVOKED_S)
        for sign, top in ((1.0, highest), (-1.0, lowest)):
            at = foot + near.index(top)
            height = _height(wave, at, foot, sign)
            if height <= 0.0 or height < least or not self._is_narrow(wave, at, height, sign):
                continue
            evoked = _span(around[first + at + begin : first + at + end])
            before = _span(around[max(0, first + at - end) : first + at - begin])
            if evoked >= _EVOKED * height and before <= _STILL * evoked:
                return True
        return False

    def _is_narrow(self, wave: list[float], at: int, height: float, sign: float) -> bool:
        """The deflection whose top is at `at`, at half its height."""
        widest, level = _WIDEST_S * self._fs_hz, sign * wave[at] - 0.5 * height
        before = _reach(wave[at::-1], level, sign)
        return before < widest and before + _reach(wave[at:], level, sign) < widest


def _span(wave: FloatArray) -> float:
    return float(wave.max() - wave.min()) if len(wave) else 0.0


def _height(wave: list[float], at: int, foot: int, sign: float) -> float:
    """Of the deflection above the nearer of its two feet."""
    before, after = wave[max(0, at - foot) : at + 1], wave[at : at + foot + 1]
    lowest = max(min(before), min(after)) if sign > 0.0 else max(-max(before), -max(after))
    return sign * wave[at] - lowest


def _reach(wave: list[float], level: float, sign: float) -> float:
    """How many samples from the first on the wave falls to `level`, between them by a line."""
    last = sign * wave[0]
    for number, value in enumerate(wave[1:], 1):
        here = sign * value
        if here <= level:
            return number - (level - here) / (last - here)
        last = here
    return float(len(wave) - 1)
