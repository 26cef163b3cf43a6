"""The dependency rule of docs/decisions/0001, and that the test of it sees what breaks it. The rule is in
`tests.layering_rules`."""

import ast
from pathlib import Path

import pytest

from tests.layering_rules import (
    BESIDES,
    HEIGHT,
    LOADERS,
    MAY_IMPORT,
    OF_THE_DEVICE,
    PACKAGES_WITH_CODE,
    faults,
    imports,
    part_of,
)

ROOT = Path(__file__).parent.parent
SOURCES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for package in MAY_IMPORT
    for path in sorted((ROOT / package).rglob("*.py"))
}


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_sources_keep_the_rule(package: str) -> None:
    modules = [module for module in SOURCES if module.partition(".")[0] == package]
    assert len(modules) > 1
    found = {module: faults(module, SOURCES[module].read_text("utf-8")) for module in modules}
    assert not {module: told for module, told in found.items() if told}


def test_what_is_named_in_the_rule_is_there() -> None:
    parts = {part_of(module) for module in SOURCES} - {None}
    assert parts == HEIGHT.keys()
    assert {*LOADERS, *BESIDES, *PACKAGES_WITH_CODE} <= SOURCES.keys()


def test_a_package_is_a_docstring() -> None:
    for module, path in SOURCES.items():
        if path.name == "__init__.py" and module not in PACKAGES_WITH_CODE:
            body = ast.parse(path.read_text("utf-8")).body
            assert len(body) == 1, path
            assert isinstance(body[0], ast.Expr), path
            assert isinstance(body[0].value, ast.Constant), path


def test_the_command_line_loads_its_own_commands_alone() -> None:
    from device.cli import COMMANDS

    modules = {command.module for command in COMMANDS.values()}
    assert all(name.startswith("device.cli.") for name in modules)
    assert modules <= SOURCES.keys()


@pytest.mark.parametrize("package", OF_THE_DEVICE)
def test_the_laptop_needs_of_the_device_what_is_written_down_and_no_more(package: str) -> None:
    for module, path in SOURCES.items():
        if module.partition(".")[0] == package:
            there = {part_of(name) for name in imports(ast.parse(path.read_text("utf-8")))}
            assert there <= {None, *OF_THE_DEVICE[package]}, module


# --- the test of the test

LOADING = (
    "import importlib\nimportlib.import_module('host.pull')",
    "def f():\n    import importlib as i\n    i.import_module('host.pull')",
    "from importlib import import_module as load\nload('host.pull')",
    "import importlib\nf = importlib.import_module\nf('host.pull')",
    "from importlib import import_module\nimport_module('.pull', package='host')",
    "from importlib import import_module\nimport_module(name='host.pull')",
    "import importlib\ngetattr(importlib, 'import_module')('host.pull')",
    "import importlib\nimportlib.import_module(f'device.{x}')",
    "import importlib.util\nimportlib.util.find_spec('host.pull').loader.load_module()",
    "from importlib import reload",
    "import pkgutil\npkgutil.resolve_name('host.pull')",
    "from pkgutil import resolve_name as find",
    "import runpy\nrunpy.run_module('host.pull')",
    "exec('import host.pull')",
    "run = exec\nrun('import host.pull')",
    "eval('1')",
    "compile('1', '', 'eval')",
    "__import__('host.pull')",
    "__builtins__['__import__']('host.pull')",
    "import builtins\nbuiltins.__import__('host.pull')",
    "globals()['x']",
    "print.__self__.__import__('host.pull')",
    "import sys\nsys.modules['host.pull']",
    "import sys as s\ns.modules['host.pull']",
    "from sys import modules",
    "import pickle\npickle.loads(b'')",
    "import pydoc\npydoc.locate('host.pull')",
)


@pytest.mark.parametrize("source", LOADING)
@pytest.mark.parametrize("module", ["dsp.guide", "drivers.oled", "device.usb.server", "device.cli.run", "host.pull"])
def test_loading_by_other_means_than_an_import_is_seen(module: str, source: str) -> None:
    assert faults(module, source)


