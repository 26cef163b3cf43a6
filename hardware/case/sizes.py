"""The case's sizes, read from case.toml, and what follows from them without a modeller."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent
DISPLAYS: Final = ("2.4", "0.96")

Corner = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Block:
    """A part as a block, in the base's coordinates: the least and the greatest corner."""

    name: str
    low: Corner
    high: Corner


def read_sizes(path: Path = FOLDER / "case.toml") -> Mapping[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def blocks(sizes: Mapping[str, Any], display: str) -> list[Block]:
    """All that lies in the case with one of the displays."""
    rows = {**sizes["parts"], "display": sizes["displays"][display]}
    return [_block(name, row["at"], row["size"]) for name, row in rows.items()]


def posts(sizes: Mapping[str, Any]) -> list[Block]:
    """The corner posts that the screws go into."""
    x, y, z = sizes["box"]["inside"]
    boss = sizes["screws"]["boss"]
    corners = [(a, b) for a in (0.0, x - boss) for b in (0.0, y - boss)]
    return [_block(f"post {a:g} {b:g}", (a, b, 0.0), (boss, boss, z)) for a, b in corners]


def outside(sizes: Mapping[str, Any]) -> Corner:
    """Of the closed box, without its ears."""
    box = sizes["box"]
    x, y, z = box["inside"]
    return x + 2 * box["wall"], y + 2 * box["wall"], z + box["floor"] + box["lid"]


def _block(name: str, at: Any, size: Any) -> Block:
    (x, y, z), (across, deep, up) = at, size
    return Block(name, (x, y, z), (x + across, y + deep, z + up))
