"""The dependency rule of docs/decisions/0001: who may import what, read from the source.

Imports inside functions count like any other, and so do `importlib.import_module` and `__import__`.
"""

import ast
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = {"dsp", "drivers", "device", "host"}
NO_IO = {
    "asyncio", "datetime", "importlib", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets",
    "select", "shutil", "signal", "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time",
}  # fmt: skip
HARDWARE = {"spidev", "smbus2", "serial", "lgpio", "RPi", "gpiozero"}
COMPUTED = "<a name that is computed>"

# The parts of device/, from low to high. A part imports itself and what lies lower, and none beside it. The demo and
# replay lie below the command line, which starts them; both build on the assembly.
LAYERS = (
    ("errors", "versions", "recording.format", "session"),
    ("system", "screens"),
    ("sampling", "recording", "wearer", "usb"),
    ("config", "peripherals"),
    ("appliance",),
    ("assembly",),
    ("demo", "replay", "screens.gallery"),
    ("cli",),
    ("__main__",),
)
HEIGHT = {part: height for height, parts in enumerate(LAYERS) for part in parts}

# The laptop's commands are loaded when asked for: the device has none of what they need.
LOADS_HOST = ROOT / "device" / "cli" / "laptop.py"
LOADS_COMMANDS = ROOT / "device" / "cli" / "__init__.py"


@cache
def imports(path: Path) -> frozenset[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
        elif isinstance(node, ast.Call) and _called(node.func) in ("import_module", "__import__"):
            found.add(_named(node.args[0]))
    return frozenset(found)


def _called(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _named(argument: ast.expr) -> str:
    """A literal name; of an f-string the packages that it begins with."""
    first = argument.values[0] if isinstance(argument, ast.JoinedStr) else argument
    if not isinstance(first, ast.Constant) or not isinstance(first.value, str):
        return COMPUTED
    return first.value if first is argument else first.value.rpartition(".")[0] or COMPUTED


def top(names: frozenset[str]) -> set[str]:
    return {name.split(".")[0] for name in names}


def sources(package: str) -> list[Path]:
    found = sorted((ROOT / package).rglob("*.py"))
    assert found, f"no sources in {package}"
    return found


def part_of(module: str) -> str | None:
    """Which part of device/ a dotted name belongs to; None where it is none of it, or device itself."""
    package, _, inner = module.partition(".")
    if package != "device" or not inner:
        return None
    names = inner.split(".")
    return ".".join(names[:2]) if ".".join(names[:2]) in HEIGHT else names[0]


def dotted(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("def f():\n    import host.pull", "host.pull"),
        ("def f():\n    from host import pull", "host"),
        ("import importlib\nimportlib.import_module('host.pull')", "host.pull"),
        ("from importlib import import_module\nx = lambda: import_module('time')", "time"),
        ("__import__('serial')", "serial"),
        ("importlib.import_module(f'host.{name}')", "host"),
        ("importlib.import_module(f'{name}.host')", COMPUTED),
        ("importlib.import_module(name)", COMPUTED),
    ],
)
def test_imports_are_seen_however_they_are_written(tmp_path: Path, source: str, seen: str) -> None:
    (tmp_path / "module.py").write_text(source)
    assert seen in imports(tmp_path / "module.py")


@pytest.mark.parametrize(
    ("package", "may_import"),
    [("dsp", {"dsp"}), ("drivers", {"drivers"}), ("device", {"device", "drivers", "dsp"}), ("host", {"host", "dsp"})],
)
def test_packages_import_only_what_lies_below_them(package: str, may_import: set[str]) -> None:
    for path in sources(package):
        found = {name for name in imports(path) if part_of(name) != "recording.format" or package != "host"}
        if path == LOADS_HOST:
            found -= {"host"}
        assert top(frozenset(found)) & OURS <= may_import, path


def test_only_the_command_line_imports_by_a_computed_name_and_then_its_own_commands() -> None:
    from device.cli import COMMANDS

    for package in OURS:
        for path in sources(package):
            assert COMPUTED not in imports(path) or path == LOADS_COMMANDS, path
    assert all((ROOT / Path(*name.split("."))).with_suffix(".py").is_file() for name in COMMANDS)
    assert all(name.startswith("device.cli.") for name in COMMANDS)


def test_the_parts_of_the_device_import_only_what_lies_lower() -> None:
    for path in sources("device"):
        here = part_of(dotted(path))
        for there in {part_of(name) for name in imports(path)} - {None, here}:
            assert there in HEIGHT, f"{path}: say which layer {there} is in"
            assert here is None or HEIGHT[there] < HEIGHT[here], f"{path} imports {there}"


def test_nothing_that_runs_on_the_device_needs_the_gallery() -> None:
    """The package leaves it out."""
    for path in [*sources("device"), *sources("drivers"), *sources("dsp"), *sources("host")]:
        inside = part_of(dotted(path)) == "screens.gallery"
        assert inside or "screens.gallery" not in {part_of(name) for name in imports(path)}, path


def test_every_part_of_the_device_has_its_layer() -> None:
    parts = {part_of(dotted(path)) for path in sources("device")} - {None}
    assert parts <= HEIGHT.keys()


@pytest.mark.parametrize(
    ("folder", "third_party", "besides"),
    [
        ("dsp", {"dsp", "numpy"}, set()),
        ("device/session", {"device", "dsp", "numpy"}, set()),
        ("device/recording/format", {"device", "dsp", "numpy"}, {"datetime"}),
    ],
)
def test_what_is_pure_knows_numpy_and_the_pure_standard_library_only(
    folder: str, third_party: set[str], besides: set[str]
) -> None:
    for path in sources(folder):
        names = top(imports(path)) - third_party
        assert names <= set(sys.stdlib_module_names) - (NO_IO - besides), path
        assert not {name for name in imports(path) if name.startswith("numpy.random")}, path
        called = {_called(n.func) for n in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(n, ast.Call)}
        assert not called & {"open", "now", "utcnow", "today", "print", "input"}, path


def test_drivers_read_no_clock_and_log_nothing() -> None:
    for path in sources("drivers"):
        assert not top(imports(path)) & {"time", "datetime", "logging", "sched", "asyncio"}, path


def test_only_the_board_opens_hardware() -> None:
    for path in [*sources("drivers"), *sources("device"), *sources("dsp")]:
        if path == ROOT / "drivers" / "board.py":
            continue
        names = {name for name in imports(path) if not name.startswith("gpiozero.pins.mock")}  # pins of no chip
        assert not top(frozenset(names)) & HARDWARE, path
        assert not {name for name in names if name.startswith("luma.core.interface")}, path


def test_what_runs_on_the_device_stays_light() -> None:
    heavy = {"scipy", "pandas", "matplotlib", "edfio", "plotly", "neurokit2", "pydantic"}
    for package in ("dsp", "drivers", "device"):
        for path in sources(package):
            assert not top(imports(path)) & heavy, path
