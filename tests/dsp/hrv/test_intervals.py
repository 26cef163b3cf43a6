import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.hrv.intervals import DELAY_BEATS, MOST_HELD, IntervalClassifier, beats_of_rr, classify
from dsp.types import Beat, FloatArray, IntervalKind, RRInterval

NORMAL = IntervalKind.NORMAL
rr_lists = st.lists(st.floats(150, 5000, allow_nan=False), max_size=60)


def steady(count: int, rr_ms: float = 800.0, swing_ms: float = 40.0) -> FloatArray:
    """RR of someone breathing at about 15/min, with a little of everything else."""
    beat = np.arange(count)
    rng = np.random.default_rng(3)
    breath: FloatArray = np.sin(2 * np.pi * beat / 5.3)
    slow: FloatArray = np.sin(2 * np.pi * beat / 13.1)
    return rr_ms + swing_ms / 2 * (0.7 * breath + 0.3 * slow) + swing_ms / 20 * rng.standard_normal(count)


def slow_breathing(count: int, swing_ms: float) -> np.ndarray:
    """RR of someone breathing at 6/min, trough to peak `swing_ms`."""
    rr, t_s = [], 0.0
    for _ in range(count):
        rr.append(800 + swing_ms / 2 * np.sin(2 * np.pi * t_s / 10))
        t_s += rr[-1] / 1000
    return np.array(rr)


def kinds_near(intervals: list[RRInterval], first: int, last: int) -> list[IntervalKind]:
    return [i.kind for i in intervals[first : last + 1]]


def others_are_normal(intervals: list[RRInterval], first: int, last: int) -> bool:
    return all(i.kind is NORMAL for n, i in enumerate(intervals) if not first <= n <= last)


def test_a_missed_beat_spoils_the_one_long_interval() -> None:
    beats = beats_of_rr(steady(100))
    del beats[50]
    intervals = classify(beats)
    assert intervals[49].kind is IntervalKind.MISSED
    assert others_are_normal(intervals, 49, 49)


def test_three_missed_beats_in_a_row_are_missed_beats() -> None:
    beats = beats_of_rr(steady(100))
    del beats[50:53]
    assert classify(beats)[49].kind is IntervalKind.UNREADABLE  # 3.2 s: a gap
    beats = beats_of_rr(steady(100, rr_ms=650))
    del beats[50:53]
    assert classify(beats)[49].kind is IntervalKind.MISSED


def test_an_extra_beat_spoils_both_parts() -> None:
    beats = beats_of_rr(steady(100))
    t_s = beats[50].t_s + 0.35
    beats.insert(51, Beat(t_s * 1000, t_s, 1.0))
    intervals = classify(beats)
    assert kinds_near(intervals, 50, 51) == [IntervalKind.EXTRA] * 2
    assert others_are_normal(intervals, 50, 51)


def test_an_ectopic_beat_with_its_pause_spoils_both_intervals() -> None:
    rr = steady(100)
    rr[50] -= 250
    rr[51] += 250
    intervals = classify(beats_of_rr(rr))
    assert kinds_near(intervals, 50, 51) == [IntervalKind.ECTOPIC] * 2
    assert others_are_normal(intervals, 50, 51)


@pytest.mark.parametrize("shift_ms", [-60, 60, 120])
def test_a_misplaced_beat_is_found_beside_a_regular_heart(shift_ms: float) -> None:
    rr = steady(100, swing_ms=8)
    rr[50] += shift_ms
    rr[51] -= shift_ms
    intervals = classify(beats_of_rr(rr))
    assert NORMAL not in kinds_near(intervals, 50, 51)
    assert others_are_normal(intervals, 50, 51)


def test_an_early_beat_without_a_pause_is_long_or_short() -> None:
    rr = steady(100)
    rr[50] -= 300
    intervals = classify(beats_of_rr(rr))
    assert intervals[50].kind is IntervalKind.LONG_SHORT
    assert others_are_normal(intervals, 50, 50)


@pytest.mark.parametrize("swing_ms", [20, 100, 300, 500])
def test_slow_deep_breathing_is_normal(swing_ms: float) -> None:
    assert all(i.kind is NORMAL for i in classify(beats_of_rr(slow_breathing(400, swing_ms))))


def test_the_quietest_heart_is_normal() -> None:
    assert all(i.kind is NORMAL for i in classify(beats_of_rr(steady(300, swing_ms=1))))
    assert all(i.kind is NORMAL for i in classify(beats_of_rr([800.0] * 300)))


def test_a_beat_of_low_quality_makes_both_its_intervals_unreadable() -> None:
    beats = beats_of_rr(steady(40))
    beats[20] = Beat(beats[20].sample_index, beats[20].t_s, 0.49)
    intervals = classify(beats)
    assert kinds_near(intervals, 19, 20) == [IntervalKind.UNREADABLE] * 2
    assert others_are_normal(intervals, 19, 20)


def pulses(rr_ms: np.ndarray, doubtful: dict[int, float]) -> list[Beat]:
    """Pulses at those intervals; the doubtful ones are displaced by so many ms."""
    return [
        Beat(b.sample_index + doubtful[n], b.t_s + doubtful[n] / 1000, 0.3, 0.1) if n in doubtful else b
        for n, b in enumerate(beats_of_rr(rr_ms))
    ]


