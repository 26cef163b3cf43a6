"""A build as a KiCad schematic: each part a box, each pin with its net's name at it, so that the rules can be checked.

The file format is KiCad's own (dev-docs.kicad.org, "Schematic File Format"), in the version of KiCad 8, which later
ones read. Identifiers are made from names, so that the same wiring gives the same file.
"""

import uuid
from collections.abc import Iterator, Mapping
from typing import Final

from hardware.wiring import HEADER, Build, Net, Part

VERSION: Final = 20231120
GRID: Final = 2.54
BODY: Final = 8 * GRID  # half a box's width
PI_AT: Final = (30 * GRID, 36 * GRID)
COLUMNS: Final = (71 * GRID, 107 * GRID, 143 * GRID)
TOP, BOTTOM = 8 * GRID, 84 * GRID
NAMESPACE: Final = uuid.UUID("6f6c6967-0000-5000-8000-726f6c696731")
SUPPLIES: Final = frozenset({"3V3", "5V", "+5V", "VCC", "VIN", "VDD", "3.3V", "GND", "DGND", "AGND"})
FED: Final = frozenset({"2", "6"})
"""Pins of the header that the battery feeds; from the others of their kind the Pi feeds the rest."""
SOURCES: Final = frozenset({"battery", "bank"})
Pin = tuple[str, float, float, int]  # number or name, its outer end from the box's middle (y up), its angle


def schematic(build: Build) -> str:
    """The file's text."""
    nets = {pin: net for net in build.nets for pin in net.pins}
    places = _places(build)
    root = _id(build, "sheet")
    body = [
        f'(kicad_sch (version {VERSION}) (generator "rolig") (uuid "{root}") (paper "A3")',
        f'(title_block (title {_quoted(build.title)}) (comment 1 "Made from wiring.toml by make hardware"))',
        "(lib_symbols",
        *(_library(part) for part in build.parts),
        ")",
    ]
    for number, part in enumerate(build.parts, 1):
        body += _placed(build, part, f"{_letter(part)}{number}", places[part.name])
        body += _ends(build, part, places[part.name], nets)
    body += ['(sheet_instances (path "/" (page "1")))', ")", ""]
    return "\n".join(body)


def pin_type(part: Part, pin: str) -> str:
    """What KiCad's rules take a pin for."""
    label = part.pins[pin]
    if label == "VREF":
        return "input"
    if part.place == "board" or label not in SUPPLIES:
        return "passive" if part.place == "board" or part.name not in (HEADER, "adc") else "bidirectional"
    feeds = part.name in SOURCES or (part.name == HEADER and pin not in FED)
    return "power_out" if feeds else "power_in"


def pins(part: Part) -> list[Pin]:
    """The Pi's header has two sides; all others' pins are on the left."""
    names = list(part.pins)
    if part.name != HEADER:
        return [(name, -BODY - GRID, _row(index, len(names)), 0) for index, name in enumerate(names)]
    odd, even = (-BODY - GRID, 0), (BODY + GRID, 180)
    sides = {name: odd if int(name) % 2 else even for name in names}
    return [(name, x, _row((int(name) - 1) // 2, len(names) // 2), angle) for name, (x, angle) in sides.items()]


def _row(index: int, count: int) -> float:
    return (count // 2 - index) * GRID


def _places(build: Build) -> Mapping[str, tuple[float, float]]:
    places = {HEADER: PI_AT}
    column, y = 0, TOP
    for part in build.parts:
        if part.name != HEADER:
            high = (len(part.pins) + 5) * GRID
            if y + high > BOTTOM:
                column, y = column + 1, TOP
            places[part.name] = (COLUMNS[column], y + (len(part.pins) // 2 + 3) * GRID)
            y += high
    return places


def _library(part: Part) -> str:
    drawn = pins(part)
    top, bottom = max(y for _, _, y, _ in drawn) + GRID, min(y for _, _, y, _ in drawn) - GRID
    hidden = "" if all(name.isdecimal() for name in part.pins) else "(pin_numbers hide) "
    lines = [
        f'(symbol "rolig:{part.name}" {hidden}(pin_names (offset 1.016))',
        "(exclude_from_sim no) (in_bom yes) (on_board yes)",
        f'(property "Reference" "{_letter(part)}" (at 0 {top + GRID:g} 0) {_effects()})',
        f'(property "Value" {_quoted(part.title)} (at 0 {bottom - GRID:g} 0) {_effects()})',
        f'(symbol "{part.name}_0_1" (rectangle (start {-BODY:g} {top:g}) (end {BODY:g} {bottom:g})',
        "(stroke (width 0.254) (type default)) (fill (type background))))",
        f'(symbol "{part.name}_1_1"',
    ]
    for name, x, y, angle in drawn:
        lines.append(
            f"(pin {pin_type(part, name)} line (at {x:g} {y:g} {angle}) (length {GRID:g}) "
            f'(name {_quoted(part.pins[name])} {_effects()}) (number "{name}" {_effects()}))'
        )
    return "\n".join([*lines, "))"])


def _placed(build: Build, part: Part, reference: str, at: tuple[float, float]) -> Iterator[str]:
    x, y = at
    drawn = pins(part)
    top, bottom = max(row for _, _, row, _ in drawn) + 2 * GRID, min(row for _, _, row, _ in drawn) - 2 * GRID
    yield f'(symbol (lib_id "rolig:{part.name}") (at {x:g} {y:g} 0) (unit 1) (exclude_from_sim no) (in_bom yes)'
    yield f'(on_board yes) (dnp no) (uuid "{_id(build, part.name)}")'
    yield f'(property "Reference" "{reference}" (at {x:g} {y - top:g} 0) {_effects()})'
    yield f'(property "Value" {_quoted(part.title)} (at {x:g} {y - bottom:g} 0) {_effects()})'
    for name in part.pins:
        yield f'(pin "{name}" (uuid "{_id(build, part.name, name)}"))'
    yield f'(instances (project "{build.name}" (path "/{_id(build, "sheet")}" (reference "{reference}") (unit 1)))))'


def _ends(build: Build, part: Part, at: tuple[float, float], nets: Mapping[tuple[str, str], Net]) -> Iterator[str]:
    """The net's name at each pin's outer end, or the mark that nothing goes there."""
    for name, x, y, angle in pins(part):
        place = f"{at[0] + x:g} {at[1] - y:g}"
        net = nets.get((part.name, name))
        if net is None:
            yield f'(no_connect (at {place}) (uuid "{_id(build, part.name, name, "none")}"))'
        else:
            turned, side = (180, "right") if angle == 0 else (0, "left")
            yield f"(global_label {_quoted(net.name)} (shape passive) (at {place} {turned})"
            yield f'{_effects(f" (justify {side})")} (uuid "{_id(build, part.name, name, "label")}"))'


def _letter(part: Part) -> str:
    return "R" if part.name.startswith("r_") else "C" if part.name.startswith("c_") else "U"


def _effects(more: str = "") -> str:
    return f"(effects (font (size 1.27 1.27)){more})"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _id(build: Build, *names: str) -> str:
    return str(uuid.uuid5(NAMESPACE, "/".join((build.name, *names))))
