"""The tables of the benches in the validation document."""

from pathlib import Path

from bench.__main__ import put, where_this_ran
from device.versions import ALGORITHM

DOCUMENT = """# Title

Before. <!-- bench one -->
old
<!-- end one -->
Between.
<!-- bench two -->
<!-- end two -->
After.
"""


def test_a_table_replaces_the_former_one_and_nothing_else(tmp_path: Path) -> None:
    document = tmp_path / "validation.md"
    document.write_text(DOCUMENT)
    put(document, "one", r"new \1 | 99.8")
    put(document, "one", r"newer \1 | 99.9")
    content = document.read_text()
    assert content == DOCUMENT.replace("\nold\n", "\n```text\nnewer \\1 | 99.9\n```\n")


def test_a_bench_without_a_place_is_put_at_the_end(tmp_path: Path) -> None:
    document = tmp_path / "validation.md"
    document.write_text(DOCUMENT)
    put(document, "three", "first")
    put(document, "three", "second")
    content = document.read_text()
    assert content.startswith(DOCUMENT.rstrip())
    assert content.count("<!-- bench three -->") == 1
    assert "second" in content
    assert "first" not in content


def test_a_table_says_which_algorithm_it_is_of() -> None:
    assert f", algorithm {ALGORITHM}," in where_this_ran()
