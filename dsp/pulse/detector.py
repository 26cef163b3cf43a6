"""Streaming pulse (PPG) detector: finds the systolic upslopes, causally and with bounded latency.

The constants of this package were set by hand on the 24 records of bidmc that bench.pulses scores, and on the wrists of
stress-predict where a comment says so (docs/decisions/0004).
"""

import math

import numpy as np
from numpy.typing import NDArray

from dsp.pulse.history import RoughWatch, SlopeHistory
from dsp.pulse.period import PeriodMonitor
from dsp.pulse.polarity import BESIDE_S, CLEARLY, DOUBT_S, PolarityWatch, find_sign, sign_evidence
from dsp.pulse.quality import PulseQuality, Timing
from dsp.pulse.rules import PulseRules
from dsp.pulse.slope import SlopeFilter
from dsp.pulse.template import UpslopeTemplate, vertex
from dsp.types import TRUSTED_QUALITY, Beat, Contact, FloatArray, SampleBlock

PulsePoint = tuple[float, float, float]
"""A pulse: its grid point, its quality, and the quality of its timing."""

# The signal is processed in steps of this length.
HOP_S = 0.1
# A stronger upslope that follows within this time is taken instead.
LOOK_AHEAD_S = 0.35
# Polarity and strength are learnt from this much signal.
LEARN_S = 3.0
# Slope is kept for twice that time.
HISTORY_S = 6.0
# After this long without signal everything is learnt anew.
LOST_S = 1.0
# Below this rate the slope's kernel holds fewer than eight samples, and may leave it rough.
COARSE_HZ = 50.0
# A smoothed rise is steepest so near to where it was before.
NEAR_S = 0.05
# Where any slope is lost within this of a pulse's place, the place is not trusted (docs/decisions/0042).
HEARD_S = (-0.06, 0.08)
# A pulse unlike the template still moves template and level with this weight.
LEAST_WEIGHT = 0.25
# The detector is tested at rates between these.
MIN_FS_HZ, MAX_FS_HZ = 25.0, 500.0


class PulseDetector:
    """Finds the pulses in PPG at 25 to 500 Hz of any scale, offset and polarity.

    A beat comes out at the latest 0.56 s of signal after its upslope (0.58 s below 50 Hz), plus the length of the block
    that holds that moment; in the first 3 s after the start, a lost second or a change of polarity it may come late.
    Beats do not depend on how the samples were cut into blocks. A beat's place is where the upslope matches
    the wearer's own mean upslope, to a fraction of a sample; the intervals between them are pulse intervals.
    """

    def __init__(self, fs_hz: float) -> None:
        if not MIN_FS_HZ <= fs_hz <= MAX_FS_HZ:
            raise ValueError(f"fs_hz is {fs_hz}; allowed is {MIN_FS_HZ:g} to {MAX_FS_HZ:g}")
        self._fs_hz = fs_hz
        self._next_index: int | None = None
        self._start(0)

    def _start(self, first_index: int) -> None:
        self._filter = SlopeFilter(self._fs_hz, HOP_S)
        self._origin = first_index - self._filter.delay_samples
        self._pending: list[FloatArray] = []
        self._pending_count = 0
        self._tracker = _Tracker(self._filter.grid_hz, coarse=self._fs_hz < COARSE_HZ)

    @property
    def quality(self) -> float:
        """How far the most recent second can be trusted, 0 to 1: its pulses, or that it beats at one period; none of it
        where a second rhythm beats beside."""
        return self._tracker.quality

    @property
    def period_s(self) -> float:
        """The pulse's period over the last seconds, also where single pulses are not known; NaN where unsure."""
        return self._tracker.period_s

    def push(self, block: SampleBlock) -> list[Beat]:
        """Take the next block; return the beats that it decides, in time order."""
        beats: list[Beat] = []
        if block.first_index != self._next_index:
            beats = self._jump(block.first_index)
        values = block.values
        self._next_index = block.first_index + values.size
        if block.contact is not Contact.GOOD:
            values = np.full(values.size, np.nan)
        self._pending.append(values)
        self._pending_count += values.size
        if self._pending_count >= self._filter.hop_samples:
            beats += self._advance()
        return beats

    def finish(self) -> list[Beat]:
        """The beats still on their way; nothing may be pushed afterwards."""
        hop = self._filter.hop_samples
        ahead = math.ceil((LOOK_AHEAD_S + HOP_S) * self._fs_hz) + self._filter.delay_samples
        tail = np.full(math.ceil((ahead + self._pending_count) / hop) * hop - self._pending_count, np.nan)
        self._pending.append(tail)
        self._pending_count += tail.size
        return self._advance() + self._beats(self._tracker.close())

    def _jump(self, first_index: int) -> list[Beat]:
        """Samples are missing: a short gap is so many lost samples, anything else a new start."""
        missing = -1 if self._next_index is None else first_index - self._next_index
        if 0 < missing <= 2 * LOST_S * self._fs_hz:
            self._pending.append(np.full(missing, np.nan))
            self._pending_count += missing
            return []
        beats = [] if self._next_index is None else self.finish()
        self._start(first_index)
        return beats

    def _advance(self) -> list[Beat]:
        hop = self._filter.hop_samples
        samples = np.concatenate(self._pending)
        used = samples.size - samples.size % hop
        self._pending = [samples[used:]]
        self._pending_count = samples.size - used
        beats: list[Beat] = []
        for start in range(0, used, hop):
            found = self._tracker.push(self._filter.push(samples[start : start + hop]))
            beats += self._beats(found)
        return beats

    def _beats(self, found: list[PulsePoint]) -> list[Beat]:
        beats = []
        for point, quality, timing in found:
            index = self._origin + point * self._filter.samples_per_point
            beats.append(Beat(index, index / self._fs_hz, quality, timing))
        return beats


