"""The streaming R-peak detector.

Every maximum of the QRS envelope is a candidate. What the signal around it looks like and how it compares with the
latest beats (height, interval, waveform) go into one small learnt score, and a candidate that scores above zero is a
beat. The front end is local, the decisions run strictly in time order, and both advance in hops at fixed sample
indices, so how the samples were cut into blocks cannot matter.
"""

import math

import numpy as np

from dsp.beat_candidates import AHEAD_S, BEHIND_S, SNIPPET_S, Surroundings, find_candidates
from dsp.beat_history import BeatHistory
from dsp.beat_score import beat_score
from dsp.filters import SILENCE, FloatArray, FrontEnd
from dsp.rpeak_location import RPeakLocator
from dsp.types import Beat, Contact, SampleBlock

HOP_S = 0.064
WARM_UP_S = 3.0
_HELD_S = 0.020  # samples lost for no longer than this are bridged by the last one
_LOST_S = 1.0  # after this long without signal the beats before it say nothing about those after it
_CAPACITY_S = 20.0
_BULK_HOPS = 256
_QUALITY_GAIN = 0.1


class BeatDecider:
    """Decides candidates in time order. `trace` arrays are handed in with the candidates' places in them."""

    def __init__(self, grid_hz: float) -> None:
        self._grid_hz = grid_hz
        self._half = round(SNIPPET_S * grid_hz)
        self._snippet = np.arange(-self._half, self._half + 1)[:, None] + np.arange(-1, 2)
        self._history: BeatHistory | None = None

    @property
    def ready(self) -> bool:
        """Whether it knows what beats to expect."""
        return self._history is not None

    def forget(self) -> None:
        """The signal was lost: the beats before say nothing about those to come."""
        self._history = None

    def seed(self, energy: FloatArray) -> None:
        """Take the typical height of beats from the first seconds of signal."""
        second = round(self._grid_hz)
        tops = sorted(float(energy[k : k + second].max()) for k in range(0, max(1, len(energy) - second // 2), second))
        self._history = BeatHistory(tops[len(tops) // 2], 2 * self._half + 1)

    def decide(self, t_s: float, at: int, surroundings: FloatArray, trace: tuple[FloatArray, ...]) -> float:
        """The score of the candidate; it is a beat when above zero."""
        bands, energy, wave = trace
        history = self._history
        assert history is not None
        height = float(energy[at])
        shape = bands[at] - height
        snippets = wave[at + self._snippet]
        score = self.score(np.concatenate((surroundings, history.compare(t_s, height, shape, snippets))), t_s)
        if score > 0.0:
            history.accept(t_s, height, shape, snippets)
        else:
            history.pass_over(height)
        return score

    def score(self, features: FloatArray, t_s: float) -> float:
        return beat_score(features)


class RPeakDetector:
    """Finds R-peaks in ECG blocks as they come.

    Polarity, scale and offset of the signal do not matter. A beat is returned by the push that completes the 400 ms
    after its R-peak; in the first WARM_UP_S after the start or a loss of contact it may take until their end.
    """

    def __init__(self, fs_hz: float, decider: BeatDecider | None = None, hops: int = 1) -> None:
        if not 100.0 <= fs_hz <= 1000.0:
            raise ValueError(f"fs_hz is {fs_hz}; allowed is 100 to 1000")
        self._fs_hz = fs_hz
        self._front = FrontEnd(fs_hz)
        self._locator = RPeakLocator(fs_hz)
        grid_hz = self._front.grid_hz
        self._decider = decider or BeatDecider(grid_hz)
        self._surroundings = Surroundings(grid_hz)
        self._step = int(HOP_S * grid_hz)
        self._hop = hops * self._step
        self._ahead = round(AHEAD_S * grid_hz)
        self._behind = round(BEHIND_S * grid_hz) + 1
        self._warm_up = round(WARM_UP_S * grid_hz)
        self._held = round(_HELD_S * fs_hz)
        self._points = round(_CAPACITY_S * grid_hz) + self._hop
        self._raw = np.empty(self._points * self._front.factor + self._front.samples_for(self._hop))
        self._trace = (
            np.empty((self._points, self._front.trace(np.zeros(self._front.samples_for(1))).bands.shape[1])),
            np.empty(self._points),
            np.empty(self._points),
        )
        self._next_index: int | None = None
        self.quality = 0.0
        self._restart(0)

    def _restart(self, first_index: int) -> None:
        """Begin anew: sample `first_index` is the first there is."""
        self._decider.forget()
        self._base = first_index  # sample index of _raw[0]
        self._filled = 0  # samples in _raw
        self._lead = self._behind  # grid points before the first, silent
        for array, value in zip(self._trace, (SILENCE, SILENCE, 0.0), strict=True):
            array[: self._lead] = value
        self._end = self._lead  # grid points in _trace
        self._decided = self._lead  # candidates before this grid point are decided
        self._begin = self._lead  # first grid point with signal since the last loss
        self._silent = 0
        self._origin = math.nan
        self._last_good = 0.0
        self._good_age = self._held + 1
        self.quality = 0.0

    def push(self, block: SampleBlock) -> list[Beat]:
        """Take the next samples; return the beats that are now known, in time order."""
        beats: list[Beat] = []
        if self._next_index is None or block.first_index != self._next_index:
            beats += self._skip_to(block.first_index)
        values = block.values if block.contact == Contact.GOOD else np.full(len(block.values), np.nan)
        self._next_index = block.first_index + len(values)
        self._take(values, beats)
        return beats

    def _skip_to(self, index: int) -> list[Beat]:
        """Samples are missing: bridge a short gap with lost samples, begin anew after a long one."""
        if self._next_index is None:
            self._restart(index)
            return []
        missing = index - self._next_index
        beats: list[Beat] = []
        if 0 < missing < 2 * WARM_UP_S * self._fs_hz:
            self._take(np.full(missing, np.nan), beats)
            return beats
        beats = self.finish()
        self._restart(index)
        return beats

    def _take(self, values: FloatArray, beats: list[Beat]) -> None:
        start, count = 0, len(values)
        while start < count:
            taken = min(count - start, len(self._raw) - self._filled)
            self._raw[self._filled : self._filled + taken] = values[start : start + taken]
            self._filled += taken
            start += taken
            self._advance(beats)

    def _advance(self, beats: list[Beat]) -> None:
        """Run every hop whose samples are in."""
        while True:
            points = self._hop
            first = (self._end - self._lead) * self._front.factor
            if self._filled < first + self._front.samples_for(points):
                return
            if self._end + points > self._points:
                self._make_room()
            else:
                self._hop_once(first, points)
                self._follow(points, beats)

    def _make_room(self) -> None:
        """Drop all but the last seconds, which the features of candidates to come look back on."""
        keep = self._behind + self._warm_up + self._ahead + 2 * self._step
        drop = self._end - keep
        for array in self._trace:
            array[:keep] = array[drop : self._end].copy()
        samples = (drop - self._lead) * self._front.factor
        self._lead = 0
        self._end -= drop
        self._decided -= drop
        self._begin -= drop
        self._raw[: self._filled - samples] = self._raw[samples : self._filled].copy()
        self._filled -= samples
        self._base += samples

    def _hop_once(self, first: int, points: int) -> None:
        trace = self._front.trace(self._mend(first, points))
        end = self._end + points
        for array, new in zip(self._trace, (trace.bands, trace.energy, trace.wave), strict=True):
            array[self._end : end] = new
        self._end = end

    def _follow(self, points: int, beats: list[Beat]) -> None:
        """Decide what the last `points` grid points have made decidable, watching for the loss of the signal."""
        energy = self._trace[1]
        begin = self._end - points
        if self._decider.ready and float(energy[begin : self._end].min()) > SILENCE:
            self._silent = 0
            self._decide_to(self._end - self._ahead, beats)
            return
        for end in range(begin + self._step, self._end + 1, self._step):
            silent = float(energy[end - self._step : end].max()) == SILENCE
            self._silent = self._silent + 1 if silent else 0
            if self._silent * HOP_S > _LOST_S:
                if self._decider.ready:
                    self._decide_to(end - self._ahead, beats)
                self._decider.forget()
                self._begin = end
                self.quality = 0.0
            elif self._decider.ready or end - self._begin >= self._warm_up:
                if not self._decider.ready:
                    self._decider.seed(energy[self._begin : end])
                self._decide_to(end - self._ahead, beats)

    def _mend(self, first: int, points: int) -> FloatArray:
        """The samples of a hop relative to the first one ever, lost ones bridged by the last good one for a while."""
        stop = first + self._front.samples_for(points)
        fresh = self._raw[stop - points * self._front.factor if first else 0 : stop]
        if self._good_age or math.isnan(float(fresh.sum())):
            self._mend_slowly(fresh)
        else:
            fresh -= self._origin
            self._last_good = float(fresh[-1])
        return self._raw[first:stop]

    def _mend_slowly(self, fresh: FloatArray) -> None:
        for place, value in enumerate(fresh.tolist()):
            if value - value == 0.0:
                if math.isnan(self._origin):
                    self._origin = value
                self._last_good = value - self._origin
                self._good_age = 0
                fresh[place] = self._last_good
            else:
                self._good_age += 1
                fresh[place] = self._last_good if self._good_age <= self._held else math.nan

    def _decide_to(self, stop: int, beats: list[Beat]) -> None:
        """Decide the candidates before grid point `stop`."""
        low = max(self._decided, self._begin) - self._ahead
        found = find_candidates(self._trace[1][low : stop + self._ahead], self._front.grid_hz) + low
        found = found[(found >= self._decided) & (found < stop)]
        self._decided = stop
        if not len(found):
            return
        rows = self._surroundings.measure(self._trace[0], self._trace[1], found)
        for at, row in zip(found.tolist(), rows, strict=True):
            index = (at - self._lead) * self._front.factor + self._front.delay
            t_s = (self._base + index) / self._fs_hz
            score = self._decider.decide(t_s, at, row, self._trace)
            certainty = abs(math.tanh(0.5 * score))
            self.quality += _QUALITY_GAIN * (certainty - self.quality)
            if score > 0.0:
                beats.append(self._beat(index, self.quality))

    def _beat(self, index: int, quality: float) -> Beat:
        margin = self._locator.margin
        low, high = index - margin, index + margin + 1
        samples = self._raw[max(0, low) : min(high, self._filled)]
        if low < 0 or high > self._filled:
            samples = np.pad(samples, (max(0, -low), max(0, high - self._filled)), mode="edge")
        where = self._base + index + self._locator.locate(samples)
        return Beat(where, where / self._fs_hz, quality)

    def finish(self) -> list[Beat]:
        """The signal has ended: the beats that can be decided without the samples to come."""
        beats: list[Beat] = []
        if self._next_index is None:
            return beats
        self._take(np.full((self._ahead + self._hop) * self._front.factor + 2 * self._front.delay, np.nan), beats)
        if not self._decider.ready and self._end > self._begin:
            self._decider.seed(self._trace[1][self._begin : self._end])
            self._decide_to(self._end - self._ahead, beats)
        self._next_index = None
        return beats


def find_rpeaks(ecg_uv: FloatArray, fs_hz: float) -> list[Beat]:
    """The R-peaks of a whole recording."""
    detector = RPeakDetector(fs_hz, hops=_BULK_HOPS)
    return detector.push(SampleBlock(0, fs_hz, ecg_uv)) + detector.finish()
