"""The three answers that the report gives first: is there practice, does the body settle sooner, is it read better."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from dsp.state.weeks import START_DAYS
from host.report.calibration import GuessCalibration, calibration
from host.report.settling import log_rank_z, median_s
from host.report.weeks import by_week, day_of, monday_of, settling_times, spread

FEWEST = 3
"""Sessions that a fortnight needs before it is compared; as the week of `dsp.state.weeks` needs days."""
CLEAR_Z = 1.96


@dataclass(frozen=True, slots=True)
class Answers:
    """`this_week` is whether the latest week with practice, from `monday`, is the one that goes on. `settle_s` is how
    soon the body settles lately: infinite where most sessions ended before, NaN where nothing is known;
    `sooner_s` than in the first fortnight, NaN where the two cannot be told apart or there is no later fortnight
    (`compared`). `gap` is the mean of |guess - body| lately, NaN where there is none."""

    monday: date | None
    this_week: bool
    times: int
    minutes: float
    settle_s: float
    compared: bool
    sooner_s: float
    gap: float
    calibration: GuessCalibration | None


def answers(rows: Sequence[Mapping[str, Any]], today: date) -> Answers:
    """From the rows of dated sessions, oldest first."""
    practised = [row for row in rows if row["minutes"]]
    week = by_week(practised)[-1] if practised else None
    monday = None if week is None else date.fromisoformat(week["monday"])
    guessed = [row for row in rows if row["gap"] is not None]
    first, lately = _fortnights(practised)
    compared = min(len(first), len(lately)) >= FEWEST
    settle_s = median_s(settling_times(lately))
    gap = spread(row["gap"] for row in _fortnights(guessed)[1])
    return Answers(
        monday=monday,
        this_week=monday == monday_of(today),
        times=week["times"] if week else 0,
        minutes=week["minutes"] if week else 0.0,
        settle_s=settle_s,
        compared=compared,
        sooner_s=_sooner_s(first, lately) if compared else math.nan,
        gap=gap["mean"] if gap else math.nan,
        calibration=calibration(
            np.array([row["on_guard_guess_before"] for row in guessed], dtype=float),
            np.array([row["body_before"] for row in guessed], dtype=float),
        ),
    )


def _fortnights(rows: Sequence[Mapping[str, Any]]) -> tuple[list[Any], list[Any]]:
    """The first fortnight's and the latest's; without a later one all count as the latest."""
    if not rows:
        return [], []
    start, end = day_of(rows[0]), day_of(rows[-1])
    first = [row for row in rows if day_of(row) < start + timedelta(days=START_DAYS)]
    lately = [row for row in rows[len(first) :] if day_of(row) > end - timedelta(days=START_DAYS)]
    return (first, lately) if lately else ([], list(rows))


def _sooner_s(first: Sequence[Any], lately: Sequence[Any]) -> float:
    """By how much the medians differ, if the two fortnights stand apart (two-sided, 5 %); NaN if not."""
    before, after = settling_times(first), settling_times(lately)
    if abs(log_rank_z(before, after)) < CLEAR_Z:
        return math.nan
    sooner_s = median_s(before) - median_s(after)
    return sooner_s if math.isfinite(sooner_s) else math.nan
