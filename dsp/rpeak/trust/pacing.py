"""Whether a pacemaker makes the beats: what it sends is far shorter than anything the ventricles can do.

Two traces of it are looked for. Where the recording is quick enough a pulse is a spike that is taken out before beats
are sought (dsp.rpeak.spikes), and then it stands at the same distance before one beat after the other. Where a filter
has smeared it, it is taken for the R-peak itself: a deflection less than 12 ms wide at half its height, and behind it
the wide complex that it evoked. Of the developers' 181 leads (MIT-BIH, LUDB, the wearable) all unpaced ones have a
median width of 14 ms or more, three of the four paced ones 9 (docs/decisions/0026).
"""

from collections import deque
from itertools import takewhile

import numpy as np

from dsp.types import FloatArray

LEAST_HZ = 250.0
"""Below, a deflection of 12 ms is too few samples to tell."""
_WIDEST_S = 0.012
_TOP_S = 0.020  # how far from the R-peak's place the deflection's top may be
_FOOT_S = 0.030  # how far from its top its feet are
_EVOKED_S = (0.030, 0.130)  # behind the top: where the wide complex is ...
_EVOKED = 0.5  # ... which spans so much of the deflection's height at the least
_AHEAD_S = 0.30  # before a beat a removed spike may be its cause
_BESIDE_S = 0.02
_ALIKE_S = 0.006  # by which the distances from spike to beat vary
_TALLEST = 0.5  # of the span about the R-peak: the deflection is what was taken for it
_MOST_SPIKES = 4096  # kept: where a whole recording is read, all of a piece come before its beats
_BEATS = 16
_FEWEST = 10  # of the last _BEATS that must show a trace: noise shows one in a quarter of them at the most


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
        return sum(self._sharp) >= _FEWEST or any(self._is_usual(delay_s) for delay_s in self._delays_s[-1])

    def _is_usual(self, delay_s: float) -> bool:
        """Whether most of the last beats had a spike so long before them; chance makes spikes at any distance."""
        alike = sum(any(abs(each_s - delay_s) <= _ALIKE_S for each_s in spikes_s) for spikes_s in self._delays_s)
        return alike >= _FEWEST

    def _is_pulse(self, around: FloatArray, place: int) -> bool:
        reach, foot = round(_TOP_S * self._fs_hz), round(_FOOT_S * self._fs_hz)
        near = around[place - reach : place + reach + 1]
        if len(near) < 2 * reach + 1:
            return False
        begin, end = (round(after_s * self._fs_hz) for after_s in _EVOKED_S)
        up, down = int(near.argmax()), int(near.argmin())
        for sign, top in ((1.0, place - reach + up), (-1.0, place - reach + down)):
            wave = sign * around[max(0, top - foot) : top + foot + 1]
            at = min(foot, top)
            height = float(wave[at] - max(wave[: at + 1].min(), wave[at:].min()))
            if height <= 0.0 or self._width_s(wave, at, float(wave[at]) - 0.5 * height) >= _WIDEST_S:
                continue
            evoked = around[top + begin : top + end]
            if len(evoked) and float(np.ptp(evoked)) >= _EVOKED * height and height >= _TALLEST * float(np.ptp(near)):
                return True
        return False

    def _width_s(self, wave: FloatArray, at: int, level: float) -> float:
        """Of the deflection about `at` where it passes `level`."""
        left, right = at, at
        while left > 0 and wave[left] > level:
            left -= 1
        while right < len(wave) - 1 and wave[right] > level:
            right += 1
        before = left + (level - wave[left]) / (wave[left + 1] - wave[left]) if wave[left + 1] > wave[left] else left
        after = (
            right - (level - wave[right]) / (wave[right - 1] - wave[right]) if wave[right - 1] > wave[right] else right
        )
        return float(after - before) / self._fs_hz
