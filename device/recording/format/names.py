"""What files are called, on the card and on the wire."""

EDF = "session.edf"
RR_TEXT = "rr.txt"
RR_CSV = "rr.csv"
SUMMARY = "summary.json"
SUMS = "SHA256SUMS"
"""Written last: a session that has it is finished."""
CHECK = "session.check"
"""Only there while the session is open."""

LAST_NUMBER = "last-number"
"""Beside the sessions: the last number that was given to one."""
DATES = "dates.json"
"""Beside the sessions: dates told later, by a session's name."""
PROFILE = "profile.json"
"""Beside the sessions: what they taught the device of its wearer."""

INDEX = "index.json"
"""On the wire only: the finished sessions and their files."""
INDEX_VERSION = 1
