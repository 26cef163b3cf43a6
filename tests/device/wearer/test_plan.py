"""The plan over a thousand made-up wearers, and over every text that a wearer may read."""

import json
import random
import re
from datetime import date, datetime, timedelta
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from device.cli import main
from device.screens.texts import COLUMNS
from device.session.choosing.preferences import Preferences
from device.session.commands import Practised
from device.wearer.memory import Memory
from device.wearer.plan import (
    FADING_FROM_WEEK,
    LEAST_MINUTES,
    MINUTES,
    WEEK_DAYS,
    WEEKS,
    Plan,
    PractisedDay,
    PractisedSession,
    days_of,
    is_calm,
    plan_on,
    rose_much,
)
from device.wearer.practised import practised_in
from device.wearer.profile_store import save_memory
from device.wearer.weeks import WeeksSoFar
from tests.pulled_sessions import FIRST_DAY, record_days

ROOT = Path(__file__).parents[3]
MONDAY = date(2026, 3, 2).toordinal()
NAGGING = re.compile(
    r"streak|missed (a |the )?(day|session|practice)|days? (in a row|missed|since)|don't forget|keep it up|behind\b"
    r"|dag(er|ar)? på rad|glemt|glömt|gikk glipp|gick miste|ikke øvd|inte övat|hopp(et|at) over (en )?dag",
    re.IGNORECASE,
)


def wearer(seed: int) -> list[PractisedDay]:
    """Half a year of one who skips days and weeks, may stop, whose tension drifts, and who answers or does not."""
    chance = random.Random(seed)
    keen, answers, drift = chance.uniform(0.1, 1.0), chance.choice([0.0, 0.5, 1.0]), chance.uniform(-0.02, 0.02)
    stops = chance.choice([20, 60, 180])
    days, away = [], 0
    for day in range(180):
        away = chance.randint(5, 40) if away == 0 and chance.random() < 0.02 else max(0, away - 1)
        if away or day > stops or chance.random() > keen:
            continue
        before = min(5, max(1, round(3 + drift * day + chance.gauss(0, 0.7))))
        after = min(5, max(1, before + round(chance.gauss(-0.3 + 5 * drift, 0.9))))
        told = chance.random() < answers
        days.append(
            PractisedDay(MONDAY + day, chance.uniform(1, 12), before if told else None, after if told else None)
        )
    return days


def test_a_thousand_wearers_are_never_asked_for_more_after_tension_rose() -> None:
    grew = 0
    for seed in range(1000):
        days = wearer(seed)
        before: Plan | None = None
        for count, last in enumerate(days):
            now = plan_on(last.day, days[: count + 1])
            assert now.minutes in MINUTES
            assert now.days_done < WEEK_DAYS
            assert now.fades == (now.week >= FADING_FROM_WEEK)
            if before is not None:
                assert 0 <= now.week - before.week <= 1
                if now.minutes > before.minutes:
                    grew += 1
                    assert now.week == before.week + 1 <= FADING_FROM_WEEK - 1
                    assert MINUTES.index(now.minutes) == MINUTES.index(before.minutes) + 1
                    assert tension_did_not_rise(days[: count + 1])
            before = now
            assert not NAGGING.search(" ".join(now.in_words()))
        assert days == [] or plan_on(days[-1].day + 90, days) == quiet(plan_on(days[-1].day, days))
    assert grew > 500


