"""The rows of an export's tables, a session at a time. A column is a list of plain values, None where there is no
support. The columns are in `host.export.columns`.
"""

import math
from typing import Any

from device.recording.format.metrics import IRREGULAR, PACED, STATE_WORDS
from device.recording.format.summary_keys import CHECK_IN_ANSWERS
from host.copies.session_files import PulledSession, event_rows
from host.export.columns import EVENTS, SESSIONS
from host.formats.told import told
from host.report.rows import kind_of, morning_reading, rest_reading

Columns = dict[str, list[Any]]


def sessions_row(session: PulledSession) -> Columns:
    """All of `SESSIONS` but the pseudonyms, one value each."""
    values = {column.name: _at(session.summary, column.path) for column in SESSIONS if column.path}
    values["kind"] = kind_of(session)
    values["rest_ln_rmssd"], values["rest_mean_hr_bpm"] = map(_known, rest_reading(session))
    values["posture"] = session.notes.postures[-1][1] if session.notes.postures else None
    if (morning := morning_reading(session)) is not None:
        values |= {"morning_ln_rmssd": morning.ln_rmssd, "morning_mean_hr_bpm": math.exp(morning.ln_hr)}
    for check_in in session.summary.get("check_ins") or []:
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
    columns["paced"] = [None if value is None else value == PACED for value in columns["irregular"]]
    columns["irregular"] = [None if value is None else value == IRREGULAR for value in columns["irregular"]]
    columns["state"] = [None if value is None else STATE_WORDS.get(int(value)) for value in columns["state"]]
    return columns


def events_columns(session: PulledSession) -> Columns:
    """All of `EVENTS` but the session: what may leave of every note but beats and intervals."""
    rows = event_rows(told(session.notes.others))
    return {column.name: [row[at] for row in rows] for at, column in enumerate(EVENTS[1:])}


def _at(summary: dict[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = summary
    for name in path:
        value = None if value is None else value.get(name)
    return value


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
