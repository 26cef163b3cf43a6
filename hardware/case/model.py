"""The case as solids, with CadQuery: `python -m hardware.case.model` writes the STL files and their pictures.

The base holds the parts between ribs and in its corners four posts for screws; a lid for each display closes it.
"""

import sys
from collections.abc import Mapping
from typing import Any, Final

import cadquery as cq

from hardware.case.sizes import DISPLAYS, FOLDER, outside, posts, read_sizes

Solid = Any
STL_TOLERANCE: Final = 0.05
TURN, TILT = 20.0, -50.0  # of the pictures, in degrees


def base(sizes: Mapping[str, Any]) -> Solid:
    box = sizes["box"]
    (x, y, z), wall, floor = box["inside"], box["wall"], box["floor"]
    out_x, out_y, _ = outside(sizes)
    solid = _rounded(out_x, out_y, z + floor, box["corner"]).translate((-wall, -wall, -floor))
    solid = solid.cut(_rounded(x, y, z, box["corner"] - wall))
    for post in posts(sizes):
        size = [high - low for low, high in zip(post.low, post.high, strict=True)]
        solid = solid.union(_block(size[0], size[1], z - box["lip"] - box["play"]).translate(post.low))
    solid = solid.intersect(_rounded(out_x, out_y, z + floor, box["corner"]).translate((-wall, -wall, -floor)))
    for ear in _ears(sizes):
        solid = solid.union(ear)
    screws = sizes["screws"]
    for at in screw_places(sizes):
        solid = solid.cut(_drill(screws["core"], screws["deep"]).translate((*at, z - screws["deep"])))
    for rib in _ribs(sizes):
        solid = solid.union(rib)
    for opening in sizes["openings"].values():
        solid = solid.cut(_opening(sizes, opening))
    return solid


def lid(sizes: Mapping[str, Any], display: str) -> Solid:
    """As it closes the base; printed the other way up."""
    box, screws, shown = sizes["box"], sizes["screws"], sizes["displays"][display]
    (x, y, z), wall, play = box["inside"], box["wall"], box["play"]
    out_x, out_y, _ = outside(sizes)
    solid = _rounded(out_x, out_y, box["lid"], box["corner"]).translate((-wall, -wall, z))
    lip = _rounded(x - 2 * play, y - 2 * play, box["lip"], box["corner"] - wall)
    inner = _block(x - 2 * play - 3.2, y - 2 * play - 3.2, box["lip"]).translate((1.6, 1.6, 0))
    ring = lip.cut(inner).translate((play, play, z - box["lip"]))
    for block in posts(sizes):
        size = [high - low + 2 * play for low, high in zip(block.low, block.high, strict=True)]
        ring = ring.cut(_block(*size).translate((block.low[0] - play, block.low[1] - play, 0.0)))
    for row in (*sizes["parts"].values(), shown):
        ring = ring.cut(_block(*row["size"]).translate(tuple(row["at"])))
    solid = solid.union(ring)
    for at in screw_places(sizes):
        solid = solid.cut(_drill(screws["through"], box["lid"]).translate((*at, z)))
        solid = solid.cut(_drill(screws["head"], 1.2).translate((*at, z + box["lid"] - 1.2)))
    window = [at + off for at, off in zip(shown["at"], shown["window_at"], strict=False)]
    solid = solid.cut(_block(*shown["window"], box["lid"]).translate((*window, z)))
    for row in sizes["lid_holes"].values():
        solid = solid.cut(_lid_hole(row, box["lid"]).translate((*row["at"], z)))
    return solid


def screw_places(sizes: Mapping[str, Any]) -> list[tuple[float, float]]:
    half = sizes["screws"]["boss"] / 2
    return [(post.low[0] + half, post.low[1] + half) for post in posts(sizes)]


