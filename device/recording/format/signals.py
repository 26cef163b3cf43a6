"""The signals of a session's file other than the metrics, and the value that means unknown in every one of them."""

UNKNOWN = -32768
"""The digital value of a lost sample, and of a number without support."""

GUIDE_LABEL = "Breath guide"
GUIDE_PER_RECORD = 4
