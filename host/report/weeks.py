"""The sessions by calendar week (from Monday), each number as its mean and range: the table behind every picture."""

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from dsp.state.mornings import FEWEST, usual_range
from dsp.state.profile import Profile
from dsp.state.weeks import since_start, week_points
from host.copies.session_files import PulledSession
from host.report.rows import morning_of, resting_days
from host.report.settling import Time, median_s

Row = Mapping[str, Any]
TRENDS = (
    *("gap", "rest_ln_rmssd", "rest_bpm", "rest_artefact_pct", "guided_coherence", "artefact_pct", "calm_pct"),
    *("energy_before", "tension_before", "tension_after", "sleep_before", "tolerance_before"),
)


def day_of(row: Row) -> date:
    return date.fromisoformat(row["at"][:10])


def monday_of(day: date) -> date:
    return day - timedelta(days=day.weekday())


def by_week(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """A row for each week that has a session, in order; `rows` are dated ones."""
    weeks: dict[date, list[Row]] = {}
    for row in rows:
        weeks.setdefault(monday_of(day_of(row)), []).append(row)
    return [_week(monday, weeks[monday]) for monday in sorted(weeks)]


def _week(monday: date, rows: Sequence[Row]) -> dict[str, Any]:
    practised = [row for row in rows if row["minutes"]]
    times = settling_times(rows)
    settled = [at_s for at_s, settled in times if settled]
    middle_s = median_s(times)
    return {
        "monday": monday.isoformat(),
        "recorded": len(rows),
        "times": len(practised),
        "minutes": sum(row["minutes"] for row in practised),
        "rest_minutes": sum(row["rest_minutes"] or 0.0 for row in practised),
        "settled": len(settled),
        "settle_of": len(times),
        "settle_s": middle_s if math.isfinite(middle_s) else None,
        "settle_low_s": min(settled, default=None),
        "settle_high_s": max(settled, default=None),
        **{name: spread([row.get(name) for row in rows]) for name in TRENDS},
    }


def settling_times(rows: Iterable[Row]) -> list[Time]:
    """Of the sessions with practice: when the body settled, or how long it did not."""
    return [
        (60.0 * row["minutes"], False) if row["settled_after_s"] is None else (float(row["settled_after_s"]), True)
        for row in rows
        if row["minutes"]
    ]


def spread(values: Iterable[float | None]) -> dict[str, float] | None:
    """Mean, lowest, highest and how many of those that are known; None if none is."""
    known = [value for value in values if value is not None and not math.isnan(value)]
    if not known:
        return None
    return {"mean": sum(known) / len(known), "low": min(known), "high": max(known), "n": len(known)}


def rest_band(sessions: Sequence[PulledSession]) -> dict[str, Any]:
    """The resting lnRMSSD of the sensor used most, by day, its mean of seven days and its band."""
    days = resting_days(sessions)
    sensors = [day.sensor for day in days]
    sensor = max(sensors, key=sensors.count, default="")
    points = {point.day: point for point in week_points(days, sensor=sensor)}
    mine = [day for day in days if day.sensor == sensor]
    return {
        "sensor": sensor,
        "day": [date.fromordinal(d.day).isoformat() for d in mine],
        "ln_rmssd": [d.ln_rmssd for d in mine],
        "week": [points[d.day].ln_rmssd for d in mine],
        "low": [points[d.day].band_low for d in mine],
        "high": [points[d.day].band_high for d in mine],
        "since_start": since_start(days, sensor=sensor).ln_rmssd,
    }


def morning_band(sessions: Sequence[PulledSession]) -> dict[str, Any]:
    """The mornings with the sensor and in the posture used most, the first good one of a day; from the 14th on the mean
    of the last and the range usual for it, as the device told them."""
    taken = [morning for session in sessions if (morning := morning_of(session)) is not None]
    ways = [(morning.sensor, morning.posture) for morning in taken]
    way = max(ways, key=ways.count, default=None)
    days: list[int] = []
    values: list[float] = []
    ranges: list[tuple[float, float, float]] = []
    profile = Profile()
    for morning in sorted(taken, key=lambda morning: morning.day):
        profile = profile.with_morning(morning)
        if profile.mornings[-1] is not morning or (morning.sensor, morning.posture) != way:
            continue
        alike = [m.ln_rmssd for m in profile.known_mornings(morning.day) if (m.sensor, m.posture) == way]
        days.append(morning.day)
        values.append(morning.ln_rmssd)
        if len(alike) < FEWEST:
            ranges.append((math.nan,) * 3)
        else:
            usual = usual_range(alike)
            ranges.append((usual.recent, usual.centre - usual.reach, usual.centre + usual.reach))
    mean, low, high = zip(*ranges, strict=True) if ranges else ((), (), ())
    return {
        "posture": way[1] if way else "",
        "day": [date.fromordinal(day).isoformat() for day in days],
        "ln_rmssd": values,
        "mean": list(mean),
        "low": list(low),
        "high": list(high),
    }
