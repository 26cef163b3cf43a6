"""The head of an update file: whatever comes, it is read, waited for, or refused."""

import base64
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.update.format import (
    MOST_VERSION_LENGTH,
    Manifest,
    NotAnUpdateError,
    is_newer,
    order_of,
    parse_head,
    signed_part,
)
from tests.update_helpers import Maker, application, head_of, maker

MANIFEST = Manifest("0.3.0", 1, ("aarch64",), 4000, 9000, "ab" * 32)
HEAD = signed_part(MANIFEST) + bytes(64)
VERSIONS = st.lists(st.integers(0, 99999), min_size=2, max_size=4).map(lambda parts: ".".join(map(str, parts)))


@given(st.binary(max_size=300))
def test_what_comes_behind_the_head_is_not_the_heads(rest: bytes) -> None:
    head = parse_head(HEAD + rest)
    assert head is not None
    assert (head.manifest, head.signed + head.signature, head.length) == (MANIFEST, HEAD, len(HEAD))


@pytest.mark.parametrize("length", range(len(HEAD)))
def test_a_head_that_is_not_all_here_is_waited_for(length: int) -> None:
    assert parse_head(HEAD[:length]) is None


@given(st.data())
def test_any_bytes_are_a_head_or_are_refused(data: st.DataObject) -> None:
    """Rubbish, and a head with some of its bytes changed."""
    changed = bytearray(HEAD)
    for at in data.draw(st.lists(st.integers(0, len(HEAD) - 1), max_size=4)):
        changed[at] = data.draw(st.integers(0, 255))
    for told in (bytes(changed), data.draw(st.binary(max_size=400)), b"ROLIGUP1" + data.draw(st.binary(max_size=200))):
        head = None
        with suppress(NotAnUpdateError):
            head = parse_head(told)
        assert head is None or order_of(head.manifest.version)


@given(VERSIONS, VERSIONS)
def test_versions_are_in_order(one: str, other: str) -> None:
    assert is_newer(one, other) + is_newer(other, one) + (order_of(one) == order_of(other)) == 1


NONE = ("", "1", "1.x", "1.2.3.4.5", "../1.2", "1.2\n", "1.2-3", "-1.2", "1..2", "٣.1", "1.2 ")


@pytest.mark.parametrize("text", NONE)
def test_what_is_no_version_is_newer_than_none(text: str) -> None:
    assert order_of(text) is None
    assert not is_newer(text, "0.1")
    assert is_newer("0.1", text)


@given(VERSIONS)
def test_a_version_too_long_for_the_screens_question_is_refused_in_a_line(version: str) -> None:
    head = signed_part(replace(MANIFEST, version=version)) + bytes(64)
    if len(version) <= MOST_VERSION_LENGTH:
        assert parse_head(head) is not None
    else:
        with pytest.raises(NotAnUpdateError, match="version has more than"):
            parse_head(head)


def test_a_newer_form_is_said_to_be_one() -> None:
    with pytest.raises(NotAnUpdateError, match="newer form"):
        parse_head(b"ROLIGUP2" + HEAD[8:])


@pytest.mark.parametrize("version", ["0.3.0-rc1", "0.20261130", "100.100.1000.1", ""])
def test_the_maker_is_told_of_what_no_device_would_take(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], version: str
) -> None:
    tree = _tree(tmp_path)
    made = ["make", str(Maker.new(tmp_path).private), "--tree", str(tree), "--out", str(tmp_path / "out")]
    if version:
        assert maker().main([*made, "--version", version]) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1
        assert not list((tmp_path / "out").iterdir())
    else:
        (tree / "device" / "bad.py").write_text("this is no Python")
        assert maker().main([*made, "--version", "0.3.0"]) == 2
        assert "bad.py is not for this Python" in capsys.readouterr().err


@given(st.data())
def test_a_damaged_key_makes_a_line_and_no_update(data: st.DataObject) -> None:
    with TemporaryDirectory() as folder:
        private = Maker.new(Path(folder)).private
        head, *lines, tail = private.read_bytes().splitlines()
        key = bytearray(base64.b64decode(b"".join(lines)))
        key[data.draw(st.integers(0, len(key) - 1))] ^= 1 << data.draw(st.integers(0, 7))
        private.write_bytes(b"\n".join([head, base64.b64encode(key), tail]))
        with suppress(ValueError):  # else it is one of another secret
            maker().load_key(private)


@pytest.mark.parametrize("project", ["", "project = 3", "[project]\nname = 'rolig'", "[project"])
def test_a_tree_without_a_version_is_said_to_have_none(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], project: str
) -> None:
    tree = _tree(tmp_path)
    (tree / "pyproject.toml").write_text(project)
    assert maker().main(["make", str(Maker.new(tmp_path).private), "--tree", str(tree), "--out", str(tmp_path)]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_what_a_desktop_leaves_in_a_tree_stays_there(tmp_path: Path) -> None:
    tree = _tree(tmp_path)
    (tree / "device" / ".DS_Store").write_bytes(b"\x00")
    made = ["make", str(Maker.new(tmp_path).private), "--tree", str(tree), "--out", str(tmp_path), "--version", "0.3.0"]
    assert maker().main(made) == 0
    head = head_of((tmp_path / "rolig-0.3.0.update").read_bytes())
    assert head.manifest.version == "0.3.0"


def _tree(folder: Path) -> Path:
    tree = folder / "tree"
    for name, content in application("0.3.0").items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes(content)
    return tree
