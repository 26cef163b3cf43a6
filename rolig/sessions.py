"""A session's folder as pandas frames."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pandas import DataFrame

NEEDED = "rolig.read needs pandas and edfio: pip install 'rolig[notebook]'"


@dataclass(frozen=True, slots=True, eq=False)
class SessionFrames:
    """One session. Every frame has its columns' units in `frame.attrs["units"]` ("" for a number without one), and
    `t_s` counts seconds from the session's first sample.

    - `signals`: by label ("ECG" or "PPG", and what the sensor tells besides), each a frame with `t_s` and `value`, NaN
      where a sample was lost, and the rate in `attrs["fs_hz"]`. ECG is in uV, PPG in counts.
    - `beats`: `t_s`, `quality` (0 to 1; below 0.5 not to be trusted).
    - `intervals`: `t_s` of the closing beat, `rr_ms` as measured, `kind`, `number` (neighbours differ by one), `timed`
      (False: not for variability), `sd_ms` (one standard deviation), `doubt`.
    - `metrics`: one row a second, as docs/recording-format.md has them; NaN without support, `state` in words, and what
      the file has as one number of the rhythm as two, `irregular` and `paced`, each 1 or 0.
    - `guide`: `t_s`, `full_pct`, how full the guide wanted the lungs.
    - `paces`, `phases`: `t_s` with `breaths_per_min` (NaN: the guide stopped) or `phase`.
    - `check_ins`: `t_s`, `when` (before, after), and the answers, 1 to 5, NaN where skipped.
    - `events`: all that was noted but beats and intervals (phases, paces with their cause, posture, contact, plan,
      trial, losses, rates, the end), one row for each key of a note: `note` (its number), `t_s`, `duration_s`, `event`,
      `key`, `value` as text; both None for a note without any.
    - `kind`: "session", the guide alone ("help" or "evening"), or a reading in the "morning".
    - `summary`: summary.json, with `plan`, `trial` and `transfer` where the session had them.
    - `started`: when, None while nobody knows.
    """

    name: str
    kind: str
    started: datetime | None
    summary: Mapping[str, Any]
    signals: Mapping[str, "DataFrame"]
    beats: "DataFrame"
    intervals: "DataFrame"
    metrics: "DataFrame"
    guide: "DataFrame"
    paces: "DataFrame"
    phases: "DataFrame"
    check_ins: "DataFrame"
    events: "DataFrame"


def read(folder: str | PathLike[str]) -> SessionFrames:
    """One session's folder, as `rolig pull`, `rolig replay --out` and the demo leave it.

    Raises:
        HostError: in one line, where the folder is no session, is not whole (SHA256SUMS does not vouch for it), or was
            recorded by a newer version.
        ImportError: pandas or edfio is not there.
    """
    try:
        import pandas as pd  # noqa: F401

        from host.copies.session_files import read_session
        from host.copies.session_signals import read_signals
        from host.report.rows import kind_of
    except ImportError as error:
        raise ImportError(f"{NEEDED} ({error})") from error
    from rolig import frames

    path = Path(folder)
    session, stored = read_session(path), read_signals(path)
    return SessionFrames(
        name=session.name,
        kind=kind_of(session),
        started=session.started,
        summary=session.summary,
        signals={signal.label: frames.of_signal(signal) for signal in stored.every if signal not in stored.metrics},
        beats=frames.beats(session.notes),
        intervals=frames.intervals(session.notes),
        metrics=frames.metrics(session),
        guide=frames.guide(session),
        paces=frames.table({"t_s": "s", "breaths_per_min": "1/min"}, session.notes.paces),
        phases=frames.table({"t_s": "s", "phase": ""}, session.notes.phases),
        check_ins=frames.check_ins(session.summary),
        events=frames.events(session.notes),
    )
