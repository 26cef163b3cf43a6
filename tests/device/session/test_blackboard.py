"""Who writes what on the session's blackboard, read from the source."""

import ast
from collections import defaultdict
from dataclasses import fields
from pathlib import Path

import device.session
from device.session.state import SessionState, Step
from device.session.steps import STEPS

ROOMS = Path(device.session.__file__).parent
BLACKBOARD = ("s", "self._s", "state")


def written(path: Path) -> set[str]:
    """The fields of the blackboard, and fields of what hangs there, that a file assigns: "step", "attached.usb"."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = {name for node in ast.walk(tree) for target in targets(node) if (name := field_of(target, BLACKBOARD))}
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name == "SessionState":
            within = [target for part in ast.walk(node) for target in targets(part)]
            found |= {name for target in within if (name := field_of(target, ("self",)))}
    return found


def targets(node: ast.AST) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return [part for target in node.targets for part in ast.walk(target) if isinstance(part, ast.Attribute)]
    if isinstance(node, ast.AugAssign | ast.AnnAssign):
        return [node.target]
    return []


def field_of(target: ast.expr, roots: tuple[str, ...]) -> str | None:
    if not (isinstance(target, ast.Attribute) and isinstance(target.ctx, ast.Store)):
        return None
    name = ast.unparse(target)
    return next((name.removeprefix(f"{root}.") for root in roots if name.startswith(f"{root}.")), None)


def test_every_field_is_written_from_one_file() -> None:
    writers: dict[str, set[str]] = defaultdict(set)
    for path in ROOMS.rglob("*.py"):
        for name in written(path) - {"_s"}:
            writers[name].add(path.name)
    assert {name.split(".")[0] for name in writers} <= {f.name for f in fields(SessionState)}
    assert {"step", "now_s", "recording", "reason", "sharing", "attached.usb"} <= set(writers)
    assert not {name: files for name, files in writers.items() if len(files) > 1}


def aliases(tree: ast.AST) -> set[str]:
    """Names under which the blackboard would go, but for those that are looked for, and calls that write unseen."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.arg) and node.annotation is not None and "SessionState" in ast.unparse(node.annotation):
            found.add(node.arg)
        elif isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr) and node.value is not None:
            for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                found |= {given for given, value in bindings(target, node.value) if value in BLACKBOARD}
        elif isinstance(node, ast.Name | ast.Attribute):
            name = node.id if isinstance(node, ast.Name) else node.attr
            found |= {name} & {"setattr", "delattr", "vars", "__setattr__", "__dict__"}
    return found - set(BLACKBOARD)


def bindings(target: ast.expr, value: ast.expr) -> list[tuple[str, str]]:
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return [pair for one, its in zip(target.elts, value.elts, strict=True) for pair in bindings(one, its)]
    made = value.func if isinstance(value, ast.Call) and ast.unparse(value.func) == "SessionState" else None
    return [(ast.unparse(target), "s" if made is not None else ast.unparse(value))]


def test_the_blackboard_goes_by_its_names_alone() -> None:
    for path in ROOMS.rglob("*.py"):
        assert not aliases(ast.parse(path.read_text(encoding="utf-8"))), path


def test_another_name_for_the_blackboard_is_seen() -> None:
    for source in (
        "def f(board: SessionState): ...",
        "board = self._s",
        "a, board = 1, s",
        "(board := state)",
        "board = SessionState()",
    ):
        assert aliases(ast.parse(source)) == {"board"}, source
    for source in ("setattr(s, 'step', 1)", "s.__dict__['step'] = 1", "object.__setattr__(s, 'step', 1)"):
        assert aliases(ast.parse(source)), source


def test_what_hangs_on_the_blackboard_is_changed_by_its_own_file_alone() -> None:
    """But for what the machine is told about: the sensor and what is plugged in."""
    for path in ROOMS.rglob("*.py"):
        parts = {name.split(".")[0] for name in written(path) if "." in name}
        assert parts <= {"attached", "sensor"}, path


def test_every_step_has_its_row() -> None:
    assert set(STEPS) == set(Step)
