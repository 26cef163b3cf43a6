import re
from pathlib import Path

import pytest

from device.screens.canvas import FONTS, font, text_width_px
from device.screens.texts import COLUMNS, TEXTS
from device.screens.texts.places import PLACES, Place
from device.session.choosing.cards import Card
from device.session.choosing.check_in import QUESTIONS, Question
from device.session.choosing.menu import MenuItem
from device.session.choosing.preferences import GuideForm, Language
from device.session.showing import views
from device.session.showing.hints import Hint

LONGEST = {
    "minutes": "20",
    "guide.rsa": "300",
    "summary.calm": "22",
    "summary.settled": "20",
    "summary.rest": "10",
    "numbers.bpm": "200",
    "numbers.ms": "300",
    "morning.last": "14",
    "morning.rmssd": "300",
    "morning.more": "13",
    "morning.one_more": "1",
    "usb.offered": "0.12.10",
}
# What the wearer never reads in a session, in any language, as whole words or beginnings of words.
BANNED = (
    "fail",
    "bad",
    "danger",
    "wrong",
    "error",
    "alarm",
    "feil",
    "farlig",
    "fare",
    "dårlig",
    "mislyk",
    "gal",
    "fel",
    "fara",
    "dålig",
    "misslyck",
)
LANGUAGES = list(Language)


@pytest.mark.parametrize("key", TEXTS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_fits_its_place(key: str, language: Language) -> None:
    text = TEXTS[key]
    for line in text.lines(language):
        assert line.strip() == line != ""
        width_px = text_width_px(text.place.font, line.format(LONGEST.get(key, "")))
        assert width_px <= text.place.width_px, line


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_the_same_braces(language: Language) -> None:
    for key, text in TEXTS.items():
        assert "\n".join(text.lines(language)).count("{}") == (key in LONGEST), key


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_word_judges_or_frightens(language: Language) -> None:
    for key, text in TEXTS.items():
        said = "\n".join(text.lines(language)).lower()
        assert "!" not in said, key
        for word in BANNED:
            assert not re.search(rf"\b{word}", said), f"{key}: {word}"


@pytest.mark.parametrize(
    ("state", "nb", "en"),
    [
        ("calm", "Rolig", "Calm"),
        ("neutral", "Nøytral", "Neutral"),
        ("alarm", "På vakt", "On guard"),
        ("unsure", "Usikkert signal", "Unsure"),
    ],
)
def test_the_states_are_worded_as_agreed(state: str, nb: str, en: str) -> None:
    text = TEXTS[f"state.{state}"]
    assert " ".join(text.lines(Language.NB)) == nb
    assert " ".join(text.lines(Language.EN)) == en


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text_and_no_other(language: Language) -> None:
    assert COLUMNS[language].keys() == PLACES.keys()


@pytest.mark.parametrize(
    ("prefix", "members"),
    [
        ("menu", MenuItem),
        ("question", Question),
        ("last", QUESTIONS),
        ("hint", Hint),
        ("card", Card),
        ("form", GuideForm),
        ("notice", views.Notice),
        ("advice", views.Advice),
        ("guide", views.GuideCaption),
        ("ring", views.RingKind),
    ],
)
def test_no_text_is_missing(prefix: str, members: list[str]) -> None:
    assert {f"{prefix}.{member}" for member in members} <= TEXTS.keys()


def test_every_text_is_used_somewhere() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in FONTS.parent.glob("*.py"))
    families = set(re.findall(r'f"([a-z]+)\.\{', source))
    for key in TEXTS:
        named = f'"{key}"' in source or f'"{key.removesuffix(".hint")}"' in source
        assert named or key.split(".")[0] in families, key


@pytest.mark.parametrize("place", list(Place))
def test_every_font_has_the_norwegian_letters(place: Place) -> None:
    shapes = {letter: bytes(font(place.font).getmask(letter)) for letter in "æøåÆØÅaoAO"}
    assert all(any(shape) for shape in shapes.values())
    assert len(set(shapes.values())) == len(shapes)


def test_the_fonts_licence_lies_beside_them() -> None:
    assert "Adobe" in (FONTS / "LICENSE").read_text(encoding="utf-8")
    assert {path.stem for path in Path(FONTS).glob("*.pil")} >= {place.font for place in Place}


def test_no_screen_asks_for_a_language_by_name() -> None:
    for path in FONTS.parent.glob("*.py"):
        assert not re.search(r"Language\.[A-Z]", path.read_text(encoding="utf-8")), path.name
