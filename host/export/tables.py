"""The three tables of an export, a session at a time. A column is a list of plain values, None where there
is no support.

Left out on purpose: the waveform, which can tell people apart, and every name, free text and machine
identity.
"""

import math
from dataclasses import dataclass
from typing import Any, Literal

from device.recording.format.metrics import METRICS, STATE_WORDS
from device.recording.format.summary_keys import (
    AFTER,
    BEFORE,
    CHECK_IN_ANSWERS,
    HRV_NUMBERS,
    PLAN_NUMBERS,
    PRACTICE_NUMBERS,
)
from host.copies.session_files import PulledSession
from host.report.rows import kind_of, rest_reading

Kind = Literal["text", "number", "count", "truth", "time"]
Columns = dict[str, list[Any]]
PRACTICE = tuple(name for name in PRACTICE_NUMBERS if name != "calm_minutes")
"""Calm minutes are left out: their share is there."""


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: Kind
    meaning: str


SESSION = Column("session", "text", "pseudonym of the session")
SESSIONS = (
    SESSION,
    Column("started_shifted", "time", "local start, moved by whole weeks and cut to the hour"),
    Column("kind", "text", "session, the guide alone (help or evening), or a reading in the morning"),
    Column("signal", "text", "ecg or ppg"),
    Column("source", "text", "sensor, simulated or replay"),
    Column("software", "text", "program and version"),
    Column("algorithm", "text", "version of the signal processing"),
    Column("length_s", "number", "length of the recording"),
    Column("end_reason", "text", "why it ended"),
    Column("recovered", "truth", "closed after a power cut"),
    Column("lost_samples", "count", "samples lost"),
    Column("contact_pct", "number", "share of time with good contact"),
    *(Column(name, "number", "of the NN intervals of the whole session") for name in HRV_NUMBERS),
    Column("rest_ln_rmssd", "number", "ln of RMSSD in ms in the last minute of rest, NN only; of ppg from 18 ms"),
    Column("rest_mean_hr_bpm", "number", "heart rate in the last minute of rest"),
    *(Column(name, "number", "as in summary.json, practice") for name in PRACTICE),
    *(Column(f"plan_{name}", "count", "the plan's, where it was followed") for name in PLAN_NUMBERS),
    Column("trial_arm", "text", "what the experiment of one's own drew: resonance, fast or quiet"),
    Column("trial_day", "count", "the number of its day, from 0"),
    Column("transfer_held", "number", "RSA in a minute without a guide, as a share of that at the guide's end"),
    *(Column(f"{what}_{when}", "count", "check-in, 1 to 5") for when in (BEFORE, AFTER) for what in CHECK_IN_ANSWERS),
)
BEATS = (
    SESSION,
    Column("t_s", "number", "time of the beat from the session's first sample"),
    Column("quality", "number", "0 to 1; below 0.5 not to be trusted"),
    Column("rr_ms", "number", "the interval that ends with this beat, as measured"),
    Column("rr_kind", "text", "normal, ectopic, missed, extra, long_short or unreadable"),
    Column("rr_timed", "truth", "false: a true pulse interval timed too poorly for variability; not in RMSSD and SDNN"),
    Column("rr_number", "count", "two intervals are neighbours if their numbers differ by one"),
    Column("rr_sd_ms", "number", "by how much it may be off, as one standard deviation"),
    Column("rr_doubt", "number", "chance that it is normal though its kind says not, or the other way round"),
)
_PLAIN = tuple(metric.name for metric in METRICS if metric.name not in ("contact", "irregular", "state"))
METRICS_TABLE = (
    SESSION,
    Column("t_s", "number", "end of the second that the row is about"),
    *(Column(name, "number", "as in MetricsRow") for name in _PLAIN),
    Column("contact", "count", "0 nothing loose; else sum of 1, 2 the electrodes, 4 the finger, 8 the sensor"),
    Column("irregular", "truth", "irregularly irregular rhythm"),
    Column("state", "text", ", ".join(STATE_WORDS.values())),
)
TABLES = {"sessions": SESSIONS, "beats": BEATS, "metrics": METRICS_TABLE}


def sessions_row(session: PulledSession) -> Columns:
    """All of `SESSIONS` but the pseudonyms, one value each."""
    summary = session.summary
    practice, hrv = summary.get("practice") or {}, summary.get("hrv_nn") or {}
    plain = ("signal", "source", "software", "algorithm", "length_s", "end_reason", "recovered", "lost_samples")
    values = {name: summary.get(name) for name in (*plain, "contact_pct")}
    values |= {name: hrv.get(name) for name in HRV_NUMBERS} | {name: practice.get(name) for name in PRACTICE}
    values["kind"] = kind_of(session)
    values["rest_ln_rmssd"], values["rest_mean_hr_bpm"] = map(_known, rest_reading(session))
    plan, trial = summary.get("plan") or {}, summary.get("trial") or {}
    values |= {f"plan_{name}": plan.get(name) for name in PLAN_NUMBERS}
    values |= {"trial_arm": trial.get("arm"), "trial_day": trial.get("day")}
    values["transfer_held"] = (summary.get("transfer") or {}).get("held")
    for check_in in summary.get("check_ins") or []:
        values |= {f"{what}_{check_in['when']}": check_in.get(what) for what in CHECK_IN_ANSWERS}
    return {column.name: [values.get(column.name)] for column in SESSIONS[2:]}


def beats_columns(session: PulledSession) -> Columns:
    """All of `BEATS` but the session."""
    ending = {interval.t_s: interval for interval in session.notes.intervals}
    closed = [ending.get(t_s) for t_s, _ in session.notes.beats]
    return {
        "t_s": [t_s for t_s, _ in session.notes.beats],
        "quality": [quality for _, quality in session.notes.beats],
        "rr_ms": [i and i.rr_ms for i in closed],
        "rr_kind": [i and i.kind.value for i in closed],
        "rr_timed": [i and i.timed for i in closed],
        "rr_number": [i and i.number for i in closed],
        "rr_sd_ms": [i and _known(i.sd_ms) for i in closed],
        "rr_doubt": [i and i.doubt for i in closed],
    }


def metrics_columns(session: PulledSession) -> Columns:
    """All of `METRICS_TABLE` but the session; seconds of which nothing is known are left out."""
    known = [i for i, quality in enumerate(session.metrics["quality"]) if not math.isnan(quality)]
    columns: Columns = {"t_s": [(i + 1) * session.metrics_step_s for i in known]}
    for name, values in session.metrics.items():
        columns[name] = [_known(float(values[i])) for i in known]
    columns["contact"] = [None if value is None else int(value) for value in columns["contact"]]
    columns["irregular"] = [None if value is None else value == 1.0 for value in columns["irregular"]]
    columns["state"] = [None if value is None else STATE_WORDS.get(int(value)) for value in columns["state"]]
    return columns


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
