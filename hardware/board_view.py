"""Draws a build as it lies on the table: parts, board, and the wires in their colours. An SVG, made from the layout."""

from collections.abc import Iterator
from html import escape
from typing import Final

from hardware.captions import COLOURS, Captions
from hardware.layout import (
    BOARD_X,
    CHIP_LEFT,
    CHIP_RIGHT,
    COLUMN_X,
    COLUMNS,
    CUT,
    HEADER_X,
    HOLE,
    PART_WIDTH,
    PITCH,
    TOP,
    BoardLayout,
    Box,
    CopperStrip,
    Spot,
    Wire,
    header_point,
    hole,
    row_y,
)  # fmt: skip
from hardware.wiring import HEADER, Net, Part

LETTER_WIDTH: Final = 0.6  # of its size, the usual width of a letter
LEGEND_COLUMNS: Final = 2
LEGEND_LINE: Final = 21.0
FAINT: Final = 0.18
LETTERS: Final = "ABCDEFGHIJKLMNO"  # of the columns of holes
NOTE_LINE: Final = 14.0
_PI_X, _PI_WIDTH = 20.0, 160.0


def board_view(layout: BoardLayout, words: Captions, done: set[str] | None = None, new: set[str] | None = None) -> str:
    """`new` nets in full, those `done` before faintly, the rest and its parts not at all; without both, all in full."""
    drawing = _Drawing(layout, words, done or set(), new)
    lines = list(drawing.lines())
    height = drawing.bottom + 14.0
    box = f'viewBox="0 0 {drawing.width:g} {height:g}" width="{drawing.width:g}" height="{height:g}"'
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" {box} font-family="DejaVu Sans, Arial, sans-serif">',
            f"<title>{escape(words.part(layout.build.title))}</title>",
            f'<rect width="{drawing.width:g}" height="{height:g}" fill="#ffffff"/>',
            *lines,
            "</svg>",
            "",
        ]
    )


def text(x: float, y: float, said: str, size: float = 12.0, anchor: str = "start", *, fill: str = "#222222") -> str:
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" text-anchor="{anchor}" fill="{fill}">{escape(said)}</text>'


def wire_path(wire: Wire) -> str:
    """Leaves its ends level, on the side it is told: an odd pin's between two rows of the header, and what comes from
    beneath the Pi below the board."""
    (x1, y1), (x2, y2) = wire.start, wire.end
    begins = f"M{x1:g} {y1:g}"
    if x1 < HEADER_X < x2:  # an odd pin
        x1, y1 = x1 + 10.0, y1 + PITCH / 2
        begins += f" L{x1:g} {y1:g}"
    reach = max(30.0, min(130.0, abs(x2 - x1) / 2))
    past_the_board = x1 < BOARD_X and x2 > BOARD_X + COLUMNS * HOLE
    start = x1 + wire.start_side * (BOARD_X + COLUMNS * HOLE - x1 if past_the_board else reach)
    return f"{begins} C{start:g} {y1:g} {x2 + wire.end_side * reach:g} {y2:g} {x2:g} {y2:g}"


def strip(layout: BoardLayout, row: int, cut: bool) -> Iterator[str]:
    """The copper of a row, in two where it is `cut`, with its holes."""
    halved = cut and layout.chip is not None and 0 <= row - layout.chip[1] < 8
    spans = [CopperStrip(row, 0, CUT - 1), CopperStrip(row, CUT + 1)] if halved else [CopperStrip(row)]
    for span in spans:
        (x, y), (end, _) = hole(row, span.first), hole(row, span.last)
        yield f'<rect x="{x - 6:g}" y="{y - 5:g}" width="{end - x + 12:g}" height="10" rx="5" fill="#e9bf8b"/>'
    for column in range(COLUMNS):
        x, y = hole(row, column)
        yield f'<circle cx="{x:g}" cy="{y:g}" r="2" fill="#6b5330"/>'


def cross(x: float, y: float) -> str:
    return f'<path d="M{x - 4:g} {y - 4:g} l8 8 m0 -8 l-8 8" stroke="#ff4040" stroke-width="2.2"/>'


