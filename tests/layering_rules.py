"""The dependency rule of docs/decisions/0001 as data, and `faults`: where a source breaks it.

Imports count wherever they stand, inside functions too. What would load or run code by other means is refused outright,
but for two files of the command line, each in the one call that is written down here.
"""

import ast
import sys
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase
from typing import TypeVar

Row = TypeVar("Row")

OURS = frozenset({"dsp", "drivers", "device", "host", "rolig", "bench", "hardware", "tests"})
MAY_IMPORT = {
    "dsp": {"dsp"},
    "drivers": {"drivers"},
    "device": {"device", "drivers", "dsp"},
    "host": {"host", "dsp"},
    "rolig": {"rolig", "host", "dsp"},
}
# Of the device, what the laptop's packages may import besides.
OF_THE_DEVICE = {"host": {"recording.format", "update.format"}, "rolig": {"errors", "recording.format", "replay"}}

# The parts of device/, from low to high. A part imports itself and what lies lower, and none beside it. The demo and
# replay lie below the command line, which starts them; both build on the assembly.
LAYERS = (
    ("errors", "versions", "recording.format", "session", "update.format"),
    ("system", "screens"),
    ("update",),
    ("sampling", "recording", "wearer", "usb"),
    ("config", "peripherals"),
    ("appliance",),
    ("assembly", "power_cut"),
    ("demo", "replay", "screens.gallery", "selftest", "diagnosis"),
    ("cli",),
    ("__main__",),
)
HEIGHT = {part: height for height, parts in enumerate(LAYERS) for part in parts}

# The command line loads its commands when it starts, and the laptop's when asked for: the device has none of what those
# need.
LOADERS = {
    "device.cli": "importlib.import_module(name)",
    "device.cli.laptop": "importlib.import_module(f'host.{name}')",
}
# All other packages' own files hold a docstring and nothing else: importing a package loads just what was asked for.
PACKAGES_WITH_CODE = {"device.cli", "device.screens", "device.screens.texts", "rolig"}

PURE = frozenset(
    {"bisect", "cmath", "collections", "dataclasses", "enum", "functools", "itertools", "math", "numpy", "statistics"}
    | {"typing"}
)
# What may be imported of others' modules, and of what lies in them; the longest beginning of a module's name counts.
WHITE_LISTS = {
    "dsp": PURE,
    "drivers": PURE,
    "device": sys.stdlib_module_names | {"numpy", "PIL", "cbor2"},
    "device.session": PURE,
    "device.recording.format": PURE | {"contextlib", "datetime", "re", "unicodedata", "zlib"},
    "device.update": sys.stdlib_module_names | {"cryptography"},
    "device.update.format": PURE | {"contextlib", "json", "re"},
    "device.screens": PURE | {"PIL"},
    "device.screens.gallery": sys.stdlib_module_names | {"numpy", "PIL"},
}
# Modules that load or run code; the device's and the host's lists leave them out.
LOADING_MODULES = {
    *("builtins", "code", "codeop", "marshal", "pickle", "pkgutil", "pydoc", "runpy", "shelve", "zipimport"),
}
# What a single file may import besides. Only the board opens hardware; the rest of gpiozero and luma opens nothing.
BESIDES = {
    "device.screens.canvas": {"pathlib"},
    "dsp.rpeak.network": {"pathlib"},
    "drivers.board": {"abc", "contextlib", "errno", "gpiozero", "luma.core", "os", "smbus2", "spidev", "warnings"},
    "drivers.header_chip": {"fcntl", "gpiozero.pins", "lgpio", "os", "pathlib", "struct"},
    "drivers.oled": {"luma.core.error", "luma.oled.device", "PIL"},
    "drivers.pisugar3": {"datetime"},
    "drivers.power_boards": {"datetime"},
    "drivers.sensors": {"contextlib"},
    "drivers.sim.chips.pisugar3": {"datetime"},
    "drivers.guarded": {"contextlib"},
    "drivers.usb_port": {"pathlib"},
    "drivers.sim.board": {"gpiozero.pins.mock"},
    "drivers.sim.person.body": {"array"},
    "drivers.sim.chips.display": {"PIL"},
    "drivers.sim.person.physiology": {"array"},
    "drivers.sim.serial_cable": {"os", "pathlib", "random", "select", "threading", "tty", "types"},
}

