"""The guide, held to the parts list, the wiring and the configuration."""

import re
import tomllib
from pathlib import Path

import pytest

from device.config import parse_config
from hardware.kit import SOURCE as KIT_SOURCE
from hardware.kit import parts_page, read_kit
from hardware.layout import COLUMNS, lay_out
from hardware.tables import settings
from hardware.wiring import FOLDER, HEADER, Net, WiringError, read_wiring

DATA = read_wiring()
KIT = read_kit(DATA)
GUIDE = FOLDER / "guide"
PAGES = sorted(GUIDE.glob("*.md"))
PARTS = (FOLDER / "parts.md").read_text(encoding="utf-8")
# What a shop would know a part by.
NAMED = re.compile(
    r"MAX\d+|AD\d+|MCP\d+|PiSugar \d|Raspberry Pi Zero\S*|\b(?:10|15|56)0 kΩ|\b1 kΩ|100 nF|\b4 mm|OLED|"
    r"stripboard|USB-C|jumper wire|shrink tube|insulating tape|hot glue|alcohol|foam|film|skin tape|needle|card reader|"
    r"strip cutter|soldering iron|capacitor|short USB cable"
)
BOTH = pytest.mark.parametrize("ending", ["", ".nb"])
# How each language tells to look for shorts, to switch on, and to have all off before soldering.
SHORTS = {"": r"[Ll]ook for shorts", ".nb": r"[Ll]et etter\s+kortslutninger"}
SWITCH_ON = {"": r"[Tt]hen\s+switch\s+on", ".nb": r"[Ss]lå\s+så\s+på"}
DEAD = {"": r"Rule 1 first|with rule 1 before", ".nb": r"Først regel 1|med regel 1 før"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_part_that_a_page_names_is_in_the_parts_list(page: Path) -> None:
    named = set(NAMED.findall(page.read_text(encoding="utf-8")))
    listed = PARTS.replace("kOhm", "kΩ").lower()
    assert {name for name in named if name.lower() not in listed} == set()


def test_every_part_and_every_tool_of_a_build_is_named_in_its_guide() -> None:
    finger, electrodes, use = (
        (GUIDE / f"{name}.md").read_text(encoding="utf-8").lower() for name in ("finger", "electrodes", "use")
    )
    finger += use
    electrodes += finger
    for build, text in (("finger", finger), ("electrodes", electrodes)):
        drawn = "".join(path.read_text(encoding="utf-8").lower() for path in (GUIDE / "img").glob(f"{build}-*.en.svg"))
        for item in KIT.items:
            if build in item.builds and not item.tool:
                short = item.title.split(",")[0].lower()
                assert short in text or short in drawn, item.title


@pytest.mark.parametrize("name", ["finger", "electrodes"])
@pytest.mark.parametrize("language", ["", ".nb"])
def test_the_configuration_that_a_guide_tells_is_the_builds(name: str, language: str) -> None:
    text = (GUIDE / f"{name}{language}.md").read_text(encoding="utf-8")
    told = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert len(told) == 1
    assert tomllib.loads(told[0]) == tomllib.loads(settings(DATA.builds[name]))
    assert parse_config(told[0], name).wiring.power_board == "pisugar3"


@pytest.mark.parametrize("name", ["finger", "electrodes"])
@pytest.mark.parametrize(("language", "ending"), [("en", ""), ("nb", ".nb")])
def test_every_step_has_its_drawing_in_the_language_of_the_page(name: str, language: str, ending: str) -> None:
    text = (GUIDE / f"{name}{ending}.md").read_text(encoding="utf-8")
    shown = re.findall(r"\]\((img/[^)]+)\)", text)
    assert {f"img/{name}-{step.key}.{language}.svg" for step in KIT.steps[name]} <= set(shown)
    assert all(path.endswith(f".{language}.svg") and (GUIDE / path).is_file() for path in shown)
    assert len(set(shown)) == len(shown)


def told(name: str, ending: str = "") -> str:
    return (GUIDE / f"{name}{ending}.md").read_text(encoding="utf-8")


def steps_of(text: str) -> list[str]:
    return re.split(r"^## (?=\d)", text, flags=re.MULTILINE)[1:]


@BOTH
@pytest.mark.parametrize("name", ["finger", "electrodes"])
def test_shorts_are_looked_for_before_each_switching_on(name: str, ending: str) -> None:
    switched = 0
    for step in steps_of(told(name, ending)):
        for on in re.finditer(SWITCH_ON[ending], step):
            assert re.search(SHORTS[ending], step[: on.start()]), step.splitlines()[0]
            switched += 1
    assert switched >= (2 if name == "finger" else 1)


@BOTH
def test_a_step_that_solders_says_first_that_all_is_off(ending: str) -> None:
    soldered = {step.key for step in KIT.steps["finger"]} - {"battery"}
    for step in steps_of(told("finger", ending)):
        for key in re.findall(r"\(img/finger-(\w+)\.", step):
            if key in soldered:
                assert re.search(DEAD[ending], step[: step.index(f"img/finger-{key}")]), key
                soldered.remove(key)
    assert not soldered
    assert re.search(DEAD[ending], told("electrodes", ending))


@pytest.mark.parametrize("name", ["finger", "electrodes", "use"])
def test_both_languages_have_the_same_steps_pictures_and_commands(name: str) -> None:
    english, norwegian = told(name), told(name, ".nb")
    for pattern in (r"^## (\d*)", r"img/([\w-]+)\.", r"^    (\S.*)$", r"^(\d+)\. ", r"`(?:sudo )?rolig[^`]*`"):
        found = [
            [" ".join(said.split()) for said in re.findall(pattern, text, re.MULTILINE)]
            for text in (english, norwegian)
        ]
        assert found[0] == found[1], pattern


def test_there_are_as_many_jumper_wires_as_the_largest_build_takes() -> None:
    used = []
    for build in DATA.builds.values():
        touched = set(lay_out(build).springs)
        pins = {pin for net in build.nets for part, pin in net.pins if part == HEADER}
        used.append(len(pins - touched))
    (listed,) = (item for item in KIT.items if item.title == "Jumper wires")
    assert listed.buy.startswith(f"{max(used)} jumper wires")


def test_wire_of_every_colour_that_is_drawn_is_in_the_list() -> None:
    (listed,) = (item for item in KIT.items if item.title == "Wire")
    drawn = {KIT.words["en"].colour(net.colour) for build in DATA.builds.values() for net in build.nets}
    assert drawn <= set(re.findall(r"\w+", listed.buy))
    assert "Insulated" in listed.buy


def test_in_the_first_build_no_two_signals_have_one_colour_and_orange_is_3_3_v_alone() -> None:
    """Red is what feeds: 5 V, and the cell."""

    def signal(net: Net) -> bool:
        ends = {part for part, _ in net.pins}
        supply = net.name.startswith(("3V3", "5V")) or "ground" in net.name or net.colour == "RD"
        return not supply and "short_cable" not in ends and net.name not in layout.springs.values()

    layout = lay_out(DATA.builds["finger"])
    signals = [net for net in DATA.builds["finger"].nets if signal(net)]
    through = {net.name for net in signals if net.name == "LED limited"}  # the LED's other side of its resistor
    colours = [net.colour for net in signals if net.name not in through]
    assert len(set(colours)) == len(colours)
    assert {net.name[:3] for net in DATA.nets if net.colour == "OG"} == {"3V3"}


def test_the_board_of_the_list_carries_every_build() -> None:
    (listed,) = (item for item in KIT.items if item.title == "Stripboard")
    size = re.search(r"(\d+) strips of (\d+) holes", listed.buy)
    assert size is not None
    assert int(size[2]) == COLUMNS
    for build in DATA.builds.values():
        assert lay_out(build).rows <= int(size[1])
    for name in ("finger", "electrodes"):
        assert f"{size[1]} strips of {size[2]} holes" in " ".join(told(name).split())


def test_pole_b_goes_to_the_pad_of_the_power_button_and_not_to_the_other_ones() -> None:
    """PiSugar's table: pad 10, PWR, is the power button's, 9, BTN, the custom one's; each is joined to 2, BAT."""
    (net,) = (net for net in DATA.nets if net.name == "power button")
    assert ("battery", "PWR") in net.pins
    assert "BTN" not in DATA.parts["battery"].pins
    assert {step.key for step in KIT.steps["finger"] if net.name in step.nets} == {"battery"}


def test_each_page_is_there_in_both_languages() -> None:
    english = {path.name for path in PAGES if ".nb." not in path.name}
    norwegian = {path.name.replace(".nb.", ".") for path in PAGES if ".nb." in path.name}
    assert norwegian == english | {"safety.md"}


@pytest.mark.parametrize("page", [*PAGES, FOLDER / "README.md"], ids=lambda page: page.name)
def test_every_link_of_the_guide_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_the_strips_are_as_many_as_the_guide_has_cut() -> None:
    for name, words in (
        ("finger", ("upper {} strips", "øverste {} stripene")),
        ("electrodes", ("takes {} of its", "bruker {} av")),
    ):
        rows = lay_out(DATA.builds[name]).rows
        for said, page in zip(words, (f"{name}.md", f"{name}.nb.md"), strict=True):
            assert said.format(rows) in " ".join((GUIDE / page).read_text(encoding="utf-8").split())


def test_each_kind_of_part_has_a_price_and_two_sources_and_no_shop_is_named() -> None:
    for item in KIT.items:
        low, high = item.kind.price
        assert 0.0 < low <= high
        assert len(set(item.kind.sources)) == 2
    page = parts_page(DATA, KIT)
    assert not re.search(r"https?://|www\.|\.com\b|\.no\b", page)


def test_a_step_that_forgets_a_wire_is_refused() -> None:
    text = KIT_SOURCE.read_text(encoding="utf-8")
    wrong = text.replace('nets = ["button", "button ground"]', 'nets = ["button"]', 1)
    with pytest.raises(WiringError, match="'finger' do not have each net once: button ground"):
        read_kit(DATA, wrong)


def test_a_tool_for_a_build_that_is_not_there_is_refused() -> None:
    text = KIT_SOURCE.read_text(encoding="utf-8")
    table = text.index("[others.needle]")
    wrong = text[:table] + text[table:].replace('builds = ["electrodes"', 'builds = ["toes"', 1)
    with pytest.raises(WiringError, match="'Needle' is for a build that is not there"):
        read_kit(DATA, wrong)


def test_a_part_of_no_kind_is_refused() -> None:
    text = KIT_SOURCE.read_text(encoding="utf-8")
    with pytest.raises(WiringError, match="part 'led' has no kind"):
        read_kit(DATA, text.replace('led = "small"\nmotor', "motor", 1))
