"""The wearer's own findings: from the device's session by day to the page that says what they come to."""

import json
import math
import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from device.recording.format.experiment import Arm, arm_of
from device.session.events import Phase
from host.report.command import make_report
from host.report.own.cards import own_cards
from host.report.own.days import experiment_of
from host.report.own.trial import LOOKS
from tests.report_helpers import embedded
from tests.weeks_helpers import MadeUpWearer

FIRST = datetime(2026, 3, 2, 18, tzinfo=UTC)


def row(day: int, **known: Any) -> dict[str, Any]:
    empty = dict.fromkeys(
        ("trial", "transfer_held", "tension_before", "tension_after", "body_after", "settled_after_s")
    )
    return {
        "at": f"{FIRST + timedelta(days=day):%Y-%m-%dT%H:%M:%S}",
        "minutes": 5.0,
        "rest_ln_rmssd": 3.5,
        **empty,
        **known,
    }


def drawn(seed: int, pairs: int, relief: float, told: float = 1.0, noise: float = 0.5) -> list[dict[str, Any]]:
    """The rows of so many blocks of an experiment, a session a day."""
    chance = random.Random(seed)
    rows = []
    for day in range(3 * pairs):
        arm = arm_of(seed, day)
        after = 3.0 - relief * (arm is Arm.RESONANCE) + chance.gauss(0.0, noise)
        answers = {"tension_before": 3, "tension_after": after} if chance.random() < told else {}
        trial = {"seed": seed, "day": day, "minutes": 3, "arm": arm.value}
        rows.append(row(day, trial=trial, body_after=2.0, **answers))
    return rows


def card(rows: Sequence[dict[str, Any]], language: str = "en") -> dict[str, Any]:
    (only,) = own_cards(rows, language)
    return only


@pytest.mark.parametrize("pairs", [1, 6])
def test_before_the_first_look_nothing_is_shown(pairs: int) -> None:
    for relief in (0.0, 3.0):
        shown = card(drawn(1, pairs, relief))
        assert shown["answer"].startswith(f"The experiment is going on: {pairs} of {min(LOOKS)} pairs")
        assert shown["rows"] == shown["headings"] == []


def test_between_two_looks_it_says_what_it_said_at_the_last() -> None:
    at, later = card(drawn(2, 7, 0.0)), card([*drawn(2, 7, 0.0), *drawn(2, 13, 3.0)[21:]])
    assert at["answer"] == later["answer"]
    assert at["answer"].startswith("It cannot be told yet. After 7 pairs")
    assert [line[3] for line in later["rows"]] == ["7"] * 5


def test_it_ends_with_a_change_or_with_cannot_tell() -> None:
    assert card(drawn(3, 28, 1.5))["answer"].startswith("Yes, with how tense you are: 1.")
    assert card(drawn(3, 28, -1.5))["answer"].startswith("No: you were 1.")
    end = card(drawn(4, 28, 0.0))["answer"]
    assert end.startswith("It cannot be told. After 28 pairs the difference lies between −0.")
    for language, start in (("nb", "Det kan ikke sies. Etter 28 par"), ("sv", "Det går inte att säga. Efter 28 par")):
        assert card(drawn(4, 28, 0.0), language)["answer"].startswith(start)


def test_blocks_that_could_not_be_counted_are_counted() -> None:
    found = experiment_of(drawn(5, 20, 0.0, told=0.8))
    assert found is not None
    assert found.primary.dropped + found.primary.pairs == 20
    assert found.primary.dropped > 0
    assert f"Blocks that could not be counted: {found.primary.dropped}." in card(drawn(5, 20, 0.0, told=0.8))["answer"]


def test_a_day_that_is_not_here_or_was_not_drawn_so_makes_no_pair() -> None:
    rows = drawn(6, 7, 0.0)
    lost = next(n for n, one in enumerate(rows) if one["trial"]["arm"] == "fast")
    other = {**rows[lost], "trial": {**rows[lost]["trial"], "arm": "quiet"}}
    for changed in ([*rows[:lost], *rows[lost + 1 :]], [*rows[:lost], other, *rows[lost + 1 :]]):
        found = experiment_of(changed)
        assert found is not None
        assert (found.primary.pairs, found.primary.dropped) == (6, 1)


