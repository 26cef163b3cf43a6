"""The Pi's header as it lies before the builder, with the wires of a build at their pins: an SVG."""

from html import escape

from hardware.wiring import HEADER, Build, Net

ROW, TOP, MIDDLE, WIDTH, PAD = 22, 62, 490, 880, 7
ROWS = 20
HEIGHT = TOP + ROWS * ROW + 30
COLOURS = {  # of IEC 60757, as WireViz has them
    "BK": "#222222", "BN": "#895956", "RD": "#e02020", "OG": "#ff8000", "YE": "#e5c000", "GN": "#2f9e44",
    "BU": "#2068e0", "VT": "#9040d0", "GY": "#999999", "WH": "#ffffff", "PK": "#f080b0", "TQ": "#30b0b0",
}  # fmt: skip


def header_svg(build: Build) -> str:
    """Seen from above, the card's end on top: odd pins on the left, even ones at the board's edge on the right."""
    nets = {pin: net for net in build.nets for part, pin in net.pins if part == HEADER}
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif">',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(MIDDLE, 18, "the card's end of the board", "middle"),
        _text(MIDDLE + 50, 40, "the board's edge, pin 2 and on", "start"),
        _text(MIDDLE - 50, 40, "pin 1 (square pad) and on", "end"),
        f'<rect x="{MIDDLE - 26}" y="{TOP - 14}" width="52" height="{ROWS * ROW + 6}" rx="6" fill="#dddddd"/>',
    ]
    for number in range(1, 2 * ROWS + 1):
        lines += _pin(number, build, nets.get(str(number)))
    return "\n".join([*lines, "</svg>", ""])


def _pin(number: int, build: Build, net: Net | None) -> list[str]:
    side = 1 if number % 2 == 0 else -1
    x, y = MIDDLE + side * 12, TOP + (number - 1) // 2 * ROW
    anchor = "start" if side > 0 else "end"
    shape = f'x="{x - PAD}" y="{y - PAD}" width="{2 * PAD}" height="{2 * PAD}" rx="{1 if number == 1 else PAD}"'
    drawn = [f'<rect {shape} fill="#f4e2a0" stroke="#777777"/>', _text(x, y + 3, str(number), "middle", size=8)]
    if net is None:
        return drawn
    start, end = x + side * PAD, x + side * 50
    titles = {part.name: part.title for part in build.parts}
    others = dict.fromkeys(titles[part].split(",")[0] for part, _ in net.pins if part != HEADER)
    wire = f'x1="{start}" y1="{y}" x2="{end}" y2="{y}"'
    return [
        *drawn,
        f'<line {wire} stroke="#444444" stroke-width="5"/>',
        f'<line {wire} stroke="{COLOURS[net.colour]}" stroke-width="3"/>',
        _text(end + side * 5, y + 4, f"{net.name}, to {' and '.join(others)}", anchor),
    ]


def _text(x: int, y: int, text: str, anchor: str, size: int = 13) -> str:
    return f'<text x="{x}" y="{y}" text-anchor="{anchor}" font-size="{size}" fill="#222222">{escape(text)}</text>'
