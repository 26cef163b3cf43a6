"""Rules of the house that hold everywhere, read from the source: no import circle, small folders and files, one name
for one thing."""

import ast
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from tests.layering_rules import imports

ROOT = Path(__file__).parent.parent
PACKAGES = ("device", "drivers", "dsp", "host", "rolig", "bench", "hardware")
SOURCES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in PACKAGES
    for path in sorted((ROOT / package).rglob("*.py"))
}

FILES_A_FOLDER = 12
LINES_A_FILE = 400

FLOAT_ARRAY_HOMES = {"dsp.types", "drivers.sim.arrays"}  # drivers know nothing of dsp


def circles(needs: Mapping[str, Iterable[str]]) -> list[set[str]]:
    """The strongly connected parts of more than one node, and nodes that need themselves."""
    found: list[set[str]] = []
    reached = {node: _reached(node, needs) for node in needs}
    for node in needs:
        if node in reached[node] and not any(node in circle for circle in found):
            found.append({other for other in reached[node] if node in reached.get(other, set())})
    return found


def _reached(start: str, needs: Mapping[str, Iterable[str]]) -> set[str]:
    found: set[str] = set()
    waiting = list(needs[start])
    while waiting:
        node = waiting.pop()
        if node not in found:
            found.add(node)
            waiting += needs.get(node, ())
    return found


def needed_by(module: str, source: str, known: Iterable[str]) -> set[str]:
    """Our modules that `module` imports, whole or a name in them."""
    modules = set(known)
    names = {name if name in modules else name.rpartition(".")[0] for name in imports(ast.parse(source))}
    return (names & modules) - {module}


def classes_and_aliases(source: str) -> set[str]:
    """The classes of a module, and what it names like one: aliases of types, but no type variables, which are local."""
    found: set[str] = set()
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef):
            found.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and not _is_type_variable(node.value):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names = {target.id.lstrip("_") for target in targets if isinstance(target, ast.Name)}
            found |= {name for name in names if name[:1].isupper() and not name.isupper()}
    return found


def _is_type_variable(value: ast.expr | None) -> bool:
    return isinstance(value, ast.Call) and ast.unparse(value.func) in ("TypeVar", "ParamSpec")


def test_no_import_circle() -> None:
    needs = {module: needed_by(module, path.read_text("utf-8"), SOURCES) for module, path in SOURCES.items()}
    assert sum(map(len, needs.values())) > len(SOURCES)
    assert circles(needs) == []


@pytest.mark.parametrize("package", ["device", "dsp", "drivers/sim", "host", "rolig"])
def test_a_folder_is_seen_at_a_glance(package: str) -> None:
    files = Counter(path.parent for path in (ROOT / package).rglob("*.py") if path.name != "__init__.py")
    assert not {str(folder): count for folder, count in files.items() if count > FILES_A_FOLDER}


def test_a_file_is_read_in_one_go() -> None:
    paths = [*SOURCES.values(), *sorted((ROOT / "tests").rglob("*.py"))]
    lines = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in paths}
    assert not {name: count for name, count in lines.items() if count > LINES_A_FILE}


def test_one_name_for_one_thing() -> None:
    homes: dict[str, list[str]] = defaultdict(list)
    for module, path in SOURCES.items():
        for name in classes_and_aliases(path.read_text("utf-8")):
            homes[name].append(module)
    double = {name: modules for name, modules in homes.items() if len(modules) > 1}
    assert set(double.pop("FloatArray")) == FLOAT_ARRAY_HOMES
    assert not double


def test_an_array_of_floats_goes_by_its_name() -> None:
    written_out = {
        module
        for module, path in SOURCES.items()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Subscript) and ast.unparse(node) == "NDArray[np.float64]"
    }
    assert written_out == FLOAT_ARRAY_HOMES


def test_circles_are_seen() -> None:
    assert circles({"a": ["b"], "b": ["c"], "c": []}) == []
    assert circles({"a": ["b"], "b": ["c"], "c": ["b"], "d": ["d"]}) == [{"b", "c"}, {"d"}]
    known = ("device.a", "device.b", "device")
    assert needed_by("device.a", "from device.b import name", known) == {"device.b"}
    assert needed_by("device.a", "def f():\n    from device import b, name", known) == {"device.b", "device"}


def test_names_are_seen_however_they_are_given() -> None:
    source = (
        "class One: ...\nTwo = list[int]\nThree: TypeAlias = int\n_Four = int | str\nT = TypeVar('T')\nLIMIT = 3\nx = 1"
    )
    assert classes_and_aliases(source) == {"One", "Two", "Three", "Four"}
