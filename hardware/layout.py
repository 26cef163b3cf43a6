"""Where a build's parts lie and where each wire begins and ends, worked out from the wiring alone.

The board is stripboard: each row of holes is one strip of copper. Every net that the Pi or a part with two legs is in
has a strip; a converter sits across eight of them, cut beneath it, and its strips are nets of their own half. What lies
beside the board is joined to it by wires, the battery board touches the Pi from below. Lengths are in the drawing's
units.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from hardware.wiring import HEADER, Build, Net, Part

Spot = tuple[float, float]
PITCH: Final = 19.0  # between strips, and between pins of a part
HOLE: Final = 16.0  # between holes along a strip
COLUMNS: Final = 15
TOP: Final = 64.0
HEADER_X: Final = 150.0
BOARD_X: Final = 370.0
COLUMN_X: Final = (790.0, 1050.0, 1290.0)  # of what lies beside the board, by how far it hangs from it
PART_WIDTH: Final = 170.0
GAP: Final = 30.0  # with room for a line of words below a part
CHIP_LEFT, CUT, CHIP_RIGHT = 6, 7, 9  # its legs' holes, three apart, and the hole between them where a strip is cut
_CHIP_PINS: Final = 16
_FIRST_LEGS: Final = 11  # the column of the first part with two legs, where no chip is
_AT_CHIP: Final = 5  # the column of a part between two legs of the chip
_CLOSE: Final = 2  # rows between those two, as far as its own legs are apart


@dataclass(frozen=True, slots=True)
class Wire:
    """`start` and `end` with the side on which each leaves its part: -1 left, 1 right."""

    net: Net
    start: Spot
    end: Spot
    start_side: int = 1
    end_side: int = -1


@dataclass(frozen=True, slots=True)
class CopperStrip:
    """A row of copper, by its number from the top; of a cut one the half to the left or to the right of the cut."""

    row: int
    first: int = 0
    last: int = COLUMNS - 1


@dataclass(frozen=True, slots=True)
class Box:
    """A part beside the board or beneath the Pi, with its pins at its edges."""

    part: Part
    x: float
    y: float
    height: float
    pins: Mapping[str, Spot]
    sides: Mapping[str, int]


@dataclass(slots=True)
class BoardLayout:
    """`legs`: the two holes of each part on the board. `chip`: the rows its legs lie in. `springs`: pins of the header
    that the battery board touches."""

    build: Build
    codes: dict[str, int] = field(default_factory=dict)
    strips: dict[str, CopperStrip] = field(default_factory=dict)
    rows: int = 0
    chip: tuple[Part, int] | None = None
    legs: dict[str, tuple[Spot, Spot]] = field(default_factory=dict)
    boxes: dict[str, Box] = field(default_factory=dict)
    wires: list[Wire] = field(default_factory=list)
    links: list[Wire] = field(default_factory=list)
    springs: dict[str, str] = field(default_factory=dict)


def header_point(pin: str) -> Spot:
    number = int(pin)
    return HEADER_X + (10.0 if number % 2 == 0 else -10.0), TOP + (number - 1) // 2 * PITCH


def row_y(row: int) -> float:
    return TOP + row * PITCH


def hole(row: int, column: int) -> Spot:
    return BOARD_X + column * HOLE, row_y(row)


def lay_out(build: Build) -> BoardLayout:
    layout = BoardLayout(build, {net.name: number for number, net in enumerate(build.nets, 1)})
    places = {part.name: part.place for part in build.parts}
    _touch(layout, places)
    rest = [net for net in build.nets if net.name not in layout.springs.values()]
    _lay_strips(layout, rest, places)
    _place_boxes(layout, rest, places)
    used: dict[tuple[int, int], int] = {}
    for net in rest:
        layout.wires += _wires(layout, net, places, used)
    return layout


def _touch(layout: BoardLayout, places: Mapping[str, str]) -> None:
    """Nets that are no wires: a pin of the battery board beneath a pin of the header with its number."""
    for net in layout.build.nets:
        for part, pin in net.pins:
            if places[part] == "beneath" and (HEADER, pin) in net.pins:
                layout.springs[pin] = net.name


def _lay_strips(layout: BoardLayout, nets: list[Net], places: Mapping[str, str]) -> None:
    chip = next((part for part in layout.build.parts if part.place == "chip"), None)
    chip_nets = {pin: net for net in nets for part, pin in net.pins if chip is not None and part == chip.name}
    row = 0
    waiting = chip is not None
    for net in _in_order(nets, places):
        others = [places[part] for part, _ in net.pins if places[part] != "chip"]
        at_chip = any(places[part] == "chip" for part, _ in net.pins)
        if chip is not None and waiting and at_chip and all(place in ("pi", "beside") for place in others):
            row = _lay_chip(layout, chip, chip_nets, row)
            waiting = False
        if net.name not in layout.strips:
            layout.strips[net.name] = CopperStrip(row)
            row += 1
    layout.rows = row


def _lay_chip(layout: BoardLayout, chip: Part, nets: Mapping[str, Net], row: int) -> int:
    """Turned so that pins 9 to 16 face the Pi: 9 on top of the left side, 1 at the bottom of the right one."""
    layout.chip = (chip, row)
    half = _CHIP_PINS // 2
    for pin, net in sorted(nets.items(), key=lambda item: int(item[0])):
        number = int(pin)
        shared = [other for other in nets.values() if other.name == net.name]
        beyond = [part for part, _ in net.pins if part not in (chip.name, HEADER)]
        if len(shared) == 1 and (number > half or beyond):
            left = number > half
            chip_row = row + (number - half - 1 if left else half - number)
            layout.strips[net.name] = CopperStrip(chip_row, 0, CHIP_LEFT) if left else CopperStrip(chip_row, CUT + 1)
    return row + half


def chip_hole(layout: BoardLayout, pin: str) -> Spot:
    assert layout.chip is not None
    number, half, row = int(pin), _CHIP_PINS // 2, layout.chip[1]
    return hole(row + number - half - 1, CHIP_LEFT) if number > half else hole(row + half - number, CHIP_RIGHT)


def _in_order(nets: list[Net], places: Mapping[str, str]) -> Iterator[Net]:
    """Those with a strip, by where they leave the header; what a part with two legs joins stays together."""
    groups: list[list[Net]] = []
    for net in nets:
        if not any(places[part] in ("pi", "board") for part, _ in net.pins):
            continue
        legs = {part for part, _ in net.pins if places[part] == "board"}
        joined = [group for group in groups if legs & {part for other in group for part, _ in other.pins}]
        if legs and joined and not any(place == "chip" for place in (places[part] for part, _ in net.pins)):
            joined[0].append(net)
        else:
            groups.append([net])
    for group in sorted(groups, key=lambda group: min(map(_header_pin, group))):
        yield from sorted(group, key=_header_pin)


def _header_pin(net: Net) -> int:
    return min((int(pin) for part, pin in net.pins if part == HEADER), default=99)


def _place_boxes(layout: BoardLayout, nets: list[Net], places: Mapping[str, str]) -> None:
    far = _distances(layout, nets, places)
    tops = dict.fromkeys(range(len(COLUMN_X)), TOP - 30.0)
    wanted = {part.name: _middle(layout, part, nets) for part in layout.build.parts}
    for part in sorted(layout.build.parts, key=lambda part: (far.get(part.name, 0), wanted[part.name])):
        if places[part.name] == "beside":
            column = far[part.name]
            y = max(tops[column], wanted[part.name] - 40.0 if column else tops[column])
            box = _box(layout, part, (COLUMN_X[column], y), nets, far)
            tops[column] = box.y + box.height + GAP
            layout.boxes[part.name] = box
            _settle(wanted, layout, box, nets)
        elif places[part.name] == "beneath":
            y = max(TOP + 20 * PITCH + 50.0, row_y(layout.rows))
            layout.boxes[part.name] = _box(layout, part, (30.0, y), nets, far)


def _settle(wanted: dict[str, float], layout: BoardLayout, box: Box, nets: list[Net]) -> None:
    """What hangs from `box` alone wants to lie beside it."""
    for net in nets:
        if net.name not in layout.strips and any(part == box.part.name for part, _ in net.pins):
            for part, _ in net.pins:
                pin = next(pin for name, pin in net.pins if name == box.part.name)
                if part not in layout.boxes:
                    wanted[part] = box.pins[pin][1]


def _distances(layout: BoardLayout, nets: list[Net], places: Mapping[str, str]) -> dict[str, int]:
    far = {part: 0 for net in nets if net.name in layout.strips for part, _ in net.pins}
    for distance in range(1, len(COLUMN_X)):
        near = set(far)
        for net in nets:
            parts = {part for part, _ in net.pins if places[part] == "beside"}
            if parts & near:
                far |= dict.fromkeys(parts - near, distance)
    return far


def _middle(layout: BoardLayout, part: Part, nets: list[Net]) -> float:
    rows = [layout.strips[net.name].row for net in nets if net.name in layout.strips and part.name in dict(net.pins)]
    return row_y(0) if not rows else row_y(0) + PITCH * sum(rows) / len(rows)


def _box(layout: BoardLayout, part: Part, at: Spot, nets: list[Net], far: Mapping[str, int]) -> Box:
    x, y = at
    sides: dict[str, int] = {}
    order: dict[str, float] = {}
    for net in nets:
        for name, pin in net.pins:
            if name == part.name:
                others = [far.get(other, 0) for other, _ in net.pins if other != name]
                beyond = net.name not in layout.strips and max(others) > far.get(name, 0)
                sides[pin] = 1 if beyond or part.place == "beneath" else -1
                strip = layout.strips.get(net.name)
                order[pin] = 99.0 if strip is None else strip.row
    count = dict.fromkeys((-1, 1), 0)
    pins: dict[str, Spot] = {}
    for pin in sorted(sides, key=lambda pin: order[pin]):
        pins[pin] = (x if sides[pin] < 0 else x + PART_WIDTH, y + 40.0 + count[sides[pin]] * PITCH)
        count[sides[pin]] += 1
    return Box(part, x, y, 44.0 + max(count.values()) * PITCH, pins, sides)


def _wires(
    layout: BoardLayout, net: Net, places: Mapping[str, str], used: dict[tuple[int, int], int]
) -> Iterator[Wire]:
    strip = layout.strips.get(net.name)
    if strip is None:
        ends = [(layout.boxes[part].pins[pin], layout.boxes[part].sides[pin]) for part, pin in net.pins]
        for end, side in ends[1:]:
            yield Wire(net, ends[0][0], end, ends[0][1], side)
        return
    right = strip.last
    for part, pin in net.pins:
        if places[part] == "pi":
            yield Wire(net, header_point(pin), hole(strip.row, strip.first), 1, -1)
        elif places[part] == "beside":
            yield Wire(net, hole(strip.row, right), layout.boxes[part].pins[pin])
            right -= 1
        elif places[part] == "chip" and chip_hole(layout, pin) != hole(strip.row, CHIP_LEFT):
            _link(layout, net, strip, pin, used)
        elif places[part] == "board":
            _leg(layout, net, strip, part, used)


def _link(layout: BoardLayout, net: Net, strip: CopperStrip, pin: str, used: dict[tuple[int, int], int]) -> None:
    """A short wire on the board, from a leg of the chip to the net's own strip."""
    end = chip_hole(layout, pin)
    if end == hole(strip.row, CHIP_RIGHT):
        return
    column = 1 + used.setdefault((-1, 0), 0)
    used[-1, 0] += 1
    row = round((end[1] - TOP) / PITCH)
    layout.links.append(Wire(net, hole(strip.row, column), hole(row, column), 1, 1))


