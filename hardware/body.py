"""The picture of the wearer with the electrodes: the screen's own, larger, with the colours of both codes beside it.

Colours: the European code of IEC 60601-2-25, and the American one of the AHA.
"""

from collections.abc import Mapping, Sequence
from typing import Final

from device.screens.marks import ARMS, ELECTRODES, HEAD, REFERENCE, SHOULDERS, SIDES
from hardware.board_view import text

SCALE: Final = 8.0
LEFT, TOP = 60.0, 60.0
WORDS: Final = {
    "en": {
        "title": "Where the electrodes go, as you see yourself in a mirror",
        "places": ("under the right collarbone", "under the left collarbone", "on the lowest right rib"),
        "colours": ("red", "yellow", "black", "white", "black", "green"),
        "codes": ("place", "in Europe (IEC)", "in America (AHA)"),
        "note": ("Black is neutral in Europe, and LEFT in America.", "Go by the letters that you measured."),
    },
    "nb": {
        "title": "Hvor elektrodene skal sitte, slik du ser deg selv i et speil",
        "places": ("under høyre kragebein", "under venstre kragebein", "på nederste høyre ribbein"),
        "colours": ("rød", "gul", "svart", "hvit", "svart", "grønn"),
        "codes": ("sted", "i Europa (IEC)", "i Amerika (AHA)"),
        "note": ("Svart er nøytral i Europa, men VENSTRE i Amerika.", "Gå etter bokstavene du målte deg fram til."),
    },
}  # fmt: skip
FILLS: Final = ("#e02020", "#e5c000", "#222222", "#ffffff", "#222222", "#2f9e44")
LETTERS: Final = (("R", "RA"), ("L", "LA"), ("N", "RL"))


def body_svg(language: str) -> str:
    words = WORDS[language]
    size = 'viewBox="0 0 900 430" width="900" height="430"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="DejaVu Sans, Arial, sans-serif">',
        f"<title>{words['title']}</title>",
        '<rect width="900" height="430" fill="#ffffff"/>',
        text(20.0, 30.0, str(words["title"]), 16.0),
        '<g fill="none" stroke="#444444" stroke-width="4" stroke-linecap="round">',
    ]
    (head_x, head_y), radius = HEAD
    lines.append(f'<circle cx="{_x(head_x):g}" cy="{_y(head_y):g}" r="{radius * SCALE:g}"/>')
    left, top, right, bottom = SHOULDERS
    middle, across, down = _y((top + bottom) / 2), (right - left) / 2 * SCALE, (bottom - top) / 2 * SCALE
    lines.append(f'<path d="M{_x(left):g} {middle:g} A{across:g} {down:g} 0 0 1 {_x(right):g} {middle:g}"/>')
    lines += [f'<path d="M{_x(x):g} {_y(y1):g} V{_y(y2):g}"/>' for x, y1, y2 in ARMS]
    lines.append("</g>")
    lines += [text(_x(x + 3), _y(y + 7), side, 44.0, "middle") for side, (x, y) in SIDES.items()]
    (left_x, left_y), (right_x, right_y) = ELECTRODES
    places = ((right_x, right_y, 4.3), (left_x, left_y, 4.3), (*REFERENCE, 2.6))
    for (x, y, dot), fill, letters in zip(places, FILLS[:3], LETTERS, strict=True):
        ink = "#222222" if fill == "#e5c000" else "#ffffff"
        lines.append(f'<circle cx="{_x(x):g}" cy="{_y(y):g}" r="{dot * SCALE:g}" fill="{fill}" stroke="#222222"/>')
        lines.append(text(_x(x), _y(y) + 7.0, letters[0], 20.0, "middle", fill=ink))
    lines += _table(words)
    return "\n".join([*lines, "</svg>", ""])


def _table(words: Mapping[str, Sequence[str]]) -> list[str]:
    columns = (400.0, 610.0, 750.0)
    lines = [text(x, 110.0, said, 14.0) for x, said in zip(columns, words["codes"], strict=True)]
    for row, (place, letters) in enumerate(zip(words["places"], LETTERS, strict=True)):
        y = 155.0 + 50.0 * row
        lines.append(text(columns[0], y + 5.0, place, 14.0))
        for code in (0, 1):
            fill, said = FILLS[3 * code + row], words["colours"][3 * code + row]
            lines.append(f'<circle cx="{columns[code + 1] + 12:g}" cy="{y:g}" r="11" fill="{fill}" stroke="#222222"/>')
            lines.append(text(columns[code + 1] + 32.0, y + 5.0, f"{letters[code]}, {said}", 14.0))
    return lines + [text(columns[0], 330.0 + 24.0 * row, said, 14.0) for row, said in enumerate(words["note"])]


def _x(pixel: float) -> float:
    return LEFT + SCALE * pixel


def _y(pixel: float) -> float:
    return TOP + SCALE * pixel
