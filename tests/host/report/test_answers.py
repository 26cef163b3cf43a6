"""The three answers, in numbers and in words."""

import math
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.calibration import WEARERS, body
from dsp.state.weeks import START_DAYS
from host.report.answers import answers
from host.report.calibration import ENOUGH, LOOKS, calibration
from host.report.quantiles import chi2_quantile, mean_interval, normal_quantile, sd_interval, t_quantile
from host.report.settling import log_rank_z, median_s
from host.report.weeks import by_week
from host.report.words import Words, all_words

MONDAY = date(2026, 3, 2)
LANGUAGES = list(all_words())
TIMES = st.lists(st.tuples(st.integers(0, 600).map(float), st.booleans()), max_size=30)


def row(day: date, **known: Any) -> dict[str, Any]:
    empty = dict.fromkeys(("minutes", "rest_minutes", "settled_after_s", "gap", "body_before", "on_guard_guess_before"))
    return {"at": f"{day}T18:00:00", **empty, **known}


def practised(days: Sequence[int], settled_s: Sequence[float | None]) -> list[dict[str, Any]]:
    return [
        row(MONDAY + timedelta(days=day), minutes=5.0, settled_after_s=at_s)
        for day, at_s in zip(days, settled_s, strict=True)
    ]


def test_quantiles_are_those_of_the_tables() -> None:
    for p, df, t in [(0.975, 1, 12.706), (0.975, 5, 2.571), (0.975, 27, 2.052), (0.995, 10, 3.169), (0.95, 120, 1.658)]:
        assert t_quantile(p, df) == pytest.approx(t, abs=1e-3)
    assert normal_quantile(0.975) == pytest.approx(1.95996, abs=1e-5)
    for p, df, chi2 in [(0.975, 10, 20.483), (0.025, 10, 3.247), (0.975, 30, 46.979), (0.025, 5, 0.831)]:
        assert chi2_quantile(p, df) == pytest.approx(chi2, rel=0.05)


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    chance = np.random.default_rng(5)
    draws = [chance.normal(2.0, 1.5, 12) for _ in range(1000)]
    in_mean = np.mean([low <= 2.0 <= high for low, high in map(mean_interval, draws)])
    in_sd = np.mean([low <= 1.5 <= high for low, high in map(sd_interval, draws)])
    assert 0.93 <= in_mean <= 0.97
    assert 0.93 <= in_sd <= 0.97


@given(TIMES)
def test_the_median_of_complete_times_is_the_usual_one(times: list[tuple[float, bool]]) -> None:
    complete = sorted(at_s for at_s, _ in times)
    middle = median_s([(at_s, True) for at_s in complete])
    assert math.isnan(middle) if not complete else middle == complete[(len(complete) - 1) // 2]
    assert times == [] or median_s(times) >= middle


@given(TIMES, TIMES)
def test_the_comparison_turns_with_its_sides(first: list[tuple[float, bool]], second: list[tuple[float, bool]]) -> None:
    assert log_rank_z(first, second) == pytest.approx(-log_rank_z(second, first), abs=1e-9)


def test_a_week_begins_on_monday_and_adds_up() -> None:
    rows = practised([0, 6, 7, 13], [60.0, None, 30.0, 90.0])
    first, second = by_week(rows)
    assert (first["monday"], second["monday"]) == ("2026-03-02", "2026-03-09")
    assert (first["times"], first["minutes"], first["settled"], first["settle_of"]) == (2, 10.0, 1, 2)
    assert second["settle_s"] == 30.0


def test_sooner_is_said_only_where_the_fortnights_stand_apart() -> None:
    early, late = range(10), range(START_DAYS + 20, START_DAYS + 30)
    slow = [200.0 + 5 * i for i in range(10)]
    quick = [80.0 + 5 * i for i in range(10)]
    told = answers(practised([*early, *late], [*slow, *quick]), MONDAY)
    assert told.sooner_s == pytest.approx(120.0)
    assert Words("en").answers(told)[1][1] == "You settled after 2 minutes, 2 minutes sooner than in your first weeks."
    same = answers(practised([*early, *late], [*slow, *slow]), MONDAY)
    assert math.isnan(same.sooner_s)
    assert "No clear change" in Words("en").answers(same)[1][1]
    few = answers(practised([0, 1], [200.0, 90.0]), MONDAY)
    assert not few.compared
    assert Words("en").answers(few)[1][1] == "You settled after 90 seconds."


@given(
    st.lists(st.tuples(st.integers(0, 120), st.none() | st.integers(0, 290)), max_size=60),
    st.sampled_from(LANGUAGES),
    st.integers(0, 400),
)
def test_answers_judge_nobody(sessions: list[tuple[int, int | None]], language: str, today: int) -> None:
    """Whatever the weeks were: no nought is held up, nothing missed is counted, and every slot is filled."""
    rows = practised([day for day, _ in sorted(sessions, key=lambda s: s[0])], [at_s for _, at_s in sessions])
    for _, answer in Words(language).answers(answers(rows, MONDAY + timedelta(days=today))):
        words = answer.lower()
        assert "{" not in answer
        assert " 0 " not in f" {words} "
        for word in ("!", "streak", "missed", "only", "bare ", "failed", "alarm", "nan", "inf"):
            assert word not in words


def guessed(chance: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray]:
    body = np.clip(chance.normal(2.8, 0.7, count), 1, 5)
    return chance.integers(1, 6, count).astype(float), body


def test_calibration_tells_bias_and_spread_and_waits_for_a_look() -> None:
    chance = np.random.default_rng(1)
    guess, body = guessed(chance, min(LOOKS) - 1)
    assert calibration(guess[: ENOUGH - 1], body[: ENOUGH - 1]) is None
    known = calibration(body + 1.0 + chance.normal(0, 0.2, len(body)), body)
    assert known is not None
    assert known.bias_interval[0] < 1.0 < known.bias_interval[1]
    assert known.spread_interval[0] < 0.2 < known.spread_interval[1]
    assert (known.closer, known.too_high, known.too_low) == (False, False, False)
    guess, body = guessed(chance, min(LOOKS))
    high = calibration(np.clip(body + 1.2, 1, 5), body)
    low = calibration(np.clip(body - 1.2, 1, 5), body)
    assert high is not None
    assert low is not None
    assert (high.too_high, high.too_low, low.too_high, low.too_low) == (True, False, False, True)
    assert sum(LOOKS.values()) <= 0.05


def test_who_learns_is_told_and_who_does_not_is_not() -> None:
    """Of thirty each at forty sessions; `bench.calibration` has the shares of four hundred, at every look."""

    def share(name: str) -> float:
        found = []
        for seed in range(30):
            chance = np.random.default_rng(1000 + seed)
            showed = body(chance)
            found.append(calibration(np.clip(np.round(WEARERS[name](chance, showed)), 1, 5), showed))
        return float(np.mean([known is not None and known.closer for known in found]))

    assert share("learns less") >= 0.7
    assert max(share("nearly the same"), share("steady")) <= 0.1


def test_one_who_always_says_the_same_is_not_told_of_reading_better() -> None:
    body = np.linspace(4.5, 3.0, 40)
    known = calibration(np.full(40, 3.0), body)
    assert known is not None
    assert not known.closer
