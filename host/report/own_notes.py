"""The wearer's own notes about sessions: lines of notes.txt beside them, each a session's name or number and a text."""

import re
from collections.abc import Mapping
from pathlib import Path

from host.copies.ordinary_file import read_ordinary

NOTES = "notes.txt"
_MOST_BYTES = 1 << 20


def read_notes(directory: Path) -> dict[str, str]:
    """By what the line begins with; {} where there is no such file. Raises OSError where it cannot be read."""
    try:
        content = read_ordinary(directory / NOTES, _MOST_BYTES)
    except FileNotFoundError:
        return {}
    lines = re.findall(r"^(\d[\w-]*):?[ \t]+(\S.*)$", content.decode("utf-8-sig", errors="replace"), re.MULTILINE)
    return {name: text.strip() for name, text in lines}


def note_of(name: str, notes: Mapping[str, str]) -> str | None:
    """The note of the session called `name`: by its whole name, else by its number."""
    number = re.match(r"\d+", name)
    if name in notes or not number:
        return notes.get(name)
    return next((text for key, text in notes.items() if key.isdecimal() and int(key) == int(number[0])), None)