def test_a_morning_reading_before_the_next_day_s_session_takes_no_day_away() -> None:
    rows = drawn(4, 28, 1.0)
    mornings = [
        row(day, minutes=0.0, rest_ln_rmssd=math.nan, at=f"{FIRST + timedelta(days=day, hours=-12):%Y-%m-%dT%H:%M:%S}")
        for day in range(84)
    ]
    alone, beside = experiment_of(rows), experiment_of(sorted(rows + mornings, key=lambda told: str(told["at"])))
    assert alone is not None
    assert beside == alone


def test_settling_stands_against_settling_with_nothing_done() -> None:
    rows = drawn(9, 7, 0.0)
    for one in rows:
        one["settled_after_s"] = 60 if one["trial"]["arm"] == "resonance" else None
    found = experiment_of(rows)
    assert found is not None
    assert found.secondary["settled", Arm.QUIET].mean == 1.0
    for one in rows:
        one["body_after"] = None  # nothing was read where nothing settled
    found = experiment_of(rows)
    assert found is not None
    assert found.secondary["settled", Arm.QUIET].pairs == 0


def test_the_latest_experiment_is_the_one_told_of() -> None:
    old, new = drawn(7, 28, 3.0), drawn(8, 2, 0.0)
    kept = ("trial", "tension_before", "tension_after")
    later = [row(100 + n, **{key: one[key] for key in kept}) for n, one in enumerate(new)]
    assert card([*old, *later])["answer"].startswith("The experiment is going on: 2 of 7")


def test_the_minute_without_a_guide_is_one_line_with_its_definition() -> None:
    shown = card([row(0, transfer_held=0.512), row(30, transfer_held=0.744), row(60, transfer_held=math.nan)])
    said = "In the minute without a guide (1 April) the heart held 74 % of the swing that it had with the guide."
    assert shown["answer"] == said
    assert [line[1] for line in shown["rows"]] == ["51 %", "74 %", "–"]
    assert "RSA at the end of that minute as a share" in shown["definition"]
    assert card([row(0, transfer_held=math.nan)])["answer"] == "The minute without a guide could not be read."
    assert own_cards([row(0)], "nb") == []


# --- end to end


@pytest.fixture(scope="module")
def helped(tmp_path_factory: pytest.TempPathFactory) -> tuple[MadeUpWearer, dict[int, dict[str, Any]]]:
    """One whom slow breathing relieves, through the device's own sessions: the page at some counts of days."""
    wearer = MadeUpWearer(tmp_path_factory.mktemp("helped"), relief=2.0, seed=11, noise=0.5)
    pages = {}
    for day in range(1, 43):
        phases = wearer.practise()
        quiet = arm_of(11, day - 1) is Arm.QUIET
        assert (Phase.SITTING in phases, Phase.GUIDED in phases) == (quiet, not quiet)
        wearer.rest(2 if day % 5 == 0 else 1)
        if day in (18, 42):
            pages[day] = page_of(wearer)
    return wearer, pages


def page_of(wearer: MadeUpWearer) -> dict[str, Any]:
    out = wearer.store / "report.html"
    make_report(wearer.store, out, "en", now=wearer.today)
    data: dict[str, Any] = embedded(out.read_text(encoding="utf-8"), "data")
    return data


def trial_card(data: dict[str, Any], language: str = "en") -> dict[str, Any]:
    found: dict[str, Any]
    (found,) = [one for one in data["own"][language] if "pairs" in one["answer"] or "Yes" in one["answer"]]
    return found


def test_a_wearer_whom_it_helps_is_told_so_and_not_before(
    helped: tuple[MadeUpWearer, dict[int, dict[str, Any]]],
) -> None:
    wearer, pages = helped
    early, late = trial_card(pages[18]), trial_card(pages[42])
    assert early["answer"].startswith("The experiment is going on: 6 of 7 pairs before the first look.")
    assert early["rows"] == []
    assert late["answer"].startswith("Yes, with how tense you are")
    folders = sorted(wearer.store.glob("0*"))
    trials = [json.loads((folder / "summary.json").read_text())["trial"] for folder in folders]
    assert [one["arm"] for one in trials] == [arm_of(11, day).value for day in range(42)]
    assert {one["seed"] for one in trials} == {11}


@pytest.mark.slow
def test_a_wearer_whom_it_does_not_help_is_told_that_it_cannot_be_told(tmp_path: Path) -> None:
    wearer = MadeUpWearer(tmp_path, relief=0.0, seed=21)
    days = 0
    while (today := wearer.memory.today()).draw is not None:
        wearer.practise()
        wearer.rest()
        days += 1
    assert days == 84
    assert not today.can_try
    assert trial_card(page_of(wearer))["answer"].startswith("It cannot be told. After 28 pairs")
