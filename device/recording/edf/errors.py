"""What reading and writing EDF may raise."""

from device.errors import RecordingError

__all__ = ["EdfError", "RecordingError"]


class EdfError(RecordingError, ValueError):
    """A file is not what it should be: not EDF, empty, or without the signal that was asked for."""
