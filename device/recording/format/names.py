"""What files are called, on the card and on the wire."""

import re

EDF = "session.edf"
RR_TEXT = "rr.txt"
RR_CSV = "rr.csv"
SUMMARY = "summary.json"
SUMS = "SHA256SUMS"
"""Written last: a session that has it is finished."""
CHECK = "session.check"
"""Only there while the session is open."""

SESSION_NAME = re.compile(r"\d{4,}(-\d{8}-\d{4})?(-[0-9a-f]{8})?")
"""A session's folder: its number, local date and time, and on a host the beginning of its hash where another device's
session had the name."""

DATED = re.compile(r"\b(\d{4,})-\d{8}-\d{4}\b")
"""A session's number, where its local date and time follow."""

LAST_NUMBER = "last-number"
"""Beside the sessions: the last number that was given to one."""
DATES = "dates.json"
"""Beside the sessions: dates told later, by a session's name."""
TRUSTED_TIME = "trusted-time"
"""Beside the sessions: the last time that a host told and that was believed."""
PROFILE = "profile.json"
"""Beside the sessions: what they taught the device of its wearer."""

DELETED = ".deleted-"
"""Before a session's name while it is being deleted."""

INDEX = "index.json"
"""On the wire only: the finished sessions and their files."""
INDEX_VERSION = 1
DIAGNOSTICS = "diagnostics.txt"
"""On the wire only: what helps whoever looks for a fault, and nothing of the wearer's."""
