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


def test_what_hangs_on_the_blackboard_is_changed_by_its_own_file_alone() -> None:
    """But for what the machine is told about: the sensor and what is plugged in."""
    for path in ROOMS.rglob("*.py"):
        parts = {name.split(".")[0] for name in written(path) if "." in name}
        assert parts <= {"attached", "sensor"}, path


def test_every_step_has_its_row() -> None:
    assert set(STEPS) == set(Step)
