"""The keys of summary.json that more than one place names; docs/recording-format.md explains them all."""

from collections.abc import Mapping
from typing import Any

from device.recording.format.session_info import ClockTrust
from dsp.types import StateKind

SUMMARY_VERSION = 1

HRV_NUMBERS = ("mean_hr_bpm", "sdnn_ms", "rmssd_ms", "pnn50_pct", "lf_ms2", "hf_ms2")
"""In `hrv_all` and `hrv_nn`."""

PRACTICE_NUMBERS = (
    "minutes",
    "calm_minutes",
    "calm_pct",
    "unreadable_pct",
    "settled_after_s",
    "rest_after_settling_minutes",
    "body_on_guard_before",
    "body_on_guard_after",
)

STATE_SECONDS = (*(kind.value for kind in StateKind), "settling")
"""In `state_s`."""

BEFORE, AFTER = "before", "after"
"""When a check-in was."""
CHECK_IN_ANSWERS = ("energy", "tension", "on_guard_guess", "sleep", "tolerance")
"""Each 1 to 5, in `check_ins` and in the `check_in` annotation."""


PLAN_NUMBERS = ("week", "minutes", "fade")
"""In `plan`, and in the annotation of that name."""
TRIAL_NUMBERS = ("seed", "day", "minutes")
"""In `trial`, beside its `arm`, and in the annotation of that name."""
TRANSFER_NUMBERS = ("held", "guided_rsa_ms", "alone_rsa_ms", "alone_breaths_per_min")
"""In `transfer`."""


def own_date(summary: Mapping[str, Any]) -> Any:
    """When the session itself says it was; None also where all it has is the time of the device's last shutdown."""
    return None if summary.get("clock_trust") == ClockTrust.SAVED else summary.get("started_utc")


def dates_told_later(dates: Any) -> dict[str, str]:
    """What `names.DATES` holds: a date in ISO 8601 by a session's name; {} where it is none of that."""
    return {str(k): v for k, v in dates.items() if isinstance(v, str)} if isinstance(dates, dict) else {}
