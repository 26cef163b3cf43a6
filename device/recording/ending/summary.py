"""A session in numbers, from its EDF+ file."""

import math
from bisect import bisect_left
from dataclasses import asdict
from typing import Any

from device.recording.format.summary_keys import HRV_NUMBERS, SUMMARY_VERSION, TRANSFER_NUMBERS
from device.recording.session_reader import RecordedSession
from device.session.events import PRACTICE_PHASES, CheckIn, Phase
from device.session.practice import Practice
from dsp.hrv.time_domain import HrvSummary, hrv_all, hrv_nn
from dsp.types import Contact, MetricsRow, StateKind


def summarise(session: RecordedSession) -> dict[str, Any]:
    """The content of summary.json, NaN where there is no support. `docs/recording-format.md` explains each key."""
    clock = session.clock
    practice, readable_s = _practice(session)
    return {
        "version": SUMMARY_VERSION,
        "software": session.info.get("software"),
        "algorithm": session.info.get("algorithm"),
        "source": session.info.get("source"),
        "signal": session.info.get("kind"),
        "started_utc": _whole_second(clock.get("started_utc")),
        "clock_trust": clock.get("trust"),
        "boot_id": clock.get("boot_id"),
        "started_boottime_s": session.started_boottime_s,
        "length_s": session.length_s,
        "end_reason": session.end_reason,
        "recovered": session.recovered,
        "beats": len(session.beats),
        "intervals": _interval_counts(session),
        "lost_samples": session.lost_samples,
        "late_samples": session.late_samples,
        "measured_rate_hz": session.measured_rate_hz,
        "contact_pct": contact_pct(session),
        "hrv_all": _hrv(hrv_all(session.intervals)),
        "hrv_nn": _hrv(hrv_nn(session.intervals)),
        "state_s": _state_seconds(session),
        "irregular_s": sum(row.irregular_rhythm for row in session.rows),
        "paced_s": sum(row.paced_rhythm for row in session.rows),
        "practice": _practice_numbers(practice, readable_s),
        "plan": session.plan,
        "trial": session.trial,
        "transfer": _transfer(practice),
        "check_ins": [_check_in(check_in) for check_in in session.check_ins],
    }


def contact_pct(session: RecordedSession) -> float:
    """The share of the session in which nothing was loose, NaN where contact was not recorded."""
    if not session.contacts or session.length_s <= 0:
        return math.nan
    ends_s = [t_s for t_s, _ in session.contacts[1:]] + [session.length_s]
    good_s = sum(
        end_s - t_s for (t_s, contact), end_s in zip(session.contacts, ends_s, strict=True) if contact is Contact.GOOD
    )
    return 100.0 * good_s / session.length_s


def _practice(session: RecordedSession) -> tuple[Practice | None, int]:
    """What the wearer was shown at the end, counted again, and its readable seconds; None where there was no session
    but a plain recording."""
    if not session.phases:
        return None, 0
    practice = Practice()
    starts_s = [t_s for t_s, _ in session.phases]
    readable_s = 0
    for row in session.rows:
        number = bisect_left(starts_s, row.t_s) - 1
        if number < 0:
            continue
        phase = session.phases[number][1]
        practice.add(phase, row)
        readable_s += phase in PRACTICE_PHASES and not row.contact and _is_readable(row)
    return practice, readable_s


def _transfer(practice: Practice | None) -> dict[str, float] | None:
    """The minute without a guide; None where there was none."""
    if practice is None or not practice.transfer.alone_s:
        return None
    minute = practice.transfer
    values = (minute.held, minute.guided_ms, minute.alone_ms, minute.alone_breaths_per_min)
    return dict(zip(TRANSFER_NUMBERS, values, strict=True))


def _practice_numbers(practice: Practice | None, readable_s: int) -> dict[str, Any] | None:
    if practice is None:
        return None
    return {
        "minutes": practice.practised_s / 60,
        "calm_minutes": practice.calm_s / 60 if readable_s else math.nan,
        "calm_pct": 100 * practice.calm_s / readable_s if readable_s else math.nan,
        "unreadable_pct": 100 * (1 - readable_s / practice.practised_s) if practice.practised_s else math.nan,
        "settled_after_s": practice.settled_after_s,
        "rest_after_settling_minutes": practice.rest_after_settling_s / 60,
        "body_on_guard_before": practice.body_on_guard(Phase.REST),
        "body_on_guard_after": practice.body_on_guard(Phase.FREE),
    }


def _is_readable(row: MetricsRow) -> bool:
    return row.state is not None and row.state.kind is not StateKind.UNSURE


def _state_seconds(session: RecordedSession) -> dict[str, int]:
    kinds = [row.state.kind for row in session.rows if row.state]
    return {kind.value: kinds.count(kind) for kind in StateKind} | {
        "settling": sum(row.state.settling for row in session.rows if row.state)
    }


def _interval_counts(session: RecordedSession) -> dict[str, int]:
    counts: dict[str, int] = {}
    for interval in session.intervals:
        counts[interval.kind.value] = counts.get(interval.kind.value, 0) + 1
    return dict(sorted(counts.items()))


def _hrv(hrv: HrvSummary) -> dict[str, float]:
    values = {**asdict(hrv.time), "lf_ms2": hrv.lf_ms2, "hf_ms2": hrv.hf_ms2}
    return {name: values[name] for name in HRV_NUMBERS}


def _check_in(check_in: CheckIn) -> dict[str, Any]:
    return asdict(check_in)


def _whole_second(utc: str | None) -> str | None:
    return None if utc is None else utc[:19] + "Z"
