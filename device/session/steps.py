"""The steps of a session, one row each: how long it lasts, what it shows, and what a press does in it.

A screen is a view, a drawing (`device.screens`) and a row of this table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from device.session.choosing.choices import Choices
from device.session.course import Course
from device.session.events import Phase
from device.session.presses import PressKind
from device.session.showing import builder
from device.session.showing.views import View
from device.session.state import SessionState, Step, StepRules

Act = Callable[[Choices], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class StepInfo(StepRules):
    """The rules of a step, its view, and its presses. A press does nothing where it is not listed."""

    view: Callable[[SessionState], View]
    short: Act | None = None
    long: Act | None = None
    double: Act | None = None

    def act(self, kind: PressKind) -> Act | None:
        return {PressKind.SHORT: self.short, PressKind.LONG: self.long, PressKind.DOUBLE: self.double}.get(kind)


# Where presses walk a list, two quick ones are two steps, never a way out by mistake.
STEPS: Mapping[Step, StepInfo] = {
    Step.WELCOME: StepInfo(
        at_home=True,
        idle=True,
        needs_sensor=True,
        view=builder.welcome,
        short=Course.start,
        long=Choices.open_menu,
    ),
    Step.MENU: StepInfo(
        at_home=True,
        waits_s=30.0,
        view=builder.menu,
        short=Choices.next_item,
        long=Choices.change_item,
        double=lambda course: course.next_item(2),
    ),
    Step.CONTACT: StepInfo(
        phase=Phase.CONTACT,
        in_session=True,
        needs_sensor=True,
        lasts_s=lambda s: 300.0,
        view=builder.contact,
        short=Course.begin_anyway,
        double=Course.go_idle,
    ),
    Step.CHECK_IN: StepInfo(
        phase=Phase.CHECK_IN,
        in_session=True,
        waits_s=45.0,
        view=builder.question,
        short=Choices.next_answer,
        long=Choices.choose_answer,
        double=lambda course: course.next_answer(2),
    ),
    Step.REST: StepInfo(
        phase=Phase.REST,
        in_session=True,
        breathing=True,
        lasts_s=lambda s: s.settings.rest_s,
        goes_on=lambda s: s.rest_goes_on,
        view=builder.ring,
        short=Course.cut_short,
        double=Course.finish_by_press,
    ),
    Step.GUIDED: StepInfo(
        phase=Phase.GUIDED,
        in_session=True,
        breathing=True,
        guided=True,
        lasts_s=lambda s: s.guided_s,
        view=builder.guide,
        short=Course.cut_short,
        long=Course.easier,
        double=Course.dizzy,
    ),
    Step.RESONANCE: StepInfo(
        phase=Phase.RESONANCE,
        in_session=True,
        breathing=True,
        guided=True,
        lasts_s=lambda s: s.run.lasts_s(),
        view=builder.guide,
        short=Course.cut_short,
        long=Course.easier,
        double=Course.dizzy,
    ),
    Step.FREE: StepInfo(
        phase=Phase.FREE,
        in_session=True,
        breathing=True,
        lasts_s=lambda s: s.settings.free_s,
        view=builder.ring,
        short=Course.cut_short,
        double=Course.finish_by_press,
    ),
    Step.OFFER: StepInfo(
        in_session=True,
        waits_s=15.0,
        view=builder.offer,
        short=Choices.next_offer,
        long=Course.move_on,
        double=lambda course: course.next_offer(2),
    ),
    Step.QUIET: StepInfo(
        phase=Phase.QUIET,
        in_session=True,
        lasts_s=lambda s: s.offer.rest_s,
        view=builder.quiet,
        short=Course.cut_short,
        double=Course.finish_by_press,
    ),
    Step.CHECK_OUT: StepInfo(
        phase=Phase.CHECK_OUT,
        in_session=True,
        waits_s=45.0,
        view=builder.question,
        short=Choices.next_answer,
        long=Choices.choose_answer,
        double=lambda course: course.next_answer(2),
    ),
    Step.SUMMARY: StepInfo(
        phase=Phase.SUMMARY,
        waits_s=120.0,
        view=builder.summary,
        short=Choices.next_page,
        long=Choices.next_page,
        double=Course.go_idle,
    ),
    Step.USB: StepInfo(
        idle=True,
        ignores_cable=True,
        view=builder.usb,
        short=Choices.leave_usb,
        long=Choices.ask_to_share,
    ),
    Step.STORAGE: StepInfo(waits_s=30.0, view=builder.storage, short=Course.enter_contact, double=Course.go_idle),
    Step.SENSOR: StepInfo(idle=True, view=builder.sensor, short=Course.after_cut_off, long=Choices.open_menu),
    Step.GOODBYE: StepInfo(idle=True, ignores_cable=True, view=builder.goodbye, short=Course.go_idle),
}


def build_view(s: SessionState) -> View:
    """The view at `s.now_s`."""
    return builder.paused(s) if s.clock.paused else STEPS[s.step].view(s)
