"""From sessions to the days of an experiment, as its seed ordered them, and what each told."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean

from device.recording.format.experiment import Arm, arm_of
from host.report.own.trial import Day, TrialVerdict, verdict
from host.report.weeks import Row, day_of

Outcome = Callable[[Sequence[Row], Sequence[Row]], float | None]
"""Of a day, from its sessions in the experiment and all sessions of the day after."""


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None and not math.isnan(value)]
    return fmean(known) if known else None


def _tension(day: Sequence[Row], after: Sequence[Row]) -> float | None:
    return _mean([row["tension_after"] - row["tension_before"] for row in day if _told(row)])


def _told(row: Row) -> bool:
    return row.get("tension_before") is not None and row.get("tension_after") is not None


def _settled(row: Row) -> float | None:
    """1 or 0; None where the body could not be read, so that it was not seen to settle or not."""
    settled = row["settled_after_s"] is not None
    return float(settled) if settled or row["body_after"] is not None else None


OUTCOMES: Mapping[str, Outcome] = {
    "tension": _tension,
    "body": lambda day, after: _mean([row["body_after"] for row in day]),
    "settled": lambda day, after: _mean([_settled(row) for row in day]),
    "rest": lambda day, after: _mean([row["rest_ln_rmssd"] for row in after[:1]]),
}
"""Of each the mean over the day's sessions; "rest" is that of the next day's first session. "settled"
against quiet sitting is progress against the wearer's own rate of settling with nothing done."""
MOST_DAYS = 1000
"""No experiment is as long."""
PRIMARY = "tension"
SECONDARY = (("tension", Arm.QUIET), ("settled", Arm.QUIET), ("body", Arm.FAST), ("rest", Arm.FAST))


@dataclass(frozen=True, slots=True)
class OwnExperiment:
    """`days` have begun. `secondary` are given with intervals and never called a change."""

    days: int
    primary: TrialVerdict
    secondary: Mapping[tuple[str, Arm], TrialVerdict]


def experiment_of(rows: Sequence[Row]) -> OwnExperiment | None:
    """The latest experiment among the rows of dated sessions, oldest first; None without one. A session whose arm is
    not what its seed says for its day tells nothing."""
    drawn = [row for row in rows if row["trial"] is not None and row["trial"]["day"] < MOST_DAYS]
    if not drawn:
        return None
    seed = drawn[-1]["trial"]["seed"]
    sessions: dict[int, list[Row]] = {}
    for row in drawn:
        if row["trial"]["seed"] == seed and row["trial"]["arm"] == arm_of(seed, row["trial"]["day"]):
            sessions.setdefault(row["trial"]["day"], []).append(row)
    by_date: dict[date, list[Row]] = {}
    for row in (row for row in rows if row["minutes"]):  # a morning reading, help or an evening has no rest
        by_date.setdefault(day_of(row), []).append(row)
    count = max(sessions, default=-1) + 1

    def days(outcome: str) -> list[Day]:
        return [(arm_of(seed, number), _value(outcome, sessions.get(number, []), by_date)) for number in range(count)]

    return OwnExperiment(
        len(sessions),
        verdict(days(PRIMARY)),
        {(outcome, less): verdict(days(outcome), less) for outcome, less in SECONDARY},
    )


def _value(outcome: str, day: Sequence[Row], by_date: Mapping[date, Sequence[Row]]) -> float | None:
    if not day:
        return None
    return OUTCOMES[outcome](day, by_date.get(day_of(day[-1]) + timedelta(days=1), []))
