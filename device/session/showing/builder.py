"""From what the session knows to what the screen shows."""

import math
from collections.abc import Callable

from device.session.events import CheckIn, EndReason, Phase
from device.session.practice import coherence_level
from device.session.showing.views import (
    Advice,
    AdviceView,
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
    SummaryGuessView,
    SummaryNumbersView,
    SummaryPaceView,
    SummaryTimeView,
    SummaryView,
    UsbState,
    UsbView,
    View,
    WelcomeView,
)
from device.session.state import OFFERS, WAITS_S, SessionState, Step
from dsp.types import Contact, WearerState

CONTACT_HOLD_S = 3.0
ANYWAY_FROM_S = 20.0
SMALL_BREATHS_S = (2.0, 18.0)
EASIER_SHOWN_S = 4.0
FREELY_SAID_S = 15.0
BEAT_SHOWN_S = 0.2
WORTH_TELLING_S = 30
FADE_FROM, FADE_TO = 0.4, 0.75
STORAGE_NOTICES = {
    Storage.LOW: Notice.LOW_STORAGE,
    Storage.FULL: Notice.FULL_STORAGE,
    Storage.READ_ONLY: Notice.READ_ONLY_STORAGE,
}


def build_view(s: SessionState) -> View:
    """The view at `s.now_s`."""
    if s.clock.paused:
        contact = s.body.contact if s.around.sensor_fault is None else Contact.SENSOR_GONE
        return PausedView(s.preferences.language, contact, s.config.finger)
    return BUILDERS[s.step](s)


def summary_pages(s: SessionState, advice: list[Advice]) -> list[SummaryView]:
    """The summary's pages in order; minutes first, and never a number or a state that the wearer hid."""
    told = [s.unsaved, *advice] if s.unsaved is not None else advice
    pages: list[SummaryView] = [AdviceView(s.preferences.language, kind) for kind in told]
    if s.tally.practised_s < WORTH_TELLING_S:
        return pages
    return [_time_page(s), *_guess_page(s), *_pace_page(s), *_numbers_page(s), *pages]


def _time_page(s: SessionState) -> SummaryView:
    tally = s.tally
    readable = tally.numbers is not None and not s.preferences.hide_state
    return SummaryTimeView(
        s.preferences.language,
        max(1, round(tally.practised_s / 60.0)),
        round(tally.calm_s / 60.0) if readable else None,
        round(tally.settled_after_s / 60.0) if readable and tally.settled_after_s is not None else None,
        round(tally.rest_after_settling_s / 60.0),
    )


def _guess_page(s: SessionState) -> list[SummaryView]:
    if s.preferences.hide_state:
        return []
    page = SummaryGuessView(
        s.preferences.language,
        _guess(s.check_ins.get("before")),
        s.tally.body_on_guard(Phase.REST),
        _guess(s.check_ins.get("after")),
        s.tally.body_on_guard(Phase.FREE),
    )
    known = (page.guess_before, page.body_before, page.guess_after, page.body_after)
    return [page] if any(value is not None for value in known) else []


def _pace_page(s: SessionState) -> list[SummaryView]:
    found = s.resonance_breaths_per_min
    if found is None or not s.resonance:
        return []
    return [SummaryPaceView(s.preferences.language, None if math.isnan(found) else found)]


def _numbers_page(s: SessionState) -> list[SummaryView]:
    row = s.tally.numbers
    if row is None or s.preferences.hide_numbers:
        return []
    language = s.preferences.language
    return [SummaryNumbersView(language, _whole(row.mean_hr_bpm), _whole(row.rmssd_ms), _whole(row.rsa_ms))]


def _guess(check_in: CheckIn | None) -> int | None:
    return None if check_in is None else check_in.on_guard_guess


def _whole(value: float) -> int | None:
    return None if math.isnan(value) else round(value)


def _progress(s: SessionState, lasts_s: float) -> float:
    return min(1.0, s.clock.elapsed_s(s.now_s) / lasts_s)


def _run_progress(s: SessionState) -> float:
    """Of a resonance run: the steps done and the share of the one at hand, whose way there does not count."""
    share = max(0.0, s.clock.elapsed_s(s.now_s) - s.run_step_from_s) / s.run_step_s()
    return (s.run_step + min(1.0, share)) / len(s.run_breaths_per_min())


def _beat(s: SessionState) -> bool:
    return s.now_s - s.body.beat_s < BEAT_SHOWN_S


def _welcome(s: SessionState) -> View:
    notice = STORAGE_NOTICES.get(s.around.storage)
    if notice is None and s.around.battery_low:
        notice = Notice.LOW_BATTERY
    elif notice is None and s.around.clock_unset:
        notice = Notice.CLOCK_UNSET
    return WelcomeView(s.preferences.language, s.preferences.minutes, notice)


