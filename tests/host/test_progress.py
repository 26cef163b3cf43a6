"""A long job shows how far it is on a terminal, and writes nothing into a file."""

import io

import pytest

from host.progress import Progress
from host.pull_screen import PullScreen


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(("out", "moves"), [(Terminal(), True), (io.StringIO(), False)])
def test_a_bar_is_for_a_terminal_alone(out: io.StringIO, moves: bool) -> None:
    with Progress("export", 3, out=out, kept=True) as progress:
        assert list(progress.over("abc")) == ["a", "b", "c"]
    assert ("export: 100%" in out.getvalue()) is moves
    assert moves or out.getvalue() == ""


def test_a_pull_s_bar_goes_on_where_an_earlier_one_was_left() -> None:
    out = Terminal()
    screen = PullScreen(out)
    screen.begin("0001", 2_000_000, 1_000_000)
    screen.advance(1_000_000)
    screen.say("a line\x1b[2J")
    screen.end()
    assert "50%" in out.getvalue()
    assert "100%" in out.getvalue()
    assert "a line\\x1b[2J\n" in out.getvalue()