@pytest.mark.parametrize("module", LOADERS)
@pytest.mark.parametrize("source", LOADING)
def test_who_may_load_may_in_one_call_alone(module: str, source: str) -> None:
    allowed = f"import importlib\n{LOADERS[module]}"
    assert not faults(module, allowed)
    assert faults(module, source)
    assert faults(module, f"{allowed}\n{source}")


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("dsp.guide", "def f():\n    import device.config"),
        ("dsp.guide", "from drivers.wiring import Wiring"),
        ("dsp.guide", "from bench import recordings"),
        ("dsp.guide", "import dsp"),
        ("dsp.guide", "from .types import Beat"),
        ("dsp.guide", "from . import types"),
        ("dsp.guide", "from dsp.types import *"),
        ("dsp.guide", "from math import *"),
        ("drivers.oled", "from dsp.types import Beat"),
        ("drivers.oled", "from device.screens import draw"),
        ("drivers.oled", "import hardware.wiring"),
        ("device.appliance", "from host import pull"),
        ("device.appliance", "import bench.hrv"),
        ("device.appliance", "import hardware.wiring"),
        ("device.appliance", "from tests.synthetic import ecg"),
        ("device.appliance", "from device.config import Config; import device"),
        ("device.appliance", "import device.assembly"),
        ("device.appliance", "from device import assembly"),
        ("device.appliance", "from device import brand_new"),
        ("device.session.watch", "if TYPE_CHECKING:\n    from device.system.clocks import Clock"),
        ("device.session.watch", "from device.recording.format.names import PROFILE"),
        ("device.system.battery", "from device.screens import draw"),
        ("device.usb.server", "from device.recording.store import Store"),
        ("device.recording.store", "from device.usb import view"),
        ("device.recording.format.names", "from device.recording.store import Store"),
        ("device.cli.run", "from device.screens.gallery.sheet import sheet"),
        ("device.demo.world", "from device.replay.job import ReplayJob"),
        ("device.cli.run", "import sys\ngetattr(sys, 'modules')"),
        ("device.cli.run", "import scipy.signal"),
        ("device.appliance", "import serial"),
        ("drivers.mcp3208", "import spidev"),
        ("drivers.oled", "from luma.core.interface import serial"),
        ("drivers.sim.oled", "import gpiozero"),
        ("host.pull", "from device.recording.store import Store"),
        ("host.pull", "from device import recording"),
        ("host.pull", "from drivers.wiring import Wiring"),
        ("host.pull", "from bench import recordings"),
        ("host.pull", "from rolig.sessions import read"),
        ("host.pull", "import rolig"),
        ("device.replay.job", "from rolig.sessions import read"),
        ("rolig.sessions", "from device.recording.store import Store"),
        ("rolig.sessions", "from device.assembly import assemble"),
    ],
)
def test_an_import_across_the_layers_is_seen(module: str, source: str) -> None:
    assert faults(module, source)


NOT_PURE = (
    "import time",
    "import os",
    "import sys",
    "import io",
    "import random",
    "import decimal",
    "import scipy",
    "from numpy import random",
    "from numpy.random import default_rng",
    "import numpy.random",
    "import numpy as np\nnp.random.default_rng()",
    "import numpy as n\nn.random.default_rng()",
    "import numpy as np\nnp.load('x')",
    "import numpy as np\nread = np.loadtxt",
    "import numpy as np\nnp.save('x', y)",
    "import numpy as np\nnp.savetxt('x', y)",
    "import numpy as np\nnp.fromfile('x')",
    "import numpy as np\nnp.genfromtxt('x')",
    "from numpy import memmap",
    "import numpy as np\nnp.lib.format.open_memmap('x')",
    "import numpy as np\nnp.datetime64('now')",
    "import numpy as np\ngetattr(np, 'load')('x')",
    "import numpy as np\nlibrary = np",
    "import numpy as np\nnp.ones(3).tofile('x')",
    "open('x')",
    "read = open",
    "print('x')",
    "input()",
    "datetime.now()",
)


@pytest.mark.parametrize("source", NOT_PURE)
@pytest.mark.parametrize(
    "module", ["dsp.hrv.rsa", "device.session.watch", "device.recording.format.units", "device.screens.start"]
)
def test_what_is_not_pure_is_seen(module: str, source: str) -> None:
    assert faults(module, source)


@pytest.mark.parametrize(
    "source",
    [
        "import time",
        "from time import monotonic",
        "import datetime",
        "import logging",
        "import sched",
        "import asyncio",
        "import sys",
        "import os\nos.times()",
        "from os import times",
        "import os as o\no.times()",
        "import os\ngetattr(os, 'times')",
        "import threading\nthreading.Timer(1.0, f)",
        "from threading import Timer",
        "import threading\nthreading.Event().wait(1.0)",
        "import threading\nevent.wait(1.0)",
        "print('x')",
        "say = print",
        "import numpy as np\nnp.datetime64('now')",
    ],
)
@pytest.mark.parametrize("module", ["drivers.max30003", "drivers.board", "drivers.sim.serial_cable"])
def test_a_driver_that_reads_a_clock_or_logs_is_seen(module: str, source: str) -> None:
    assert faults(module, source)


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("dsp.guide", "import math\nfrom collections.abc import Callable\nmath.pi"),
        ("dsp.guide", "import numpy as np\nfrom numpy.typing import NDArray\nnp.linalg.solve(a, b).sum()"),
        ("dsp.guide", "from dsp.types import Beat"),
        ("device.recording.format.names", "from datetime import datetime\ndatetime.fromisoformat(x)"),
        ("device.recording.store", "from device.recording.format.names import PROFILE"),
        ("device.cli.run", "from device.assembly import assemble\nimport time\ntime.monotonic()\nprint(open('x'))"),
        ("device.versions", "from importlib.metadata import version"),
        ("host.report.page", "from importlib.resources import files\nimport edfio"),
        ("host.pull", "from device.recording.format.names import PROFILE"),
        ("host.pull", "import serial"),
        ("rolig.sessions", "from device.replay.opening import open_recording\nimport pandas"),
        ("drivers.board", "import spidev"),
    ],
)
def test_what_keeps_the_rule_is_let_through(module: str, source: str) -> None:
    assert not faults(module, source)
