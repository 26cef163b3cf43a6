"""A session in numbers, from its EDF+ file."""

import math
from bisect import bisect_left
from collections import Counter
from dataclasses import asdict
from typing import Any

from device.recording.format.summary_keys import HRV_NUMBERS, STATE_SECONDS, SUMMARY_VERSION, TRANSFER_NUMBERS
from device.recording.session_reader import RecordedSession
from device.session.events import PRACTICE_PHASES, CheckIn, Phase
from device.session.practice import Practice
from dsp.hrv.time_domain import HrvSummary, RunningHrv, is_nn
from dsp.types import Beat, Contact, MetricsRow, RRInterval, StateKind


class HeartTally:
    """What a session's beats and intervals add up to, one at a time and in order."""

    def __init__(self) -> None:
        self.beats = 0
        self.kinds: Counter[str] = Counter()
        self.hrv_all, self.hrv_nn = RunningHrv(), RunningHrv()

    def add(self, event: Beat | RRInterval) -> None:
        if isinstance(event, Beat):
            self.beats += 1
            return
        self.kinds[event.kind.value] += 1
        self.hrv_all.add(event)
        if is_nn(event):
            self.hrv_nn.add(event)


class _RowTally:
    """What its metrics rows add up to, one at a time and in order."""

    def __init__(self, phases: list[tuple[float, Phase]]) -> None:
        self._phases = phases
        self._starts_s = [t_s for t_s, _ in phases]
        self._practice = Practice()
        self._readable_s = 0
        self.irregular_s = self.paced_s = 0
        self._states: Counter[StateKind] = Counter()
        self._settling_s = 0

    def add(self, row: MetricsRow) -> None:
        self.irregular_s += row.irregular_rhythm
        self.paced_s += row.paced_rhythm
        if row.state:
            self._states[row.state.kind] += 1
            self._settling_s += row.state.settling
        number = bisect_left(self._starts_s, row.t_s) - 1
        if number >= 0:
            phase = self._phases[number][1]
            self._practice.add(phase, row)
            self._readable_s += phase in PRACTICE_PHASES and not row.contact and _is_readable(row)

    def state_seconds(self) -> dict[str, int]:
        seconds = (*(self._states[kind] for kind in StateKind), self._settling_s)
        return dict(zip(STATE_SECONDS, seconds, strict=True))

    def practice(self) -> dict[str, Any] | None:
        """What the wearer was shown at the end, counted again; None where there was no session but a plain
        recording."""
        if not self._phases:
            return None
        practice, readable_s = self._practice, self._readable_s
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

    def transfer(self) -> dict[str, float] | None:
        """The minute without a guide; None where there was none."""
        minute = self._practice.transfer
        if not minute.alone_s:
            return None
        values = (minute.held, minute.guided_ms, minute.alone_ms, minute.alone_breaths_per_min)
        return dict(zip(TRANSFER_NUMBERS, values, strict=True))


def summarise(session: RecordedSession, heart: HeartTally) -> dict[str, Any]:
    """The content of summary.json, NaN where there is no support; `heart` holds its beats and intervals.
    `docs/recording-format.md` explains each key."""
    clock = session.clock
    seconds = _RowTally(session.phases)
    for row in session.rows():
        seconds.add(row)
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
        "beats": heart.beats,
        "intervals": dict(sorted(heart.kinds.items())),
        "lost_samples": session.lost_samples,
        "late_samples": session.late_samples,
        "measured_rate_hz": session.measured_rate_hz,
        "contact_pct": contact_pct(session),
        "hrv_all": _hrv(heart.hrv_all.summary()),
        "hrv_nn": _hrv(heart.hrv_nn.summary()),
        "state_s": seconds.state_seconds(),
        "irregular_s": seconds.irregular_s,
        "paced_s": seconds.paced_s,
        "practice": seconds.practice(),
        "plan": session.plan,
        "trial": session.trial,
        "transfer": seconds.transfer(),
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


def _is_readable(row: MetricsRow) -> bool:
    return row.state is not None and row.state.kind is not StateKind.UNSURE


def _hrv(hrv: HrvSummary) -> dict[str, float]:
    values = {**asdict(hrv.time), "lf_ms2": hrv.lf_ms2, "hf_ms2": hrv.hf_ms2}
    return {name: values[name] for name in HRV_NUMBERS}


def _check_in(check_in: CheckIn) -> dict[str, Any]:
    return asdict(check_in)


def _whole_second(utc: str | None) -> str | None:
    return None if utc is None else utc[:19] + "Z"
