"""How large the letters are to the eye: `python -m device.screens.gallery.legibility` prints the table of
`docs/legibility.md`, computed from the fonts."""

import math

import numpy as np

from device.screens.canvas import WIDTH, font
from device.screens.texts import TEXTS
from device.screens.texts.places import Place

DISTANCE_MM = 600.0
# Width of the lit area, from the panels' drawings: 128 columns.
PANELS_MM = {'0.96"': 21.74, '1.3"': 29.42, '2.4"': 55.01}


def capital_px(font_name: str) -> int:
    """The height of a capital H."""
    mask = font(font_name).getmask("H")
    lit = np.array(mask, dtype=bool).reshape(mask.size[1], mask.size[0])
    return int(lit.any(axis=1).sum())


def arc_minutes(pixels: int, panel: str) -> float:
    """The visual angle of so many pixels at `DISTANCE_MM`."""
    height_mm = pixels * PANELS_MM[panel] / WIDTH
    return 60.0 * math.degrees(2.0 * math.atan(height_mm / 2.0 / DISTANCE_MM))


def example(place: Place) -> str:
    """The name of a text that stands there."""
    return next(key for key, text in TEXTS.items() if text.place is place)


def table() -> str:
    rows = [
        f"| place | font | capital, pixels | {', '.join(PANELS_MM)}: arc min, {DISTANCE_MM / 10:.0f} cm | such as |",
        "|---|---|---|---|---|",
    ]
    for place in sorted(Place.__members__.values(), key=lambda place: (-capital_px(place.font), place.name)):
        pixels = capital_px(place.font)
        angles = ", ".join(f"{arc_minutes(pixels, panel):.1f}" for panel in PANELS_MM)
        rows.append(f"| {place.name.lower()} | {place.font} | {pixels} | {angles} | `{example(place)}` |")
    return "\n".join(rows)


def main() -> None:
    print(table())


if __name__ == "__main__":
    main()
