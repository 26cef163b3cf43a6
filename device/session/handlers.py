"""What a press does where."""

from collections.abc import Callable

from device.session.choosing.choices import Choices
from device.session.course import Course
from device.session.presses import PressKind
from device.session.state import BREATHING_STEPS, Step


def handlers(course: Course, choices: Choices) -> dict[PressKind, dict[Step, Callable[[], None]]]:
    """Nothing is done where it is not listed."""
    return {
        PressKind.SHORT: {
            Step.WELCOME: course.start,
            Step.MENU: choices.next_item,
            Step.CONTACT: course.begin_anyway,
            Step.CHECK_IN: choices.next_answer,
            Step.OFFER: choices.next_offer,
            Step.CHECK_OUT: choices.next_answer,
            Step.SUMMARY: choices.next_page,
            Step.USB: choices.leave_usb,
            Step.STORAGE: course.enter_contact,
            Step.SENSOR: course.after_cut_off,
            Step.GOODBYE: course.go_idle,
            **dict.fromkeys((*BREATHING_STEPS, Step.QUIET), course.cut_short),
        },
        PressKind.LONG: {
            Step.WELCOME: choices.open_menu,
            Step.MENU: choices.change_item,
            Step.CHECK_IN: choices.choose_answer,
            Step.GUIDED: course.easier,
            Step.RESONANCE: course.easier,
            Step.OFFER: course.move_on,
            Step.CHECK_OUT: choices.choose_answer,
            Step.SUMMARY: choices.next_page,
            Step.USB: choices.ask_to_share,
            Step.SENSOR: choices.open_menu,
        },
        PressKind.DOUBLE: {
            **dict.fromkeys((Step.CONTACT, Step.SUMMARY, Step.STORAGE), course.go_idle),
            **dict.fromkeys((Step.GUIDED, Step.RESONANCE), course.dizzy),
            **dict.fromkeys((Step.REST, Step.FREE, Step.QUIET), course.finish_by_press),
            # Where presses walk a list, two quick ones are two steps, never a way out by mistake.
            Step.MENU: lambda: choices.next_item(2),
            Step.OFFER: lambda: choices.next_offer(2),
            **dict.fromkeys((Step.CHECK_IN, Step.CHECK_OUT), lambda: choices.next_answer(2)),
        },
    }