def _ribs(sizes: Mapping[str, Any]) -> list[Solid]:
    """A low frame around each part on the floor, with its corners alone where another part or a wall is near."""
    high, thick = sizes["ribs"]["high"], sizes["ribs"]["thick"]
    ribs = []
    for row in sizes["parts"].values():
        if row["on"] == "base":
            (x, y, _), (across, deep, _) = row["at"], row["size"]
            frame = _block(across + 2 * thick, deep + 2 * thick, high).translate((x - thick, y - thick, 0))
            ribs.append(frame)
    inside = _block(*sizes["box"]["inside"])
    whole = ribs[0]
    for rib in ribs[1:]:
        whole = whole.union(rib)
    for row in sizes["parts"].values():
        if row["on"] == "base":
            whole = whole.cut(_block(*row["size"]).translate(tuple(row["at"])))
    return [whole.intersect(inside)]


def _ears(sizes: Mapping[str, Any]) -> list[Solid]:
    ears, box = sizes["ears"], sizes["box"]
    (across, deep), around = ears["slot"], ears["around"]
    x, y, _ = box["inside"]
    wide, out = across + 2 * around, deep + around
    made = []
    for low in (-box["wall"] - out, y + box["wall"]):
        ear = _block(wide, out + 0.2, ears["high"]).translate((x / 2 - wide / 2, low, -box["floor"]))
        slot_low = low + around if low < 0 else low + 0.2
        slot = _block(across, deep, ears["high"]).translate((x / 2 - across / 2, slot_low, -box["floor"]))
        made.append(ear.translate((0, 0.0 if low < 0 else -0.2, 0)).cut(slot))
    return made


def _opening(sizes: Mapping[str, Any], opening: Mapping[str, Any]) -> Solid:
    wall, (along, above), (across, up) = sizes["box"]["wall"], opening["at"], opening["size"]
    x, y, _ = sizes["box"]["inside"]
    if opening["wall"] == "back":
        return _block(across, wall + 4.0, up).translate((along - across / 2, y - 3.0, max(0.0, above - up / 2)))
    low = {"left": -wall - 1.0, "right": x - 3.0}[opening["wall"]]
    return _block(wall + 4.0, across, up).translate((low, along - across / 2, max(0.0, above - up / 2)))


def _lid_hole(row: Mapping[str, Any], deep: float) -> Solid:
    if len(row["size"]) == 1:
        return _drill(row["size"][0], deep)
    across, along = row["size"]
    return _block(across, along, deep).translate((-across / 2, -along / 2, 0))


def _block(x: float, y: float, z: float) -> Solid:
    return cq.Workplane().box(x, y, z, centered=False)


def _rounded(x: float, y: float, z: float, radius: float) -> Solid:
    return _block(x, y, z).edges("|Z").fillet(radius)


def _drill(wide: float, deep: float) -> Solid:
    return cq.Workplane().circle(wide / 2).extrude(deep)


def _picture(name: str, solid: Solid) -> None:
    """Lines, seen from above the near edge."""
    turned = solid.rotate((0, 0, 0), (0, 0, 1), TURN).rotate((0, 0, 0), (1, 0, 0), TILT)
    look = {"projectionDir": (0.0, 0.0, 1.0), "showAxes": False, "showHidden": False, "strokeWidth": 0.5}
    size = {"width": 640, "height": None, "marginLeft": 20, "marginTop": 20}
    cq.exporters.export(turned, str(FOLDER / f"{name}.svg"), opt=look | size)


def main() -> int:
    sizes = read_sizes()
    solids = {"base": base(sizes)} | {f"lid-{display}": lid(sizes, display) for display in DISPLAYS}
    for name, solid in solids.items():
        printed = solid if name == "base" else solid.rotate((0, 0, 0), (1, 0, 0), 180)
        cq.exporters.export(printed, str(FOLDER / f"{name}.stl"), tolerance=STL_TOLERANCE, angularTolerance=0.2)
        _picture(name, solid)
    held = [_block(*row["size"]).translate(tuple(row["at"])) for row in sizes["parts"].values() if row["on"] == "base"]
    filled = solids["base"]
    for part in held:
        filled = filled.add(part)
    _picture("base-with-parts", filled)
    return 0


if __name__ == "__main__":
    sys.exit(main())
