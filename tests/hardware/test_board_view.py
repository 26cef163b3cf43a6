"""The drawings, as somebody follows them who has nothing else: what they join is what the wiring joins."""

import re
from collections.abc import Iterator
from itertools import pairwise
from xml.etree import ElementTree

import pytest

from hardware.board_view import LETTER_WIDTH, LETTERS, board_view
from hardware.body import body_svg
from hardware.case.plan import plan_svg
from hardware.case.sizes import read_sizes
from hardware.kit import LANGUAGES, drawings, read_kit
from hardware.layout import (
    BOARD_X,
    CHIP_LEFT,
    CHIP_RIGHT,
    COLUMNS,
    CUT,
    PITCH,
    BoardLayout,
    Spot,
    chip_hole,
    header_point,
    hole,
    lay_out,
)
from hardware.wiring import HEADER, Build, read_wiring

DATA = read_wiring()
KIT = read_kit(DATA)
BUILDS = pytest.mark.parametrize("build", DATA.builds.values(), ids=lambda build: build.name)
DRAWN = (
    drawings(DATA, KIT)
    | {f"body.{language}": body_svg(language) for language in LANGUAGES}
    | {f"case.{language}": plan_svg(read_sizes(), KIT.words[language]) for language in LANGUAGES}
)
SVG = "{http://www.w3.org/2000/svg}"


class Copper:
    """Points that are joined, by copper and by wires."""

    def __init__(self, layout: BoardLayout) -> None:
        self._of: dict[Spot, Spot] = {}
        for row in range(layout.rows):
            cut = layout.chip is not None and layout.chip[1] <= row < layout.chip[1] + 8
            halves = [(0, CUT - 1), (CUT + 1, COLUMNS - 1)] if cut else [(0, COLUMNS - 1)]
            for first, last in halves:
                for column in range(first, last + 1):
                    self.join(hole(row, first), hole(row, column))
        for wire in [*layout.wires, *layout.links]:
            self.join(wire.start, wire.end)

    def join(self, one: Spot, other: Spot) -> None:
        self._of[self.whole(one)] = self.whole(other)

    def whole(self, point: Spot) -> Spot:
        while (up := self._of.setdefault(point, point)) != point:
            point = up
        return point


def pin_points(layout: BoardLayout, net_pins: tuple[tuple[str, str], ...]) -> Iterator[Spot]:
    """Where the pins of a net lie; of a part with two legs the leg that is nearest to being its."""
    for part, pin in net_pins:
        if part == HEADER:
            yield header_point(pin)
        elif part in layout.boxes:
            yield layout.boxes[part].pins[pin]
        elif layout.chip is not None and part == layout.chip[0].name:
            yield chip_hole(layout, pin)


@BUILDS
def test_what_a_drawing_joins_is_what_the_wiring_joins(build: Build) -> None:
    layout = lay_out(build)
    copper = Copper(layout)
    wholes = {}
    for net in build.nets:
        if net.name in layout.springs.values():
            continue
        joined = {copper.whole(point) for point in pin_points(layout, net.pins)}
        legs = [part for part, _ in net.pins if part in layout.legs]
        assert len(joined) <= 1, net.name
        for part in legs:
            ends = {copper.whole(end) for end in layout.legs[part]}
            assert len(ends) == 2, f"{part} is shorted"
            joined = joined & ends if joined else ends
            assert joined, net.name
        assert net.name not in wholes
        wholes[net.name] = next(iter(joined)) if len(joined) == 1 else None
    known = [whole for whole in wholes.values() if whole is not None]
    assert len(set(known)) == len(known)


@BUILDS
def test_a_cut_lies_on_a_hole_between_the_legs_that_nothing_else_takes(build: Build) -> None:
    layout = lay_out(build)
    assert CHIP_LEFT < CUT < CHIP_RIGHT
    drawn = board_view(layout, KIT.words["en"])
    cuts = re.findall(r'd="M([\d.]+) ([\d.]+) l8 8 m0 -8 l-8 8"', drawn)
    holes = {(float(x) + 4.0, float(y) + 4.0) for x, y in cuts}
    rows = [] if layout.chip is None else range(layout.chip[1], layout.chip[1] + 8)
    assert holes == {hole(row, CUT) for row in rows}
    taken = {end for wire in [*layout.wires, *layout.links] for end in (wire.start, wire.end)}
    assert not holes & (taken | {end for legs in layout.legs.values() for end in legs})


@BUILDS
def test_what_stands_between_two_rows_can_reach_them(build: Build) -> None:
    """A capacitor's legs are as far apart as its part says; a resistor of 0.25 W, 6.3 mm long, stands on one end, or
    lies over at least four rows."""
    layout = lay_out(build)
    for part, (start, end) in layout.legs.items():
        rows = round(abs(end[1] - start[1]) / PITCH)
        told = re.search(r"([\d.]+) mm between its legs", DATA.parts[part].buy)
        if told is not None:
            assert abs(rows * 2.54 - float(told[1])) < 0.2, part
        else:
            assert rows in (1, 2) or rows >= 4, part
        assert start[0] == end[0] >= BOARD_X


def test_a_strip_is_whole_until_the_step_that_cuts_it() -> None:
    for language in LANGUAGES:
        for step in KIT.steps["electrodes"]:
            drawn = DRAWN[f"guide/img/electrodes-{step.key}.{language}.svg"]
            before = [s.key for s in KIT.steps["electrodes"]].index(step.key) < [
                s.key for s in KIT.steps["electrodes"]
            ].index("converter")
            assert ("l8 8 m0 -8 l-8 8" in drawn) != before


