"""RR intervals from beats, each with a kind."""

import math
from collections import deque
from collections.abc import Iterable
from dataclasses import replace

from dsp.hrv.kinds.alternation import mark_alternation
from dsp.hrv.kinds.lipponen import LipponenRule
from dsp.hrv.kinds.raw import Raw, Shape, beside
from dsp.hrv.kinds.shape import UsualShape
from dsp.hrv.kinds.timing import TimingRule, foreign, shapes_known
from dsp.types import LONGEST_RR_MS, NAN, TRUSTED_QUALITY, Beat, IntervalKind, RRInterval

DELAY_BEATS = 2
"""How many beats after its own an interval is decided: the rules look two intervals ahead."""
MOST_HELD = 24
"""Intervals that wait, at the most, until there is a level to judge them by."""

_MOST_DOUBTFUL = DELAY_BEATS  # pulses in a row that trusted ones on both sides may confirm: what the delay allows
# Place of a beat, times its unlikeness squared, and at most: one unlike the template may lie on a wrong part of it.
_UNLIKE_SD_MS, _MOST_UNLIKE_SD_MS = 20.0, 10.0
_ON_TIME = 0.15  # share by which their parts may be uneven or off the pace; wider let noise through (decisions/0004)


class IntervalClassifier:
    """Beats in, classified RR intervals out, in order and two beats late; after a start or a gap once a dozen
    differences are known, but at most 24 beats late.

    An interval is `UNREADABLE` when a beat at either end has a quality below 0.5, or when it is longer than
    3 s. The exception: one or two doubtful pulses between trusted ones, which divide the time evenly at the usual pace,
    are confirmed by those around them. Where the beats' shapes are known (R-peaks) they and the timing
    tell the kind, else the intervals alone. The interval given is always the one measured.
    """

    def __init__(self) -> None:
        self._previous: Beat | None = None
        self._previous_shape = Shape.UNKNOWN
        self._shape = UsualShape()
        self._break_s: float | None = None
        self._number = -1
        self._start_context()

    def _start_context(self) -> None:
        self._run: deque[Raw] = deque(maxlen=MOST_HELD + DELAY_BEATS + 2)
        self._undecided = 0
        self._held: list[Raw] = []
        self._lipponen = LipponenRule()
        self._timing = TimingRule()

    def break_at(self, t_s: float) -> None:
        """Contact was lost at `t_s`: no interval spans that moment, and the next is adjacent to none before
        it."""
        self._break_s = t_s

    def push(self, beat: Beat) -> list[RRInterval]:
        """Take the next beat in time; return the intervals that it decides."""
        previous, self._previous = self._previous, beat
        opened, self._previous_shape = self._previous_shape, self._shape.grade(beat)
        if previous is None:
            return []
        self._number += 1
        if beat.paced:
            # It takes some beats to know: those that wait were made by the pacemaker as well.
            for waiting in list(self._run)[len(self._run) - self._undecided :]:
                waiting.timed = False
        if self._break_s is not None and self._break_s < beat.t_s:
            spans_break = previous.t_s <= self._break_s
            self._break_s = None
            if spans_break:
                return self._flush()
        raw = Raw(
            beat.t_s,
            (beat.t_s - previous.t_s) * 1000,
            self._number,
            sd_ms=_length_sd_ms(previous, beat),
            timed=min(previous.timing, beat.timing) >= TRUSTED_QUALITY and previous.placed_by == beat.placed_by,
            opened=opened,
            closed=self._previous_shape,
        )
        if raw.rr_ms > LONGEST_RR_MS:
            out = self._flush()
            self._start_context()
            raw.mark(IntervalKind.UNREADABLE, 0.0)
            return [*out, raw.interval()]
        trusted = beat.quality >= TRUSTED_QUALITY
        if previous.quality >= TRUSTED_QUALITY and trusted:
            raw.apart = foreign(raw)
            return self._extend(raw)
        return self._doubt(raw, begun=previous.quality < TRUSTED_QUALITY, ended=trusted)

    def finish(self) -> list[RRInterval]:
        """The last intervals, decided on what there is."""
        return self._flush()

    def _doubt(self, raw: Raw, *, begun: bool, ended: bool) -> list[RRInterval]:
        """An interval with a doubtful end waits for the next trusted beat, if that comes within the delay. Only for
        pulses, whose timing is rated apart from their quality: they are then known to exist, but not to a few ms."""
        if begun and not self._held:
            return self._give_up([raw])
        self._held.append(raw)
        if raw.timed or (ended and not self._on_time()):
            return self._give_up([])
        if not ended:
            waiting = len(self._held) <= _MOST_DOUBTFUL
            return self._decide_late(len(self._held)) if waiting else self._give_up([])
        held, self._held = self._held, []
        return [interval for each in held for interval in self._extend(replace(each, apart=True))]

    def _on_time(self) -> bool:
        """Whether the doubtful beats divide the time between two trusted ones at the heart's own pace."""
        usual_ms = self._lipponen.level_ms
        if usual_ms is None:
            return False
        even_ms = sum(h.rr_ms for h in self._held) / len(self._held)
        usual = abs(even_ms - usual_ms) <= _ON_TIME * usual_ms
        return usual and all(abs(h.rr_ms - even_ms) <= _ON_TIME * even_ms for h in self._held)

    def _extend(self, raw: Raw) -> list[RRInterval]:
        before = self._run[-1] if self._run else None
        if before and not (raw.apart or before.apart) and raw.number - before.number == 1:
            raw.d_ms = raw.rr_ms - before.rr_ms
        if not foreign(raw):
            self._lipponen.take(raw)
        self._append(raw)
        return self._decide_late()

    def _give_up(self, more: list[Raw]) -> list[RRInterval]:
        """What is held, and `more`, cannot be read; nothing before it need wait for what comes behind."""
        held, self._held = [*self._held, *more], []
        for raw in held:
            raw.mark(IntervalKind.UNREADABLE, 0.0)
            raw.apart = raw.timed = True
            self._append(raw)
        return self._decide_late(DELAY_BEATS)

    def _append(self, raw: Raw) -> None:
        self._run.append(raw)
        self._undecided += 1

    def _decide_late(self, held: int = 0) -> list[RRInterval]:
        """Decide what would become too late."""
        late = DELAY_BEATS if self._lipponen.warm else MOST_HELD
        due = min(self._undecided, self._undecided + held - late)
        return [self._decide() for _ in range(due)]

    def _flush(self) -> list[RRInterval]:
        out = self._give_up([])
        out += [self._decide() for _ in range(self._undecided)]
        self._run.clear()
        return out

    def _decide(self) -> RRInterval:
        at = len(self._run) - self._undecided
        self._undecided -= 1
        raw = self._run[at]
        if raw.kind is IntervalKind.UNREADABLE:
            pass
        elif foreign(raw) or (shapes_known(raw) and not raw.apart):
            self._timing.judge(self._run, at, self._lipponen.usual_difference_ms)
        elif not raw.apart:
            self._lipponen.judge(self._run, at)
        mark_alternation(self._run, at)
        self._timing.learn(raw, beside(self._run, at, -1))
        if not self._lipponen.warm and raw.kind is not IntervalKind.UNREADABLE:
            raw.timed = False
        return raw.interval()


