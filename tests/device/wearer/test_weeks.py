"""What is remembered of the weeks, over made-up months, and what it means for the next session."""

import math
import random
from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.recording.format.experiment import BLOCK_DAYS, Arm, arm_of
from device.session.choosing.preferences import Preferences
from device.session.commands import KeepPreferences, Practised
from device.session.events import ArmDrawn, Phase, PhaseChanged
from device.session.weeks.today import FADES, Guidance, Today
from device.wearer.memory import Memory
from device.wearer.memory_file import WearerMemory
from device.wearer.plan import FADING_FROM_WEEK, WEEK_DAYS, WEEKS, PractisedSession, days_of, needed, plan_on
from device.wearer.profile_store import decode, encode
from device.wearer.weeks import (
    HELD_LITTLE,
    HELD_MOST,
    TRANSFER_EVERY_DAYS,
    TRANSFER_FROM_WEEK,
    TRIAL_DAYS,
    TRIAL_PAIRS,
    OwnTrial,
    WeeksSoFar,
)

MONDAY = date(2026, 3, 2).toordinal()
ANSWERS = st.none() | st.integers(1, 5)
SESSIONS = st.lists(
    st.builds(
        PractisedSession,
        st.integers(MONDAY, MONDAY + 120),
        st.floats(0.1, 20),
        st.none() | st.floats(1, 5),
        st.none() | st.floats(1, 5),
    ),
    max_size=90,
)


def calm(weeks: WeeksSoFar, day: int, held: float | None = None, minutes: float = 11.0) -> WeeksSoFar:
    return weeks.practised(day, Practised(0.0, minutes, 3, 2, held))


def plan_row(today: Today) -> tuple[int, int, int, bool]:
    assert today.plan is not None
    return today.plan.week, today.plan.minutes, today.plan.fade, today.plan.transfer


@given(SESSIONS, st.integers(0, 200))
def test_what_is_kept_gives_the_plan_that_all_sessions_give(sessions: list[PractisedSession], later: int) -> None:
    last = max((session.day for session in sessions), default=MONDAY)
    kept = needed(sessions)
    assert len({session.day for session in kept}) <= WEEKS * WEEK_DAYS + 1
    assert plan_on(last + later, days_of(kept)) == plan_on(last + later, days_of(sessions))


@given(SESSIONS)
def test_a_session_at_a_time_comes_to_the_same_as_all_at_once(sessions: list[PractisedSession]) -> None:
    in_order = sorted(sessions, key=lambda session: session.day)
    weeks = WeeksSoFar()
    for one in in_order:
        told = Practised(0.0, one.minutes, _whole(one.tension_before), _whole(one.tension_after), None)
        weeks = weeks.practised(one.day, told)
    rounded = [
        PractisedSession(one.day, one.minutes, *map(_rounded, (one.tension_before, one.tension_after)))
        for one in in_order
    ]
    assert weeks.sessions == needed(rounded)
    assert decode(encode(Memory(weeks=weeks))).weeks == weeks


def _whole(value: float | None) -> int | None:
    return None if value is None else round(value)


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(round(value))


def test_eight_calm_weeks_grow_hold_their_minutes_and_fade() -> None:
    weeks, seen = WeeksSoFar(), []
    for week in range(WEEKS + 1):
        seen.append(plan_row(weeks.today(MONDAY + 7 * week)))
        for day in range(WEEK_DAYS):
            today = weeks.today(MONDAY + 7 * week + day)
            weeks = calm(weeks, MONDAY + 7 * week + day, 0.6 if plan_row(today)[3] else None)
    assert [minutes for _, minutes, _, _ in seen] == [3, 5, 10, 10, 10, 10, 10, 10, 10]
    assert [fade for _, _, fade, _ in seen] == [0] * 6 + [1, 2, 2]
    assert [due for _, _, _, due in seen] == [False] * 3 + [True, False, False, False, True, False]


def test_the_minute_without_a_guide_is_never_due_twice_in_a_month_whoever_practises() -> None:
    for seed in range(50):
        chance = random.Random(seed)
        weeks, held = WeeksSoFar(), []
        for day in range(MONDAY, MONDAY + 200):
            if chance.random() > 0.7:
                continue
            week, _, fade, due = plan_row(weeks.today(day))
            assert 0 <= fade <= FADES
            assert not fade or week >= FADING_FROM_WEEK
            assert not due or week >= TRANSFER_FROM_WEEK
            held += [day] * due
            weeks = calm(weeks, day, chance.choice([0.2, 0.6, 1.1, math.nan]) if due else None)
        assert all(b - a >= TRANSFER_EVERY_DAYS for a, b in pairwise(held))
        assert len(held) >= 3


