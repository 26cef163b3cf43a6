"""The case from above, the lid off, with the names of what lies in it: from case.toml alone."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from hardware.board_view import text
from hardware.captions import Captions
from hardware.case.sizes import posts

SCALE: Final = 6.0  # drawing units a millimetre
_LEFT, _TOP = 150.0, 110.0
_FILLS: Final = {"base": "#e6ecf7", "pi": "#f6e3c5", "lid": "none"}


def plan_svg(sizes: Mapping[str, Any], words: Captions) -> str:
    """x goes right, y up the page, away from the wearer."""
    x, y, _ = sizes["box"]["inside"]
    width, height = 2 * _LEFT + SCALE * x, _TOP + SCALE * y + 40.0
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    title = words.say("case title")
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="DejaVu Sans, Arial, sans-serif">',
        f"<title>{title}</title>",
        f'<rect width="{width:g}" height="{height:g}" fill="#ffffff"/>',
        text(20.0, 30.0, title, 15.0),
        text(20.0, 52.0, words.say("case dashed"), 13.0),
        *_box(sizes),
        *_parts(sizes, words),
        *_openings(sizes, words),
        *_lid_holes(sizes, words),
    ]
    return "\n".join([*lines, "</svg>", ""])


def _at(sizes: Mapping[str, Any], x: float, y: float) -> tuple[float, float]:
    return _LEFT + SCALE * x, _TOP + SCALE * (sizes["box"]["inside"][1] - y)


def _block(sizes: Mapping[str, Any], at: Any, size: Any, look: str) -> str:
    x, y = _at(sizes, at[0], at[1] + size[1])
    return f'<rect x="{x:g}" y="{y:g}" width="{SCALE * size[0]:g}" height="{SCALE * size[1]:g}" {look}/>'


def _box(sizes: Mapping[str, Any]) -> Iterator[str]:
    (x, y, _), wall = sizes["box"]["inside"], sizes["box"]["wall"]
    yield _block(sizes, (-wall, -wall), (x + 2 * wall, y + 2 * wall), 'rx="14" fill="#bbbbbb" stroke="#555555"')
    yield _block(sizes, (0.0, 0.0), (x, y), 'rx="6" fill="#ffffff" stroke="#555555"')
    for post in posts(sizes):
        size = (post.high[0] - post.low[0], post.high[1] - post.low[1])
        yield _block(sizes, post.low, size, 'fill="#bbbbbb" stroke="#555555"')


def _parts(sizes: Mapping[str, Any], words: Captions) -> Iterator[str]:
    rows = {**sizes["parts"], "display": sizes["displays"]["2.4"]}
    for row in rows.values():
        where = row.get("on", "lid")
        dashes = ' stroke-dasharray="6 4"' if where == "lid" else ""
        yield _block(
            sizes, row["at"], row["size"], f'fill="{_FILLS[where]}" stroke="#4a5f8a" stroke-width="1.5"{dashes}'
        )
    for name, row in rows.items():
        lid = row.get("on", "lid") == "lid"
        x, y = _at(sizes, row["at"][0], row["at"][1] + row["size"][1])
        y += SCALE * row["size"][1] / 2 if lid else 15.0
        for number, line in enumerate(words.say(f"case {name}").split("|")):
            said = text(x + 4.0, y + 13.0 * number, line, 10.5, fill="#7030a0" if lid else "#222222")
            yield f'<g paint-order="stroke" stroke="#ffffff" stroke-width="3">{said}</g>'


def _openings(sizes: Mapping[str, Any], words: Captions) -> Iterator[str]:
    (inside_x, inside_y, _), wall = sizes["box"]["inside"], sizes["box"]["wall"]
    for name, row in sizes["openings"].items():
        along, across = row["at"][0] - row["size"][0] / 2, row["size"][0]
        said, look = words.say(f"case opening {name}"), 'fill="#ffffff" stroke="#c00000" stroke-width="1.5"'
        if row["wall"] == "back":
            yield _block(sizes, (along, inside_y), (across, wall), look)
            x, y = _at(sizes, row["at"][0], inside_y + wall)
            yield text(x, y - 8.0, said, 11.5, "middle", fill="#c00000")
        else:
            low = -wall if row["wall"] == "left" else inside_x
            yield _block(sizes, (low, along), (wall, across), look)
            x, y = _at(sizes, -wall if row["wall"] == "left" else inside_x + wall, row["at"][0])
            left = row["wall"] == "left"
            yield text(x - 6.0 if left else x + 6.0, y + 4.0, said, 11.5, "end" if left else "start", fill="#c00000")


def _lid_holes(sizes: Mapping[str, Any], words: Captions) -> Iterator[str]:
    for name, row in sizes["lid_holes"].items():
        (x, y), wide = _at(sizes, *row["at"]), SCALE * row["size"][0]
        look = 'fill="none" stroke="#c00000" stroke-width="1.5" stroke-dasharray="3 3"'
        if len(row["size"]) == 1:
            yield f'<circle cx="{x:g}" cy="{y:g}" r="{wide / 2:g}" {look}/>'
        else:
            low = [at - size / 2 for at, size in zip(row["at"], row["size"], strict=True)]
            yield _block(sizes, low, row["size"], look)
        if "part" not in row:
            yield text(x + wide / 2 + 4.0, y + 4.0, words.say(f"case hole {name}"), 11.0, fill="#c00000")
