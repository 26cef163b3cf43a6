"""The demo's frame in terminals of every kind and size."""

import io
import os
import re

import pytest

from device.demo.stage import KEYS, SHORT_KEYS, Stage
from device.screens import draw, read
from device.screens.gallery.examples import examples
from device.session.choosing.preferences import Language

VIEW = examples(Language.NB)["question_energy"]
ESCAPES = re.compile(r"\x1b\[[0-9?]*[A-Za-z]")


def shown(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], encoding: str = "utf-8", kind: str = "xterm"
) -> tuple[str, Stage, io.BytesIO]:
    """What a terminal of `size` is sent for one picture."""
    monkeypatch.setenv("COLUMNS", str(size[0]))
    monkeypatch.setenv("LINES", str(size[1]))
    raw = io.BytesIO()
    stage = Stage(io.TextIOWrapper(raw, encoding=encoding, errors="backslashreplace", write_through=True), kind)
    stage.show(draw(VIEW), read(VIEW), "Rolig, check in", "The wearer answers.")
    return raw.getvalue().decode(encoding), stage, raw


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "ascii", "cp437"])
@pytest.mark.parametrize("size", [(200, 60), (128, 40), (80, 24), (60, 20), (40, 10), (20, 5), (3, 1)])
def test_no_line_is_longer_than_the_terminal_nor_more_than_it_has(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], encoding: str
) -> None:
    text, _, _ = shown(monkeypatch, size, encoding)
    lines = ESCAPES.sub("", text).split("\n")
    assert len(lines) <= max(1, size[1] - 1)
    assert all(len(line) < size[0] for line in lines) or encoding == "ascii"
    if size[1] >= 10:
        assert lines[0].startswith("Rolig, check in")
        assert lines[-1] in (KEYS, SHORT_KEYS)


@pytest.mark.parametrize(("size", "encoding", "read_out"), [((80, 24), "utf-8", False), ((60, 20), "utf-8", False)])
def test_where_the_picture_can_be_read_its_words_are_not_said_beside_it(
    monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], encoding: str, read_out: bool
) -> None:
    text, _, _ = shown(monkeypatch, size, encoding)
    assert ("Hvor mye energi" in text) is read_out


@pytest.mark.parametrize(("size", "encoding"), [((80, 24), "latin-1"), ((80, 24), "ascii"), ((60, 12), "utf-8")])
def test_where_it_cannot_they_are(monkeypatch: pytest.MonkeyPatch, size: tuple[int, int], encoding: str) -> None:
    text, _, _ = shown(monkeypatch, size, encoding)
    assert "Hvor mye energi" in text


@pytest.mark.parametrize("kind", ["dumb", ""])
def test_a_terminal_that_cannot_move_its_cursor_gets_plain_lines_once(
    monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    text, stage, raw = shown(monkeypatch, (80, 24), kind=kind)
    assert "\x1b" not in text
    stage.show(draw(VIEW), read(VIEW), "Rolig, check in", "The wearer answers.")
    assert raw.getvalue().decode() == text
    assert text.count("\n") == 1


def test_a_new_size_begins_a_new_page_and_the_same_picture_is_not_sent_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    text, stage, raw = shown(monkeypatch, (80, 24))
    stage.show(draw(VIEW), read(VIEW), "Rolig, check in", "The wearer answers.")
    assert raw.getvalue().decode() == text
    os.environ["COLUMNS"] = "130"
    stage.show(draw(VIEW), read(VIEW), "Rolig, check in", "The wearer answers.")
    assert raw.getvalue().decode().count("\x1b[2J") == 2
    stage.close()
    assert raw.getvalue().decode().endswith("\x1b[?25h")
