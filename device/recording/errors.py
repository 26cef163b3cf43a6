"""What recording and reading may raise."""


class RecordingError(Exception):
    """A session could not be stored, found or closed: the card is full, read-only, or failing."""


class EdfError(RecordingError, ValueError):
    """A file is not what it should be: not EDF, empty, or without the signal that was asked for."""
