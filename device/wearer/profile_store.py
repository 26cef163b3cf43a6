"""The wearer's profile on the card: one small versioned JSON file, whole or not at all.

A file that cannot be read as a profile is set aside under another name, never trusted and never overwritten.
"""

import json
from collections.abc import Mapping
from dataclasses import asdict, fields, replace
from pathlib import Path
from typing import Any

from device.session.choosing.preferences import (
    BRIGHTNESS_LEVELS,
    CUE_LEVELS,
    MINUTES,
    GuideForm,
    History,
    Language,
    LastAnswers,
    Posture,
    Preferences,
)
from device.system.files import OsFileSystem, write_atomically
from device.wearer.checked_fields import MAX_ORDINAL, BadContentError, CheckedFields, as_object
from device.wearer.memory import Memory
from device.wearer.weeks_store import decode_weeks, encode_weeks
from dsp.state.level import FreeMinute
from dsp.state.mornings import Morning
from dsp.state.pace_curve import PaceCurve
from dsp.state.profile import HR_BPM, LN_RMSSD, Profile, Resonance, RestingDay

FORMAT = "rolig-profile"
VERSION = 1
MAX_BYTES = 4_000_000
_LN_HR = (2.9, 5.8)


def load_memory(path: Path) -> tuple[Memory, str | None]:
    """The memory in `path` and None; or an empty one and one line for the wearer where the content is bad.

    A missing file is a new wearer, without a warning. Bad content is renamed to NAME.bad-1 (or the next free number).
    OSError is raised where the file exists but cannot be read or set aside.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return Memory(), None
    try:
        return decode(raw), None
    except BadContentError as error:
        aside = set_aside(path)
        return Memory(), f"{path.name}: {error}; kept as {aside.name}, starting with an empty profile"


def read_memory(path: Path) -> Memory | None:
    """The memory in `path`, for one who only looks; None where there is none that can be read."""
    try:
        with path.open("rb") as file:
            return decode(file.read(MAX_BYTES + 1))
    except (OSError, BadContentError):
        return None


def save_memory(path: Path, memory: Memory) -> None:
    """Replace the file atomically: after a power cut at any moment it holds the old content or the new.

    Raises OSError where the card refuses; the old file then stands.
    """
    files = OsFileSystem()
    files.make_folder(path.parent)
    write_atomically(files, path, encode(memory))


def encode(memory: Memory) -> bytes:
    """The file's content. Raises ValueError on a NaN or infinite number."""
    content = {
        "format": FORMAT,
        "version": VERSION,
        **asdict(memory.profile),
        "preferences": asdict(memory.preferences),
        "history": {**asdict(memory.history), "last_day": memory.last_day},
    }
    del content["history"]["first_today"]
    if memory.weeks is not None:
        content["weeks"] = encode_weeks(memory.weeks)
    return (json.dumps(content, indent=1, allow_nan=False, ensure_ascii=False) + "\n").encode()


