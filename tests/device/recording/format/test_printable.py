"""Text from elsewhere on a terminal."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.recording.format.printable import printable


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    shown = printable(text)
    assert shown.isprintable()
    assert not any(unicodedata.category(char) in ("Cc", "Cf", "Cs") for char in shown)


@given(st.text().filter(str.isprintable))
def test_what_can_be_shown_stays(text: str) -> None:
    assert printable(text) == text


@pytest.mark.parametrize(("text", "shown"), [("\x1b[2J", r"\x1b[2J"), ("a\nb", r"a\nb"), ("\udcff", r"\udcff")])
def test_the_rest_is_escaped(text: str, shown: str) -> None:
    assert printable(text) == shown
