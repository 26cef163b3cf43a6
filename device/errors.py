"""Faults that the user can be told about in one line."""


class RoligError(Exception):
    """Something the user asked for cannot be done; the text is one clear line."""


class UsageError(RoligError):
    """The request itself is at fault (exit code 2)."""


def unwritable(place: object, error: OSError, what: str = "cannot be written") -> UsageError:
    """For a place that the user named, whatever a command was to put there."""
    return UsageError(f"{place}: {what}: {error.strerror or error}")


class ConfigError(UsageError, ValueError):
    """A configuration value is not allowed; the text names the file, the key, the value and what is allowed."""


class RecordingError(RoligError):
    """A recording cannot be read or written."""
