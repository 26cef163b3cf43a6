"""What a check found, and all of them on one page."""

import enum
from collections.abc import Sequence
from dataclasses import asdict, dataclass


class Verdict(enum.StrEnum):
    """LOOK: only the eye, or the skin, can tell."""

    OK = "ok"
    LOOK = "look"
    MISSING = "missing"
    NOT_FITTED = "not fitted"
    FAULT = "fault"


@dataclass(frozen=True, slots=True)
class Check:
    part: str
    verdict: Verdict
    text: str


def page(checks: Sequence[Check]) -> str:
    """A line each, for people."""
    width = max(map(len, Verdict))
    return "\n".join(f"{check.verdict:<{width}}  {check.part}: {check.text}" for check in checks)


def as_records(checks: Sequence[Check]) -> list[dict[str, str]]:
    """The same for programs, ready for JSON."""
    return [{name: str(value) for name, value in asdict(check).items()} for check in checks]
