"""The printed case against the sizes it was made for."""

import re
from collections import Counter
from html import escape
from itertools import combinations, product

import numpy as np
import numpy.typing as npt
import pytest

from hardware.case.plan import plan_svg
from hardware.case.sizes import DISPLAYS, FOLDER, Block, blocks, outside, posts, read_sizes
from hardware.kit import LANGUAGES, read_kit
from hardware.wiring import read_wiring

SIZES = read_sizes()
KIT = read_kit(read_wiring())
SOLIDS = ("base", *(f"lid-{display}" for display in DISPLAYS))
PETG_G_PER_MM3 = 1.27e-3
LEEWAY_MM = 0.05
Floats = npt.NDArray[np.float64]


def triangles(name: str) -> Floats:
    """Corners in millimetres, (n, 3 corners, 3), in the closed box. STL: 80 bytes, a count, 50 bytes each."""
    data = (FOLDER / f"{name}.stl").read_bytes()
    record = np.dtype([("normal", "<f4", 3), ("corners", "<f4", (3, 3)), ("attributes", "<u2")])
    read = np.frombuffer(data, record, offset=84)
    assert len(read) == int.from_bytes(data[80:84], "little")
    corners = read["corners"].astype(float)
    return corners if name == "base" else corners * (1.0, -1.0, -1.0)


def winding(mesh: Floats, points: Floats) -> Floats:
    """How often the surface goes round each point: 1 inside, 0 outside. van Oosterom and Strackee, 1983,
    doi:10.1109/TBME.1983.325207."""
    a, b, c = (mesh[None, :, i] - points[:, None] for i in range(3))
    la, lb, lc = (np.linalg.norm(edge, axis=2) for edge in (a, b, c))
    triple = np.einsum("pti,pti->pt", a, np.cross(b, c))
    dots = [np.einsum("pti,pti->pt", one, other) for one, other in ((a, b), (b, c), (c, a))]
    below = la * lb * lc + dots[0] * lc + dots[1] * la + dots[2] * lb
    around: Floats = np.arctan2(triple, below).sum(axis=1) / (2.0 * np.pi)
    return around


def inside_of(block: Block, steps: int = 4) -> Floats:
    """Points spread over a block, its faces less a hair."""
    spans = [
        np.linspace(low + LEEWAY_MM, high - LEEWAY_MM, steps) for low, high in zip(block.low, block.high, strict=True)
    ]
    return np.array(list(product(*spans)))


@pytest.mark.parametrize("name", SOLIDS)
def test_each_solid_is_watertight_in_one_piece_and_faces_outward(name: str) -> None:
    mesh = triangles(name)
    corners, numbers = np.unique(mesh.reshape(-1, 3).round(3), axis=0, return_inverse=True)
    faces = numbers.reshape(-1, 3)
    edges = Counter((int(face[i]), int(face[(i + 1) % 3])) for face in faces for i in range(3))
    assert set(edges.values()) == {1}
    assert all((end, start) in edges for start, end in edges)
    assert _pieces(len(corners), faces) == 1
    assert _volume_mm3(mesh) > 0.0


def _pieces(count: int, faces: npt.NDArray[np.int64]) -> int:
    parent = list(range(count))

    def top(node: int) -> int:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for a, b, c in faces.tolist():
        parent[top(b)] = top(a)
        parent[top(c)] = top(a)
    return len({top(node) for node in range(count)})


def _volume_mm3(mesh: Floats) -> float:
    a, b, c = mesh[:, 0], mesh[:, 1], mesh[:, 2]
    return float(np.einsum("ti,ti->t", a, np.cross(b, c)).sum() / 6.0)


@pytest.mark.parametrize("display", DISPLAYS)
def test_each_part_lies_in_the_box_and_none_on_another(display: str) -> None:
    lying = blocks(SIZES, display)
    for block in lying:
        assert all(low >= 0.0 for low in block.low), block.name
        fits = [high <= end for high, end in zip(block.high, SIZES["box"]["inside"], strict=True)]
        assert all(fits), block.name
    for one, other in combinations([*lying, *posts(SIZES)], 2):
        apart = [one.high[axis] <= other.low[axis] or other.high[axis] <= one.low[axis] for axis in range(3)]
        assert any(apart), (one.name, other.name)


