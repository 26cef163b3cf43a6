"""The streaming R-peak detector.

Every maximum of the QRS envelope is a candidate. What the signal around it looks like and how it compares with the
latest beats (height, interval, waveform) go into one small learnt score, and a candidate that scores above zero is a
beat. The front end is local, the decisions run strictly in time order, and both advance in hops whose ends depend on
the samples alone, so how these were cut into blocks cannot matter.
"""

import math
from bisect import bisect_left

import numpy as np

from dsp.rpeak.candidates import AHEAD_S, APART_S, BEHIND_S
from dsp.rpeak.decider import BeatDecider
from dsp.rpeak.filters import SILENCE, BandTrace, FilterBank, grid_rate_hz
from dsp.rpeak.hearing import Hearing
from dsp.rpeak.score import Ruling, ruling
from dsp.rpeak.spikes import SpikeRemover
from dsp.rpeak.template import QrsTemplates
from dsp.rpeak.trust.pacing import PacingMonitor
from dsp.rpeak.trust.quality import SignalQuality
from dsp.types import Beat, Contact, FloatArray, SampleBlock

WARM_UP_S = 3.0  # listened to before the first beat, to learn how high beats are; a choice
_WATCH_S = 0.048  # how often it is checked whether there is signal, at the start and where some is missing; a choice
_HELD_S = 0.020  # lost samples are bridged by the last good one, for no longer than this; a choice
_LOST_SHARE = 1.0 / 16.0  # nor when more of them are lost than this; a choice
_LARGEST = 1e12  # a million volts in uV: samples beyond count as lost, as their squares might overflow
_LOST_S = 1.0  # after this long without signal the beats before it say nothing about those after it; a choice
_CAPACITY_S = 20.0  # of signal kept before the buffers are moved up (speed alone)
# Where fewer samples move than either of these, the amplifier jumps and no heart beats. A QRS complex on a converter of
# few bits, its baseline constant, moves in no more than a dozen steps; choices.
_MOVING, _STEPS = 0.2, 8
_RAIL_FROM = 0.25  # of the range there has been: a rail is so far from the mean; a choice
_RAIL_S = 0.06  # as long at the end of the amplifier's range there may be anything; a choice
_GUESS = ruling([0.1])  # says next to nothing: odds of 1.1 to 1
BULK_S = 12.0  # filtered at once where a whole recording is read (speed alone)


