"""Annotation lists (EDF+ 2.2.2 to 2.2.4)."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.recording.edf.annotations import encode_tal, encode_time_keeping, parse_tals
from device.recording.edf.errors import EdfError
from device.recording.edf.writer import LONGEST_TAL_BYTES, bounded_tal
from device.recording.format.annotation import Annotation

TEXTS = st.text(st.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=60)
TIMES = st.integers(0, 10**12).map(lambda n: n / 1e5)


def test_2_2_2_a_list_is_onset_duration_text_with_20_21_and_0() -> None:
    assert encode_tal(Annotation(180.0, "Lights off")) == b"+180.00000\x14Lights off\x14\0"
    assert encode_tal(Annotation(1.5, "lost", 0.25)) == b"+1.50000\x150.25000\x14lost\x14\0"


def test_2_2_2_the_examples_of_the_text_parse() -> None:
    raw = b"+180\x14Lights off\x14Close door\x14\0+1800.2\x1525.5\x14Apnea\x14\0\0\0"
    assert parse_tals(raw) == (
        None,
        [Annotation(180.0, "Lights off"), Annotation(180.0, "Close door"), Annotation(1800.2, "Apnea", 25.5)],
    )


def test_2_2_4_the_first_list_of_a_record_tells_its_start() -> None:
    assert encode_time_keeping(Decimal("567.000")) == b"+567\x14\x14\0"
    assert parse_tals(b"+567.25\x14\x14\0+568\x14a\x14\0")[0] == Decimal("567.25")
    assert parse_tals(b"+567\x14\x14R peak\x14\0") == (Decimal(567), [Annotation(567.0, "R peak")])


@given(st.lists(st.builds(Annotation, TIMES, TEXTS, st.none() | TIMES), max_size=20))
def test_lists_come_back_as_written(annotations: list[Annotation]) -> None:
    raw = encode_time_keeping(Decimal(3)) + b"".join(map(encode_tal, annotations)) + b"\0" * 9
    assert parse_tals(raw) == (Decimal(3), annotations)


@given(st.binary(max_size=400))
def test_any_bytes_parse(raw: bytes) -> None:
    for annotation in parse_tals(raw)[1]:
        assert annotation.text


@given(st.text(max_size=20), st.floats(0, 1e6))
def test_control_characters_never_break_a_list(text: str, onset_s: float) -> None:
    raw = encode_tal(Annotation(onset_s, "a" + text))
    _, found = parse_tals(raw)
    assert len(found) == 1
    assert abs(found[0].onset_s - onset_s) <= 5.01e-6


@given(st.text("aå\U0001f600", min_size=0, max_size=300))
def test_a_long_text_is_cut_between_characters(text: str) -> None:
    raw = bounded_tal(Annotation(1.0, "fault text=" + text))
    assert len(raw) <= LONGEST_TAL_BYTES
    (found,) = parse_tals(raw)[1]
    assert ("fault text=" + text).startswith(found.text)


def test_a_negative_duration_is_refused() -> None:
    with pytest.raises(EdfError, match="negative"):
        encode_tal(Annotation(1.0, "x", -1.0))
