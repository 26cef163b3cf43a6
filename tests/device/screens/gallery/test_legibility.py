import math
from pathlib import Path

import pytest

from device.screens.gallery.legibility import PANELS_MM, arc_minutes, capital_px, table
from device.screens.texts import TEXTS
from device.screens.texts.places import Place

ROOT = Path(__file__).parents[4]


def test_the_table_in_the_documents_is_that_of_the_fonts() -> None:
    assert table() in (ROOT / "docs" / "legibility.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("key", [key for key in TEXTS if key.startswith(("state.", "question.", "hint.", "contact."))])
def test_state_question_and_hint_stand_in_capitals_of_ten_pixels_or_more(key: str) -> None:
    assert capital_px(TEXTS[key].place.font) >= 10


def test_on_the_recommended_panel_they_are_four_times_what_an_eye_just_reads() -> None:
    assert arc_minutes(capital_px(Place.HINT.font), '2.4"') >= 4 * 5.0
    assert arc_minutes(capital_px(Place.HINT.font), '0.96"') >= 2 * 5.0


@pytest.mark.parametrize("panel", PANELS_MM)
def test_an_angle_grows_with_the_letter(panel: str) -> None:
    assert arc_minutes(20, panel) == pytest.approx(2 * arc_minutes(10, panel), rel=1e-4)
    assert math.isclose(arc_minutes(0, panel), 0.0)
