"""The KiCad files, read by a reader of our own: what lies at one place or has one name is joined, as KiCad has it."""

import re
import shutil
from collections import defaultdict

import pytest

from hardware.schematic.draw import DRAWN, check, smaller
from hardware.schematic.kicad import pin_type, schematic
from hardware.wiring import FOLDER, Build, read_wiring

DATA = read_wiring()
BUILDS = pytest.mark.parametrize("build", DATA.builds.values(), ids=lambda build: build.name)
TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[()]|[^\s()"]+')
Expression = list["str | Expression"]


def read(text: str) -> Expression:
    """An S-expression as nested lists."""
    stack: list[Expression] = [[]]
    for token in TOKEN.findall(text):
        if token == "(":
            stack.append([])
        elif token == ")":
            closed = stack.pop()
            stack[-1].append(closed)
        else:
            stack[-1].append(token[1:-1].replace('\\"', '"') if token.startswith('"') else token)
    assert len(stack) == 1
    (whole,) = stack[0]
    assert isinstance(whole, list)
    return whole


def every(expression: Expression, name: str) -> list[Expression]:
    return [item for item in expression if isinstance(item, list) and item[0] == name]


def place(expression: Expression) -> tuple[float, float]:
    _, x, y, *_ = every(expression, "at")[0]
    return round(float(str(x)), 2), round(float(str(y)), 2)


def joined(sheet: Expression) -> tuple[dict[str, set[tuple[str, str]]], set[tuple[str, str]]]:
    """Pins by the name at their end, and those with the mark that nothing goes there."""
    library = {str(symbol[1]): symbol for symbol in every(every(sheet, "lib_symbols")[0], "symbol")}
    labels = {place(label): str(label[1]) for label in every(sheet, "global_label")}
    crosses = {place(cross) for cross in every(sheet, "no_connect")}
    assert len(labels) == len(every(sheet, "global_label"))
    found, alone = defaultdict(set), set()
    for symbol in every(sheet, "symbol"):
        x, y = place(symbol)
        part = str(every(symbol, "lib_id")[0][1]).removeprefix("rolig:")
        for unit in every(library[f"rolig:{part}"], "symbol"):
            for pin in every(unit, "pin"):
                px, py = place(pin)
                end = (round(x + px, 2), round(y - py, 2))
                name = str(every(pin, "number")[0][1])
                assert (end in labels) != (end in crosses)
                if end in labels:
                    found[labels[end]].add((part, name))
                else:
                    alone.add((part, name))
    return found, alone


@BUILDS
def test_the_file_joins_what_the_wiring_joins_and_marks_the_rest(build: Build) -> None:
    found, alone = joined(read(schematic(build)))
    assert found == {net.name: set(net.pins) for net in build.nets}
    wired = {pin for net in build.nets for pin in net.pins}
    assert alone == {(part.name, pin) for part in build.parts for pin in part.pins} - wired


@BUILDS
def test_no_box_lies_on_another_or_off_the_sheet(build: Build) -> None:
    sheet = read(schematic(build))
    ends = [place(label) for label in [*every(sheet, "global_label"), *every(sheet, "no_connect")]]
    assert len(set(ends)) == len(ends)
    assert all(20.0 < x < 400.0 and 10.0 < y < 280.0 for x, y in ends)
    assert all(round(x / 1.27, 6).is_integer() and round(y / 1.27, 6).is_integer() for x, y in ends)


@BUILDS
def test_each_identifier_is_used_once(build: Build) -> None:
    identifiers = re.findall(r'\(uuid "([^"]+)"\)', schematic(build))
    assert len(set(identifiers)) == len(identifiers)


@BUILDS
def test_what_needs_power_is_fed_from_one_side(build: Build) -> None:
    """KiCad's own rules of power pins, without KiCad."""
    parts = {part.name: part for part in build.parts}
    for net in build.nets:
        kinds = [pin_type(parts[part], pin) for part, pin in net.pins]
        assert kinds.count("power_out") <= 1, net.name
        if "power_in" in kinds:
            assert "power_out" in kinds, net.name


def test_a_drawing_made_smaller_keeps_what_it_says() -> None:
    svg = (
        '<svg a="1.23456">\n  <title>x date 1</title>\n<g style="fill:none;\nstroke:#006464; a:1">\n<text x="2.0000"\n'
        'font-size="1" opacity="0" stroke-opacity="0">a  b</text>\n<g class="stroked-text"><path d="M1"/></g></g></svg>'
    )
    made = smaller(svg)
    assert "date" not in made
    assert "path" not in made
    assert '<text x="2" font-size="1" style="fill:#006464;stroke:none;' in made
    assert ">a b</text>" in made


@pytest.mark.parametrize("name", DRAWN)
def test_the_drawing_of_a_build_names_each_of_its_nets(name: str) -> None:
    drawn = (FOLDER / "schematic" / f"{name}.svg").read_text(encoding="utf-8")
    assert [net.name for net in DATA.builds[name].nets if f">{net.name}<" not in drawn] == []


@pytest.mark.skipif(shutil.which("kicad-cli") is None, reason="no KiCad 8 or later here")
@BUILDS
def test_kicads_electrical_rules_find_nothing(build: Build) -> None:
    assert check(FOLDER / "schematic" / f"{build.name}.kicad_sch") == ""
