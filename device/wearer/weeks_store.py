"""The weeks in the profile on the card: the sessions that the plan depends on, and what the experiment drew."""

import math
from dataclasses import asdict
from typing import Any

from device.wearer.checked_fields import MAX_ORDINAL, BadContentError, CheckedFields
from device.wearer.plan import PractisedSession
from device.wearer.weeks import HeldMinute, OwnTrial, TrialDay, WeeksSoFar

_MOST_MINUTES = 1440.0


def encode_weeks(weeks: WeeksSoFar) -> dict[str, Any]:
    content = asdict(weeks)
    for minute in content["held"]:
        minute["held"] = None if math.isnan(minute["held"]) else minute["held"]
    return content


def decode_weeks(value: Any) -> WeeksSoFar:
    """BadContentError for anything else."""
    f = CheckedFields(value, "weeks")
    trial = f.value("trial")
    weeks = WeeksSoFar(
        tuple(_session(one) for one in f.items("sessions")),
        tuple(_held(one) for one in f.items("held")),
        None if trial is None else _trial(trial),
    )
    f.nothing_left()
    return weeks


def _session(value: Any) -> PractisedSession:
    f = CheckedFields(value, "weeks.sessions")
    session = PractisedSession(
        f.whole("day", 1, MAX_ORDINAL),
        f.number("minutes", 0, _MOST_MINUTES),
        *(None if f.is_null(name) else f.number(name, 1, 5) for name in ("tension_before", "tension_after")),
    )
    f.nothing_left()
    return session


def _held(value: Any) -> HeldMinute:
    f = CheckedFields(value, "weeks.held")
    minute = HeldMinute(f.whole("day", 1, MAX_ORDINAL), math.nan if f.is_null("held") else f.number("held", 0, 1e6))
    f.nothing_left()
    return minute


def _trial(value: Any) -> OwnTrial:
    f = CheckedFields(value, "weeks.trial")
    trial = OwnTrial(f.whole("seed", 0, 2**31 - 1), tuple(_trial_day(day) for day in f.items("days")))
    f.nothing_left()
    days = [day.day for day in trial.days]
    if len(set(days)) != len(days):
        raise BadContentError("weeks.trial has a day twice")
    return trial


def _trial_day(value: Any) -> TrialDay:
    f = CheckedFields(value, "weeks.trial.days")
    day = TrialDay(f.whole("day", 1, MAX_ORDINAL), f.whole("minutes", 1, int(_MOST_MINUTES)), f.flag("told"))
    f.nothing_left()
    return day
