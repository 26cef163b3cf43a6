"""Hours on a charge, estimated from energy.toml and written into docs/power.md by `make hardware`."""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from hardware.wiring import FOLDER

SOURCE = FOLDER / "energy.toml"
PAGE = FOLDER.parent / "docs" / "power.md"
BEGIN, END = "<!-- hours on a charge, made by make hardware -->\n", "<!-- end hours -->\n"


def hours(energy: Mapping[str, Any], ma_at_5v: float) -> float:
    """How long the cell feeds a load, in hours: its energy, less what is not usable and what the converter keeps."""
    cell, path = energy["cell"], energy["path"]
    wh = cell["mah"] / 1000.0 * cell["v"] * path["usable"] * path["converter"]
    return float(wh / (5.0 * ma_at_5v / 1000.0))


def block(energy: Mapping[str, Any]) -> str:
    """The table as it stands in the page."""
    cell, path, loads = energy["cell"], energy["path"], energy["loads"]
    doing = dict.fromkeys(name for load in loads for name in load["in"])
    lines = [
        f"| load at 5 V | mA | known from | {' | '.join(doing)} |",
        "|---|---:|---|" + ":---:|" * len(doing),
    ]
    for load in loads:
        marks = " | ".join("x" if name in load["in"] else "" for name in doing)
        lines.append(f"| {load['title']} | {load['ma_at_5v']:g} | {load['known']} | {marks} |")
    sums = [sum(load["ma_at_5v"] for load in loads if name in load["in"]) for name in doing]
    lines.append(f"| together, mA | | | {' | '.join(f'{ma:g}' for ma in sums)} |")
    lines.append(f"| **hours, estimated** | | | {' | '.join(f'{hours(energy, ma):.1f}' for ma in sums)} |")
    formula = (
        f"hours = {cell['mah']:g} mAh x {cell['v']:g} V x {path['usable']:g} (of the cell) x {path['converter']:g} "
        "(of the converter) / (5 V x mA)"
    )
    return "\n".join([BEGIN + formula + "\n", *lines, END])


def with_block(page: str, made: str) -> str:
    """`page` with what stands between the marks replaced."""
    return page[: page.index(BEGIN)] + made + page[page.index(END) + len(END) :]


def read_energy(path: Path = SOURCE) -> Mapping[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
