"""No pattern takes a time that grows with the square of what it is given, or worse: a file must not hang what reads it.

An unbounded repeat is where that comes from. What follows one must begin with something that the repeat does not take
itself, so that there is one way to match alone; and where a pattern may begin anywhere, each beginning must end soon:
nothing that can fail follows an unbounded repeat. `{0,9}` in place of `*` is always right.
"""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from device.replay.others import wfdb_header

PARSER: Any = importlib.import_module("re._parser")
ROOT = Path(__file__).parents[1]
FOLDERS = ("device", "drivers", "dsp", "host", "rolig")
ANYWHERE = ("search", "findall", "finditer", "split", "sub", "subn")
ANCHORED = ("match", "fullmatch")
EVERY = frozenset(map(chr, range(256)))
REPEATS = ("MAX_REPEAT", "MIN_REPEAT")
KNOWN = {"device/system/boot_config.py", "host/formats/edf.py"}  # the owner's config.txt; a field of 80 bytes
SHORT = {  # found anywhere, in what is short: a line of ours, a system's error, a file's name
    "device/diagnosis/faults.py", "host/link/smp_serial.py", "host/report/page.py", "host/report/own_notes.py",
    "device/recording/format/names.py",
}  # fmt: skip


def used() -> Iterator[tuple[str, str, int, str]]:
    """(file, pattern as Latin-1 text, flags, method) of each use of a pattern in the product."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            text = path.read_text(encoding="utf-8")
            if not re.search(r"^import re$", text, re.MULTILINE):
                continue
            file = str(path.relative_to(ROOT))
            known: dict[str, re.Pattern[Any]] = {}
            for node in ast.walk(ast.parse(text)):
                if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                    continue
                method, owner = node.func.attr, node.func.value
                if method not in (*ANYWHERE, *ANCHORED) or not isinstance(owner, ast.Name):
                    continue
                if owner.id == "re" and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
                    pattern = re.compile(node.args[0].value, re.MULTILINE if "MULTILINE" in ast.dump(node) else 0)
                else:
                    known = known or patterns_of(file)
                    if owner.id not in known:
                        continue
                    pattern = known[owner.id]
                yield file, as_text(pattern), pattern.flags & ~re.UNICODE, method


def patterns_of(file: str) -> dict[str, re.Pattern[Any]]:
    """The patterns that a module has made."""
    module = importlib.import_module(file.removesuffix(".py").replace("/", "."))
    return {name: value for name, value in vars(module).items() if isinstance(value, re.Pattern)}


def as_text(pattern: re.Pattern[Any]) -> str:
    told = pattern.pattern
    return told.decode("latin-1") if isinstance(told, bytes) else str(told)


def faults(pattern: str, flags: int, *, anywhere: bool) -> list[str]:
    return list(_faults(list(PARSER.parse(pattern, flags)), [], anywhere=anywhere))


def _faults(items: list[Any], behind: list[Any], *, anywhere: bool) -> Iterator[str]:
    """Of a sequence with `behind` after it."""
    for at, (op, value) in enumerate(items):
        rest = [*items[at + 1 :], *behind]
        for within in _parts(str(op), value):
            again = [(op, value)] if str(op) in REPEATS and value[1] is PARSER.MAXREPEAT else []
            yield from _faults(within, [*again, *rest], anywhere=anywhere)
        if str(op) not in REPEATS or value[1] is not PARSER.MAXREPEAT:
            continue
        if len(value[2]) == 1 and (taken := _first(list(value[2]))[0] & _first(rest)[0]):
            yield f"what follows a repeat begins with what it takes itself: {sorted(taken)[:5]}"
        if anywhere and any(_can_fail(item) for item in rest):
            yield "an unbounded repeat is followed by what can fail"


def _parts(op: str, value: Any) -> list[list[Any]]:
    if op == "SUBPATTERN":
        return [list(value[3])]
    if op in REPEATS:
        return [list(value[2])]
    if op in ("ASSERT", "ASSERT_NOT"):
        return [list(value[1])]
    return [list(branch) for branch in value[1]] if op == "BRANCH" else []


def _can_fail(item: tuple[Any, Any]) -> bool:
    op, value = str(item[0]), item[1]
    return not (op in REPEATS and value[0] == 0)


def _first(items: list[Any]) -> tuple[frozenset[str], bool]:
    """(with what a match may begin, whether it may be empty); of an assertion nothing is known."""
    found: frozenset[str] = frozenset()
    for op, value in items:
        name = str(op)
        if name in ("AT", "ASSERT", "ASSERT_NOT", "GROUPREF"):
            continue
        parts = _parts(name, value)
        firsts = [_first(part) for part in parts] or [(_set_of(op, value), False)]
        found |= frozenset().union(*(first for first, _ in firsts))
        if not any(empty for _, empty in firsts) and not (name in REPEATS and value[0] == 0):
            return found, False
    return found, True


def _set_of(op: Any, value: Any) -> frozenset[str]:
    name = str(op)
    if name == "LITERAL":
        return frozenset(chr(value))
    if name == "NOT_LITERAL":
        return EVERY - {chr(value)}
    if name == "ANY":
        return EVERY - {"\n"}
    if name == "RANGE":
        return frozenset(map(chr, range(value[0], min(value[1], 255) + 1)))
    if name == "CATEGORY":
        sign = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}[str(value).rsplit("_", 1)[-1]]
        kept = frozenset(char for char in EVERY if re.match(sign, char))
        return EVERY - kept if "_NOT_" in str(value) else kept
    if name == "IN":
        negated = str(value[0][0]) == "NEGATE"
        kept = frozenset().union(*(_set_of(*each) for each in value[negated:]))
        return EVERY - kept if negated else kept
    raise AssertionError(f"a pattern has {name}: say here what it begins with")


USED = sorted({(file, pattern, flags, method in ANYWHERE) for file, pattern, flags, method in used()})


@pytest.mark.parametrize(("file", "pattern", "flags", "anywhere"), USED)
def test_one_way_to_match_and_no_long_failures(file: str, pattern: str, flags: int, anywhere: bool) -> None:
    if file not in KNOWN:
        assert faults(pattern, flags, anywhere=anywhere and file not in SHORT) == []


@pytest.mark.parametrize("field", [*wfdb_header._RECORD, *wfdb_header._SIGNAL], ids=lambda field: field.name)
def test_nor_in_the_fields_of_a_header(field: Any) -> None:
    assert faults(field.form, 0, anywhere=False) == []


@pytest.mark.parametrize(
    ("pattern", "anywhere", "found"),
    [
        (r"(\d+(?:[.,]\d+)?)\s*hz", True, True),
        (r"(?<!\d)(\d{1,6})\s{0,9}hz", True, False),
        (r"\d+\.?\d*", False, True),
        (r"\d+(?:\.\d*)?", False, False),
        (r"[\d.]*[.,][\d.,]*", False, True),
        (r"\d*[.,][\d.,]*", False, False),
        (r"(a+)+b", False, True),
        (r"(?:\[[^\]]*\])$", True, True),
        (r"\x14[^\0]*?\0", True, True),
    ],
)
def test_what_is_found_out(pattern: str, anywhere: bool, found: bool) -> None:
    assert bool(faults(pattern, 0, anywhere=anywhere)) == found


def test_patterns_are_looked_at() -> None:
    assert {"device/replay/others/rate_header.py", "device/recording/edf/annotations.py"} <= {use[0] for use in USED}
