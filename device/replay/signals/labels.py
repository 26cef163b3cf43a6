"""What a signal's name says about it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from device.errors import UsageError
from device.recording.format.printable import printable
from dsp.types import SignalKind

_WORDS = {SignalKind.ECG: ("ECG", "EKG"), SignalKind.PPG: ("PPG", "PLETH", "BVP", "PULSE")}
_LEADS = frozenset({
    "I", "II", "III", "AVR", "AVL", "AVF", "MLI", "MLII", "MLIII", "D", "DI", "DII", "DIII", "V", "MCL", "CM", "CC",
})  # fmt: skip
_LIGHT = frozenset(["IR", "RED", "GREEN", "INFRARED", "LED", "IRLED", "REDLED", "GREENLED"])
_OTHERS = frozenset({
    "EEG", "EOG", "EMG", "RESP", "RESPIRATION", "BREATH", "BREATHING", "BELT", "THORAX", "ABDOMEN", "FLOW", "AIRFLOW",
    "SNORE", "CO", "SPO", "SAO", "SAT", "TEMP", "TEMPERATURE", "ACC", "ACCEL", "GYRO", "EDA", "GSR", "HR", "HEARTRATE",
    "BPM", "RATE", "ABP", "ART", "CVP", "PAP", "BODY", "POSITION", "GUIDE", "MARKER", "TRIGGER", "STATUS", "QUALITY",
    "INTERVAL", "SPEED", "BATTERY",
})  # fmt: skip

CLEAR, LIKELY, UNTOLD, OTHER = 3, 2, 0, -1
"""How well a label fits a heart's signal: says so, is a lead's or a light's name, says nothing, says something else."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A signal of a file as it can be chosen; `number` counts from 1."""

    number: int
    label: str
    fs_hz: float | None = None
    unit: str | None = None

    def __str__(self) -> str:
        known = [f"{self.fs_hz:.6g} Hz" if self.fs_hz is not None else "", self.unit if self.unit else ""]
        details = ", ".join(part for part in known if part)
        return f"{self.number} {printable(self.label)!r}" + (f" ({printable(details)})" if details else "")


def fit(label: str) -> tuple[SignalKind | None, int]:
    """(kind, how clearly the label says so)."""
    upper = label.upper()
    tokens = {token.rstrip("0123456789") or token for token in re.findall(r"[A-Z]+\d*|\d+", upper)}
    others = tokens & _OTHERS
    for kind, words in _WORDS.items():
        if any(word in upper for word in words):
            return kind, OTHER if others - {"EEG"} else CLEAR  # `EEG EKG1-REF` is an ECG beside EEGs
    if others:
        return None, OTHER
    if tokens & _LIGHT:
        return SignalKind.PPG, LIKELY
    if tokens & _LEADS:
        return SignalKind.ECG, LIKELY
    return None, UNTOLD


def kind_of(label: str, kind: str | None) -> SignalKind:
    """As told, else by the label, else ECG."""
    return SignalKind(kind) if kind is not None else fit(label)[0] or SignalKind.ECG


def level(label: str, kind: str | None) -> int:
    """How well a label fits the `kind` that is asked for; any heart's signal where none is."""
    found, clear = fit(label)
    return OTHER if kind is not None and found is not None and found != kind else clear


def named(wanted: str, signals: Sequence[Labelled]) -> list[Labelled]:
    """The signals labelled `wanted`, else the one of that number, else the only one whose label begins so. More than
    one only where labels are equal. Raises UsageError."""
    equal = [signal for signal in signals if signal.label == wanted]
    if equal:
        return equal
    if wanted.isdecimal() and 1 <= int(wanted[:9]) <= len(signals):
        return [signals[int(wanted) - 1]]
    starting = [signal for signal in signals if signal.label.startswith(wanted)]
    if len({signal.label for signal in starting}) != 1:
        problem = "no signal" if not starting else "more than one signal"
        raise UsageError(f"{problem} named {wanted!r}; there are: {listed(signals)}")
    return starting


def listed(signals: Sequence[Labelled]) -> str:
    return ", ".join(str(signal) for signal in signals) or "none"
