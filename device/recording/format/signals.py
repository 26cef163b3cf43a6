"""The signals of a session's file other than the metrics, and the value that means unknown in every one of them."""

from typing import Literal

UNKNOWN = -32768
"""The digital value of a lost sample, and of a number without support."""

SignalKind = Literal["ecg", "ppg"]
WAVEFORM_LABELS: dict[SignalKind, str] = {"ecg": "ECG", "ppg": "PPG"}
GUIDE_LABEL = "Breath guide"
GUIDE_PER_RECORD = 4
