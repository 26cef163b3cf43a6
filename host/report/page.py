"""The page as HTML, made of the parts in host/report_page."""

import base64
import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from plotly.offline import get_plotlyjs

from device.recording.format.metrics import METRICS, STATE_WORDS
from dsp.types import IntervalKind
from host.copies.session_files import PulledSession
from host.report.answers import Answers, answers
from host.report.own.cards import own_cards
from host.report.own_notes import note_of
from host.report.rows import session_row
from host.report.weeks import by_week, morning_band, rest_band
from host.report.words import Words, all_words

_KINDS = list(IntervalKind)
_SHOWN = tuple(metric.name for metric in METRICS if metric.plotted)


@dataclass(frozen=True, slots=True)
class Folder:
    """What is known of a folder of sessions: these, oldest first; the names of those that cannot be read, and of those
    dated after this computer's clock (among `sessions`, without a date); the wearer's notes; and the day it is."""

    sessions: Sequence[PulledSession]
    today: date
    unread: Sequence[str] = ()
    ahead: Sequence[str] = ()
    notes: Mapping[str, str] = field(default_factory=dict)

    def dated_rows(self) -> list[dict[str, Any]]:
        return [session_row(session) for session in self.sessions if session.started is not None]


def page(folder: Folder, language: str) -> str:
    rows = folder.dated_rows()
    told = answers(rows, folder.today)
    data = {
        "language": language,
        "answers": {code: Words(code).answers(told) for code in all_words()},
        "own": {code: own_cards(rows, code) for code in all_words()},
        "calibration": _calibration(told),
        "weeks": by_week(rows),
        "rest": rest_band(folder.sessions),
        "mornings": morning_band(folder.sessions),
        "sessions": [_session(session, folder.notes) for session in reversed(folder.sessions)],
        "unread": list(folder.unread),
        "ahead": list(folder.ahead),
    }
    contents = {
        "texts": embedded(json.loads(part("texts.json"))),
        "data": embedded(data),
        "plotly": get_plotlyjs(),
        "style": part("page.css"),
        **{name: part(f"{name}.js") for name in ("words", "plots", "weeks", "sessions", "page")},
    }
    return filled("page.html", contents)


def part(name: str) -> str:
    return (files("host") / "report_page" / name).read_text(encoding="utf-8")


def filled(name: str, contents: Mapping[str, str]) -> str:
    """A part with its slots filled; what fills them has none."""
    return re.sub(r"\{\{(\w+)\}\}", lambda slot: contents[slot[1]], part(name))


def _calibration(told: Answers) -> dict[str, Any] | None:
    known = told.calibration
    if known is None:
        return None
    return {name: getattr(known, name) for name in ("sessions", "bias", "bias_interval", "spread", "spread_interval")}


def _session(session: PulledSession, notes: Mapping[str, str]) -> dict[str, Any]:
    """What the page draws of one session; arrays as base64 of little-endian 32-bit floats."""
    intervals = session.notes.intervals
    summary = session.summary
    return session_row(session) | {
        "note": note_of(session.name, notes),
        "length_s": summary.get("length_s"),
        "signal": summary.get("signal"),
        "recovered": summary.get("recovered"),
        "irregular_s": summary.get("irregular_s"),
        "paced_s": summary.get("paced_s"),
        "lost_samples": summary.get("lost_samples"),
        "contact_pct": summary.get("contact_pct"),
        "hrv": summary.get("hrv_nn"),
        "phases": session.notes.phases,
        "paces": session.notes.paces,
        "step_s": session.metrics_step_s,
        "guide_hz": session.guide_hz,
        "guide": _packed(session.guide_pct),
        "rr_t": _packed([i.t_s for i in intervals]),
        "rr_ms": _packed([i.rr_ms for i in intervals]),
        "rr_number": _packed([i.number for i in intervals]),
        "rr_kind": _packed([_KINDS.index(i.kind) for i in intervals]),
        "rr_timed": _packed([i.timed for i in intervals]),
        "kinds": [kind.value for kind in _KINDS],
        "states": STATE_WORDS,
        **{name: _packed(session.metrics[name]) for name in _SHOWN},
    }


def _packed(values: ArrayLike) -> str:
    return base64.b64encode(np.asarray(values, dtype="<f4").tobytes()).decode("ascii")


def embedded(value: Any) -> str:
    """JSON that can stand in a script element whatever a file put into it; NaN becomes null."""
    return json.dumps(_finite(value), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
