"""Arguments that more than one command takes, each with one clear line when it is wrong."""

import argparse
import os
from datetime import date

from device.session.choosing.preferences import Language


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a number, not {text!r}") from None


def block_ms(text: str) -> float:
    value = _number(text)
    if not 0.0 < value <= 60000.0:
        raise argparse.ArgumentTypeError(f"must be above 0 and at most 60000, not {text}")
    return value


def guided_minutes(text: str) -> float:
    value = _number(text)
    if not 0.5 <= value <= 60.0:
        raise argparse.ArgumentTypeError(f"must be 0.5 to 60, not {text}")
    return value


def seed(text: str) -> int:
    try:
        value = int(text)
    except ValueError:
        value = -1
    if value < 0:
        raise argparse.ArgumentTypeError(f"must be a whole number from 0, not {text!r}")
    return value


def users_language() -> str:
    """The screen's language that fits the user's locale; English where there is none of its."""
    named = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    spoken = named[:2].lower()
    return {"no": "nb", "nn": "nb"}.get(spoken, spoken if spoken in list(Language) else "en")


def add_language(parser: argparse.ArgumentParser, of_what: str, *aliases: str) -> None:
    """--language, the same in every command."""
    parser.add_argument(
        "--language",
        *aliases,
        dest="language",
        choices=[*map(str, Language)],
        default=users_language(),
        help=f"{of_what} (default: from the locale, else en)",
    )


def iso_date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be a date like 2026-05-17, not {text!r}") from None


def span_s(text: str) -> tuple[float, float]:
    """START:END in seconds."""
    try:
        start_s, end_s = (float(part) for part in text.split(":"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be START:END in seconds, not {text!r}") from None
    if not 0.0 <= start_s < end_s:
        raise argparse.ArgumentTypeError(f"START must be at least 0 and before END, not {text!r}")
    return start_s, end_s