class _Tracker:
    """From slopes on the grid to places of pulses on it, each with its quality."""

    def __init__(self, grid_hz: float, coarse: bool) -> None:
        self._grid_hz = grid_hz
        self._coarse = coarse
        self._template = UpslopeTemplate(grid_hz, coarse)
        self._quality = PulseQuality()
        self._period = PeriodMonitor(grid_hz)
        self._before = max(round(BESIDE_S * grid_hz), self._template.before)
        self._look_ahead = max(round(LOOK_AHEAD_S * grid_hz), self._template.after)
        self._slope = SlopeHistory(grid_hz, round(HISTORY_S * grid_hz))
        self._roughness = RoughWatch()
        self._near = round(NEAR_S * grid_hz)
        self._scanned = 0  # grid index up to which rises were looked for
        self._sign = 1.0
        self._polarity = PolarityWatch()
        self._turned = False
        self._sign_from = 0  # grid index of the last trusted pulse, or of the last judgement of the sign
        self._rules: PulseRules | None = None
        self._learn_from = 0
        self._lost = 0
        self._candidates: list[tuple[int, float]] = []

    @property
    def _end(self) -> int:
        return self._slope.end

    @property
    def quality(self) -> float:
        return max(self._quality.recent, self._period.sureness) * self._heard * self._period.alone

    @property
    def period_s(self) -> float:
        sure = self._period.sureness * self._heard >= TRUSTED_QUALITY and self._period.alone > 0.0
        return self._period.period_s if sure else math.nan

    @property
    def _heard(self) -> float:
        """1 while upslopes come, falling to 0 once one is a period late."""
        if self._rules is None or self._lost:
            return 0.0
        silent_s = self._end / self._grid_hz - self._rules.last_s - LOOK_AHEAD_S - HOP_S
        late = silent_s / self._rules.period_s - 1.0
        return min(max(1.0 - late, 0.0), 1.0)

    def push(self, slope: FloatArray) -> list[PulsePoint]:
        """One hop on."""
        lost = np.isnan(slope)
        self._period.push(slope, self._rules.pace_s if self._rules else math.nan)
        begin = self._end
        self._slope.push(slope)
        found = self._follow_losses(lost, begin)
        if self._rules is not None:
            self._scan(self._slope.known)
        elif not self._lost and self._end - self._learn_from >= LEARN_S * self._grid_hz:
            self._learn()
        found += self._decide(self._end - self._look_ahead)
        if self._rules is not None and self._end - self._sign_from >= DOUBT_S * self._grid_hz:
            self._sign_from = self._end
            self._turned |= self._sign * sign_evidence(self._slope.fine, self._grid_hz) < -CLEARLY
        if self._turned:
            self._turned = False
            self._sign = -self._sign
            self._learn()
        elif self._coarse and self._rules is not None and self._roughness.turned(self._slope.rough):
            self._slope.turn()
            self._learn()
        return found

    def close(self) -> list[PulsePoint]:
        """All that can be decided without more signal."""
        if self._rules is None and self._end - self._learn_from >= self._grid_hz:
            self._learn()
        return self._decide(self._end)

    def _follow_losses(self, lost: NDArray[np.bool_], begin: int) -> list[PulsePoint]:
        if not lost.all():
            if self._lost >= LOST_S * self._grid_hz:
                self._learn_from = begin
            self._lost = 0
            return []
        before = self._lost
        self._lost += lost.size
        if before < LOST_S * self._grid_hz <= self._lost:
            found = self.close()
            self._rules = None
            self._learn_from = self._end
            self._quality.lose()
            self._period.lose()
            self._roughness = RoughWatch()
            if self._slope.rough:
                self._slope.turn()
            self._candidates = []
            return found
        return []

    def _learn(self) -> None:
        """Learn polarity and strength from the last seconds, and search them for pulses again."""
        begin = max(self._learn_from, self._end - round(LEARN_S * self._grid_hz), self._slope.first)
        slope = self._slope.values[begin - self._slope.first : self._slope.known - self._slope.first]
        if self._rules is None:
            self._sign_from = self._end
            self._sign = find_sign(slope, self._grid_hz)
        second = round(self._grid_hz)
        tops = sorted(float(np.max(self._sign * slope[k : k + second])) for k in range(0, slope.size, second))
        top = tops[len(tops) // 2] if tops else 0.0
        last_s = self._rules.last_s if self._rules else -math.inf
        self._rules = PulseRules(math.log(top) if top > 0 else 0.0, last_s, self._slope.rough)
        self._candidates = []
        self._scanned = begin
        self._scan(self._slope.known)

    def _scan(self, end: int) -> None:
        """Collect the points since the last scan, up to `end - 2`, where a rise is steepest."""
        first = max(self._scanned - 2, self._slope.first)
        self._scanned = max(end, self._scanned)
        slope = (self._sign * self._slope.values[first - self._slope.first : end - self._slope.first]).tolist()
        for at, (before, here, after) in enumerate(zip(slope, slope[1:], slope[2:], strict=False), first + 1):
            if here > 0.0 and before < here >= after:
                self._candidates.append((at, math.log(here)))

    def _decide(self, until: int) -> list[PulsePoint]:
        """Judge the candidates up to grid point `until`; the places and qualities of those that are pulses."""
        found: list[PulsePoint] = []
        rules = self._rules
        if rules is None:
            return found
        while self._candidates and self._candidates[0][0] <= until:
            at, strength = self._candidates.pop(0)
            t_s = at / self._grid_hz
            if not rules.passes(t_s, strength) or self._outdone(at, strength):
                continue
            slope, fine, low = self._around(at)
            steepest = at - low + vertex(slope, at - low)
            place, likeness = self._template.match(fine, steepest)
            peak = float(slope[at - low])
            fall = float(slope[at - low :].min()) / peak
            timing = Timing(t_s, rules.last_s, self._period.sureness, self._period.period_s)
            alike, quality, placed = self._quality.judge(
                likeness, strength - rules.level, fall, rules.regularity(t_s), timing
            )
            alone = self._period.alone > 0.0
            well = self._is_whole(low + place) and not self._slope.rough
            found.append((low + place, quality * alone, placed * alone if well else 0.0))
            if quality >= TRUSTED_QUALITY:
                self._sign_from = at
            self._roughness.push(likeness)
            self._turned |= self._polarity.turned(fine, self._steepest(fine, at - low), self._grid_hz, quality)
            self._template.learn(fine, place, steepest, max(alike, LEAST_WEIGHT))
            rules.accept(t_s, strength, max(alike, LEAST_WEIGHT))
        return found

    def _outdone(self, at: int, strength: float) -> bool:
        """A stronger upslope follows too soon for both to be pulses."""
        assert self._rules is not None
        reach = min(LOOK_AHEAD_S, self._rules.period_s / 2) * self._grid_hz
        return any(later - at < reach and other > strength for later, other in self._candidates)

    def _around(self, at: int) -> tuple[FloatArray, FloatArray, int]:
        """The slope around a candidate, rising upwards, as it is searched and as it came; and the grid index of its
        first point."""
        low = max(at - self._before, self._slope.first)
        part = slice(low - self._slope.first, at + self._template.after - self._slope.first)
        return self._sign * self._slope.values[part], self._sign * self._slope.fine[part], low

    def _is_whole(self, place: float) -> bool:
        """Whether nothing is lost of the upslope that lies at `place`."""
        begin, end = (round(place + offset_s * self._grid_hz) for offset_s in HEARD_S)
        return self._slope.is_whole(begin, end + 1)

    def _steepest(self, fine: FloatArray, at: int) -> int:
        """Where the rise is steepest that was found at point `at` of the slope, perhaps when smoothed."""
        near = max(at - self._near, 0)
        return near + int(fine[near : at + self._near + 1].argmax()) if self._slope.rough else at


def find_pulses(ppg: FloatArray, fs_hz: float) -> list[Beat]:
    """All pulses of a recording, as the detector finds them live. `ppg` has shape (n,), NaN where lost."""
    detector = PulseDetector(fs_hz)
    return detector.push(SampleBlock(0, fs_hz, np.asarray(ppg, dtype=np.float64))) + detector.finish()
