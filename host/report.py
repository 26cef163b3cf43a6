"""`rolig report`: one self-contained page about all sessions in a folder, for any browser, without a network."""

import base64
import json
import math
import re
from collections.abc import Callable, Sequence
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from plotly.offline import get_plotlyjs

from device.recording.format.metrics import METRICS, STATE_WORDS
from dsp.types import IntervalKind
from host.errors import HostError, complain
from host.report_weeks import session_row, weeks
from host.session_files import PulledSession, sessions_in
from host.whole_file import OWNER_FILE, write_whole

LANGUAGES = ("nb", "en")
_KINDS = list(IntervalKind)
_SHOWN = tuple(metric.name for metric in METRICS if metric.plotted)


def make_report(directory: Path, out: Path, language: str = "nb", say: Callable[[str], None] = lambda _: None) -> int:
    """Write the page about the sessions in `directory`; how many they are. `say` hears of those that cannot be read.

    Raises HostError.
    """
    unread: list[str] = []

    def leave_out(name: str, why: str) -> None:
        say(why)
        unread.append(name)

    sessions = list(sessions_in(directory, leave_out))
    if not sessions:
        raise HostError(f"{directory} holds no finished session" + (" that can be read" if unread else ""))
    sessions.sort(key=_place)
    try:
        write_whole(out, page(sessions, unread, language).encode(errors="replace"), mode=OWNER_FILE)
    except OSError as error:
        raise HostError(f"{out}: {error.strerror}") from error
    return len(sessions)


def page(sessions: Sequence[PulledSession], unread: Sequence[str], language: str) -> str:
    """The page as HTML; `sessions` oldest first."""
    parts = files("host") / "report_page"

    def part(name: str) -> str:
        return (parts / name).read_text(encoding="utf-8")

    data = {
        "language": language,
        "weeks": weeks(sessions),
        "sessions": [_session(session) for session in reversed(sessions)],
        "unread": list(unread),
    }
    contents = {
        "style": part("page.css"),
        "texts": _embedded(json.loads(part("texts.json"))),
        "data": _embedded(data),
        "plotly": get_plotlyjs(),
        "plots": part("plots.js"),
        "page": part("page.js"),
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda slot: contents[slot[1]], part("page.html"))


def _place(session: PulledSession) -> tuple[bool, float, int, str]:
    """By time; before those the undated ones by the number that the device gave them."""
    number = re.match(r"\d+", session.name)
    at_s = session.started.timestamp() if session.started else 0.0
    return session.started is not None, at_s, int(number[0]) if number else 0, session.name


def _session(session: PulledSession) -> dict[str, Any]:
    """What the page draws of one session; arrays as base64 of little-endian 32-bit floats."""
    intervals = session.notes.intervals
    summary = session.summary
    return session_row(session) | {
        "length_s": summary.get("length_s"),
        "signal": summary.get("signal"),
        "recovered": summary.get("recovered"),
        "irregular_s": summary.get("irregular_s"),
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


def _embedded(value: Any) -> str:
    """JSON that can stand in a script element whatever a file put into it; NaN becomes null."""
    return json.dumps(_finite(value), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(inner) for inner in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def run(directory: Path, out: Path, language: str = "nb") -> int:
    """The command: writes the page, says where, returns the exit code."""
    say = partial(complain, "report")
    try:
        count = make_report(directory, out, language, say)
    except HostError as error:
        say(str(error))
        return 2
    print(f"{count} {'session' if count == 1 else 'sessions'} in {out}")
    return 0
