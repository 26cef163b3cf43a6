import itertools
import math
from dataclasses import replace
from pathlib import Path
from typing import get_args

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from device.screens import DRAWERS, draw, summary
from device.screens.breathe import SIDE_LEFT
from device.screens.canvas import HEIGHT, WIDTH, Canvas, font
from device.screens.gallery.examples import examples
from device.screens.guide_forms import LARGEST, guide_radius
from device.session.choosing.preferences import GuideForm, Language
from device.session.showing.views import (
    GuideView,
    PageView,
    SummaryNumbersView,
    SummarySettledView,
    SummaryTimeView,
    SummaryView,
    UsbState,
    UsbView,
    View,
)
from device.update.format import MOST_VERSION_LENGTH
from dsp.types import BreathKind, BreathPhase, StateKind

GOLDEN = Path(__file__).parents[2] / "golden"
NAMES = list(examples(Language.NB))
Box = tuple[int, int, int, int]


def pixels(image: Image.Image) -> NDArray[np.bool_]:
    return np.asarray(image.convert("1"), dtype=bool)


class Watched(Canvas):
    """Notes where each word's ink went, off the picture too."""

    def __init__(self, language: Language) -> None:
        super().__init__(language)
        self.words: list[tuple[str, Box]] = []

    def write(self, x: float, y: int, text: str, font_name: str, ink: int = 1) -> None:
        mask = Image.new("1", (400, 100))
        canvas = Canvas(Language.NB)
        canvas.image = mask
        canvas.draw = type(self.draw)(mask)
        canvas.draw.text((100, 20), text, font=font(font_name), fill=1)
        box = mask.getbbox()
        assert box is not None, text
        left, top = round(x) - 100, y - 20
        self.words.append((text, (box[0] + left, box[1] + top, box[2] + left, box[3] + top)))
        super().write(x, y, text, font_name, ink)


def overlap(a: Box, b: Box) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def test_every_view_has_a_screen_and_an_example() -> None:
    shown = examples(Language.EN).values()
    assert set(get_args(View)) == set(DRAWERS) == {type(view) for view in shown}
    pages = {type(view.page) for view in shown if isinstance(view, PageView)}
    assert pages == set(summary.DRAWERS) == set(get_args(SummaryView))


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", NAMES)
def test_the_screen_looks_as_it_was_last_seen_and_approved(name: str, language: Language) -> None:
    """After a wanted change: `python -m device.screens.gallery.sheet --golden tests/golden`, and look."""
    with Image.open(GOLDEN / f"{name}-{language}.png") as golden:
        expected = pixels(golden)
    assert np.array_equal(pixels(draw(examples(language)[name])), expected)


def test_no_golden_image_is_left_over() -> None:
    expected = {f"{name}-{language}.png" for name in NAMES for language in Language}
    assert {path.name for path in GOLDEN.glob("*.png")} == expected


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("name", NAMES)
def test_no_word_is_cut_off_or_covers_another(name: str, language: Language) -> None:
    view = examples(language)[name]
    canvas = Watched(language)
    DRAWERS[type(view)](canvas, view)
    for text, (left, top, right, bottom) in canvas.words:
        assert left >= 0, text
        assert top >= 0, text
        assert right <= WIDTH, text
        assert bottom <= HEIGHT, text
    for i, (text, box) in enumerate(canvas.words):
        for other, other_box in canvas.words[:i]:
            assert not overlap(box, other_box), f"{text} over {other}"


@settings(max_examples=60)
@given(st.from_regex(r"[0-9]{1,5}(\.[0-9]{1,5}){1,3}", fullmatch=True), st.sampled_from(Language))
def test_the_whole_version_is_on_the_screen_that_asks_about_it(version: str, language: Language) -> None:
    assume(len(version) <= MOST_VERSION_LENGTH)
    canvas = Watched(language)
    DRAWERS[UsbView](canvas, UsbView(language, UsbState.OFFERED, False, blocks=True, version=version))
    ((left, right),) = [(box[0], box[2]) for text, box in canvas.words if version in text]
    assert 0 <= left < right <= WIDTH


@pytest.mark.parametrize("name", NAMES)
def test_a_picture_is_what_luma_takes_and_the_same_every_time(name: str) -> None:
    view = examples(Language.NB)[name]
    first, second = draw(view), draw(view)
    assert (first.mode, first.size) == ("1", (128, 64))
    assert first.tobytes() == second.tobytes()


def test_every_state_looks_different_without_reading_a_word() -> None:
    plain = examples(Language.NB)["guide_hidden"]
    assert isinstance(plain, GuideView)
    marks = []
    for state, settling in [*((state, False) for state in StateKind), (StateKind.NEUTRAL, True)]:
        picture = pixels(draw(replace(plain, state=state, settling=settling)))
        marks.append(picture[:10, SIDE_LEFT:])
    for i, mark in enumerate(marks):
        assert mark.sum() >= 12
        for other in marks[:i]:
            assert (mark != other).sum() >= 20


def guide_at(progress: float, kind: BreathKind = BreathKind.INHALE, form: GuideForm = GuideForm.OUTLINE) -> GuideView:
    view = examples(Language.NB)["guide_calm"]
    assert isinstance(view, GuideView)
    return replace(view, breath=BreathPhase(kind, progress, 6.0), form=form)


def lit(view: GuideView) -> int:
    return int(pixels(draw(view))[:, :64].sum())


