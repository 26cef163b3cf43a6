"""Draws every build with WireViz (and Graphviz): `python -m hardware.draw`."""

import hashlib
import json
import sys
from typing import Any

from hardware.wiring import FOLDER, HEADER, Build, Part, read_wiring

STAMP = "<!-- drawn from wiring.toml, {} -->\n"
Harness = dict[str, Any]


def harness(build: Build) -> Harness:
    """The build as WireViz reads it: parts are connectors, the wires between two parts one bundle."""
    wires: dict[tuple[str, str], list[tuple[str, str, str, str]]] = {}
    for net in build.nets:
        (first, first_pin), *others = _header_first(net.pins)
        for part, pin in others:
            if part != first:
                wires.setdefault((first, part), []).append((first_pin, pin, net.colour, net.name))
    connected = {(part, pin) for net in build.nets for part, pin in net.pins}
    cables, connections = {}, []
    for (left, right), bundle in wires.items():
        name = f"{left} - {right}"
        cables[name] = {
            "category": "bundle",
            "wirecount": len(bundle),
            "colors": [colour for _, _, colour, _ in bundle],
            "wirelabels": [label for _, _, _, label in bundle],
            "show_name": False,
        }
        numbers = list(range(1, len(bundle) + 1))
        left_pins, right_pins = ([_pin(wire[side]) for wire in bundle] for side in (0, 1))
        connections.append([{left: left_pins}, {name: numbers}, {right: right_pins}])
    connectors = {part.name: _connector(part, connected) for part in build.parts}
    return {"connectors": connectors, "cables": cables, "connections": connections}


def _header_first(pins: tuple[tuple[str, str], ...]) -> list[tuple[str, str]]:
    return sorted(pins, key=lambda pin: pin[0] != HEADER)


def _connector(part: Part, connected: set[tuple[str, str]]) -> Harness:
    pins = [pin for pin in part.pins if (part.name, pin) in connected]
    return {
        "type": part.title,
        "pins": [_pin(pin) for pin in pins],
        "pinlabels": [part.pins[pin] for pin in pins],
        "show_name": False,
        "show_pincount": False,
    }


def _pin(name: str) -> int | str:
    """WireViz looks numbered pins up as numbers."""
    return int(name) if name.isdecimal() else name


def stamp(build: Build) -> str:
    """The drawing's first line: it tells whether the data have changed since."""
    drawn = json.dumps(harness(build), sort_keys=True).encode()
    return STAMP.format(hashlib.sha256(drawn).hexdigest())


def main() -> int:
    from wireviz import wireviz

    for build in read_wiring().builds.values():
        drawing = wireviz.parse(harness(build), return_types="harness").svg
        svg = drawing[drawing.index("<svg") :]
        (FOLDER / f"wiring-{build.name}.svg").write_text(stamp(build) + svg, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
