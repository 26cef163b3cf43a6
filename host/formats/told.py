"""What of a session's annotations may leave the wearer's folder."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from device.recording.format.vocabulary import CLOCK, Note, compose
from host.copies.session_files import PlacedNote

_FREE_TEXT, _PART = "text", "sensor"


def told(events: Iterable[PlacedNote]) -> Iterator[PlacedNote]:
    """All but dates, names of machines and parts, and free text."""
    for event in events:
        if (note := may_leave(event.note)) is not None:
            yield replace(event, note=note)


def may_leave(note: Note) -> Note | None:
    """The note without free text and its sensor's name; None where it may not leave: dates and machines."""
    if note.word == CLOCK:
        return None
    return Note(note.word, {key: value for key, value in note.fields.items() if key not in (_FREE_TEXT, _PART)})


def text_of(note: Note) -> str:
    return compose(note.word, **note.fields)
