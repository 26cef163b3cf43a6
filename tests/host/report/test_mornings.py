"""The morning readings in the report."""

import math
from datetime import datetime, timedelta

import numpy as np
import pytest

from dsp.state.mornings import FEWEST
from dsp.types import IntervalKind, RRInterval
from host.copies.session_files import PulledSession, SessionNotes
from host.report.rows import kind_of, morning_of, session_row
from host.report.weeks import by_week, morning_band

FIRST = datetime(2026, 5, 1, 7, 30).astimezone()
UNKNOWN = np.full(200, math.nan)


def morning(
    day: int, swing_ms: float = 40.0, posture: str = "lying", finished: bool = True, signal: str = "ecg"
) -> PulledSession:
    """Three minutes of a heart of 60 beats a minute whose intervals go up and down by `swing_ms`, and more before."""
    intervals = [
        RRInterval(float(t_s), 1000.0 + (200.0 if t_s <= 60 else swing_ms) * (t_s % 2), IntervalKind.NORMAL, t_s)
        for t_s in range(1, 181)
    ]
    phases = [(0.0, "morning"), (182.0, "summary")]
    return PulledSession(
        name=f"{day:04d}",
        sums_sha256="",
        summary={"signal": signal, "practice": {"minutes": 0.0}},
        started=FIRST + timedelta(days=day),
        notes=SessionNotes([], intervals, phases if finished else phases[:1], [], [(0.0, posture)], []),
        metrics={"coherence": UNKNOWN},
        metrics_step_s=1.0,
        guide_pct=UNKNOWN,
        guide_hz=1.0,
    )


def test_a_finished_one_is_read_from_its_last_two_minutes() -> None:
    read = morning_of(morning(0))
    assert read is not None
    assert (read.posture, read.sensor, read.day) == ("lying", "ecg", FIRST.date().toordinal())
    assert math.exp(read.ln_rmssd) == pytest.approx(40.0)


@pytest.mark.parametrize("odd", [{"finished": False}, {"swing_ms": 12.0, "signal": "ppg"}])
def test_what_was_cut_short_or_cannot_be_told_is_none(odd: dict[str, object]) -> None:
    assert morning_of(morning(0, **odd)) is None  # type: ignore[arg-type]


def test_it_is_a_kind_of_its_own_and_in_no_other_trend() -> None:
    session = morning(0)
    assert kind_of(session) == "morning"
    (week,) = by_week([session_row(session)])
    assert (week["times"], week["rest_ln_rmssd"], week["artefact_pct"]) == (0, None, None)


def test_the_range_begins_with_the_fourteenth_and_one_a_day_counts() -> None:
    days = [morning(day, 40.0 + day % 5) for day in range(20)]
    again = [morning(day, 90.0) for day in range(20)]
    sitting = [morning(30 + day, 90.0, posture="sitting") for day in range(4)]
    band = morning_band([session for pair in zip(days, again, strict=True) for session in pair] + sitting)
    assert len(band["day"]) == 20
    assert band["posture"] == "lying"
    assert max(band["ln_rmssd"]) < math.log(50.0)
    assert [math.isnan(low) for low in band["low"]] == [True] * (FEWEST - 1) + [False] * (20 - FEWEST + 1)
    assert all(
        low < mean < high
        for low, mean, high in zip(band["low"], band["mean"], band["high"], strict=True)
        if not math.isnan(low)
    )


def test_without_mornings_there_is_nothing_to_draw() -> None:
    assert morning_band([])["day"] == []
