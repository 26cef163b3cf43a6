import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.recording.format.names import SUMS
from host.errors import HostError
from host.link.index import is_safe_name, parse_index

DIGEST = "a" * 64


def index(**changes: Any) -> bytes:
    file = {"path": f"0001/{SUMS}", "size": 9, "sha256": DIGEST} | changes.pop("file", {})
    session = {"name": "0001", "started_utc": None, "files": [file]} | changes.pop("session", {})
    return json.dumps({"version": 1, "device": "rolig", "sessions": [session]} | changes).encode()


def test_reads_sessions_and_files() -> None:
    (session,) = parse_index(index())
    assert (session.name, session.started_utc, session.size, session.sums_sha256) == ("0001", None, 9, DIGEST)
    assert session.files[0].name == SUMS


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b"\xff",
        b"null",
        b"[" * 100_000,
        index(version=2),
        index(sessions=None),
        index(session={"name": "../0001"}),
        index(session={"name": 1}),
        index(session={"started_utc": 5}),
        index(session={"files": []}),
        index(session={"files": None}),
        index(file={"path": "0002/SHA256SUMS"}),
        index(file={"path": "0001/../x"}),
        index(file={"path": "0001/a/b"}),
        index(file={"path": None}),
        index(file={"size": -1}),
        index(file={"size": "9"}),
        index(file={"size": True}),
        index(file={"size": 10**309}),
        index(session={"started_utc": "\x1b[2J"}),
        index(sessions={"name": "0001"}),
        index(sessions=[["name", "0001"]]),
        index(version="1" * 5000),
        index(file={"sha256": "a"}),
    ],
)
def test_anything_else_is_refused_in_one_line(content: bytes) -> None:
    with pytest.raises(HostError) as refused:
        parse_index(content)
    assert "\n" not in str(refused.value)


@pytest.mark.parametrize(
    "name", ["", ".", "..", ".hidden", "a/b", "a\\b", "C:x", "con", "NUL.txt", "lpt1", "x.", "å", "a" * 101]
)
def test_names_that_must_not_become_paths(name: str) -> None:
    assert not is_safe_name(name)


@pytest.mark.parametrize("name", ["0001", "2026-03-01T10-00-00Z", "session.edf", "rr.csv", "console"])
def test_names_that_may(name: str) -> None:
    assert is_safe_name(name)


LEAVES = st.none() | st.integers() | st.text(max_size=5)


@settings(max_examples=50)
@given(st.recursive(LEAVES, lambda x: st.lists(x, max_size=3) | st.dictionaries(st.text(max_size=5), x, max_size=3)))
def test_any_json_is_read_or_refused(content: Any) -> None:
    with pytest.raises(HostError):
        parse_index(json.dumps({"version": 1, "sessions": [content]}).encode())
