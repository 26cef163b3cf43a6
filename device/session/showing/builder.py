"""From what the session knows to what the screen shows: one function a view, each a row's of the step table."""

from device.session.events import EndReason
from device.session.practice import coherence_level
from device.session.showing.summary_pages import whole
from device.session.showing.views import (
    ContactView,
    GoodbyeView,
    GuideCaption,
    GuideView,
    MenuView,
    Notice,
    OfferView,
    PausedView,
    QuestionView,
    QuietView,
    RingKind,
    RingView,
    SensorView,
    Storage,
    StorageView,
    UsbState,
    UsbView,
    View,
    WelcomeView,
)
from device.session.state import SessionState, Step
from dsp.types import Contact, WearerState

CONTACT_HOLD_S = 3.0
ANYWAY_FROM_S = 20.0
SMALL_BREATHS_S = (2.0, 18.0)
EASIER_SHOWN_S = 4.0
LONGER_SAID_S = 12.0  # a rest is read some beats after its minute; that is not worth a word
FREELY_SAID_S = 15.0
BEAT_SHOWN_S = 0.2
FADE_FROM, FADE_TO = 0.4, 0.75
STORAGE_NOTICES = {
    Storage.LOW: Notice.LOW_STORAGE,
    Storage.FULL: Notice.FULL_STORAGE,
    Storage.READ_ONLY: Notice.READ_ONLY_STORAGE,
}


def paused(s: SessionState) -> View:
    contact = s.sensor.contact if s.attached.sensor_fault is None else Contact.SENSOR_GONE
    return PausedView(s.preferences.language, contact, s.settings.finger)


def _beat(s: SessionState) -> bool:
    return s.now_s - s.sensor.beat_s < BEAT_SHOWN_S


def welcome(s: SessionState) -> View:
    notice = STORAGE_NOTICES.get(s.attached.storage)
    if notice is None and s.attached.battery_low:
        notice = Notice.LOW_BATTERY
    elif notice is None and s.attached.clock_unset:
        notice = Notice.CLOCK_UNSET
    return WelcomeView(s.preferences.language, s.preferences.minutes, notice)


def menu(s: SessionState) -> View:
    return MenuView(
        s.preferences.language,
        s.menu.selected(s.can_recheck),
        s.preferences,
        s.run.minutes(),
        s.run.recheck_minutes(),
    )


def contact(s: SessionState) -> View:
    seated_s = min(s.elapsed_s, s.now_s - s.sensor.contact_since_s)
    return ContactView(
        s.preferences.language,
        s.sensor.contact,
        s.settings.finger,
        s.sensor.trace.columns(inverted=s.settings.pulses_fall),
        min(1.0, s.sensor.steady_s(s.now_s) / CONTACT_HOLD_S),
        _beat(s),
        anyway=not s.sensor.contact and seated_s >= ANYWAY_FROM_S,
        reference=s.settings.reference,
    )


def question(s: SessionState) -> View:
    form = s.check_ins.form
    return QuestionView(s.preferences.language, form.question, form.selected, *form.progress)


def ring(s: SessionState) -> View:
    if s.step is Step.REST:
        longer = s.elapsed_s >= s.settings.rest_s + LONGER_SAID_S
        return RingView(s.preferences.language, RingKind.REST_LONGER if longer else RingKind.REST, s.progress)
    if s.reason is EndReason.DIZZY:
        return RingView(s.preferences.language, RingKind.DIZZY, s.progress)
    state = _state(s) if s.elapsed_s >= FREELY_SAID_S else None
    kind, settling = (None, False) if state is None else (state.kind, state.settling)
    return RingView(s.preferences.language, RingKind.FREE, s.progress, kind, settling)


def _state(s: SessionState) -> WearerState | None:
    """The state of the last second; None where there is none, or the wearer hid it."""
    return None if s.sensor.row is None or s.preferences.hide_state else s.sensor.row.state


def guide(s: SessionState) -> View:
    breath = s.pacing.breath(s.now_s)
    assert breath is not None
    in_run = s.step is Step.RESONANCE
    progress = s.run.progress(s.elapsed_s) if in_run else s.progress
    row, hidden = s.sensor.row, s.preferences
    state = _state(s)
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
        caption=_caption(s),
        fade=_fade(progress) if hidden.fade_guide and not in_run else 0.0,
        step=s.run.step if in_run else None,
    )


def _caption(s: SessionState) -> GuideCaption | None:
    if s.pacing.since_easier_s(s.now_s) < EASIER_SHOWN_S:
        return GuideCaption.EASIER
    if SMALL_BREATHS_S[0] <= s.elapsed_s < SMALL_BREATHS_S[1]:
        return GuideCaption.SMALL_BREATHS
    return GuideCaption.NOT_SAVED if s.unsaved is not None else None


def _fade(progress: float) -> float:
    return min(1.0, max(0.0, (progress - FADE_FROM) / (FADE_TO - FADE_FROM)))


def offer(s: SessionState) -> View:
    return OfferView(s.preferences.language, s.offer.minutes, s.progress)


def quiet(s: SessionState) -> View:
    return QuietView(s.preferences.language, s.progress)


def summary(s: SessionState) -> View:
    return s.pages.page


def usb(s: SessionState) -> View:
    state = UsbState.SHARING if s.sharing else UsbState.ASKING
    return UsbView(s.preferences.language, state, s.ended_here, s.settings.usb_blocks)


def storage(s: SessionState) -> View:
    return StorageView(s.preferences.language, s.attached.storage)


def sensor(s: SessionState) -> View:
    return SensorView(s.preferences.language, s.ended_here)


def goodbye(s: SessionState) -> View:
    return GoodbyeView(s.preferences.language)