def _length_sd_ms(begin: Beat, end: Beat) -> float:
    sd_ms = math.hypot(_place_sd_ms(begin), _place_sd_ms(end))
    return sd_ms if math.isfinite(sd_ms) else NAN


def _place_sd_ms(beat: Beat) -> float:
    """What the detector says, and that a beat unlike the template may lie on a wrong part of it."""
    if math.isnan(beat.place_sd_ms) or math.isnan(beat.likeness):
        return beat.place_sd_ms
    return math.hypot(beat.place_sd_ms, min(_MOST_UNLIKE_SD_MS, _UNLIKE_SD_MS * (1.0 - beat.likeness) ** 2))


def classify(beats: Iterable[Beat]) -> list[RRInterval]:
    """All intervals between `beats`, in time order, as `IntervalClassifier` gives them."""
    classifier = IntervalClassifier()
    intervals = [interval for beat in beats for interval in classifier.push(beat)]
    return intervals + classifier.finish()


def beats_of_rr(rr_ms: Iterable[float]) -> list[Beat]:
    """The beats, at quality 1, of a plain list of intervals in ms; the first beat is at 0 s.

    `sample_index` counts milliseconds.
    """
    beats = [Beat(0.0, 0.0, 1.0)]
    for rr in rr_ms:
        at_ms = beats[-1].sample_index + rr
        beats.append(Beat(at_ms, at_ms / 1000, 1.0))
    return beats