@pytest.mark.parametrize(
    ("held", "fades"), [(math.nan, [1, 2]), (HELD_LITTLE - 0.01, [0, 1]), (0.65, [1, 2]), (HELD_MOST, [2, 3])]
)
def test_the_guide_fades_by_what_was_held_without_it(held: float, fades: list[int]) -> None:
    weeks = WeeksSoFar()
    found = []
    for week in range(WEEKS):
        found.append(plan_row(weeks.today(MONDAY + 7 * week))[2])
        for day in range(WEEK_DAYS):
            weeks = calm(weeks, MONDAY + 7 * week + day, held if (week, day) == (3, 0) else None)
    assert found[-2:] == fades
    assert set(found[:-2]) == {0}


def test_what_is_done_today_counts_today_alone_and_without_a_date_the_plan_stands() -> None:
    weeks = calm(calm(WeeksSoFar(), MONDAY, minutes=2.0), MONDAY, minutes=2.5)
    assert weeks.today(MONDAY).done_minutes == pytest.approx(4.5)
    assert weeks.today(MONDAY + 1).done_minutes == 0.0
    assert plan_row(weeks.begun(4).today(None)) == (1, 3, 0, False)
    assert weeks.begun(4).today(None).draw is None


# --- the experiment


def a_day(weeks: WeeksSoFar, day: int, told: bool, minutes: int = 3) -> tuple[WeeksSoFar, str | None]:
    """A practised day, and what was drawn for it."""
    draw = weeks.today(day).draw
    if draw is not None:
        assert draw.minutes in (None, minutes)
        weeks = weeks.drawn(day, ArmDrawn(0.0, draw.seed, draw.day, draw.guidance.value, minutes))
        again = weeks.today(day).draw
        assert again is not None  # a day's second session goes on with it
        assert again.guidance is draw.guidance
    weeks = weeks.practised(day, Practised(0.0, 4.0, 3, 2 if told else None, None))
    return weeks, None if draw is None else draw.guidance.value


@settings(max_examples=10)
@given(st.integers(0, 2**31 - 1), st.floats(0.3, 1.0), st.floats(0.5, 1.0))
def test_the_draw_follows_the_seed_however_days_are_skipped_and_comes_to_an_end(
    seed: int, keen: float, answers: float
) -> None:
    chance = random.Random(seed)
    weeks, drawn, day = WeeksSoFar().begun(seed), list[str](), MONDAY
    while (today := weeks.today(day)).can_try:
        if chance.random() < keen:
            weeks, arm = a_day(weeks, day, chance.random() < answers)
            assert arm is not None
            drawn.append(arm)
        day += 1
    assert drawn == [arm_of(seed, number).value for number in range(len(drawn))]
    assert today.draw is None
    trial = weeks.trial
    assert trial is not None
    assert trial.pairs == TRIAL_PAIRS or len(drawn) == TRIAL_DAYS
    assert weeks.begun(seed + 1).trial == trial
    assert decode(encode(Memory(weeks=weeks))).weeks == weeks


def test_a_block_keeps_the_length_of_its_first_day() -> None:
    weeks = WeeksSoFar().begun(9)
    weeks, _ = a_day(weeks, MONDAY, told=True, minutes=5)
    for later in (1, 2):
        draw = weeks.today(MONDAY + later).draw
        assert draw is not None
        assert draw.minutes == 5
        weeks, _ = a_day(weeks, MONDAY + later, told=True, minutes=5)
    following = weeks.today(MONDAY + BLOCK_DAYS).draw
    assert following is not None
    assert following.minutes is None


def test_the_words_of_the_session_are_those_of_the_format() -> None:
    assert [guidance.value for guidance in Guidance] == [arm.value for arm in Arm]


def test_the_memory_draws_a_seed_when_the_wearer_opts_in_and_never_again() -> None:
    saved: list[Memory] = []
    seeds = iter([17, 23])
    memory = WearerMemory(Memory(), lambda: date.fromordinal(MONDAY), saved.append, lambda: next(seeds))
    assert memory.today().draw is None
    for trial in (True, False, True):
        memory.obey(KeepPreferences(Preferences(trial=trial)))
    draw = memory.today().draw
    assert draw is not None
    assert draw.seed == 17
    memory.obey(PhaseChanged(0.0, Phase.CHECK_IN))
    memory.obey(ArmDrawn(1.0, 17, 0, draw.guidance.value, 3))
    memory.obey(Practised(2.0, 4.0, 3, 3, None))
    assert saved[-1].weeks is not None
    trial_now = saved[-1].weeks.trial
    assert isinstance(trial_now, OwnTrial)
    assert [(day.day, day.minutes, day.told) for day in trial_now.days] == [(MONDAY, 3, True)]
    assert memory.today().done_minutes == 4.0
