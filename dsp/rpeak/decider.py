"""Which candidates are beats: decided one after the other, each compared with the beats before it.

The constants are choices, not tuned; the score's weights were fitted with them.
"""

import math
from collections import deque

import numpy as np

from dsp.rpeak.candidates import CandidateFinder
from dsp.rpeak.filters import BANDS, BandTrace
from dsp.rpeak.history import BeatHistory, Candidate
from dsp.rpeak.network import Network, fitted
from dsp.rpeak.score import BeatScore, Hear, Judge, Ruling, ruling
from dsp.types import FloatArray

_LOWER = 1.0  # an example whose envelope is e times lower than the median one is no example
_STALE_S = 3.0  # a history by which nothing was a beat for so long is doubted, every second
_ALIKE = 0.9  # least correlation of the waveforms of one heart's beats
_REFRACTORY = 0.27  # of the median interval: the ventricles cannot contract again sooner
_INTERVALS = 8  # so many, whose median that is
# For want of a beat a candidate need not be one more likely than not: from so many usual intervals after the last beat,
# but within these limits, the score that is asked for falls, so fast and so far. Chosen on second leads and on
# synthetic pauses (decisions 3, 41 and 43).
_OVERDUE, _SOONEST_S, _LATEST_S = 1.8, 0.9, 2.0
_EASES_PER_S, _LEAST = 1.0, -0.5
_BARELY = ruling([0.05])  # on a beat taken so: for quality a guess
SNIPPET_S = 0.080  # half the length of the waveform that is compared from beat to beat


class BeatDecider:
    """Decides candidates in time order; grid points are counted within the `BandTrace` handed in."""

    def __init__(self, grid_hz: float, network: Network | None = None) -> None:
        self._grid_hz = grid_hz
        self._beat_score = BeatScore(network or fitted(), _LEAST)
        half = round(SNIPPET_S * grid_hz)
        self._snippet = np.arange(-half, half + 1) + np.arange(-1, 2)[:, None]
        self._finder = CandidateFinder(grid_hz)
        self._history: BeatHistory | None = None
        self._beat_s = -math.inf  # when the last beat was, or the history was last doubted
        self._intervals_s: deque[float] = deque(maxlen=_INTERVALS)
        self._last_s = math.nan  # the last beat
        self._refractory_s = 0.0  # how long after it there is none, by the intervals before it

    @property
    def ready(self) -> bool:
        """Whether it knows what beats to expect."""
        return self._history is not None

    def forget(self) -> None:
        """The signal was lost: the beats before say nothing about those to come."""
        self._history = None
        self._intervals_s.clear()
        self._last_s = math.nan
        self._refractory_s = 0.0

    def seed(self, trace: BandTrace, begin: int, end: int, begin_s: float) -> None:
        """Take as examples of beats the highest candidate of each second from `begin`, which is at `begin_s`,
        to `end`, if there is any."""
        examples = self._examples(trace, begin, end, begin_s)
        if examples:
            self._history = BeatHistory(examples)
            self._beat_s = examples[-1].t_s

    def _examples(self, trace: BandTrace, begin: int, end: int, begin_s: float) -> list[Candidate]:
        second = round(self._grid_hz)
        examples = []
        for start in range(begin, end, second):
            found = self._finder.candidates(trace.energy, start, min(start + second, end))
            if found:
                top = max(found, key=trace.energy.item)
                shapes = self._finder.measure(trace, [top])
                examples.append(self._candidate(trace, top, shapes[0], begin_s + (top - begin) / self._grid_hz))
        if not examples:
            return examples
        typical = sorted(example.height for example in examples)[len(examples) // 2]
        return [example for example in examples if example.height > typical - _LOWER]

    def _start_over(self, trace: BandTrace, at: int, t_s: float) -> None:
        """No beat for long: if what stands out since then is alike, it is the heart, and the history is wrong."""
        self._beat_s = t_s - _STALE_S + 1.0
        back = round(_STALE_S * self._grid_hz)
        examples = self._examples(trace, at - back, at, t_s - back / self._grid_hz)
        first = examples[0].unit_wave() if examples else None
        if first is not None and len(examples) > 2 and all(first @ other.unit_wave() > _ALIKE for other in examples):
            self._history = BeatHistory(examples)

    def _candidate(self, trace: BandTrace, at: int, surroundings: FloatArray, t_s: float) -> Candidate:
        waves = trace.wave[self._snippet + at]
        waves /= math.sqrt(waves[1].dot(waves[1])) + 1e-30
        return Candidate(t_s, 0.5 * math.log(trace.energy.item(at)), surroundings[: len(BANDS)].tolist(), waves)

    def candidates(self, trace: BandTrace, start: int, stop: int) -> list[int]:
        """Grid points from `start` up to `stop` at which a beat could be."""
        return self._finder.candidates(trace.energy, start, stop)

    def decide(self, trace: BandTrace, found: list[int], times_s: list[float], hear: Hear) -> list[tuple[int, Ruling]]:
        """Grid point of, and ruling on, each of the candidates `found`, which are at `times_s`, that could be a beat.

        It is one when its score is above zero, which it is made where a beat has long been due and none is likelier.
        """
        if self._history is None:
            return []
        surroundings = self._finder.measure(trace, found)
        judge = self.judge(surroundings, times_s, hear)
        decided = []
        for number, at in enumerate(found):
            candidate = self._candidate(trace, at, surroundings[number], times_s[number])
            if candidate.t_s - self._beat_s > _STALE_S:
                self._start_over(trace, at, candidate.t_s)
            if candidate.t_s - self._last_s < self._refractory_s or self._history.dwarfs(candidate):
                continue
            ruled = judge(number, self._history.compare(candidate))
            if ruled.score <= 0.0 and ruled.score > self._asked_for(candidate.t_s):
                ruled = _BARELY
            if ruled.score > 0.0:
                self._history.accept(candidate)
                self._beat_at(candidate.t_s)
            else:
                self._history.pass_over(candidate.height)
            decided.append((at, ruled))
        return decided

    def _asked_for(self, t_s: float) -> float:
        """The score that makes a beat of a candidate at `t_s`."""
        due_s = _LATEST_S
        if self._intervals_s:
            usual_s = sorted(self._intervals_s)[len(self._intervals_s) // 2]
            due_s = max(_SOONEST_S, min(_OVERDUE * usual_s, _LATEST_S))
        overdue_s = t_s - self._last_s - due_s
        return max(_LEAST, -_EASES_PER_S * overdue_s) if overdue_s > 0.0 else 0.0

    def _beat_at(self, t_s: float) -> None:
        if not math.isnan(self._last_s):
            self._intervals_s.append(t_s - self._last_s)
        if len(self._intervals_s) == _INTERVALS:
            self._refractory_s = _REFRACTORY * sorted(self._intervals_s)[_INTERVALS // 2]
        self._beat_s = self._last_s = t_s

    def judge(self, surroundings: FloatArray, times_s: list[float], hear: Hear) -> Judge:
        """What says whether a candidate is a beat, for the candidates at `times_s`."""
        return self._beat_score.judge(surroundings, hear)