def tension_did_not_rise(days: list[PractisedDay]) -> bool:
    """Of the five counted days that end with the last: reckoned without the plan's own grouping."""
    counted: list[PractisedDay] = []
    for day in days:
        week = (day.day - MONDAY) // 7
        if sum((other.day - MONDAY) // 7 == week for other in counted) < WEEK_DAYS:
            counted.append(day)
    told = [d.tension_after - d.tension_before for d in counted[-WEEK_DAYS:] if d.tension_before and d.tension_after]
    return len(told) >= 3 and sum(told) <= 0 and max(told) < 2


def quiet(plan: Plan) -> Plan:
    """The same plan on another day: nothing is done of it yet, and nothing was lost."""
    return Plan(plan.week, plan.days_done, plan.minutes, plan.fades, enough=False)


def test_a_calm_wearer_s_eight_weeks() -> None:
    days = [PractisedDay(MONDAY + 7 * week + day, 11.0, 3, 2) for week in range(WEEKS) for day in range(7)]
    weeks = [plan_on(MONDAY + 7 * week, [d for d in days if d.day < MONDAY + 7 * week]) for week in range(WEEKS + 1)]
    assert [plan.week for plan in weeks] == list(range(1, WEEKS + 2))
    assert [plan.minutes for plan in weeks] == [3, 5, 10, 10, 10, 10, 10, 10, 10]
    assert [plan.fades for plan in weeks] == [False] * 6 + [True] * 3
    assert weeks[-1].is_done
    assert weeks[0].in_words() == [
        "Week 1 of 8.",
        "A session is 3 minutes with the guide.",
        "Five days make a week of the plan, whenever they come.",
        "One session a day is enough.",
    ]
    assert plan_on(MONDAY, days[:1]).enough


def test_it_comes_down_where_tension_rose_much_and_stays_where_nothing_is_told() -> None:
    def week(number: int, before: int | None, after: int | None) -> list[PractisedDay]:
        return [PractisedDay(MONDAY + 7 * number + day, 5.0, before, after) for day in range(5)]

    calm = [*week(0, 3, 2), *week(1, 3, 3)]
    assert plan_on(MONDAY + 20, calm).minutes == 10
    assert plan_on(MONDAY + 20, [*calm, *week(2, 2, 4)]).minutes == 5
    assert plan_on(MONDAY + 20, [*calm, *week(2, None, None)]).minutes == 10
    assert plan_on(MONDAY + 6, week(0, None, None)).minutes == 3
    assert plan_on(MONDAY + 13, [*week(0, 3, 2), *week(1, 4, 3)]).minutes == 5


@given(st.lists(st.tuples(st.integers(0, 100), st.integers(1, 5), st.integers(1, 5)), max_size=40), st.randoms())
def test_the_order_of_the_sessions_means_nothing(told: list[tuple[int, int, int]], chance: random.Random) -> None:
    days = list({day: PractisedDay(MONDAY + day, 4.0, before, after) for day, before, after in told}.values())
    mixed = chance.sample(days, len(days))
    assert plan_on(MONDAY + 100, mixed) == plan_on(MONDAY + 100, days)
    assert not (is_calm(days, None) and days and sum(d.change() or 0 for d in days) > 0)
    assert rose_much(days) == any(after - before >= 2 for before, after in _pairs(days))


def _pairs(days: list[PractisedDay]) -> list[tuple[float, float]]:
    return [(d.tension_before, d.tension_after) for d in days if d.tension_before and d.tension_after]


def test_no_text_counts_what_was_not_done() -> None:
    parts = files("host") / "report_page"
    texts = [json.loads((parts / name).read_text(encoding="utf-8")) for name in ("texts.json", "words.json")]
    for said in (*texts, *COLUMNS.values(), (ROOT / "device/cli/plan.py").read_text(encoding="utf-8")):
        assert NAGGING.search(str(said)) is None
    for nagging in ("a 5-day streak", "3 days missed", "7 dager på rad", "du har glömt", "Don't forget to practise"):
        assert NAGGING.search(nagging)


def test_the_command_shows_it_and_it_can_be_off(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = tmp_path / "store"
    record_days(store, 2)
    days = days_of(practised_in(sorted(store.glob("0*"))))
    first = FIRST_DAY.astimezone().date()
    assert [d.day for d in days] == [(first + timedelta(days=n)).toordinal() for n in range(2)]
    assert [d.tension_after for d in days] == [2.0, 2.0]
    assert all(d.minutes == pytest.approx(2.0) for d in days)
    config = tmp_path / "c.toml"
    config.write_text("")
    assert main(["plan", "--config", str(config), "--store", str(store)]) == 0
    assert "2 of them are done." in capsys.readouterr().out
    config.write_text("[session]\nplan = false\n")
    assert main(["plan", "--config", str(config), "--store", str(store)]) == 0
    assert capsys.readouterr().out == "The plan is off in the configuration.\n"


def test_sessions_that_were_dated_later_count_and_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    store = tmp_path / "store"
    record_days(store, 3)
    names, dates = sorted(path.name for path in store.glob("0*")), {}
    for number, name in enumerate(names[:2]):
        summary = json.loads((store / name / "summary.json").read_text())
        (store / name / "summary.json").write_text(json.dumps(summary | {"started_utc": None}))
        dates[name] = (FIRST_DAY + timedelta(days=30 + number)).isoformat()
    assert len(practised_in(sorted(store.glob("0*")))) == 1
    (store / "dates.json").write_text(json.dumps(dates))
    days = sorted(session.day for session in practised_in(sorted(store.glob("0*"))))
    first = FIRST_DAY.astimezone().toordinal()
    assert days == [first + 2, first + 30, first + 31]
    assert main(["sessions", "--store", str(store), "--json"]) == 0
    started = [line["started"] for line in json.loads(capsys.readouterr().out)]
    assert sorted(datetime.fromisoformat(at).toordinal() for at in started) == days


@given(st.lists(st.tuples(st.integers(0, 400), st.floats(0.0, 2.0)), max_size=60), st.integers(0, 400))
def test_a_day_counts_from_its_least_minutes_on(told: list[tuple[int, float]], today: int) -> None:
    sessions = [PractisedSession(MONDAY + day, minutes) for day, minutes in told]
    days = days_of(sessions)
    enough = [day for day in days if day.minutes >= LEAST_MINUTES]
    plan, of_enough = plan_on(MONDAY + today, days), plan_on(MONDAY + today, enough)
    assert (plan.week, plan.days_done, plan.minutes) == (of_enough.week, of_enough.days_done, of_enough.minutes)


@given(st.integers(0, 60), st.lists(st.integers(1, 4000), max_size=3))
def test_a_clock_that_was_ahead_takes_nothing_from_today(practised: int, ahead: list[int]) -> None:
    weeks = WeeksSoFar.of(PractisedSession(MONDAY + day, 5.0) for day in range(practised))
    for days in ahead:
        weeks = weeks.practised(MONDAY + practised + days, Practised(0.0, 5.0, None, None, None))
    day = MONDAY + practised
    for _ in range(4):
        weeks = weeks.practised(day, Practised(0.0, 3.0, None, None, None))
    assert plan_on(day, days_of(weeks.sessions)).enough


LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
KEYS = st.sampled_from(["started_utc", "clock_trust", "check_ins", "practice", "when"])


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.recursive(LEAVES, lambda x: st.lists(x, max_size=3) | st.dictionaries(KEYS, x, max_size=4)))
def test_a_summary_that_is_anything_tells_no_practice_and_stops_nothing(tmp_path: Path, summary: object) -> None:
    (tmp_path / "summary.json").write_text(json.dumps(summary))
    assert practised_in([tmp_path]) == []


def test_where_nothing_was_practised_yet_it_says_so_kindly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "c.toml"
    config.write_text(f'[store]\nfolder = "{tmp_path / "not-made-yet"}"\n')
    (tmp_path / "empty").mkdir()
    for store in ([], ["--store", str(tmp_path / "empty")]):
        assert main(["plan", "--config", str(config), *store]) == 0
        said = capsys.readouterr().out
        assert "Week 1 of 8." in said
        assert "Nothing is practised yet" in said
        assert not NAGGING.search(said)
    assert main(["plan", "--config", str(config), "--store", str(tmp_path / "mistyped")]) == 2


def test_beside_the_device_s_own_profile_it_shows_what_the_device_shows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "c.toml"
    config.write_text("")
    days = [PractisedSession(MONDAY + 7 * week + day, 5.0, 3.0, 2.0) for week in range(2) for day in range(5)]
    for chosen in (Preferences(), Preferences(plan=False)):
        save_memory(tmp_path / "profile.json", Memory(preferences=chosen, weeks=WeeksSoFar.of(days)))
        assert main(["plan", "--config", str(config), "--store", str(tmp_path)]) == 0
        said = capsys.readouterr().out
        assert ("Week 3 of 8." in said) == chosen.plan
        assert ("off in the device's menu" in said) == (not chosen.plan)
