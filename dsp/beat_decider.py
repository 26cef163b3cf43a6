"""Which candidates are beats: decided one after the other, each compared with the beats before it."""

import math
from collections import deque
from itertools import pairwise

import numpy as np

from dsp.beat_candidates import SURROUNDINGS, Surroundings
from dsp.beat_history import COMPARISONS, BeatHistory, Candidate
from dsp.beat_score import beat_score
from dsp.filters import BANDS, FloatArray, Trace

_LOWER = 1.0  # an example whose envelope is e times lower than the median one is none
_STALE_S = 3.0  # a history that has explained nothing for so long is doubted, every second
_ALIKE = 0.9  # correlation of beats of one heart
_REFRACTORY = 0.27  # of the median interval: the ventricles cannot contract again sooner
_INTERVALS = 8
SNIPPET_S = 0.080  # half the length of the waveform that is compared from beat to beat


class BeatDecider:
    """Decides candidates in time order; grid points are counted within the `Trace` handed in."""

    def __init__(self, grid_hz: float) -> None:
        self._grid_hz = grid_hz
        half = round(SNIPPET_S * grid_hz)
        self._snippet = np.arange(-half, half + 1)[:, None] + np.arange(-1, 2)
        self._surroundings = Surroundings(grid_hz)
        self._history: BeatHistory | None = None
        self._beat_s = -math.inf  # when the last beat was, or the history was last doubted
        self._beats_s: deque[float] = deque(maxlen=_INTERVALS + 1)

    @property
    def ready(self) -> bool:
        """Whether it knows what beats to expect."""
        return self._history is not None

    def forget(self) -> None:
        """The signal was lost: the beats before say nothing about those to come."""
        self._history = None
        self._beats_s.clear()

    def seed(self, trace: Trace, begin: int, end: int, begin_s: float) -> None:
        """Take as examples of beats the highest candidate of each second from `begin`, which is at `begin_s`,
        to `end`, if there is any."""
        examples = self._examples(trace, begin, end, begin_s)
        if examples:
            self._history = BeatHistory(examples)
            self._beat_s = examples[-1].t_s

    def _examples(self, trace: Trace, begin: int, end: int, begin_s: float) -> list[Candidate]:
        second = round(self._grid_hz)
        examples = []
        for start in range(begin, end, second):
            found = self._surroundings.candidates(trace.energy, start, min(start + second, end))
            if len(found):
                top = int(found[np.argmax(trace.energy[found])])
                row = self._surroundings.measure(trace, np.array([top]))[0]
                examples.append(self._candidate(trace, top, row, begin_s + (top - begin) / self._grid_hz))
        if not examples:
            return examples
        typical = sorted(example.height for example in examples)[len(examples) // 2]
        return [example for example in examples if example.height > typical - _LOWER]

    def _start_over(self, trace: Trace, at: int, t_s: float) -> None:
        """No beat for long: if what stands out since then is alike, it is the heart, and the history is wrong."""
        self._beat_s = t_s - _STALE_S + 1.0
        back = round(_STALE_S * self._grid_hz)
        examples = self._examples(trace, at - back, at, t_s - back / self._grid_hz)
        first = examples[0].unit_wave() if examples else None
        if first is not None and len(examples) > 2 and all(first @ other.unit_wave() > _ALIKE for other in examples):
            self._history = BeatHistory(examples)

    def _candidate(self, trace: Trace, at: int, surroundings: FloatArray, t_s: float) -> Candidate:
        height = 0.5 * float(np.log(trace.energy[at]))
        return Candidate(t_s, height, surroundings[: len(BANDS)], trace.wave[at + self._snippet])

    def decide(self, trace: Trace, start: int, stop: int, start_s: float) -> list[tuple[int, float]]:
        """Grid point and score of each candidate from `start`, which is at `start_s`, up to `stop`.

        It is a beat when its score is above zero.
        """
        found = self._surroundings.candidates(trace.energy, start, stop)
        if not len(found) or self._history is None:
            return []
        rows = np.empty((len(found), SURROUNDINGS + COMPARISONS))
        rows[:, :SURROUNDINGS] = self._surroundings.measure(trace, found)
        decided = []
        for at, row in zip(found.tolist(), rows, strict=True):
            candidate = self._candidate(trace, at, row, start_s + (at - start) / self._grid_hz)
            if candidate.t_s - self._beat_s > _STALE_S:
                self._start_over(trace, at, candidate.t_s)
            if self._history.dwarfs(candidate) or self._refractory(candidate.t_s):
                continue
            row[SURROUNDINGS:] = self._history.compare(candidate)
            score = self.score(row, candidate.t_s)
            if score > 0.0:
                self._history.accept(candidate)
                self._beat_s = candidate.t_s
                self._beats_s.append(candidate.t_s)
            else:
                self._history.pass_over(candidate.height)
            decided.append((at, score))
        return decided

    def _refractory(self, t_s: float) -> bool:
        """Whether the last beat was too lately for another, by the intervals before it."""
        beats_s = self._beats_s
        if len(beats_s) <= _INTERVALS:
            return False
        intervals_s = sorted(after - before for before, after in pairwise(beats_s))
        return t_s - beats_s[-1] < _REFRACTORY * intervals_s[_INTERVALS // 2]

    def score(self, features: FloatArray, t_s: float) -> float:
        """The logarithm of the odds that the candidate at `t_s` is a beat."""
        return beat_score(features)
