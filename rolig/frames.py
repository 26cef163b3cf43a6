"""Frames of what a session holds, with the columns' units in `attrs["units"]`."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from device.recording.format.metrics import IRREGULAR, METRICS, PACED, STATE_WORDS
from device.recording.format.summary_keys import CHECK_IN_ANSWERS
from host.copies.session_files import PulledSession, SessionNotes, event_rows
from host.copies.session_signals import StoredSignal

COUNTS = "count"


def table(units: Mapping[str, str], rows: Iterable[Sequence[Any]]) -> pd.DataFrame:
    """Rows under the columns that `units` names."""
    frame = pd.DataFrame(list(rows), columns=list(units))
    frame.attrs["units"] = dict(units)
    return frame


def of_signal(signal: StoredSignal) -> pd.DataFrame:
    values = signal.values()
    frame = pd.DataFrame({"t_s": np.arange(len(values)) / signal.fs_hz, "value": values})
    frame.attrs |= {"units": {"t_s": "s", "value": signal.unit or COUNTS}, "fs_hz": signal.fs_hz, "label": signal.label}
    return frame


def beats(notes: SessionNotes) -> pd.DataFrame:
    return table({"t_s": "s", "quality": ""}, notes.beats)


def intervals(notes: SessionNotes) -> pd.DataFrame:
    units = {"t_s": "s", "rr_ms": "ms", "kind": "", "number": "", "timed": "", "sd_ms": "ms", "doubt": ""}
    return table(units, ((i.t_s, i.rr_ms, i.kind.value, i.number, i.timed, i.sd_ms, i.doubt) for i in notes.intervals))


def metrics(session: PulledSession) -> pd.DataFrame:
    """Every second, also those of which nothing is known. A row is about the second that ends at its `t_s`."""
    seconds = (np.arange(len(session.metrics["quality"])) + 1) * session.metrics_step_s
    frame = pd.DataFrame({"t_s": seconds, **session.metrics})
    rhythm = session.metrics["irregular"]
    frame["irregular"], frame["paced"] = (np.where(np.isnan(rhythm), rhythm, rhythm == c) for c in (IRREGULAR, PACED))
    frame["state"] = [None if np.isnan(code) else STATE_WORDS.get(int(code)) for code in session.metrics["state"]]
    frame.attrs["units"] = {"t_s": "s"} | {metric.name: metric.unit for metric in METRICS} | {"paced": ""}
    return frame


def guide(session: PulledSession) -> pd.DataFrame:
    frame = pd.DataFrame({"t_s": np.arange(len(session.guide_pct)) / session.guide_hz, "full_pct": session.guide_pct})
    frame.attrs["units"] = {"t_s": "s", "full_pct": "%"}
    return frame


def check_ins(summary: Mapping[str, Any]) -> pd.DataFrame:
    units = {"t_s": "s", "when": ""} | dict.fromkeys(CHECK_IN_ANSWERS, "")
    told = summary.get("check_ins") or []
    frame = table(units, ([check_in.get(name) for name in units] for check_in in told))
    return frame.astype(dict.fromkeys(("t_s", *CHECK_IN_ANSWERS), "float64"))


def events(notes: SessionNotes) -> pd.DataFrame:
    units = {"note": "", "t_s": "s", "duration_s": "s", "event": "", "key": "", "value": ""}
    return table(units, event_rows(notes.others))
