"""summary.json, with the types of its values checked once for all that use them.

What the keys mean is in docs/recording-format.md. Those that nothing here uses are not looked at.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

from device.recording.format.experiment import Arm
from device.recording.format.names import SUMMARY
from device.recording.format.summary_keys import (
    AFTER,
    BEFORE,
    CHECK_IN_ANSWERS,
    PLAN_NUMBERS,
    SUMMARY_VERSION,
    TRIAL_NUMBERS,
)
from device.recording.format.vocabulary import LARGEST_COUNT
from dsp.types import SignalKind
from host.errors import DamageError

MOST_SUMMARY_BYTES = 1 << 20
_TEXTS = ("software", "algorithm", "source", "signal", "started_utc", "clock_trust", "end_reason")
_NUMBERS = ("length_s", "contact_pct", "irregular_s", "paced_s", "measured_rate_hz")
_COUNTS = ("beats", "lost_samples", "late_samples")
_PARTS_OF_NUMBERS = ("practice", "hrv_nn", "hrv_all", "state_s", "transfer")
_PARTS_OF_COUNTS = ("intervals",)


def parse_summary(content: bytes) -> dict[str, Any]:
    """Raises DamageError for what is no summary, or one whose keys may mean something else by now."""
    if len(content) > MOST_SUMMARY_BYTES:
        raise DamageError(f"{SUMMARY} has {len(content)} bytes")
    try:
        return checked(json.loads(content))
    except (ValueError, RecursionError) as error:
        if isinstance(error, DamageError):
            raise
        raise DamageError(f"{SUMMARY} is no JSON that can be read") from error


def checked(summary: Any) -> dict[str, Any]:
    """`summary` itself; every key of it may be missing or null. Raises DamageError."""
    if not isinstance(summary, dict):
        raise DamageError(f"{SUMMARY} holds no object")
    version = summary.get("version", SUMMARY_VERSION)
    if not _is_count(version) or version < 1:
        raise DamageError(f"version cannot be {str(version)[:40]!r}")
    if version > SUMMARY_VERSION:
        raise DamageError(
            f"it was recorded by a newer Rolig (its {SUMMARY} has version {version}, and {SUMMARY_VERSION} is the "
            "newest known here): update Rolig on this computer"
        )
    _all(_is_text, summary, _TEXTS)
    _all(lambda kind: kind in list(SignalKind), summary, ("signal",))
    _all(_is_number, summary, _NUMBERS)
    _all(_is_count, summary, _COUNTS)
    _all(lambda value: isinstance(value, bool), summary, ("recovered",))
    for part in (*_PARTS_OF_NUMBERS, *_PARTS_OF_COUNTS):
        if (numbers := summary.get(part)) is not None:
            if not isinstance(numbers, dict):
                raise DamageError(f"{part} is no object")
            _all(_is_count if part in _PARTS_OF_COUNTS else _is_number, numbers, numbers)
    _weeks(summary)
    check_ins = summary.get("check_ins")
    if check_ins is not None and not isinstance(check_ins, list):
        raise DamageError("check_ins is no list")
    for check_in in check_ins or []:
        if not isinstance(check_in, dict) or check_in.get("when") not in (BEFORE, AFTER):
            raise DamageError("a check-in is neither before nor after")
        _all(_is_count, check_in, CHECK_IN_ANSWERS)
    return summary


def _weeks(summary: dict[str, Any]) -> None:
    for part, names in (("plan", PLAN_NUMBERS), ("trial", TRIAL_NUMBERS)):
        if (counts := summary.get(part)) is not None:
            if not isinstance(counts, dict):
                raise DamageError(f"{part} is no object")
            if any(counts.get(name) is None for name in names):
                raise DamageError(f"{part} tells too little")
            _all(lambda value: _is_count(value) and value >= 0, counts, names)
    if (trial := summary.get("trial")) is not None and trial.get("arm") not in list(Arm):
        raise DamageError("trial has an arm that is not known here")


def _all(is_so: Callable[[Any], bool], values: dict[str, Any], names: Iterable[str]) -> None:
    for name in names:
        value = values.get(name)
        if value is not None and not is_so(value):
            raise DamageError(f"{name} cannot be {str(value)[:40]!r}")


def _is_text(value: Any) -> bool:
    """Half of a surrogate pair cannot be written to any file."""
    return isinstance(value, str) and not any("\ud800" <= c <= "\udfff" for c in value)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= 1e300


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) <= LARGEST_COUNT