def test_from_the_copper_side_the_columns_run_the_other_way_and_the_rows_do_not() -> None:
    for language in LANGUAGES:
        root = ElementTree.fromstring(DRAWN[f"guide/img/electrodes-copper.{language}.svg"])
        said = {text.text: (float(text.attrib["x"]), float(text.attrib["y"])) for text in root.iter(f"{SVG}text")}
        columns = [said[letter][0] for letter in LETTERS]
        rows = [said[str(row + 1)][1] for row in range(lay_out(DATA.builds["electrodes"]).rows)]
        assert columns == sorted(columns, reverse=True)
        assert rows == sorted(rows)


@BUILDS
def test_the_battery_board_touches_the_pins_it_is_named_for(build: Build) -> None:
    layout = lay_out(build)
    touched = {
        net.name for net in build.nets for part, pin in net.pins if part == "battery" and (HEADER, pin) in net.pins
    }
    assert set(layout.springs.values()) == touched
    assert not {wire.net.name for wire in layout.wires} & touched


@BUILDS
def test_no_hole_takes_two_wires_and_nothing_lies_off_the_board(build: Build) -> None:
    layout = lay_out(build)
    holes = [hole(row, column) for row in range(layout.rows) for column in range(COLUMNS)]
    ends = [end for wire in [*layout.wires, *layout.links] for end in (wire.start, wire.end) if end in holes]
    ends += [end for legs in layout.legs.values() for end in legs]
    if layout.chip is not None:
        ends += [chip_hole(layout, str(pin)) for pin in range(1, 17)]
    assert len(set(ends)) == len(ends)
    assert all(end in holes for legs in layout.legs.values() for end in legs)


@BUILDS
def test_no_part_lies_on_another(build: Build) -> None:
    boxes = list(lay_out(build).boxes.values())
    for i, one in enumerate(boxes):
        for other in boxes[i + 1 :]:
            apart = one.y + one.height <= other.y or other.y + other.height <= one.y
            assert one.x != other.x or apart, (one.part.name, other.part.name)


@pytest.mark.parametrize("name", DRAWN)
def test_nothing_is_clipped(name: str) -> None:
    root = ElementTree.fromstring(DRAWN[name])
    _, _, width, height = map(float, root.attrib["viewBox"].split())
    for said in root.iter(f"{SVG}text"):
        x, y, size = (float(said.attrib[key]) for key in ("x", "y", "font-size"))
        wide = len(said.text or "") * LETTER_WIDTH * size
        start = x - {"start": 0.0, "middle": wide / 2, "end": wide}[said.attrib["text-anchor"]]
        assert start >= 0.0, said.text
        assert start + wide <= width, said.text
        assert size <= y <= height, said.text
    paths = [path.attrib["d"] for path in root.iter(f"{SVG}path")]
    numbers = [float(number) for path in paths for number in re.findall(r"[MH](-?[\d.]+)", path)]
    assert all(0.0 <= number <= width for number in numbers)


@pytest.mark.parametrize("name", DRAWN)
def test_no_words_lie_on_words(name: str) -> None:
    """The numbers of the header and of the wires are in rings of their own, and left out here."""
    spans: dict[float, list[tuple[float, float, str]]] = {}
    for said in ElementTree.fromstring(DRAWN[name]).iter(f"{SVG}text"):
        if len(said.text or "") > 2:
            x, y, size = (float(said.attrib[key]) for key in ("x", "y", "font-size"))
            wide = len(said.text or "") * LETTER_WIDTH * size
            start = x - {"start": 0.0, "middle": wide / 2, "end": wide}[said.attrib["text-anchor"]]
            spans.setdefault(y, []).append((start, start + wide, said.text or ""))
    for row in spans.values():
        for one, other in pairwise(sorted(row)):
            assert one[1] <= other[0], (one[2], other[2])


@pytest.mark.parametrize("build", ["finger", "electrodes"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_each_wire_is_drawn_in_full_in_the_step_that_adds_it_and_told_in_words(build: str, language: str) -> None:
    layout = lay_out(DATA.builds[build])
    for step in KIT.steps[build]:
        drawn = DRAWN[f"guide/img/{build}-{step.key}.{language}.svg"]
        full = set(re.findall(r'data-net="([^"]+)" opacity="1"', drawn))
        told = set(re.findall(r">(\d+)</text>", drawn))
        wires = {net.replace("'", "&#x27;") for net in step.nets} - set(layout.springs.values())
        assert full == wires
        assert {str(layout.codes[net]) for net in step.nets} <= told
        for net in layout.build.nets:
            if net.name in step.nets:
                assert KIT.words[language].ends(net, layout).replace("'", "&#x27;") in drawn


def test_a_part_that_is_not_there_yet_is_not_drawn() -> None:
    layout = lay_out(DATA.builds["finger"])
    first = board_view(layout, KIT.words["en"], set(), set(KIT.steps["finger"][0].nets))
    assert "MAX30102" not in first.split("<rect")[-1]
    assert ">OLED<" not in first


def test_the_body_is_the_mirrors_on_paper_as_on_the_screen() -> None:
    for language in LANGUAGES:
        texts = ElementTree.fromstring(body_svg(language)).iter(f"{SVG}text")
        letters = {said.text: float(said.attrib["x"]) for said in texts}
        assert letters["L"] < letters["R"]