@pytest.mark.parametrize(
    ("doubtful", "known"),
    [
        ({20: 30.0}, True),
        ({20: 200.0}, False),
        ({20: 60.0, 21: -30.0}, True),
        ({20: 0.0, 21: 0.0, 22: 0.0}, False),
        ({20: 0.0, 21: 200.0}, False),
    ],
)
def test_trusted_pulses_on_both_sides_speak_for_doubtful_ones_on_time(doubtful: dict[int, float], known: bool) -> None:
    """They count for heart rate; their place stays doubtful, so variability leaves them out."""
    intervals = classify(pulses(steady(40), doubtful))
    last = max(doubtful)
    kind = NORMAL if known else IntervalKind.UNREADABLE
    assert kinds_near(intervals, 19, last) == [kind] * (last - 18)
    assert [n for n, i in enumerate(intervals) if not i.timed] == (list(range(19, last + 1)) if known else [])
    assert others_are_normal(intervals, 19, last)


def test_a_pulse_at_half_the_usual_pace_is_not_spoken_for() -> None:
    """Evenly between its neighbours, but they are two usual periods to either side: pulses are missing."""
    intervals = classify(pulses(np.concatenate((steady(20), [1400.0, 1400.0], steady(20))), {21: 0.0}))
    assert kinds_near(intervals, 20, 21) == [IntervalKind.UNREADABLE] * 2


def test_nothing_speaks_for_pulses_where_no_pace_is_known() -> None:
    intervals = classify(pulses(steady(3), {1: 0.0, 2: 0.0}))
    assert kinds_near(intervals, 0, 2) == [IntervalKind.UNREADABLE] * 3


@given(st.lists(st.tuples(st.floats(300, 3500), st.booleans()), max_size=40))
def test_doubtful_pulses_delay_no_interval_further(rr: list[tuple[float, bool]]) -> None:
    classifier = IntervalClassifier()
    beats = pulses(np.array([r for r, _ in rr]), {n: 0.0 for n, (_, low) in enumerate(rr) if low})
    out: list[RRInterval] = []
    for n, beat in enumerate(beats):
        out += classifier.push(beat)
        assert len(out) >= n - MOST_HELD
    out += classifier.finish()
    assert [i.number for i in out] == list(range(len(rr)))
    assert [i.rr_ms for i in out] == pytest.approx([r for r, _ in rr], abs=1e-6)


def test_a_gap_is_unreadable_and_what_comes_after_is_judged_afresh() -> None:
    slow, fast = steady(60, 1000), steady(60, 500)
    intervals = classify(beats_of_rr(np.concatenate((slow, [10_000.0], fast))))
    assert intervals[60].kind is IntervalKind.UNREADABLE
    assert others_are_normal(intervals, 60, 60)
    assert [i.number for i in intervals] == list(range(121))


def test_no_interval_spans_lost_contact_and_numbers_jump() -> None:
    classifier = IntervalClassifier()
    out: list[RRInterval] = []
    for n, beat in enumerate(beats_of_rr(steady(40))):
        if n == 20:
            classifier.break_at(beat.t_s - 0.3)
        out += classifier.push(beat)
    out += classifier.finish()
    assert len(out) == 39
    assert np.flatnonzero(np.diff([i.number for i in out]) != 1).tolist() == [18]


def test_a_break_only_counts_once_the_beats_before_it_are_in() -> None:
    """Beats come out of a detector later than the loss of contact is known."""
    classifier = IntervalClassifier()
    beats = beats_of_rr([800.0] * 10)
    out = [interval for beat in beats[:4] for interval in classifier.push(beat)]
    classifier.break_at(beats[6].t_s + 0.1)
    out += [interval for beat in beats[4:] for interval in classifier.push(beat)]
    out += classifier.finish()
    assert [i.t_s for i in out] == [b.t_s for n, b in enumerate(beats) if n not in (0, 7)]


def test_each_interval_is_decided_two_beats_late_once_there_is_a_level_to_judge_by() -> None:
    classifier = IntervalClassifier()
    known = [len(classifier.push(beat)) for beat in beats_of_rr(steady(40))]
    first = next(n for n, count in enumerate(known) if count)
    assert known[first] == first - DELAY_BEATS
    assert first <= MOST_HELD
    assert known[first + 1 :] == [1] * (len(known) - first - 1)
    assert len(classifier.finish()) == DELAY_BEATS


@given(st.lists(st.sampled_from(["beat", "doubtful", "foreign"]), min_size=30, max_size=60))
def test_without_a_level_intervals_come_late_but_they_come_and_tell_no_variability(what: list[str]) -> None:
    classifier = IntervalClassifier()
    out: list[RRInterval] = []
    for n, kind in enumerate(what):
        likeness = 0.0 if kind == "foreign" else 1.0
        out += classifier.push(Beat(800.0 * n, 0.8 * n, 0.1 if kind == "doubtful" else 1.0, 1.0, likeness, 0.3))
        assert len(out) >= n - MOST_HELD
    out += classifier.finish()
    assert [i.number for i in out] == list(range(len(what) - 1))
    level_known = sum(a == b == c == "beat" for a, b, c in zip(what, what[1:], what[2:], strict=False)) >= 12
    assert level_known or not any(i.timed and i.kind is NORMAL for i in out)


@given(rr_lists)
def test_intervals_are_the_ones_measured_whatever_they_are(rr_ms: list[float]) -> None:
    intervals = classify(beats_of_rr(rr_ms))
    assert [i.rr_ms for i in intervals] == pytest.approx(rr_ms, abs=1e-6)
    assert [i.number for i in intervals] == list(range(len(rr_ms)))
    assert all((i.kind is IntervalKind.UNREADABLE) == (i.rr_ms > 3000) for i in intervals)


@given(rr_lists, st.floats(0.0, 1.0))
def test_quality_alone_decides_what_is_trusted(rr_ms: list[float], quality: float) -> None:
    beats = [Beat(b.sample_index, b.t_s, quality) for b in beats_of_rr(rr_ms)]
    if quality < 0.5:
        assert all(i.kind is IntervalKind.UNREADABLE for i in classify(beats))
    else:
        assert classify(beats) == classify(beats_of_rr(rr_ms))