def test_the_guide_grows_through_the_inhale_and_shrinks_through_the_exhale() -> None:
    radii = [guide_radius(BreathPhase(BreathKind.INHALE, i / 50, 6.0)) for i in range(51)]
    assert radii == sorted(radii)
    radii = [guide_radius(BreathPhase(BreathKind.EXHALE, i / 50, 6.0)) for i in range(51)]
    assert radii == sorted(radii, reverse=True)
    assert radii[0] == LARGEST


def test_the_guide_has_no_jump_where_the_breath_turns() -> None:
    def radius(kind: BreathKind, progress: float) -> float:
        return guide_radius(BreathPhase(kind, progress, 6.0))

    assert radius(BreathKind.INHALE, 1.0) == pytest.approx(radius(BreathKind.EXHALE, 0.0))
    assert radius(BreathKind.EXHALE, 1.0) == pytest.approx(radius(BreathKind.INHALE, 0.0))


def test_at_twenty_frames_a_second_no_frame_changes_the_radius_by_more_than_a_pixel() -> None:
    """At the fastest pace: 15 breaths a minute, 1.6 s of inhale."""
    frame = 0.05 / (0.4 * 60.0 / 15.0)
    radii = [guide_radius(BreathPhase(BreathKind.INHALE, min(1.0, i * frame), 15.0)) for i in range(33)]
    assert max(b - a for a, b in itertools.pairwise(radii)) < 1.0


def test_nothing_beside_the_guide_ever_covers_it() -> None:
    for name, view in examples(Language.EN).items():
        if isinstance(view, GuideView):
            bare = replace(
                view, state=None, hr_bpm=None, coherence_level=None, rsa_ms=None, caption=None, step=None, hint=None
            )
            beside, alone = pixels(draw(view)), pixels(draw(bare))
            assert np.array_equal(beside[:, :SIDE_LEFT], alone[:, :SIDE_LEFT]), name


def test_the_guide_takes_more_light_than_all_that_stands_beside_it() -> None:
    """As it is at first: without numbers."""
    for kind in BreathKind:
        for progress in (0.0, 0.5, 1.0):
            view = replace(guide_at(progress, kind), hr_bpm=None, coherence_level=None, rsa_ms=None)
            picture = pixels(draw(view))
            assert picture[:, :SIDE_LEFT].sum() > picture[:, SIDE_LEFT:].sum()


def test_a_fading_guide_gives_less_and_less_light() -> None:
    amounts = [lit(replace(guide_at(0.6, form=GuideForm.DISC), fade=fade)) for fade in (0.0, 0.3, 0.6, 0.9, 1.0)]
    assert amounts == sorted(amounts, reverse=True)
    assert 0 < amounts[-1] < 40


def test_a_beat_changes_the_picture_but_only_the_heart() -> None:
    on, off = guide_at(0.5), replace(guide_at(0.5), beat=False)
    changed = np.argwhere(pixels(draw(on)) != pixels(draw(off)))
    assert 5 < len(changed) < 40
    assert (changed.max(axis=0) - changed.min(axis=0) < 8).all()


@pytest.mark.parametrize("form", [GuideForm.OUTLINE, GuideForm.WAVE])
def test_a_line_lights_at_most_a_tenth_of_the_panel_and_hardly_swings(form: GuideForm) -> None:
    """With the state beside it and no numbers; as share of all pixels."""
    shares = []
    for kind in BreathKind:
        for step in range(51):
            view = replace(guide_at(step / 50, kind, form), hr_bpm=None, coherence_level=None, rsa_ms=None)
            view = replace(view, wave=tuple(0.5 + 0.5 * math.sin(i / 6.0) for i in range(53)))
            shares.append(float(pixels(draw(view)).mean()))
    assert max(shares) <= 0.10
    assert max(shares) - min(shares) <= 0.03


def test_the_breath_turns_without_a_felt_hold() -> None:
    """At six breaths a minute: the time within a pixel of the turn, inhale and exhale together."""
    near_s = 0.0
    for kind, length_s in ((BreathKind.INHALE, 4.0), (BreathKind.EXHALE, 6.0)):
        radii = [guide_radius(BreathPhase(kind, i / 1000, 6.0)) for i in range(1000)]
        near_s += length_s * sum(radius > LARGEST - 1.0 for radius in radii) / 1000
    assert near_s <= 0.9


def test_a_rings_share_is_its_share_of_light() -> None:
    def light(share: float) -> int:
        canvas = Canvas(Language.NB)
        canvas.ring(31.5, 31.5, 28.0, width=5.0, share=share)
        return int(pixels(canvas.image).sum())

    whole = light(1.0)
    assert whole == pytest.approx(math.pi * (28.0**2 - 23.0**2), rel=0.03)
    for share in (0.0, 0.1, 0.25, 0.5, 0.9):
        assert light(share) == pytest.approx(share * whole, abs=8)


def test_no_number_of_the_summary_stands_without_its_unit() -> None:
    for language, unit in ((Language.NB, "slag/min"), (Language.EN, "bpm")):
        canvas = Watched(language)
        summary.DRAWERS[SummaryNumbersView](canvas, SummaryNumbersView(language, 188, 34, 128))
        assert [text for text, _ in canvas.words][1::2] == [f"188 {unit}", "34 ms", "128 ms"]
        assert not any(overlap(a, b) for (_, a), (_, b) in itertools.combinations(canvas.words, 2))


def test_the_longest_numbers_fit() -> None:
    for language in Language:
        for view in (SummaryTimeView(language, 22, 22), SummarySettledView(language, 19, 10)):
            canvas = Watched(language)
            summary.DRAWERS[type(view)](canvas, view)
            assert canvas.words
            assert all(box[2] <= WIDTH for _, box in canvas.words)
