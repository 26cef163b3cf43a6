"""docs/recording-format.md names everything that the code does."""

from enum import StrEnum
from pathlib import Path

import pytest

from device.recording.format import names, vocabulary
from device.recording.format.metrics import METRICS
from device.recording.format.session_info import ClockTrust
from device.recording.format.signals import GUIDE_LABEL, UNKNOWN
from device.recording.format.summary_keys import AFTER, BEFORE, CHECK_IN_ANSWERS, HRV_NUMBERS, PRACTICE_NUMBERS
from device.session.events import EndReason, Phase
from dsp.types import IntervalKind, SignalKind, StateKind

DOCUMENT = (Path(__file__).parents[4] / "docs" / "recording-format.md").read_text(encoding="utf-8")
ON_THE_CARD = {
    value
    for name, value in vars(names).items()
    if name.isupper() and isinstance(value, str) and name not in ("INDEX", "PROFILE", "DIAGNOSTICS")
}
WORDS = {value for name, value in vars(vocabulary).items() if name.isupper() and isinstance(value, str)}
ENUMS: tuple[type[StrEnum], ...] = (ClockTrust, EndReason, Phase, IntervalKind, StateKind)


@pytest.mark.parametrize(
    "code",
    sorted(
        ON_THE_CARD
        | {metric.label for metric in METRICS}
        | {*(kind.label for kind in SignalKind), GUIDE_LABEL}
        | {*HRV_NUMBERS, *CHECK_IN_ANSWERS, *(f".{name}" for name in PRACTICE_NUMBERS)}
        | (WORDS - {vocabulary.REST, vocabulary.MORNING, vocabulary.SUMMARY})
    ),
)
def test_names_labels_words_and_keys_are_explained(code: str) -> None:
    assert f"`{code}`" in DOCUMENT


@pytest.mark.parametrize("word", sorted({BEFORE, AFTER, *(word.value for enum in ENUMS for word in enum)}))
def test_values_are_listed(word: str) -> None:
    assert word in DOCUMENT


def test_the_unknown_value_is_told() -> None:
    assert f"**{UNKNOWN}**" in DOCUMENT


def test_the_phase_of_rest_is_the_session_s() -> None:
    assert vocabulary.REST == Phase.REST
