"""The wiring data, read and checked: parts, nets, builds."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from drivers.sensors import DEFAULT, Sensor, sensor

FOLDER = Path(__file__).parent
SOURCE = FOLDER / "wiring.toml"
HEADER = "pi"


class WiringError(ValueError):
    """The data contradict themselves; the text names the net or the part."""


@dataclass(frozen=True, slots=True)
class Part:
    """`pins`: what is printed at each pin, by the pin's own number or name. `wearer`: the part is connected to the
    wearer's body, so none of its pins may carry 5 V. `place`: "pi"; "beneath" it, which it touches with springs where
    the pins have one name; a "chip" or a part with two legs on the "board"; else "beside"."""

    name: str
    title: str
    buy: str
    pins: Mapping[str, str]
    wearer: bool = False
    place: str = "beside"


@dataclass(frozen=True, slots=True)
class Net:
    """`pins` are (part, pin); `line` is the name in drivers/wiring.py, empty for power and what never meets the Pi."""

    name: str
    pins: tuple[tuple[str, str], ...]
    colour: str
    line: str = ""


@dataclass(frozen=True, slots=True)
class Build:
    """A choice of parts, with the nets that are left between them, around the sensor that it is configured for."""

    name: str
    title: str
    parts: tuple[Part, ...]
    nets: tuple[Net, ...]
    config: Mapping[str, Any]
    unwired: tuple[str, ...]
    sensor: Sensor

    def lines(self) -> dict[str, int]:
        """GPIO of every configured line that is wired, by its name."""
        header = next(part for part in self.parts if part.name == HEADER)
        found: dict[str, int] = {}
        for net in self.nets:
            for part, pin in net.pins:
                if net.line and part == HEADER:
                    found[net.line] = int(header.pins[pin].removeprefix("GPIO"))
        return found


@dataclass(frozen=True, slots=True)
class WiringData:
    parts: Mapping[str, Part]
    nets: tuple[Net, ...]
    builds: Mapping[str, Build]
    fault: Mapping[str, Any] = field(default_factory=dict)
    divider: Mapping[str, float] = field(default_factory=dict)


def read_wiring(text: str | None = None) -> WiringData:
    """The data in `text`, else in wiring.toml. Raises WiringError for an unknown part or pin, or a pin used twice."""
    tables = tomllib.loads(SOURCE.read_text(encoding="utf-8") if text is None else text)
    parts = {name: Part(name, **table) for name, table in tables["parts"].items()}
    nets = tuple(
        Net(
            name,
            tuple(_pin(f"net {name!r}", pin, parts) for pin in table["pins"]),
            table["colour"],
            table.get("line", ""),
        )
        for name, table in tables["nets"].items()
    )
    _refuse_shared_pins(nets)
    builds = {name: _build(name, table, parts, nets) for name, table in tables["builds"].items()}
    return WiringData(parts, nets, builds, tables.get("fault", {}), tables.get("divider", {}))


def _pin(where: str, text: str, parts: Mapping[str, Part]) -> tuple[str, str]:
    part, _, pin = text.partition(".")
    if part not in parts or pin not in parts[part].pins:
        raise WiringError(f"{where}: there is no pin {text!r}")
    return part, pin


def _refuse_shared_pins(nets: tuple[Net, ...]) -> None:
    users: dict[tuple[str, str], str] = {}
    for net in nets:
        for pin in net.pins:
            if pin in users:
                raise WiringError(f"pin {'.'.join(pin)} is in the nets {users[pin]!r} and {net.name!r}")
            users[pin] = net.name


def _build(name: str, table: Mapping[str, Any], parts: Mapping[str, Part], nets: tuple[Net, ...]) -> Build:
    for part in table["parts"]:
        if part not in parts:
            raise WiringError(f"build {name!r}: there is no part {part!r}")
    left = []
    moved = {
        _pin(f"build {name!r}", old, parts): _pin(f"build {name!r}", new, parts)
        for old, new in table.get("moved", {}).items()
    }
    for net in nets:
        pins = tuple(moved.get(pin, pin) for pin in net.pins if pin[0] in table["parts"])
        if len({part for part, _ in pins}) > 1:
            left.append(Net(net.name, pins, net.colour, net.line))
    chosen = tuple(parts[part] for part in table["parts"])
    try:
        row = sensor(table["config"].get("sensor", {}).get("front_end", DEFAULT))
    except ValueError as error:
        raise WiringError(f"build {name!r}: {error}") from error
    return Build(name, table["title"], chosen, tuple(left), table["config"], tuple(table["unwired"]), row)
