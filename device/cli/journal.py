"""What goes to the journal: faults, and nothing of when somebody practised.

The journal outlives a session that its wearer deletes, and others read it. A session's name carries a day and a time;
there it is told by its number alone.
"""

import logging

from device.recording.format.names import DATED


class JournalFormatter(logging.Formatter):
    """Takes the dates out of the names of sessions, in tracebacks too."""

    def __init__(self) -> None:
        super().__init__("%(levelname)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return DATED.sub(r"\1", super().format(record))
