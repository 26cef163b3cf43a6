import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.state.readings import STEADY_RUN, Reading, ReadingWindow, rate_intervals
from dsp.types import Contact, HrvSnapshot, IntervalKind, RRInterval, StateInputs

UNREADABLE = IntervalKind.UNREADABLE
NORMAL = IntervalKind.NORMAL


def series(rr_ms: list[float], kinds: list[IntervalKind] | None = None, start_s: float = 0.0) -> list[RRInterval]:
    out, at_s = [], start_s
    for number, rr in enumerate(rr_ms):
        at_s += rr / 1000
        out.append(RRInterval(at_s, rr, kinds[number] if kinds else NORMAL, number))
    return out


def second(t_s: float, intervals: list[RRInterval]) -> StateInputs:
    return StateInputs(t_s, tuple(intervals), HrvSnapshot(t_s, 60.0, 0, 0.0), 1.0, Contact.GOOD, False)


def test_a_steady_run_that_no_beat_vouches_for_still_tells_the_heart_rate() -> None:
    run = series([800.0, 820.0, 810.0, 790.0, 805.0, 815.0, 800.0], [UNREADABLE] * 7)
    assert rate_intervals(run) == run
    assert rate_intervals(run[: STEADY_RUN - 1]) == []


def test_a_run_is_broken_by_a_gap_or_a_jump() -> None:
    broken = series([800.0] * 4 + [1200.0] + [800.0] * 4, [UNREADABLE] * 9)
    assert rate_intervals(broken) == []
    apart = [RRInterval(i.t_s, i.rr_ms, i.kind, i.number * 2) for i in series([800.0] * 9, [UNREADABLE] * 9)]
    assert rate_intervals(apart) == []


def test_a_steady_run_far_from_the_heart_is_movement() -> None:
    heart = series([800.0] * 20)
    steps = [
        RRInterval(i.t_s, i.rr_ms, i.kind, i.number + 20) for i in series([400.0] * 8, [UNREADABLE] * 8, heart[-1].t_s)
    ]
    assert rate_intervals([*heart, *steps]) == heart


@given(st.lists(st.floats(700, 950), min_size=1, max_size=60), st.lists(st.sampled_from(IntervalKind), min_size=60))
def test_credible_normal_intervals_all_count_and_artefacts_never(rr_ms: list[float], kinds: list[IntervalKind]) -> None:
    intervals = series(rr_ms, kinds)
    told = rate_intervals(intervals)
    assert [i for i in intervals if i.kind is NORMAL] == [i for i in told if i.kind is NORMAL]
    assert {i.kind for i in told} <= {NORMAL, UNREADABLE}


@pytest.mark.parametrize(("unread", "known"), [(8, True), (11, False)])
def test_a_reading_needs_seven_tenths_of_its_minute(unread: int, known: bool) -> None:
    """Unread time comes in pieces of 2 s, spread over the minute."""
    kinds = [NORMAL] * (60 - 2 * unread)
    for n in range(unread):
        kinds.insert(4 * n + 2, UNREADABLE)
    rr_ms = [2000.0 if kind is UNREADABLE else 1000.0 for kind in kinds]
    reading = ReadingWindow().update(second(60.0, series(rr_ms, kinds)))
    assert (reading is not None) is known
    assert reading is None or reading.ln_hr == pytest.approx(math.log(60))


def test_a_missed_beat_that_was_taken_for_normal_is_not_believed() -> None:
    clean = ReadingWindow().update(second(51.0, series([800.0, 820.0] * 30)))
    missed = ReadingWindow().update(second(51.0, series([800.0, 820.0] * 15 + [1620.0] + [800.0, 820.0] * 14)))
    assert clean is not None
    assert missed is not None
    assert missed.ln_hr == pytest.approx(clean.ln_hr, abs=0.001)
    assert missed.ln_rmssd == pytest.approx(clean.ln_rmssd, abs=0.05)
    assert missed.artefact_pct > 0


def test_differences_are_taken_between_adjacent_intervals_only() -> None:
    window = ReadingWindow()
    rr_ms = [900.0 if n % 2 else 800.0 for n in range(60)]
    gapped = [RRInterval(i.t_s, i.rr_ms, i.kind, i.number + n // 4) for n, i in enumerate(series(rr_ms))]
    reading = window.update(second(51.0, gapped))
    assert reading is not None
    assert reading.ln_rmssd == pytest.approx(math.log(100.0))
    scattered = [RRInterval(i.t_s, i.rr_ms, i.kind, i.number * 2) for i in series(rr_ms)]
    alone = ReadingWindow().update(second(51.0, scattered))
    assert alone is not None
    assert math.isnan(alone.ln_rmssd)


def test_a_break_empties_the_window() -> None:
    window = ReadingWindow()
    before = window.update(second(50.0, series([500.0] * 100)))
    after = window.update(
        second(85.0, [RRInterval(i.t_s, i.rr_ms, NORMAL, i.number + 200) for i in series([1000.0] * 30, start_s=55.0)])
    )
    assert before is not None
    assert after is not None
    assert before.ln_hr == pytest.approx(math.log(120))
    assert after.ln_hr == pytest.approx(math.log(60))


def test_time_that_could_not_be_read_takes_the_vagal_part_and_then_the_reading() -> None:
    def reading(unread: int) -> Reading | None:
        kinds = [UNREADABLE if n % 10 < unread else NORMAL for n in range(70)]
        rr_ms = [850.0 + 30 * (n % 2) if k is NORMAL else 500.0 + 40 * (n % 7) for n, k in enumerate(kinds)]
        intervals = series(rr_ms, kinds)
        return ReadingWindow().update(second(math.ceil(intervals[-1].t_s), intervals))

    clear, doubtful = reading(0), reading(2)
    assert clear is not None
    assert doubtful is not None
    assert not math.isnan(clear.ln_rmssd)
    assert math.isnan(doubtful.ln_rmssd)
    assert doubtful.ln_hr == pytest.approx(math.log(60_000 / 865), abs=0.01)
    assert reading(7) is None


def test_small_quirks_of_a_regular_heart_are_not_artefacts() -> None:
    quirk = [IntervalKind.ECTOPIC if n % 8 == 0 else NORMAL for n in range(64)]
    small = ReadingWindow().update(second(52.0, series([800.0 + (40 if k is not NORMAL else 0) for k in quirk], quirk)))
    large = ReadingWindow().update(
        second(54.0, series([800.0 + (240 if k is not NORMAL else 0) for k in quirk], quirk))
    )
    assert small is not None
    assert large is not None
    assert small.artefact_pct == 0.0
    assert large.artefact_pct == pytest.approx(12.5, abs=1.0)
