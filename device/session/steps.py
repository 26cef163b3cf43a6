"""The steps of a session, one row each: how long it lasts, what it shows, and what a press does in it.

A screen is a view, a drawing (`device.screens`) and a row of this table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from device.session.choosing.check_in import Answer
from device.session.choosing.choices import Choices
from device.session.choosing.menu import ACTIONS
from device.session.course import EVENING_S, HELP_S, MORNING_S, Course
from device.session.events import Phase
from device.session.presses import PressKind
from device.session.showing import builder
from device.session.showing.hints import Hint
from device.session.showing.views import View
from device.session.state import SessionState, Step, StepRules
from device.session.weeks.transfer import TRANSFER_S

Act = Callable[[Choices], None]
DARK_AFTER_S = 60.0


@dataclass(frozen=True, slots=True)
class Gesture:
    """What a press does, and the hint that names it; where there is no hint at the moment, it does nothing."""

    act: Act
    hint: Hint | Callable[[SessionState], Hint | None]

    def named(self, s: SessionState) -> Hint | None:
        return self.hint if isinstance(self.hint, Hint) else self.hint(s)


@dataclass(frozen=True, slots=True, kw_only=True)
class StepInfo(StepRules):
    """The rules of a step, its view, and its presses. A press does nothing where it is not listed. `double` and `many`
    (three or more) count once the button is quiet after them, for a contact that chatters presses often, too; many are
    a double where they are not listed."""

    view: Callable[[SessionState], View]
    short: Gesture | None = None
    long: Gesture | None = None
    double: Gesture | None = None
    many: Gesture | None = None

    def gestures(self) -> Mapping[PressKind, Gesture]:
        listed = {
            PressKind.SHORT: self.short,
            PressKind.LONG: self.long,
            PressKind.OUT: self.double,
            PressKind.MANY: self.many,
        }
        return {kind: gesture for kind, gesture in listed.items() if gesture is not None}

    def gesture(self, kind: PressKind) -> Gesture | None:
        """What such a press does here."""
        many_as_double = kind is PressKind.MANY and self.many is None
        return self.gestures().get(PressKind.OUT if many_as_double else kind)

    def hints(self, s: SessionState) -> tuple[Hint, ...]:
        named = (gesture.named(s) for gesture in self.gestures().values())
        return tuple(dict.fromkeys(hint for hint in named if hint is not None))


def _choosing(s: SessionState) -> Hint:
    if s.check_ins.form.offering:
        return Hint.AS_LAST
    return Hint.DONT_KNOW if s.check_ins.form.selected is Answer.DONT_KNOW else Hint.CHOOSE


def _sharing(s: SessionState) -> Hint:
    """Of the logs, or of what a computer would install."""
    allowed = s.updating if s.attached.offered else s.sharing
    return Hint.STOP_SHARING if allowed else Hint.SHARE


HELP_NOW = Gesture(Course.help_now, Hint.HELP)
HELP_BY_MANY = Gesture(Course.help_now, lambda s: None if s.guide_just_left else Hint.HELP_BY_MANY)


def _questions(phase: Phase) -> StepInfo:
    return StepInfo(
        phase=phase,
        in_session=True,
        waits_s=45.0,
        view=builder.question,
        short=Gesture(Choices.next_answer, lambda s: Hint.ONE_BY_ONE if s.check_ins.form.offering else Hint.NEXT),
        long=Gesture(Choices.choose_answer, _choosing),
        double=Gesture(Course.move_on, Hint.SKIP),
        many=HELP_BY_MANY,
    )


STEPS: Mapping[Step, StepInfo] = {
    Step.WELCOME: StepInfo(
        at_home=True,
        dark_after_s=DARK_AFTER_S,
        needs_sensor=True,
        view=builder.welcome,
        short=Gesture(Course.start, Hint.BEGIN),
        long=Gesture(Choices.open_menu, Hint.MENU),
        double=HELP_NOW,
    ),
    Step.MENU: StepInfo(
        at_home=True,
        waits_s=30.0,
        walks=True,
        view=builder.menu,
        short=Gesture(Choices.next_item, Hint.NEXT),
        long=Gesture(
            Choices.change_item, lambda s: Hint.CHOOSE if s.menu.selected(s.menu_absent) in ACTIONS else Hint.CHANGE
        ),
    ),
    Step.WENT_BACK: StepInfo(
        at_home=True,
        dark_after_s=DARK_AFTER_S,
        view=builder.card,
        short=Gesture(Choices.close_way_back, Hint.GO_ON),
        double=HELP_NOW,
    ),
    Step.CARDS: StepInfo(
        at_home=True,
        waits_s=60.0,
        view=builder.card,
        short=Gesture(Choices.next_card, Hint.NEXT),
        double=HELP_NOW,
    ),
    # Nobody begins an experiment on themselves without having seen what it is.
    Step.OWN_TRIAL: StepInfo(
        at_home=True,
        waits_s=60.0,
        view=builder.card,
        short=Gesture(Choices.next_trial_card, lambda s: Hint.NOT_NOW if s.cards.on_last else Hint.NEXT),
        long=Gesture(Choices.begin_trial, lambda s: Hint.TRY_IT if s.cards.on_last else None),
        double=HELP_NOW,
    ),
    Step.HELP: StepInfo(
        phase=Phase.HELP,
        alone=True,
        guided=True,
        ignores_cable=True,
        lasts_s=lambda s: HELP_S,
        view=builder.guide,
        short=Gesture(Course.leave_alone, Hint.FINISH),
        long=Gesture(Course.easier, Hint.EASIER),
        double=Gesture(Course.dizzy, Hint.DIZZY),
    ),
    Step.EVENING: StepInfo(
        phase=Phase.EVENING,
        alone=True,
        guided=True,
        ignores_cable=True,
        lasts_s=lambda s: EVENING_S,
        view=builder.evening,
        short=Gesture(Course.leave_alone, Hint.FINISH),
        long=Gesture(Course.easier, Hint.EASIER),
        double=Gesture(Course.dizzy, Hint.DIZZY),
        many=HELP_BY_MANY,
    ),
    # Dark: there is no screen to name the press that wakes it.
    Step.NIGHT: StepInfo(
        dark_after_s=DARK_AFTER_S,
        ignores_cable=True,
        view=builder.dark,
        short=Gesture(Course.wake, Hint.GO_ON),
        double=HELP_NOW,
    ),
    # The evening's summary, with the cable in that a night charges by.
    Step.AFTER_NIGHT: StepInfo(
        ignores_cable=True,
        waits_s=120.0,
        view=builder.summary,
        short=Gesture(Choices.next_page, Hint.DONE),
        many=HELP_BY_MANY,
    ),
    Step.POSTURE: StepInfo(
        at_home=True,
        waits_s=60.0,
        view=builder.posture,
        short=Gesture(Choices.next_posture, Hint.NEXT),
        long=Gesture(Choices.choose_posture, Hint.CHOOSE),
        double=HELP_NOW,
    ),
    Step.MORNING_READING: StepInfo(
        phase=Phase.MORNING,
        in_session=True,
        breathing=True,
        lasts_s=lambda s: MORNING_S,
        view=builder.ring,
        long=Gesture(Course.leave_morning, Hint.BACK),
        double=HELP_NOW,
    ),
    Step.MORNING_WORD: StepInfo(
        phase=Phase.SUMMARY,
        ignores_cable=True,
        waits_s=120.0,
        view=builder.morning,
        short=Gesture(Course.go_idle, Hint.DONE),
        double=HELP_NOW,
    ),
    Step.EASE: StepInfo(
        ignores_cable=True,
        lasts_s=lambda s: s.settings.free_s,
        view=builder.ring,
        short=Gesture(Course.go_idle, Hint.GO_ON),
        many=HELP_BY_MANY,
    ),
    Step.CONTACT: StepInfo(
        phase=Phase.CONTACT,
        in_session=True,
        needs_sensor=True,
        lasts_s=lambda s: 300.0,
        view=builder.contact,
        short=Gesture(Course.begin, lambda s: None if s.sensor.contact else Hint.ANYWAY),
        long=Gesture(Course.go_idle, Hint.BACK),
        double=HELP_NOW,
    ),
    Step.CHECK_IN: _questions(Phase.CHECK_IN),
    Step.REST: StepInfo(
        phase=Phase.REST,
        in_session=True,
        breathing=True,
        lasts_s=lambda s: s.settings.rest_s,
        goes_on=lambda s: s.rest_goes_on,
        view=builder.ring,
        short=Gesture(Course.cut_short, Hint.GO_ON),
        double=Gesture(Course.finish_by_press, Hint.LEAVE),
        many=HELP_BY_MANY,
    ),
    Step.GUIDED: StepInfo(
        phase=Phase.GUIDED,
        in_session=True,
        breathing=True,
        guided=True,
        lasts_s=lambda s: s.guided_s,
        view=builder.guide,
        short=Gesture(Course.cut_short, Hint.FINISH),
        long=Gesture(Course.easier, lambda s: Hint.GUIDE_BACK if s.guide_away else Hint.EASIER),
        double=Gesture(Course.dizzy, Hint.DIZZY),
        many=Gesture(Course.many_in_guide, lambda s: Hint.HELP_BY_MANY if s.guide_away else Hint.DIZZY),
    ),
    # Quiet sitting, which the experiment of one's own drew in place of the guide.
    Step.SITTING: StepInfo(
        phase=Phase.SITTING,
        in_session=True,
        breathing=True,
        lasts_s=lambda s: s.guided_s,
        view=builder.quiet,
        short=Gesture(Course.cut_short, Hint.FINISH),
        double=Gesture(Course.finish_by_press, Hint.LEAVE),
        many=HELP_BY_MANY,
    ),
    Step.TRANSFER: StepInfo(
        phase=Phase.TRANSFER,
        in_session=True,
        breathing=True,
        lasts_s=lambda s: TRANSFER_S,
        view=builder.unguided,
        short=Gesture(Course.cut_short, Hint.GO_ON),
        double=Gesture(Course.dizzy, Hint.DIZZY),
        many=HELP_BY_MANY,
    ),
    Step.RESONANCE: StepInfo(
        phase=Phase.RESONANCE,
        in_session=True,
        breathing=True,
        guided=True,
        lasts_s=lambda s: s.run.lasts_s(),
        view=builder.guide,
        short=Gesture(Course.cut_short, Hint.FINISH),
        long=Gesture(Course.easier, Hint.EASIER),
        double=Gesture(Course.dizzy, Hint.DIZZY),
    ),
    Step.FREE: StepInfo(
        phase=Phase.FREE,
        in_session=True,
        breathing=True,
        lasts_s=lambda s: s.settings.free_s,
        view=builder.ring,
        short=Gesture(Course.cut_short, Hint.GO_ON),
        double=Gesture(Course.finish_by_press, Hint.LEAVE),
        many=HELP_BY_MANY,
    ),
    Step.OFFER: StepInfo(
        in_session=True,
        waits_s=15.0,
        view=builder.offer,
        short=Gesture(Choices.next_offer, Hint.NEXT),
        long=Gesture(Course.move_on, Hint.CHOOSE),
        double=Gesture(Course.check_out, Hint.DECLINE),
        many=HELP_BY_MANY,
    ),
    Step.QUIET: StepInfo(
        phase=Phase.QUIET,
        in_session=True,
        lasts_s=lambda s: s.offer.rest_s,
        view=builder.quiet,
        short=Gesture(Course.cut_short, Hint.FINISH),
        many=HELP_BY_MANY,
    ),
    Step.CHECK_OUT: _questions(Phase.CHECK_OUT),
    Step.SUMMARY: StepInfo(
        phase=Phase.SUMMARY,
        ignores_cable=True,
        waits_s=120.0,
        view=builder.summary,
        short=Gesture(Choices.next_page, lambda s: Hint.DONE if s.pages.on_last else Hint.NEXT),
        double=Gesture(Course.go_idle, Hint.LEAVE),
        many=HELP_BY_MANY,
    ),
    Step.USB: StepInfo(
        dark_after_s=DARK_AFTER_S,
        ignores_cable=True,
        view=builder.usb,
        short=Gesture(
            Choices.leave_usb,
            lambda s: (
                Hint.STOP_SHARING
                if s.sharing or s.updating
                else (Hint.CABLE_OUT if s.settings.usb_blocks else Hint.BEGIN)
            ),
        ),
        long=Gesture(Choices.ask_to_share, _sharing),
        double=HELP_NOW,
    ),
    Step.STORAGE: StepInfo(
        waits_s=30.0,
        view=builder.storage,
        short=Gesture(Course.enter_contact, Hint.UNSAVED),
        double=HELP_NOW,
    ),
    Step.SENSOR: StepInfo(
        awaits_sensor=True,
        dark_after_s=DARK_AFTER_S,
        view=builder.sensor,
        short=Gesture(Course.after_cut_off, lambda s: Hint.GO_ON if s.ended_here else None),
        long=Gesture(Choices.open_menu, Hint.MENU),
        double=HELP_NOW,
    ),
    Step.GOODBYE: StepInfo(dark_after_s=DARK_AFTER_S, ignores_cable=True, view=builder.goodbye),
}

PAUSED = StepInfo(
    view=builder.paused,
    short=Gesture(Course.finish_by_press, Hint.FINISH),
    double=Gesture(Course.out_of_pause, lambda s: Hint.DIZZY if s.rules.guided else Hint.HELP),
    many=Gesture(Course.many_in_pause, lambda s: Hint.HELP_BY_MANY if s.rules.guided else Hint.HELP),
)
"""What holds in place of a step's own view and presses while it is paused."""


def row_of(s: SessionState) -> StepInfo:
    """The row whose view and presses hold now."""
    return PAUSED if s.clock.paused else STEPS[s.step]


def build_view(s: SessionState) -> View:
    """The view at `s.now_s`."""
    return row_of(s).view(s)
