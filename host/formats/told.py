"""What of a session's annotations may leave the wearer's folder."""

from device.recording.format import vocabulary
from device.recording.format.vocabulary import Note, compose, parse_note
from host.copies.session_signals import SessionSignals

_KEPT_BACK = {vocabulary.CLOCK, vocabulary.FAULT}
"""Dates and machines, and free text."""


def told(signals: SessionSignals) -> list[tuple[float, Note]]:
    """(t_s, note) in order: all but dates, names of machines and parts, and free text."""
    notes = [(t_s, may_leave(parse_note(text))) for t_s, text in signals.annotations]
    return [(t_s, note) for t_s, note in notes if note is not None]


def may_leave(note: Note) -> Note | None:
    """The note, without its sensor; None where it may not leave."""
    if note.word in _KEPT_BACK:
        return None
    return Note(note.word, {key: value for key, value in note.fields.items() if key not in ("sensor", "text")})


def text_of(note: Note) -> str:
    return compose(note.word, **note.fields)
