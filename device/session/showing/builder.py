"""From what the session knows to what the screen shows: one function a view, each a row's of the step table."""

from device.session.choosing.check_in import FIRST_ANSWER, QUESTIONS, last_answer
from device.session.choosing.preferences import GuideForm
from device.session.events import EndReason
from device.session.practice import coherence_level
from device.session.showing.hints import Hint, once, turn
from device.session.showing.summary_pages import whole
from device.session.showing.views import (
    CardView,
    ContactView,
    DarkView,
    GoodbyeView,
    GuideCaption,
    GuideView,
    LastAnswersView,
    MenuView,
    MorningView,
    Notice,
    OfferView,
    PageView,
    PausedView,
    PostureView,
    QuestionView,
    QuietView,
    RingKind,
    RingView,
    SensorView,
    Storage,
    StorageView,
    UnguidedView,
    UsbState,
    UsbView,
    View,
    WelcomeView,
)
from device.session.state import SessionState, Step
from dsp.types import Contact, WearerState

CONTACT_HOLD_S = 3.0
HINTS_FROM_S = 20.0
SMALL_BREATHS_S = (2.0, 14.0)
GUIDE_HINT_S = 5.0
QUIET_HINT_S = 8.0
DARK_FROM_S = 35.0
EASIER_SHOWN_S = 4.0
SLOWER_SHOWN_S = 12.0
LONGER_SAID_S = 12.0  # a rest is read some beats after its minute; that is not worth a word
STILL_SAID_S = 8.0  # moving and talking raise a heart as alarm does
FREELY_SAID_S = 15.0
BEAT_SHOWN_S = 0.2
ALONE_SAID_S = 8.0
STORAGE_NOTICES = {
    Storage.LOW: Notice.LOW_STORAGE,
    Storage.FULL: Notice.FULL_STORAGE,
    Storage.READ_ONLY: Notice.READ_ONLY_STORAGE,
}


def paused(s: SessionState) -> View:
    contact = s.sensor.contact if s.attached.sensor_fault is None else Contact.SENSOR_GONE
    out = (Hint.DIZZY, Hint.HELP_BY_MANY) if s.rules.guided else (Hint.HELP,)
    hint = turn((None, Hint.FINISH, *out), s.clock.paused_s(s.now_s))
    return PausedView(s.preferences.language, contact, s.settings.finger, hint)


def _hint(s: SessionState) -> Hint | None:
    """What the button does, a gesture at a time."""
    return turn(s.rules.hints(s), s.elapsed_s)


def _beat(s: SessionState) -> bool:
    return s.now_s - s.sensor.beat_s < BEAT_SHOWN_S


def _notice(s: SessionState) -> Notice | None:
    """The first that is so, the gravest first."""
    attached = s.attached
    told = {
        Notice.BUTTON: attached.button_fault,
        STORAGE_NOTICES.get(attached.storage): attached.storage in STORAGE_NOTICES,
        Notice.NO_BATTERY: attached.battery_missing,
        Notice.LOW_BATTERY: attached.battery_low,
        Notice.CLOCK_STOPPED: attached.clock_stopped,
        Notice.CLOCK_UNSET: attached.clock_unset,
        Notice.BATTERY_ONLY: attached.usb_unsure and s.settings.usb_blocks,
        Notice.ENOUGH: s.weeks.is_enough(s.preferences),
    }
    return next((notice for notice, so in told.items() if so), None)


def welcome(s: SessionState) -> View:
    notice = _notice(s)
    others: tuple[Hint | None, ...] = (Hint.MENU, Hint.HELP)
    hint = turn(others if notice is None else (None, *others), s.elapsed_s)
    minutes = max(1, round(s.guided_s / 60.0))
    return WelcomeView(s.preferences.language, minutes, notice if hint is None else None, hint)


def menu(s: SessionState) -> View:
    return MenuView(
        s.preferences.language,
        s.menu.selected(s.menu_absent),
        s.preferences,
        s.menu_absent,
        s.run.minutes(),
        s.run.recheck_minutes(),
        _hint(s),
    )


def card(s: SessionState) -> View:
    return CardView(s.preferences.language, s.cards.card, *s.cards.progress, _hint(s))


def contact(s: SessionState) -> View:
    seated_s = min(s.elapsed_s, s.now_s - s.sensor.contact_since_s)
    steady_s = s.sensor.steady_s(s.now_s)
    hints = s.rules.hints(s)
    return ContactView(
        s.preferences.language,
        s.sensor.contact,
        s.settings.finger,
        s.sensor.trace.columns(inverted=s.settings.pulses_fall),
        min(1.0, steady_s / CONTACT_HOLD_S),
        _beat(s),
        reference=s.settings.reference,
        hint=turn((*hints, None), seated_s - HINTS_FROM_S) if seated_s >= HINTS_FROM_S and not steady_s else None,
    )


def question(s: SessionState) -> View:
    form = s.check_ins.form
    if form.offering:
        last = tuple((question, last_answer(s.history.answers, question) or FIRST_ANSWER) for question in QUESTIONS)
        return LastAnswersView(s.preferences.language, last, _hint(s))
    return QuestionView(s.preferences.language, form.question, form.selected, *form.progress, _hint(s))


def ring(s: SessionState) -> View:
    """First to be still, and that nothing is asked for, then what the button does, each once, and then the state."""
    language = s.preferences.language
    hint = once(s.rules.hints(s), s.elapsed_s - FREELY_SAID_S)
    if s.step is Step.REST:
        return RingView(language, _rest_kind(s), s.progress, hint=hint)
    if s.step is Step.MORNING_READING:
        return RingView(language, RingKind.MORNING, s.progress, hint=hint)
    if s.reason is EndReason.DIZZY:
        return RingView(language, RingKind.DIZZY, s.progress, hint=hint)
    state = _state(s) if s.elapsed_s >= FREELY_SAID_S and hint is None else None
    kind, settling = (None, False) if state is None else (state.kind, state.settling)
    return RingView(language, RingKind.FREE, s.progress, kind, settling, hint)


