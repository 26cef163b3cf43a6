"""The guide, held to the parts list, the wiring and the configuration."""

import re
import tomllib
from pathlib import Path

import pytest

from device.config import parse_config
from hardware.kit import SOURCE as KIT_SOURCE
from hardware.kit import parts_page, read_kit
from hardware.tables import settings
from hardware.wiring import FOLDER, WiringError, read_wiring

DATA = read_wiring()
KIT = read_kit(DATA)
GUIDE = FOLDER / "guide"
PAGES = sorted(GUIDE.glob("*.md"))
PARTS = (FOLDER / "parts.md").read_text(encoding="utf-8")
# What a shop would know a part by.
NAMED = re.compile(
    r"MAX\d+|AD\d+|MCP\d+|PiSugar \d|Raspberry Pi Zero\S*|\b(?:10|15|56)0 kΩ|\b1 kΩ|100 nF|\b4 mm|OLED|"
    r"stripboard|USB-C"
)


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
            if build in item.builds:
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


def test_each_page_is_there_in_both_languages() -> None:
    english = {path.name for path in PAGES if ".nb." not in path.name}
    norwegian = {path.name.replace(".nb.", ".") for path in PAGES if ".nb." in path.name}
    assert norwegian == english | {"safety.md"}


@pytest.mark.parametrize("page", [*PAGES, FOLDER / "README.md"], ids=lambda page: page.name)
def test_every_link_of_the_guide_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_the_strips_are_as_many_as_the_guide_has_cut() -> None:
    from hardware.layout import lay_out

    for name, words in (("finger", ("{} strips of", "{} striper på")), ("electrodes", ("{} strips", "{} striper"))):
        rows = lay_out(DATA.builds[name]).rows
        for said, page in zip(words, (f"{name}.md", f"{name}.nb.md"), strict=True):
            assert said.format(rows) in (GUIDE / page).read_text(encoding="utf-8")


def test_each_kind_of_part_has_a_price_and_two_sources_and_no_shop_is_named() -> None:
    for item in KIT.items:
        low, high = item.kind.price
        assert 0.0 < low <= high
        assert len(set(item.kind.sources)) == 2
    page = parts_page(DATA, KIT)
    assert not re.search(r"https?://|www\.|\.com\b|\.no\b", page)


def test_a_step_that_forgets_a_wire_is_refused() -> None:
    text = KIT_SOURCE.read_text(encoding="utf-8")
    wrong = text.replace('nets = ["button", "button ground", "power button"', 'nets = ["button", "power button"', 1)
    with pytest.raises(WiringError, match="'finger' do not have each net once: button ground"):
        read_kit(DATA, wrong)


def test_a_part_of_no_kind_is_refused() -> None:
    text = KIT_SOURCE.read_text(encoding="utf-8")
    with pytest.raises(WiringError, match="part 'led' has no kind"):
        read_kit(DATA, text.replace('led = "small"\nmotor', "motor", 1))