@pytest.mark.parametrize("display", DISPLAYS)
def test_nothing_printed_is_where_a_part_is(display: str) -> None:
    for name in ("base", f"lid-{display}"):
        mesh = triangles(name)
        for block in blocks(SIZES, display):
            assert np.abs(winding(mesh, inside_of(block))).max() < 0.5, (name, block.name)


@pytest.mark.parametrize("name", SIZES["openings"])
def test_each_opening_goes_through_the_wall_to_its_part(name: str) -> None:
    row = SIZES["openings"][name]
    part = next(block for block in blocks(SIZES, "2.4") if block.name == row["part"])
    wall, (along, above), (inside_x, inside_y, _) = SIZES["box"]["wall"], row["at"], SIZES["box"]["inside"]
    across = 0 if row["wall"] == "back" else 1
    begin, end = {
        "left": (-wall, part.low[0]),
        "right": (inside_x + wall, part.high[0]),
        "back": (inside_y + wall, part.high[1]),
    }[row["wall"]]
    steps = np.linspace(begin, end, 12)
    way = np.array([(along, step, above) if row["wall"] == "back" else (step, along, above) for step in steps])
    assert np.abs(winding(triangles("base"), way)).max() < 0.5
    assert part.low[across] <= along <= part.high[across]
    assert part.low[2] <= above <= part.high[2]


@pytest.mark.parametrize("display", DISPLAYS)
def test_the_lid_is_open_over_display_button_and_finger_and_nowhere_else_over_the_display(display: str) -> None:
    mesh, top = triangles(f"lid-{display}"), SIZES["box"]["inside"][2] + SIZES["box"]["lid"] / 2
    shown = SIZES["displays"][display]
    low = [at + off for at, off in zip(shown["at"], shown["window_at"], strict=False)]
    high = [at + size for at, size in zip(low, shown["window"], strict=True)]
    assert all(end <= at + size for end, at, size in zip(high, shown["at"], shown["size"], strict=False))
    middles = [
        [(a + b) / 2 for a, b in zip(low, high, strict=True)],
        *(row["at"] for row in SIZES["lid_holes"].values()),
    ]
    assert np.abs(winding(mesh, np.array([(*middle, top) for middle in middles]))).max() < 0.5
    beside = [(low[0] - 1.0, low[1] + 1.0, top), (high[0] + 1.0, high[1] - 1.0, top)]
    assert winding(mesh, np.array(beside)).min() > 0.5
    for name, row in SIZES["lid_holes"].items():
        if (part := row.get("part")) is not None:
            block = next(block for block in blocks(SIZES, display) if block.name == part)
            assert all(block.low[axis] < row["at"][axis] < block.high[axis] for axis in (0, 1)), name


def test_the_box_is_as_large_and_heavy_as_its_page_says() -> None:
    page = (FOLDER / "README.md").read_text(encoding="utf-8")
    told = re.search(r"(\d+) x (\d+) x (\d+) mm", page)
    assert told is not None
    assert [round(length) for length in outside(SIZES)] == [int(length) for length in told.groups()]
    grams = sum(_volume_mm3(triangles(name)) for name in ("base", "lid-2.4")) * PETG_G_PER_MM3
    assert f"{grams:.0f} g" in page
    mesh = np.concatenate([triangles("base").reshape(-1, 3), triangles("lid-2.4").reshape(-1, 3)])
    long, _, high = mesh.max(axis=0) - mesh.min(axis=0)
    assert (long, high) == pytest.approx((outside(SIZES)[0], outside(SIZES)[2]), abs=0.01)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_plan_names_each_part_and_each_opening(language: str) -> None:
    words = KIT.words[language]
    drawn = plan_svg(SIZES, words)
    names = [f"case {name}" for name in SIZES["parts"]] + [f"case opening {name}" for name in SIZES["openings"]]
    for name in [*names, "case display"]:
        assert all(f">{escape(line)}<" in drawn for line in words.say(name).split("|")), name
