"""The sessions over days and weeks: what was measured, without an interpretation."""

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from device.recording.format.summary_keys import CHECK_IN_ANSWERS
from device.recording.format.vocabulary import REST
from dsp.hrv.time_domain import hrv_snapshot, ln_rmssd
from dsp.state.profile import Profile, RestingDay
from dsp.state.weeks import since_start, week_points
from dsp.types import RRInterval
from host.session_files import PulledSession


def rest_intervals(session: PulledSession) -> tuple[list[RRInterval], float, float]:
    """The intervals that lie wholly within the session's first minute of rest, its end and its length in s."""
    changes = [*session.notes.phases, (math.inf, "end")]
    for (begin_s, phase), (end_s, _) in pairwise(changes):
        if phase == REST and math.isfinite(end_s):
            inside = [i for i in session.notes.intervals if begin_s <= i.t_s - i.rr_ms / 1000 and i.t_s <= end_s]
            return inside, end_s, end_s - begin_s
    return [], 0.0, 0.0


def rest_reading(session: PulledSession) -> tuple[float, float]:
    """lnRMSSD and mean heart rate of the session's first minute of rest, of NN only; NaN without support."""
    intervals, end_s, length_s = rest_intervals(session)
    hrv = hrv_snapshot(intervals, end_s, max(1.0, length_s))
    return ln_rmssd(hrv.rmssd_ms, pulse=session.summary.get("signal") == "ppg"), hrv.mean_hr_bpm


def resting_days(sessions: Iterable[PulledSession]) -> list[RestingDay]:
    """A day's resting lnRMSSD and heart rate by sensor: the mean over its sessions' minutes of rest, of NN only."""
    profile = Profile()
    for session in sessions:
        if session.started is None:
            continue
        day, sensor = local_day(session.started).toordinal(), str(session.summary.get("signal"))
        profile = profile.with_rest(day, sensor, *rest_reading(session))
    return list(profile.resting_days)


def weeks(sessions: Sequence[PulledSession]) -> dict[str, Any]:
    """The numbers behind the weeks' plots: the resting band of the sensor used most, and a row for each session."""
    days = resting_days(sessions)
    sensors = [day.sensor for day in days]
    sensor = max(sensors, key=sensors.count, default="")
    change = since_start(days, sensor=sensor)
    points = {point.day: point for point in week_points(days, sensor=sensor)}
    mine = [day for day in days if day.sensor == sensor]
    return {
        "rest": {
            "sensor": sensor,
            "day": [date.fromordinal(d.day).isoformat() for d in mine],
            "ln_rmssd": [d.ln_rmssd for d in mine],
            "week": [points[d.day].ln_rmssd for d in mine],
            "low": [points[d.day].band_low for d in mine],
            "high": [points[d.day].band_high for d in mine],
            "since_start": change.ln_rmssd,
        },
        "sessions": [session_row(s) for s in sessions if s.started is not None],
    }


def session_row(session: PulledSession) -> dict[str, Any]:
    """One session's numbers, None where there is no support."""
    practice = session.summary.get("practice") or {}
    settled_s = practice.get("settled_after_s")
    answers = {
        f"{what}_{check_in['when']}": check_in.get(what)
        for check_in in session.summary.get("check_ins") or []
        for what in CHECK_IN_ANSWERS
    }
    return {
        "name": session.name,
        "at": None if session.started is None else session.started.astimezone().strftime("%Y-%m-%dT%H:%M:%S"),
        "minutes": practice.get("minutes"),
        "rest_minutes": practice.get("rest_after_settling_minutes"),
        "calm_pct": practice.get("calm_pct"),
        "settled_minutes": None if settled_s is None else settled_s / 60,
        "body_before": practice.get("body_on_guard_before"),
        "body_after": practice.get("body_on_guard_after"),
        **answers,
    }


def local_day(at: datetime) -> date:
    """The day it was where this runs, which is where the wearer lives."""
    return at.astimezone().date()