# Patterns of names as `uses` tells them.
LOADS_UNSEEN = (
    *("importlib", "importlib as a value", "importlib.[!mr]*", "importlib.machinery*", "importlib.reload"),
    *("sys.modules", "sys.path", "sys.path_hooks", "sys.meta_path", "sys as a value"),
    *("exec", "eval", "compile", "globals", "__import__", "__builtins__", "__loader__", "__spec__"),
    *("*.import_module", "*.__import__", "*.__builtins__", "*.__globals__", "*.__loader__", "*.__spec__"),
)
IMPURE = (
    *("open", "print", "input", "breakpoint", "*.now", "*.utcnow", "*.today", "* as a value", "*.tofile", "*.dump*"),
    *("numpy.random*", "numpy.load*", "numpy.save*", "numpy.fromfile", "numpy.fromregex", "numpy.genfromtxt"),
    *("numpy.memmap", "numpy.datetime64", "numpy.lib.[!s]*", "numpy.ctypeslib*", "numpy.testing*"),
    *("numpy.f2py*", "numpy.distutils*"),
)
NO_CLOCK_NO_LOG = (
    *("print", "input", "breakpoint", "numpy.datetime64", "os.times", "os as a value", "threading.Timer"),
    *("threading as a value", "select as a value", "*.wait"),
)
REFUSED = {
    "dsp": IMPURE,
    "drivers": NO_CLOCK_NO_LOG,
    "device.session": IMPURE,
    "device.recording.format": IMPURE,
    "device.screens": IMPURE,
    "device.screens.gallery": (),
}
# Streams that were closed are opened by their names; the cable's thread says when it has begun, and nothing is timed;
# the score's numbers lie beside the code, which reads nothing else.
USES_BESIDES = {
    "device.cli": {"sys as a value"},
    "drivers.sim.serial_cable": {"self._ready.wait"},
    "dsp.rpeak.network": {"numpy.load"},
}


def faults(module: str, source: str) -> list[str]:
    """What the source of `module` (a dotted name) does against the rule, in words."""
    tree = ast.parse(source)
    imported, used = set(imports(tree)), set(uses(tree))
    if module in LOADERS:
        imported.discard("importlib")
        used -= set(uses_of_the_loader(tree, LOADERS[module]))
    found = [f"imports {name}" for name in sorted(imported) if not _may_import(module, name)]
    refused = (*LOADS_UNSEEN, *(_longest(REFUSED, module) or ()))
    for name in sorted((used | imported) - USES_BESIDES.get(module, set())):
        found += [f"uses {name}" for pattern in refused if fnmatchcase(name, pattern)]
    return found


def imports(tree: ast.AST) -> Iterator[str]:
    """What is imported, by its full name; relative imports begin with a dot."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{'.' * node.level}{node.module or ''}.{alias.name}" for alias in node.names)


def uses(tree: ast.AST) -> Iterator[str]:
    """Names and chains of attributes, under the full names of what they were imported from: after `import os as o`,
    `o.times` is "os.times". An attribute of anything else is "?.name"; a module that is handed on and not looked into
    is "os as a value"."""
    known, modules = _imported_as(tree)
    roots = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            name = known.get(node.id, node.id)
            yield name if node.id not in modules or id(node) in roots else f"{name} as a value"
        elif isinstance(node, ast.Attribute):
            names, root = [node.attr], node.value
            while isinstance(root, ast.Attribute):
                names, root = [root.attr, *names], root.value
            yield ".".join([known.get(root.id, root.id) if isinstance(root, ast.Name) else "?", *names])


def uses_of_the_loader(tree: ast.AST, call: str) -> Iterator[str]:
    """What uses importlib, if that is `call`, once, and nothing else."""
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node) == call]
    plain = [node for node in ast.walk(tree) if isinstance(node, ast.Import) and "importlib" in _names_of(node)]
    loading = [name for name in uses(tree) if name.partition(".")[0].partition(" ")[0] == "importlib"]
    if len(calls) == len(plain) == 1 and sorted(loading) == ["importlib", "importlib.import_module"]:
        yield from loading


def part_of(module: str) -> str | None:
    """Which part of device/ a dotted name belongs to; None where it is none of it, or device itself."""
    package, _, inner = module.partition(".")
    if package != "device" or not inner:
        return None
    names = inner.split(".")
    return ".".join(names[:2]) if ".".join(names[:2]) in HEIGHT else names[0]


def _may_import(module: str, name: str) -> bool:
    package, top = module.partition(".")[0], name.partition(".")[0]
    if top not in OURS:
        whole = name.startswith(".") or name.endswith(".*")
        return not whole and top not in LOADING_MODULES and _is_listed(module, name)
    if name in OURS or name.endswith(".*"):  # a package as a whole, whose parts would then be reached unseen
        return False
    here, there = part_of(module), part_of(name)
    if there in OF_THE_DEVICE.get(package, ()):
        return True
    if top not in MAY_IMPORT[package]:
        return False
    if package != "device" or there is None or here == there:
        return True
    # The package leaves the gallery out, so nothing may need it.
    return there in HEIGHT and there != "screens.gallery" and (here is None or HEIGHT[there] < HEIGHT[here])


def _is_listed(module: str, name: str) -> bool:
    listed = _longest(WHITE_LISTS, module)
    if listed is None:
        return True
    return any(name == one or name.startswith(f"{one}.") for one in {*listed, *BESIDES.get(module, ())})


def _longest(table: dict[str, Row], module: str) -> Row | None:
    fitting = [name for name in table if module == name or module.startswith(f"{name}.")]
    return table[max(fitting, key=len)] if fitting else None


def _imported_as(tree: ast.AST) -> tuple[dict[str, str], set[str]]:
    """What each imported name stands for, and which of them are modules (as far as `import` tells)."""
    known: dict[str, str] = {}
    modules: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                name = alias.asname or alias.name.partition(".")[0]
                known[name] = alias.name if alias.asname else name
                modules.add(name)
        elif isinstance(node, ast.ImportFrom):
            known |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return known, modules


def _names_of(node: ast.Import) -> Iterable[str]:
    return [alias.name for alias in node.names if alias.asname is None]