def _rows_at_chip(layout: BoardLayout, part: str) -> tuple[int, int] | None:
    """For a part between two of the chip's nets: rows of two of its left legs that are as far apart as the part's."""
    if layout.chip is None:
        return None
    chip, row = layout.chip
    lefts = [
        sorted(row + int(pin) - _CHIP_PINS // 2 - 1 for name, pin in net.pins if name == chip.name)
        for net in layout.build.nets
        if part in dict(net.pins)
    ]
    pairs = [(a, b) for a in lefts[0] for b in lefts[-1] if abs(a - b) == _CLOSE and min(a, b) >= row]
    return min(pairs) if len(lefts) > 1 and pairs else None


def _leg(layout: BoardLayout, net: Net, strip: CopperStrip, part: str, used: dict[tuple[int, int], int]) -> None:
    if part in layout.legs and _rows_at_chip(layout, part) is not None:
        return
    if part in layout.legs:
        start, _ = layout.legs[part]
        column = round((start[0] - BOARD_X) / HOLE)
        layout.legs[part] = (start, hole(strip.row, column))
        return
    if (rows := _rows_at_chip(layout, part)) is not None:
        layout.legs[part] = (hole(rows[0], _AT_CHIP), hole(rows[1], _AT_CHIP))
        return
    column = _FIRST_LEGS - used.setdefault((-2, 0), 0)
    used[-2, 0] += 1
    layout.legs[part] = (hole(strip.row, column), hole(strip.row, column))