def _rest_kind(s: SessionState) -> RingKind:
    if s.elapsed_s < STILL_SAID_S:
        return RingKind.REST_BEGINS
    return RingKind.REST if s.elapsed_s < s.settings.rest_s + LONGER_SAID_S else RingKind.REST_LONGER


def _state(s: SessionState) -> WearerState | None:
    """The state of the last second; None where there is none, or the wearer hid it. A guide alone has none."""
    row = s.sensor.row_now(s.now_s)
    return None if row is None or s.preferences.hide_state or s.rules.alone else row.state


def guide(s: SessionState) -> View:
    breath = s.pacing.breath(s.now_s)
    if breath is None:
        return unguided(s)
    in_run = s.step is Step.RESONANCE
    progress = s.run.progress(s.elapsed_s) if in_run else s.progress
    row, hidden = s.sensor.row_now(s.now_s), s.preferences
    state, caption = _state(s), _caption(s)
    hint = once(s.rules.hints(s), s.elapsed_s - SMALL_BREATHS_S[1], GUIDE_HINT_S)
    if in_run and hint is None:
        # One step more is an offer: how to leave it is said again.
        hint = once(s.rules.hints(s)[:1], s.run.since_slower_s(s.elapsed_s) - SLOWER_SHOWN_S, GUIDE_HINT_S)
    coherence = None if row is None or hidden.hide_numbers else coherence_level(row)
    return GuideView(
        language=hidden.language,
        breath=breath,
        progress=progress,
        state=None if state is None else state.kind,
        settling=state is not None and state.settling,
        hr_bpm=None if hidden.hide_numbers else whole(s.sensor.hr_bpm(s.now_s)),
        coherence_level=coherence,
        rsa_ms=None if row is None or coherence is None else whole(row.rsa_ms),
        beat=_beat(s),
        caption=caption,
        fade=fade(s),
        step=s.run.step if in_run else None,
        form=hidden.guide,
        wave=s.sensor.wave(s.now_s) if hidden.guide is GuideForm.WAVE else (),
        hint=None if caption is GuideCaption.EASIER else hint,
    )


def evening(s: SessionState) -> View:
    """The guide while one finds its pace, and what the button does; then nothing at all."""
    return guide(s) if s.elapsed_s < DARK_FROM_S else dark(s)


def dark(s: SessionState) -> View:
    return DarkView(s.preferences.language)


def _caption(s: SessionState) -> GuideCaption | None:
    if s.attached.button_fault:
        return GuideCaption.BUTTON
    if s.pacing.since_easier_s(s.now_s) < EASIER_SHOWN_S:
        return GuideCaption.EASIER
    if s.step is Step.RESONANCE and 0.0 <= s.run.since_slower_s(s.elapsed_s) < SLOWER_SHOWN_S:
        return GuideCaption.SLOWER
    if SMALL_BREATHS_S[0] <= s.elapsed_s < SMALL_BREATHS_S[1]:
        return GuideCaption.SMALL_BREATHS
    return GuideCaption.NOT_SAVED if s.unsaved is not None and not s.rules.alone else None


def fade(s: SessionState) -> float:
    """How thin the guide is, on the screen and in the cues: 0 (whole) to 1."""
    return s.weeks.fade(s.preferences, s.progress) if s.step is Step.GUIDED else 0.0


def unguided(s: SessionState) -> View:
    """First that the guide is away, then what the button does, each once; then nothing that leads or tells."""
    alone_s = s.pacing.away_s(s.now_s) if s.step is Step.GUIDED else s.elapsed_s
    hint = once(s.rules.hints(s), alone_s - ALONE_SAID_S)
    return UnguidedView(s.preferences.language, s.progress, alone_s < ALONE_SAID_S, hint)


def posture(s: SessionState) -> View:
    return PostureView(s.preferences.language, s.morning.posture, _hint(s))


def morning(s: SessionState) -> View:
    told, language = s.morning.told, s.preferences.language
    rmssd_ms = None if s.preferences.hide_numbers else whole(told.rmssd_ms)
    return MorningView(language, told.standing, told.mornings, rmssd_ms, _hint(s))


def offer(s: SessionState) -> View:
    return OfferView(s.preferences.language, s.offer.minutes, s.progress, _hint(s))


def quiet(s: SessionState) -> View:
    return QuietView(s.preferences.language, s.progress, once(s.rules.hints(s), s.elapsed_s, QUIET_HINT_S))


def summary(s: SessionState) -> View:
    return PageView(s.preferences.language, s.pages.page, *s.pages.progress, _hint(s))


def usb(s: SessionState) -> View:
    version = s.attached.offered
    if version:
        state = UsbState.UPDATING if s.updating else UsbState.OFFERED
    else:
        state = UsbState.SHARING if s.sharing else UsbState.ASKING
    hints = sorted(s.rules.hints(s), key=lambda hint: hint is Hint.CABLE_OUT)  # what the screen asks is answered first
    hint = turn(tuple(hints), s.elapsed_s)
    return UsbView(s.preferences.language, state, s.ended_here, s.settings.usb_blocks, hint, version)


def storage(s: SessionState) -> View:
    return StorageView(s.preferences.language, s.attached.storage, _hint(s))


def sensor(s: SessionState) -> View:
    return SensorView(s.preferences.language, s.ended_here, _hint(s))


def goodbye(s: SessionState) -> View:
    return GoodbyeView(s.preferences.language)