class _Drawing:
    def __init__(self, layout: BoardLayout, words: Captions, done: set[str], new: set[str] | None) -> None:
        self.layout, self.words = layout, words
        names = [net.name for net in layout.build.nets]
        self.new = set(names) if new is None else new
        shown = self.new | done
        self.nets = [net for net in layout.build.nets if net.name in shown]
        self.parts = {part for net in self.nets for part, _ in net.pins}
        self.boxes = [box for box in layout.boxes.values() if box.part.name in self.parts]
        right = max([COLUMN_X[0], *(box.x for box in self.boxes if box.x in COLUMN_X)])
        self.width = right + PART_WIDTH + 20.0
        ends = [box.y + box.height + NOTE_LINE * len(self._notes(box.part)) for box in self.boxes]
        self.bottom = max([TOP + 20 * PITCH, row_y(layout.rows), *ends])

    def lines(self) -> Iterator[str]:
        yield from self._pi()
        if any(net.name in self.layout.strips for net in self.nets):
            yield from self._board()
        for box in self.boxes:
            yield from self._box(box)
        if self.layout.chip is not None and self.layout.chip[0].name in self.parts:
            yield from self._chip(*self.layout.chip)
        for wire in [*self.layout.links, *self.layout.wires]:
            if wire.net in self.nets:
                yield from self._wire(wire, wire in self.layout.links)
        if any(net.name in self.layout.strips for net in self.nets):
            yield from self._rows()
        label_y = 0.0
        for part, (start, end) in sorted(self.layout.legs.items(), key=lambda legs: legs[1][0][1] + legs[1][1][1]):
            if part in self.parts:
                label_y = max(label_y + 18.0, (start[1] + end[1]) / 2)
                yield from self._legs(part, start, end, label_y)
        yield from self._header()
        yield from self._codes()
        yield from self._legend()

    def _pi(self) -> Iterator[str]:
        top, height = TOP - 28.0, 20 * PITCH + 40.0
        box = f'x="{_PI_X}" y="{top}" width="{_PI_WIDTH}" height="{height}" rx="10"'
        yield f'<rect {box} fill="#dff0e2" stroke="#3d7a4a"/>'
        pi = next(part for part in self.layout.build.parts if part.name == HEADER)
        yield text(_PI_X, top - 10.0, self.words.part(pi.title), 13.0)
        yield text(_PI_X + 8.0, top + 18.0, self.words.say("card's end"), 11.0)
        yield f'<rect x="{_PI_X + 22}" y="{top + 26}" width="46" height="32" fill="#c9c9c9" stroke="#777777"/>'
        yield text(_PI_X + 45.0, top + 46.0, "SD", 11.0, "middle")
        yield text(_PI_X + 8.0, top + height - 10.0, self.words.say("from above"), 11.0)

    def _header(self) -> Iterator[str]:
        """Over the wires: the pins' numbers are read there."""
        for number in range(1, 41):
            x, y = header_point(str(number))
            shape = 'rx="0.5"' if number == 1 else 'rx="7"'
            yield f'<rect x="{x - 7:g}" y="{y - 7:g}" width="14" height="14" {shape} fill="#f4e2a0" stroke="#777777"/>'
            yield text(x, y + 3.0, str(number), 8.0, "middle")
            if (net := self.layout.springs.get(str(number))) is not None and net in {net.name for net in self.nets}:
                yield f'<circle cx="{x:g}" cy="{y:g}" r="9.5" fill="none" stroke="#7030a0" stroke-width="2.5"/>'

    def _board(self) -> Iterator[str]:
        x, width = BOARD_X - 14.0, (COLUMNS - 1) * HOLE + 40.0
        height = (self.layout.rows - 1) * PITCH + 26.0
        yield text(x, TOP - 38.0, self.words.say("stripboard"), 13.0)
        yield f'<rect x="{x}" y="{TOP - 13}" width="{width}" height="{height}" rx="3" fill="#f6e3c5" stroke="#b08d57"/>'
        for column, letter in enumerate(LETTERS):
            yield text(hole(0, column)[0], TOP - 18.0, letter, 8.5, "middle", fill="#6b5330")
        cut = self.layout.chip is not None and self.layout.chip[0].name in self.parts
        for row in range(self.layout.rows):
            yield from strip(self.layout, row, cut)

    def _rows(self) -> Iterator[str]:
        """The rows' numbers, over the wires."""
        x = BOARD_X + (COLUMNS - 1) * HOLE + 8.0
        for row in range(self.layout.rows):
            yield f'<rect x="{x:g}" y="{row_y(row) - 6:g}" width="15" height="12" rx="2" fill="#f6e3c5"/>'
            yield text(x + 7.5, row_y(row) + 3.0, str(row + 1), 8.5, "middle", fill="#6b5330")

    def _box(self, box: Box) -> Iterator[str]:
        opacity = "" if self._is_new(box.part.name) else f' opacity="{3 * FAINT:g}"'
        yield f"<g{opacity}>"
        yield (
            f'<rect x="{box.x:g}" y="{box.y:g}" width="{PART_WIDTH:g}" height="{box.height:g}" rx="6" '
            'fill="#e6ecf7" stroke="#4a5f8a"/>'
        )
        yield text(box.x + 8.0, box.y + 18.0, self.words.part(box.part.title).split(",")[0], 11.5)
        for pin, (x, y) in box.pins.items():
            yield f'<circle cx="{x:g}" cy="{y:g}" r="4.5" fill="#f4e2a0" stroke="#777777"/>'
            side = box.sides[pin]
            yield text(x - 10.0 * side, y + 4.0, self._pin_label(box.part, pin), 11.0, "start" if side < 0 else "end")
        for number, note in enumerate(self._notes(box.part), 1):
            yield text(box.x + 4.0, box.y + box.height + NOTE_LINE * number - 1.0, note, 10.5, fill="#7030a0")
        yield "</g>"

    def _notes(self, part: Part) -> list[str]:
        return [self.words.say("springs")] * (part.place == "beneath") + self.words.notes(part.name)

    def _pin_label(self, part: Part, pin: str) -> str:
        label = self.words.pin(part.pins[pin])
        return label if list(part.pins.values()).count(part.pins[pin]) == 1 else f"{pin}: {label}"

    def _chip(self, part: Part, row: int) -> Iterator[str]:
        left, right = hole(row, CHIP_LEFT)[0], hole(row, CHIP_RIGHT)[0]
        size = f'width="{right - left - 6:g}" height="{7 * PITCH + 18:g}"'
        yield f'<rect x="{left + 3:g}" y="{row_y(row) - 9:g}" {size} rx="3" fill="#3a3a3a" fill-opacity="0.88"/>'
        middle, end = (left + right) / 2, row_y(row + 7) + 9
        for cut in range(row, row + 8):
            yield cross(*hole(cut, CUT))
        yield f'<path d="M{middle - 6:g} {end:g} a6 6 0 0 1 12 0" fill="#bbbbbb"/>'
        for number in range(1, 17):
            x, y = (left - 8, row_y(row + number - 9)) if number > 8 else (right + 8, row_y(row + 8 - number))
            yield text(x, y + 3.0, str(number), 8.0, "middle")
        name, x, y = part.title.split()[0], right + 18.0, row_y(row + 3)
        width = len(name) * 7.6 + 10.0
        yield f'<rect x="{x:g}" y="{y - 9:g}" width="{width:g}" height="18" rx="3" fill="#ffffff" stroke="#3a3a3a"/>'
        yield text(x + 5.0, y + 4.0, name, 11.0)

    def _legs(self, part: str, start: Spot, end: Spot, label_y: float) -> Iterator[str]:
        opacity, ink = (1.0, "#222222") if self._is_new(part) else (2 * FAINT, "#888888")
        (x, y1), (_, y2) = start, end
        middle, reach = (y1 + y2) / 2, max(5.0, min(20.0, abs(y2 - y1) / 2 - 3))
        title = self.words.short(next(p for p in self.layout.build.parts if p.name == part).buy)
        yield f'<g opacity="{opacity:g}"><path d="M{x:g} {y1:g} V{y2:g}" stroke="#555555" stroke-width="2.5"/>'
        yield (
            f'<rect x="{x - 5:g}" y="{middle - reach:g}" width="10" height="{2 * reach:g}" rx="4" fill="#8fc0dc" '
            'stroke="#33586e"/></g>'
        )
        edge = BOARD_X + 12 * HOLE - 6.0
        pointer = f"M{x + 5:g} {middle:g} L{edge:g} {label_y:g}"
        yield f'<path d="{pointer}" stroke="#33586e" stroke-width="0.8" stroke-dasharray="2 2"/>'
        width = len(title) * LETTER_WIDTH * 10.0 + 8.0
        box = f'x="{edge:g}" y="{label_y - 7:g}" width="{width:g}" height="14" rx="3"'
        yield f'<rect {box} fill="#ffffff" stroke="{ink}"/>'
        yield text(edge + 4.0, label_y + 3.5, title, 9.5, fill=ink)

    def _wire(self, wire: Wire, link: bool) -> Iterator[str]:
        opacity = 1.0 if wire.net.name in self.new else FAINT
        (x1, y1), (x2, y2) = wire.start, wire.end
        path = f"M{x1:g} {y1:g} L{x2:g} {y2:g}" if link else wire_path(wire)
        ends = "".join(f'<circle cx="{x:g}" cy="{y:g}" r="3" fill="#333333"/>' for x, y in (wire.start, wire.end))
        yield f'<g data-net="{escape(wire.net.name)}" opacity="{opacity:g}" fill="none">'
        yield f'<path d="{path}" stroke="#333333" stroke-width="4.6"/>'
        yield f'<path d="{path}" stroke="{COLOURS[wire.net.colour]}" stroke-width="3"/>{ends}</g>'

    def _codes(self) -> Iterator[str]:
        """The wire's number where it meets the board if it comes from the Pi; else at each part it goes to."""
        for wire in self.layout.wires:
            if wire.net not in self.nets:
                continue
            if wire.start[0] < BOARD_X - HOLE and wire.net.name in self.layout.strips:
                yield from self._number(wire.net, BOARD_X - 26.0, wire.end[1])
                continue
            yield from self._number(wire.net, wire.end[0] + 16.0 * wire.end_side, wire.end[1])
            if wire.net.name not in self.layout.strips:
                yield from self._number(wire.net, wire.start[0] + 16.0 * wire.start_side, wire.start[1])

    def _number(self, net: Net, x: float, y: float) -> Iterator[str]:
        opacity = 1.0 if net.name in self.new else 2 * FAINT
        yield f'<g opacity="{opacity:g}"><circle cx="{x:g}" cy="{y:g}" r="8" fill="#ffffff" stroke="#333333"/>'
        yield text(x, y + 3.5, str(self.layout.codes[net.name]), 9.0, "middle") + "</g>"

    def _legend(self) -> Iterator[str]:
        """Each new wire's number, colour and ends in words."""
        nets = [net for net in self.nets if net.name in self.new]
        lines = [self.words.ends(net, self.layout) for net in nets]
        widest = max((len(line) for line in lines), default=0) * LETTER_WIDTH * 11.5 + 190.0
        columns = max(1, min(LEGEND_COLUMNS, int((self.width - 20.0) // widest)))
        top = self.bottom + 48.0
        deep = -(-len(nets) // columns)
        yield text(20.0, top - 12.0, self.words.say("legend"), 13.0)
        for index, net in enumerate(nets):
            x, y = 20.0 + index // deep * widest, top + 12.0 + index % deep * LEGEND_LINE
            yield from self._number(net, x + 9.0, y - 4.0)
            touched = net.name in self.layout.springs.values()
            if touched:
                yield f'<circle cx="{x + 46:g}" cy="{y - 4:g}" r="7" fill="none" stroke="#7030a0" stroke-width="2.5"/>'
            else:
                yield f'<path d="M{x + 26:g} {y - 4:g} h40" stroke="#333333" stroke-width="6.6"/>'
                yield f'<path d="M{x + 27:g} {y - 4:g} h38" stroke="{COLOURS[net.colour]}" stroke-width="5"/>'
            yield text(x + 74.0, y, self.words.say("spring") if touched else self.words.colour(net.colour), 11.5)
            yield text(x + 146.0, y, lines[index], 11.5)
        self.bottom = top + deep * LEGEND_LINE

    def _is_new(self, part: str) -> bool:
        return any(net.name in self.new and part in dict(net.pins) for net in self.nets)
