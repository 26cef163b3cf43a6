"""One session's numbers, as its summary has them; and what its minute of rest tells."""

import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from itertools import pairwise
from typing import Any

from device.recording.format.summary_keys import CHECK_IN_ANSWERS
from device.recording.format.vocabulary import ALONE, MORNING, REST, SUMMARY
from dsp.hrv.time_domain import hrv_snapshot, ln_rmssd
from dsp.state.mornings import MEASURE_S, Morning, MorningReading, reading_of
from dsp.state.profile import Profile, RestingDay
from dsp.state.readings import rate_intervals
from dsp.state.rest import LATE_REST_S, still_falls
from dsp.types import METRICS_WINDOW_S, IntervalKind, RRInterval
from host.copies.session_files import PulledSession


def rest_intervals(session: PulledSession) -> tuple[list[RRInterval], float, float]:
    """The intervals that lie wholly within the last minute of the session's first rest, its end and its length in s: a
    rest goes on while heart rate still comes down."""
    changes = [*session.notes.phases, (math.inf, "end")]
    for (begin_s, phase), (end_s, _) in pairwise(changes):
        if phase == REST and math.isfinite(end_s):
            from_s = max(begin_s, end_s - METRICS_WINDOW_S)
            inside = [
                i
                for i in session.notes.intervals
                if from_s <= i.t_s - i.rr_ms / 1000 and i.t_s <= end_s and not _irregular_at(session, i.t_s)
            ]
            return inside, end_s, end_s - from_s
    return [], 0.0, 0.0


def rest_reading(session: PulledSession) -> tuple[float, float]:
    """lnRMSSD and mean heart rate of the last minute of the session's first rest, of NN only. NaN without support, and
    where the device itself would compare no other session with it: cut short, or ended with a heart still coming
    down."""
    intervals, end_s, length_s = rest_intervals(session)
    if length_s < METRICS_WINDOW_S - LATE_REST_S or still_falls(rate_intervals(intervals)):
        return math.nan, math.nan
    hrv = hrv_snapshot(intervals, end_s, length_s)
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


def morning_of(session: PulledSession) -> Morning | None:
    """The morning reading that the session is; None also without a date."""
    read = morning_reading(session)
    if read is None or session.started is None:
        return None
    postures, day = session.notes.postures, local_day(session.started).toordinal()
    return Morning(
        day, str(session.summary.get("signal")), postures[-1][1] if postures else "", read.ln_rmssd, read.ln_hr
    )


def morning_reading(session: PulledSession) -> MorningReading | None:
    """What the session's last two minutes tell, where it is a morning reading that was finished and can be read."""
    for (_, phase), (end_s, following) in pairwise(session.notes.phases):
        if phase == MORNING and following == SUMMARY:
            from_s = end_s - MEASURE_S
            inside = [i for i in session.notes.intervals if from_s <= i.t_s - i.rr_ms / 1000 and i.t_s <= end_s]
            read = reading_of(inside, pulse=session.summary.get("signal") == "ppg")
            if read is not None:
                return read
    return None


def _irregular_at(session: PulledSession, t_s: float) -> bool:
    """Whether the device read the rhythm of that second as irregular, or as a pacemaker's."""
    told = session.metrics["irregular"]
    at = int(t_s / session.metrics_step_s)
    return at < len(told) and told[at] > 0


def artefact_pct(intervals: Sequence[RRInterval]) -> float:
    """The share of intervals that variability leaves out: not normal, or timed too poorly; NaN without any."""
    if not intervals:
        return math.nan
    return 100.0 * sum(i.kind is not IntervalKind.NORMAL or not i.timed for i in intervals) / len(intervals)


def kind_of(session: PulledSession) -> str:
    """ "session", the guide alone ("help" or "evening"), or a reading in the "morning"."""
    kinds = (*ALONE, MORNING)
    return next((phase for _, phase in session.notes.phases if phase in kinds), "session")


def session_row(session: PulledSession) -> dict[str, Any]:
    """One session's numbers, None or NaN where there is no support; only ordinary sessions are in the trends.
    `minutes` is all practice, and `rest_minutes` the part of it that was rest after settling:
    docs/recording-format.md."""
    practice = session.summary.get("practice") or {}
    check_ins = session.summary.get("check_ins") or []
    answers = {f"{what}_{c['when']}": c.get(what) for c in check_ins for what in CHECK_IN_ANSWERS}
    guess, body = answers.get("on_guard_guess_before"), practice.get("body_on_guard_before")
    rest_ln_rmssd, rest_bpm = rest_reading(session)
    other = kind_of(session) != "session"
    transfer = session.summary.get("transfer")
    return {
        "name": session.name,
        "at": None if session.started is None else session.started.astimezone().strftime("%Y-%m-%dT%H:%M:%S"),
        "minutes": practice.get("minutes"),
        "rest_minutes": practice.get("rest_after_settling_minutes"),
        "calm_pct": practice.get("calm_pct"),
        "settled_after_s": practice.get("settled_after_s"),
        "body_before": body,
        "body_after": practice.get("body_on_guard_after"),
        "gap": None if guess is None or body is None else abs(guess - body),
        "rest_ln_rmssd": rest_ln_rmssd,
        "rest_bpm": rest_bpm,
        "rest_artefact_pct": artefact_pct(rest_intervals(session)[0]),
        "artefact_pct": math.nan if other else artefact_pct(session.notes.intervals),
        "plan": session.summary.get("plan"),
        "trial": session.summary.get("trial"),
        "transfer_held": None if transfer is None else _or_nan(transfer.get("held")),
        "guided_coherence": math.nan if other else _guided_coherence(session),
        **answers,
    }


def _or_nan(value: float | None) -> float:
    return math.nan if value is None else value


def _guided_coherence(session: PulledSession) -> float:
    """The mean while the guide led; NaN where it could not be told."""
    values = session.metrics["coherence"]
    paced = [0.0, *(t_s for t_s, _ in session.notes.paces), len(values) * session.metrics_step_s]
    told: list[float] = []
    for (begin_s, pace), end_s in zip([(0.0, math.nan), *session.notes.paces], paced[1:], strict=True):
        if not math.isnan(pace):
            told += values[int(begin_s / session.metrics_step_s) : int(end_s / session.metrics_step_s)].tolist()
    told = [value for value in told if not math.isnan(value)]
    return sum(told) / len(told) if told else math.nan


def local_day(at: datetime) -> date:
    """The day it was where this runs, which is where the wearer lives."""
    return at.astimezone().date()
