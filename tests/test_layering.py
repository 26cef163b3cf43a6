"""The dependency rule of docs/decisions/0001: who may import what, read from the source."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = {"dsp", "drivers", "device", "host"}
NO_IO = {
    "asyncio", "datetime", "io", "logging", "multiprocessing", "os", "pathlib", "random", "secrets", "select", "shutil",
    "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time",
}  # fmt: skip
HARDWARE = {"spidev", "smbus2", "serial", "lgpio"}


def imports(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            found |= {f"{node.module}.{alias.name}" for alias in node.names} | {str(node.module)}
    return found


def top(names: set[str]) -> set[str]:
    return {name.split(".")[0] for name in names}


def sources(package: str) -> list[Path]:
    found = sorted((ROOT / package).rglob("*.py"))
    assert found, f"no sources in {package}"
    return found


@pytest.mark.parametrize(
    ("package", "may_import"),
    [("dsp", {"dsp"}), ("drivers", {"drivers"}), ("device", {"device", "drivers", "dsp"}), ("host", {"host", "dsp"})],
)
def test_packages_import_only_what_lies_below_them(package, may_import):
    for path in sources(package):
        assert top(imports(path)) & OURS <= may_import, path


def test_dsp_knows_numpy_and_the_pure_standard_library_only():
    for path in sources("dsp"):
        names = top(imports(path)) - {"dsp", "numpy"}
        assert names <= set(sys.stdlib_module_names) - NO_IO, path
        assert not {name for name in imports(path) if name.startswith("numpy.random")}, path


def test_only_the_board_opens_hardware():
    for path in sources("drivers"):
        if path != ROOT / "drivers" / "board.py":
            names = imports(path)
            assert not top(names) & HARDWARE, path
            assert not {name for name in names if name.startswith("luma.core.interface")}, path


def test_what_runs_on_the_device_stays_light():
    heavy = {"scipy", "pandas", "matplotlib", "edfio", "plotly", "neurokit2", "pydantic"}
    for package in ("dsp", "drivers", "device"):
        for path in sources(package):
            assert not top(imports(path)) & heavy, path