class RPeakDetector:
    """Finds R-peaks in ECG blocks as they come.

    Polarity, scale and offset of the signal do not matter. A beat is returned by the push that completes the 400 ms
    after its R-peak; in the first WARM_UP_S after the start or a loss of contact it may take until their end.
    """

    def __init__(
        self, fs_hz: float, decider: BeatDecider | None = None, at_once_s: float = 0.0, hearing: Hearing | None = None
    ) -> None:
        """`at_once_s`: how much signal is taken at once, which is quicker but delays beats; 0: live, no beat waits.
        `decider` and `hearing` are made of the fitted network unless they are given."""
        if not 100.0 <= fs_hz <= 1000.0:
            raise ValueError(f"fs_hz is {fs_hz}; allowed is 100 to 1000")
        self._fs_hz = fs_hz
        grid_hz = grid_rate_hz(fs_hz)
        self._ahead = round(AHEAD_S * grid_hz)
        self._apart = int(APART_S * grid_hz)
        self._live = at_once_s == 0.0
        self._most = self._ahead if self._live else round(at_once_s * grid_hz)
        self._bank = FilterBank(fs_hz, self._most)
        self._templates = QrsTemplates(fs_hz)
        self._spikes = SpikeRemover(fs_hz)
        self._decider = decider or BeatDecider(grid_hz)
        self._behind = round(BEHIND_S * grid_hz) + 1
        self._warm_up = round(WARM_UP_S * grid_hz)
        self._step = int(_WATCH_S * grid_hz)
        self._held = round(_HELD_S * fs_hz)
        self._room = round(_CAPACITY_S * grid_hz) + self._most
        self._raw = np.empty(self._bank.samples_for(self._room) + self._spikes.ahead)
        self._trace = BandTrace.of(self._room)
        self._hearing = hearing or Hearing(grid_hz)
        self._hearing.remember(self._room)
        self._next_index: int | None = None
        self._restart(0)

    def _restart(self, first_index: int) -> None:
        """Begin anew: sample `first_index` is the first there is."""
        self._decider.forget()
        self._hearing.forget()
        self._templates.forget()
        self._spikes.restart()
        self._base = first_index  # sample index of _raw[0]
        self._filled = 0  # samples in _raw
        self._lead = self._behind  # grid points before the first, silent
        self._trace.silence(self._lead)
        self._end = self._lead  # grid points in _trace
        self._heard = self._lead  # grid points that were listened to
        self._mended = 0  # samples in _raw that the trace was made from, and a few more
        self._watched = self._lead  # grid points looked at by _watch, in whole steps
        self._pending: list[int] = []  # candidates that are still to be decided
        self._begin = self._lead  # first grid point with signal since the last loss
        self._plan()
        self._silent = 0
        self._origin = math.nan
        self._last_good = math.nan
        self._bridged = 0.0  # lost samples bridged lately
        self._sum, self._count = 0.0, 0
        self._lowest, self._highest = math.inf, -math.inf  # sample ...
        self._ranged = 0  # ... of so many in _raw and all before
        self._quality = SignalQuality()
        self._pacing = PacingMonitor(self._fs_hz)

    @property
    def quality(self) -> float:
        """How readable the last seconds were, 0 to 1; 0 without contact, signal or beats."""
        return self._quality.at(self._index(self._end - self._ahead) / self._fs_hz)

    @property
    def period_s(self) -> float:
        """NaN: R-peaks tell the heart rate themselves."""
        return math.nan

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
        while len(values):
            end = self._filled + len(values)
            if end < self._wanted:
                self._raw[self._filled : end] = values
                self._filled = end
                return
            room = self._raw[self._filled : self._filled + len(values)]
            room[:] = values[: len(room)]
            values = values[len(room) :]
            self._filled += len(room)
            while self._filled >= self._wanted:
                self._hop(self._goal, beats)
                self._plan()

    def _plan(self) -> None:
        """Choose how far the next hop goes: live, to where the next candidate can be decided."""
        if self._end + self._most > self._room:
            self._make_room()
        self._goal = self._next_candidate() + self._ahead + 1 if self._live else self._end + self._most
        self._wanted = self._samples_to(self._goal) + self._spikes.ahead

    def _next_candidate(self) -> int:
        """The first grid point that may be one. Of those too near to the end to be told yet only the highest can."""
        if self._decider.ready and self._pending:
            return self._pending[0]
        unseen = self._end - self._apart
        return unseen + int(self._trace.energy[unseen : self._end].argmax()) if self._decider.ready else unseen

    def _samples_to(self, end: int) -> int:
        """How many samples in _raw the trace up to grid point `end` is made from."""
        return self._bank.samples_for(end - self._lead)

    def _hop(self, end: int, beats: list[Beat]) -> None:
        """Extend the trace up to grid point `end` and decide what has become decidable."""
        begin, self._end = self._end, end
        complete = self._bank.fill(self._mend(begin, end), self._trace, begin, end)
        self._pending += self._decider.candidates(self._trace, begin - self._apart, end - self._apart)
        for stop in range(self._watched + self._step, end + 1, self._step):
            if complete and self._decider.ready:
                break
            self._watch(stop, beats)
        self._watched += (end - self._watched) // self._step * self._step
        if complete:
            self._silent = 0
        if self._decider.ready:
            self._decide_to(end - self._ahead, beats)

    def _listen(self) -> None:
        """Where it need not be known yet what was heard it can wait: much at once costs less than often a little."""
        if self._heard < self._end:
            self._hearing.extend(self._trace, self._heard, self._end)
            self._heard = self._end

    def _make_room(self) -> None:
        """Drop all but the last seconds, which the features of candidates to come look back on."""
        self._listen()
        keep = self._behind + self._warm_up + self._ahead + self._step
        drop = self._end - keep
        self._trace.move(drop, self._end)
        samples = (drop - self._lead) * self._bank.factor
        self._lead = 0
        self._end -= drop
        self._heard = self._end
        self._watched -= drop
        self._begin -= drop
        self._pending = [at - drop for at in self._pending]
        self._range_to(samples)
        self._ranged -= samples
        self._raw[: self._filled - samples] = self._raw[samples : self._filled].copy()
        self._filled -= samples
        self._mended -= samples
        self._base += samples

    def _watch(self, end: int, beats: list[Beat]) -> None:
        """One step, up to grid point `end`, that may be silent or part of the first seconds."""
        silent = float(self._trace.energy[end - self._step : end].max()) == SILENCE
        self._silent = self._silent + 1 if silent else 0
        if self._silent * _WATCH_S > _LOST_S:
            self._decide_to(end - self._ahead, beats)
            self._decider.forget()
            self._templates.forget()
            self._begin = end
            self._quality = SignalQuality()
        elif self._decider.ready or end - self._begin >= self._warm_up:
            if not self._decider.ready:
                self._seed(end - self._ahead)
            self._decide_to(end - self._ahead, beats)

    def _seed(self, stop: int) -> None:
        begin = max(self._begin, stop - self._warm_up)
        self._decider.seed(self._trace, begin, stop, self._index(begin) / self._fs_hz)

    def _mend(self, begin: int, end: int) -> FloatArray:
        """The samples that grid points `begin` to `end` are made from, relative to the first one ever, lost ones
        bridged by the last good one for a while."""
        made, stop = max(0, self._mended - self._spikes.ahead), self._samples_to(end) + self._spikes.ahead
        fresh = self._raw[self._mended : stop]
        if self._bridged or not np.maximum.reduce(np.abs(fresh), initial=0.0) <= _LARGEST:
            self._mend_slowly(fresh)
        else:
            if math.isnan(self._origin):
                self._origin = float(fresh[0])
            fresh -= self._origin
            self._last_good = float(fresh[-1])
        self._mended = stop
        stop -= self._spikes.ahead
        for at in self._spikes.clean(self._raw, made, stop):
            self._pacing.spike((self._base + at) / self._fs_hz)
        return self._raw[(begin - self._lead) * self._bank.factor : stop]

    def _mend_slowly(self, fresh: FloatArray) -> None:
        for place, value in enumerate(fresh.tolist()):
            if abs(value) <= _LARGEST:
                if math.isnan(self._origin):
                    self._origin = value
                self._last_good = value - self._origin
                self._bridged = max(0.0, self._bridged - _LOST_SHARE)
                fresh[place] = self._last_good
            else:
                self._bridged = min(self._bridged + 1.0, self._held + 1.0)
                fresh[place] = self._last_good if self._bridged <= self._held else math.nan

    def _decide_to(self, stop: int, beats: list[Beat]) -> None:
        """Decide the candidates before grid point `stop`."""
        count = bisect_left(self._pending, stop)
        if not count:
            return
        found, self._pending = self._pending[:count], self._pending[count:]
        times_s = [self._index(at) / self._fs_hz for at in found]

        def hear(number: int) -> FloatArray:
            self._listen()
            return self._hearing.at(self._heard - 1 - found[number])

        for at, ruled in self._decider.decide(self._trace, found, times_s, hear):
            if ruled.score <= 0.0:
                self._quality.decided(False, ruled.doubt, self._index(at) / self._fs_hz)
            else:
                self._accept(at, ruled, beats)

    def _accept(self, at: int, ruled: Ruling, beats: list[Beat]) -> None:
        """Locate the beat near grid point `at` and grade it. Beside a gap or a rail it counts as a guess."""
        index = self._index(at)
        samples = self._around(index)
        outer = self._templates.margin - self._templates.inner_margin
        near = samples[outer : len(samples) - outer]
        gap = math.isnan(near.dot(near)) or self._on_a_rail(samples, index)
        if math.isnan(samples.dot(samples)):
            samples = np.where(np.isnan(samples), np.nanmean(near), samples)
            near = samples[outer : len(samples) - outer]
        if np.count_nonzero(near[1:] != near[:-1]) < min(_STEPS, _MOVING * len(near)):
            return
        self._quality.decided(True, max(ruled.doubt, _GUESS.doubt) if gap else ruled.doubt, index / self._fs_hz)
        place = self._templates.locate(samples)
        where = index + place.offset
        t_s = where / self._fs_hz
        quality = self._quality.at_beat(t_s, place.likeness_to_usual, 0.5 * math.log(self._trace.energy[at]))
        if gap or ruled.score <= _GUESS.score:
            quality = 0.0
        paced = self._pacing.paced(t_s, samples, place.offset)
        timing = 0.0 if paced else place.timing
        beats.append(Beat(where, t_s, quality, timing, place.likeness, place.sd_ms, paced, place.placed_by))

    def _on_a_rail(self, samples: FloatArray, index: int) -> bool:
        """Whether `samples`, which are about `index`, stay for long at the highest or lowest value there has been: the
        amplifier's end, no wave's."""
        self._range_to(min(index - self._base + self._templates.margin + 1, self._filled))
        if np.minimum.reduce(samples) > self._lowest and np.maximum.reduce(samples) < self._highest:
            return False
        ended = (samples <= self._lowest) | (samples >= self._highest)
        if np.count_nonzero(ended) < _RAIL_S * self._fs_hz:
            return False
        # A converter of few bits has its baseline at one end of the range where all waves go one way.
        ended &= np.abs(samples - self._sum / self._count) > _RAIL_FROM * (self._highest - self._lowest)
        return bool(np.count_nonzero(ended) >= _RAIL_S * self._fs_hz)

    def _range_to(self, stop: int) -> None:
        if stop > self._ranged:
            part = self._raw[self._ranged : stop]
            self._ranged = stop
            if not math.isfinite(np.add.reduce(part)):
                part = part[np.isfinite(part)]
            if len(part):
                self._lowest = min(self._lowest, float(np.minimum.reduce(part)))
                self._highest = max(self._highest, float(np.maximum.reduce(part)))
                self._sum += float(np.add.reduce(part))
                self._count += len(part)

    def _index(self, point: int) -> int:
        """The sample index of a grid point."""
        return self._base + (point - self._lead) * self._bank.factor + self._bank.delay

    def _around(self, index: int) -> FloatArray:
        """The samples in which the R-peak is sought; beyond the ends they are level."""
        margin = self._templates.margin
        low, high = index - self._base - margin, index - self._base + margin + 1
        samples = self._raw[max(0, low) : min(high, self._filled)]
        if low < 0 or high > self._filled:
            samples = np.pad(samples, (max(0, -low), max(0, high - self._filled)), mode="edge")
        return samples

    def finish(self) -> list[Beat]:
        """The signal has ended: the beats that can be decided without the samples to come."""
        beats: list[Beat] = []
        if self._next_index is None:
            return beats
        beyond = self._ahead * self._bank.factor + 2 * self._bank.delay + self._spikes.ahead
        self._take(np.full(beyond, np.nan), beats)
        end = self._lead + self._bank.points_in(self._filled - self._spikes.ahead)
        if end > self._end:
            self._hop(end, beats)
        if not self._decider.ready and self._end > self._begin:
            self._seed(self._end - self._ahead)
            self._decide_to(self._end - self._ahead, beats)
        self._next_index = None
        return beats


def find_rpeaks(ecg_uv: FloatArray, fs_hz: float) -> list[Beat]:
    """The R-peaks of a whole recording."""
    detector = RPeakDetector(fs_hz, at_once_s=BULK_S)
    return detector.push(SampleBlock(0, fs_hz, ecg_uv)) + detector.finish()
