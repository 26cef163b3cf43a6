"""No gesture without a screen that names it: the step table is walked, and what its screens say is read."""

import pytest

from device.screens import read
from device.screens.canvas import BESIDE_PX, HINT_FONT, wrapped
from device.screens.texts import TEXTS
from device.session.choosing.preferences import Language
from device.session.presses import PressKind
from device.session.showing.hints import Hint
from device.session.state import SessionSettings, Step
from device.session.steps import PAUSED, STEPS, StepInfo
from dsp.types import Contact
from tests.session_driver import Driver, bring_to

WATCHED_S = 40
# How each language begins the words for a press; where the reason comes first, how it ends them.
PRESS_WORDS = {
    PressKind.SHORT: ("Trykk:", "Press:", "Tryck:"),
    PressKind.LONG: ("Hold inne:", "Hold:", "Håll in:"),
    PressKind.OUT: ("To trykk", "Press twice", "Två tryck"),
    PressKind.MANY: ("Tre trykk:", "Press 3 times:", "Tre tryck:"),
}


def said_and_possible(driver: Driver, row: StepInfo) -> tuple[str, set[Hint]]:
    """All that the screen says from now on while the step lasts, and the hints of the gestures that do something."""
    step, said, possible = driver.session.step, "", set[Hint]()
    for _ in range(WATCHED_S):
        if driver.session.step is not step:
            break
        said += " " + read(driver.session.view(driver.t_s))
        named = [gesture.named(driver.session._s) for gesture in row.gestures().values()]
        possible |= {hint for hint in named if hint is not None}
        driver.run(1.0)
    return said, possible


@pytest.mark.parametrize("step", list(Step))
def test_every_gesture_of_a_step_is_named_on_its_screen(step: Step) -> None:
    driver = Driver()
    driver.to(step) if step is Step.FREE else bring_to(driver, step)
    said, possible = said_and_possible(driver, STEPS[step])
    if step is Step.NIGHT:
        assert not said.strip()  # dark: a press wakes it
        return
    for hint in possible:
        assert TEXTS[f"hint.{hint}"].lines(Language.NB)[0] in said, f"{step}: {hint}"
    assert bool(possible) == (step is not Step.GOODBYE)


@pytest.mark.parametrize("step", [Step.REST, Step.GUIDED, Step.FREE])
def test_so_is_every_gesture_of_a_pause(step: Step) -> None:
    driver = Driver()
    driver.to(step).run(5.0)
    driver.touch(Contact.POSITIVE_OFF).run(2.0)
    said, possible = said_and_possible(driver, PAUSED)
    for hint in possible:
        assert TEXTS[f"hint.{hint}"].lines(Language.NB)[0] in said, f"{step}: {hint}"
    assert len(possible) == (3 if step is Step.GUIDED else 2)


def test_beside_a_cable_that_does_not_block_a_session_can_begin_and_says_so() -> None:
    driver = Driver(settings=SessionSettings(usb_blocks=False))
    driver.session.on_usb(0.0, True)
    driver.run(1.0)
    said, possible = said_and_possible(driver, STEPS[Step.USB])
    assert Hint.BEGIN in possible
    assert TEXTS["hint.begin"].lines(Language.NB)[0] in said


@pytest.mark.parametrize("step", list(Step))
def test_a_hint_names_the_press_that_it_is_for(step: Step) -> None:
    for language in Language:
        for kind, gesture in STEPS[step].gestures().items():
            if kind is PressKind.MANY:
                hint = gesture.named(Driver().run(1.0).session._s)
                if step is Step.GUIDED and hint is Hint.DIZZY:  # where the guide leads, many are a double
                    continue
                words = TEXTS[f"hint.{hint}"].lines(language)[0]
                assert PRESS_WORDS[kind][_order(language)].lower() in words.lower(), words
            elif isinstance(gesture.hint, Hint):
                words = TEXTS[f"hint.{gesture.hint}"].lines(language)[0]
                assert PRESS_WORDS[kind][_order(language)].lower() in words.lower(), words


def _order(language: Language) -> int:
    return [Language.NB, Language.EN, Language.SV].index(language)


@pytest.mark.parametrize("language", list(Language))
@pytest.mark.parametrize("hint", list(Hint))
def test_a_hint_fits_below_in_one_line_and_beside_the_guide_in_three(hint: Hint, language: Language) -> None:
    (line,) = TEXTS[f"hint.{hint}"].lines(language)
    assert len(wrapped(line, HINT_FONT, BESIDE_PX)) <= 3


@pytest.mark.parametrize("apart_s", [0.0, 0.05, 0.1, 0.15, 0.2, 0.25])
def test_presses_mean_what_the_screen_said_at_the_first_of_them(apart_s: float) -> None:
    """Contact becomes good, and the questions come, between two presses that ask for help."""
    reached = Driver().run(1.0).short()
    while reached.step() is Step.CONTACT:
        reached.run(0.1)
    driver = Driver().run(1.0).short()
    driver.run(reached.t_s - driver.t_s - 0.2)
    assert driver.step() is Step.CONTACT
    driver.press().run(0.1)
    driver.t_s = round(driver.t_s + apart_s, 6)
    assert driver.press().run(0.6).step() is Step.HELP


def test_what_is_no_way_out_is_not_taken_into_the_next_step() -> None:
    driver = Driver().to(Step.REST)
    while driver.session._s.progress < 0.998:
        driver.run(0.1)
    driver.press().run(0.2)
    assert driver.step() is Step.GUIDED
    assert driver.press().run(0.6).step() is Step.GUIDED  # neither left, as in the rest, nor stopped, as in the guide