def _menu(s: SessionState) -> View:
    return MenuView(
        s.preferences.language,
        s.menu_lines()[s.menu_index],
        s.preferences,
        s.run_minutes(),
        s.recheck_minutes(),
    )


def _contact(s: SessionState) -> View:
    steady = 0.0 if s.steady_since_s is None else (s.now_s - s.steady_since_s) / CONTACT_HOLD_S
    seated_s = min(s.clock.elapsed_s(s.now_s), s.now_s - s.body.contact_since_s)
    return ContactView(
        s.preferences.language,
        s.body.contact,
        s.config.finger,
        s.body.trace.columns(inverted=s.config.pulses_fall),
        min(1.0, steady),
        _beat(s),
        anyway=not s.body.contact and seated_s >= ANYWAY_FROM_S,
        reference=s.config.reference,
    )


def _question(s: SessionState) -> View:
    assert s.form is not None
    return QuestionView(s.preferences.language, s.form.question, s.form.selected, *s.form.progress)


def _ring(s: SessionState) -> View:
    if s.step is Step.REST:
        return RingView(s.preferences.language, RingKind.REST, _progress(s, s.config.rest_s))
    progress = _progress(s, s.config.free_s)
    if s.reason is EndReason.DIZZY:
        return RingView(s.preferences.language, RingKind.DIZZY, progress)
    state = _state(s) if s.clock.elapsed_s(s.now_s) >= FREELY_SAID_S else None
    kind, settling = (None, False) if state is None else (state.kind, state.settling)
    return RingView(s.preferences.language, RingKind.FREE, progress, kind, settling)


def _state(s: SessionState) -> WearerState | None:
    """The state of the last second; None where there is none, or the wearer hid it."""
    return None if s.body.row is None or s.preferences.hide_state else s.body.row.state


def _guide(s: SessionState) -> View:
    assert s.guide is not None
    progress = _run_progress(s) if s.step is Step.RESONANCE else _progress(s, s.step_lasts_s())
    row, hidden = s.body.row, s.preferences
    state = _state(s)
    coherence = None if row is None or hidden.hide_numbers else coherence_level(row)
    return GuideView(
        language=hidden.language,
        breath=s.guide.phase(s.now_s),
        progress=progress,
        state=None if state is None else state.kind,
        settling=state is not None and state.settling,
        hr_bpm=None if hidden.hide_numbers else _whole(s.body.hr_bpm(s.now_s)),
        coherence_level=coherence,
        rsa_ms=None if row is None or coherence is None else _whole(row.rsa_ms),
        beat=_beat(s),
        caption=_caption(s),
        fade=_fade(progress) if hidden.fade_guide and s.step is Step.GUIDED else 0.0,
        step=_resonance_step(s) if s.step is Step.RESONANCE else None,
    )


def _caption(s: SessionState) -> GuideCaption | None:
    elapsed_s = s.clock.elapsed_s(s.now_s)
    if s.now_s - s.easier_s < EASIER_SHOWN_S:
        return GuideCaption.EASIER
    if SMALL_BREATHS_S[0] <= elapsed_s < SMALL_BREATHS_S[1]:
        return GuideCaption.SMALL_BREATHS
    return GuideCaption.NOT_SAVED if s.unsaved is not None else None


def _fade(progress: float) -> float:
    return min(1.0, max(0.0, (progress - FADE_FROM) / (FADE_TO - FADE_FROM)))


def _resonance_step(s: SessionState) -> tuple[int, int]:
    return s.run_step + 1, len(s.run_breaths_per_min())


def _usb(s: SessionState) -> View:
    state = UsbState.SHARING if s.sharing else UsbState.ASKING
    return UsbView(s.preferences.language, state, s.ended_here, s.config.usb_blocks)


BUILDERS: dict[Step, Callable[[SessionState], View]] = {
    Step.WELCOME: _welcome,
    Step.MENU: _menu,
    Step.CONTACT: _contact,
    Step.CHECK_IN: _question,
    Step.REST: _ring,
    Step.GUIDED: _guide,
    Step.RESONANCE: _guide,
    Step.FREE: _ring,
    Step.OFFER: lambda s: OfferView(s.preferences.language, OFFERS[s.offer_index], _progress(s, WAITS_S[Step.OFFER])),
    Step.QUIET: lambda s: QuietView(s.preferences.language, _progress(s, 60.0 * s.quiet_minutes)),
    Step.CHECK_OUT: _question,
    Step.SUMMARY: lambda s: s.pages[s.page],
    Step.USB: _usb,
    Step.STORAGE: lambda s: StorageView(s.preferences.language, s.around.storage),
    Step.SENSOR: lambda s: SensorView(s.preferences.language, s.ended_here),
    Step.GOODBYE: lambda s: GoodbyeView(s.preferences.language),
}