def decode(raw: bytes) -> Memory:
    """The memory in a file's content; BadContentError with a plain word for anything else. Unknown keys are refused."""
    if len(raw) > MAX_BYTES:
        raise BadContentError(f"larger than {MAX_BYTES} bytes")
    try:
        content = json.loads(raw.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise BadContentError("not JSON text") from error
    given = as_object(content, "profile")
    if given.pop("format", None) != FORMAT:
        raise BadContentError(f"not a {FORMAT} file")
    if (version := given.pop("version", None)) != VERSION or isinstance(version, bool):
        raise BadContentError(f"version {version!r}, but this program reads {VERSION}")
    taken = CheckedFields(given, "profile")
    resonance = taken.value("resonance")
    profile = Profile(
        tuple(_resting_day(d) for d in taken.items("resting_days")),
        tuple(_free_minute(m) for m in taken.items("free_minutes")),
        _pace_curve(taken.value("pace_curve")),
        None if resonance is None else _resonance(resonance),
        tuple(_morning(m) for m in taken.items("mornings")) if taken.has("mornings") else (),
    )
    preferences = _preferences(taken.value("preferences"))
    history, last_day = _history(taken.value("history"))
    weeks = decode_weeks(taken.value("weeks")) if taken.has("weeks") else None
    taken.nothing_left()
    return Memory(profile, preferences, history, last_day, weeks)


def _refuse_constant(name: str) -> float:
    raise BadContentError(f"{name} is not a number here")


def _short(word: str) -> bool:
    return len(word) <= 64


def _resting_day(value: Mapping[str, Any]) -> RestingDay:
    f = CheckedFields(value, "resting_days")
    day = RestingDay(
        f.whole("day", 1, MAX_ORDINAL),
        f.text("sensor", _short),
        f.number("ln_rmssd", *LN_RMSSD),
        f.number("mean_hr_bpm", *HR_BPM),
        f.whole("readings", 1, 10_000),
    )
    f.nothing_left()
    return day


def _free_minute(value: Mapping[str, Any]) -> FreeMinute:
    f = CheckedFields(value, "free_minutes")
    minute = FreeMinute(
        f.whole("day", 1, MAX_ORDINAL),
        f.number("clock_h", 0, 24),
        f.text("sensor", _short),
        f.text("posture", _short),
        f.number("ln_hr", *_LN_HR),
        f.number("ln_rmssd", *LN_RMSSD),
    )
    f.nothing_left()
    return minute


def _morning(value: Mapping[str, Any]) -> Morning:
    f = CheckedFields(value, "mornings")
    morning = Morning(
        f.whole("day", 1, MAX_ORDINAL),
        f.text("sensor", _short),
        f.text("posture", _short),
        f.number("ln_rmssd", *LN_RMSSD),
        f.number("ln_hr", *_LN_HR),
    )
    f.nothing_left()
    return morning


def _pace_curve(value: Mapping[str, Any]) -> PaceCurve:
    f = CheckedFields(value, "pace_curve")
    curve = PaceCurve(f.number("slope", -20, 20), f.number("evidence", 0, 1e9))
    f.nothing_left()
    return curve


def _resonance(value: Mapping[str, Any]) -> Resonance:
    f = CheckedFields(value, "resonance")
    found = Resonance(f.number("breaths_per_min", 2, 20), f.number("confidence", 0, 1), f.day_or_none("day"))
    f.nothing_left()
    return found


def _preferences(value: Mapping[str, Any]) -> Preferences:
    f = CheckedFields(value, "preferences")
    language = Language(f.text("language", [*Language].__contains__))
    minutes = f.whole("minutes", min(MINUTES), max(MINUTES))
    if minutes not in MINUTES:
        raise BadContentError(f"preferences.minutes is not one of {MINUTES}")
    chosen = Preferences(
        language,
        minutes,
        f.flag("hide_state"),
        f.flag("hide_numbers"),
        f.flag("fade_guide"),
        f.whole("led_level", 0, CUE_LEVELS - 1),
        f.whole("vibration_level", 0, CUE_LEVELS - 1),
    )
    if f.has("guide"):
        chosen = replace(chosen, guide=GuideForm(f.text("guide", [*GuideForm].__contains__)))
    if f.has("brightness"):
        chosen = replace(chosen, brightness=f.whole("brightness", 0, BRIGHTNESS_LEVELS - 1))
    if f.has("ask_more"):
        chosen = replace(chosen, ask_more=f.flag("ask_more"))
    if f.has("posture") and not f.is_null("posture"):
        chosen = replace(chosen, posture=Posture(f.text("posture", [*Posture].__contains__)))
    # Who chose their minutes before there was a plan keeps them.
    chosen = replace(chosen, plan=f.has("plan") and f.flag("plan"), trial=f.has("trial") and f.flag("trial"))
    f.nothing_left()
    return chosen


def _history(value: Mapping[str, Any]) -> tuple[History, int | None]:
    f = CheckedFields(value, "history")
    history = History(
        target_breaths_per_min=f.number("target_breaths_per_min", 2, 20),
        tension_rose=f.flag("tension_rose"),
        rhythm_unreadable=f.flag("rhythm_unreadable"),
    )
    if f.has("cards_seen"):
        history = replace(history, cards_seen=f.flag("cards_seen"))
    if f.has("guess_seen"):
        history = replace(history, guess_seen=f.flag("guess_seen"))
    if f.has("answers"):
        history = replace(history, answers=_last_answers(f.value("answers")))
    last_day = f.day_or_none("last_day")
    f.nothing_left()
    return history, last_day


def _last_answers(value: Mapping[str, Any]) -> LastAnswers:
    f = CheckedFields(value, "answers")
    names = [answered.name for answered in fields(LastAnswers)]
    answers = {name: None if f.is_null(name) else f.whole(name, 1, 5) for name in names}
    f.nothing_left()
    return LastAnswers(**answers)


def set_aside(path: Path) -> Path:
    """Rename what lies at `path`, so that nothing is written over it; its new name. Raises OSError."""
    number = 1
    while (aside := path.with_name(f"{path.name}.bad-{number}")).exists():
        number += 1
    path.rename(aside)
    OsFileSystem().sync_folder(path.parent)
    return aside
