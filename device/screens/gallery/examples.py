"""One example of every screen, for the contact sheet and the golden images."""

import math
from dataclasses import replace

from device.session.choosing.cards import FIRST_RUN, OWN_TRIAL, WAY_BACK
from device.session.choosing.check_in import Answer, Question
from device.session.choosing.menu import MenuItem
from device.session.choosing.preferences import GuideForm, Language, Posture, Preferences
from device.session.showing.hints import Hint
from device.session.showing.trace import COLUMNS, TraceColumn
from device.session.showing.views import (
    Advice,
    AdviceView,
    CardView,
    ContactView,
    DarkView,
    GoodbyeView,
    GuessMeaningView,
    GuideCaption,
    GuideView,
    LastAnswersView,
    LiveView,
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
    SummaryGuessView,
    SummaryNumbersView,
    SummaryPaceView,
    SummarySettledView,
    SummaryTimeView,
    SummaryView,
    UnguidedView,
    UsbState,
    UsbView,
    View,
    WelcomeView,
)
from dsp.state.mornings import Standing
from dsp.types import BreathKind, BreathPhase, Contact, StateKind

INHALE = BreathPhase(BreathKind.INHALE, 0.55, 6.0)
EXHALE = BreathPhase(BreathKind.EXHALE, 0.35, 6.0)
MENU_LINES = (
    *(MenuItem.MINUTES, MenuItem.BRIGHTNESS, MenuItem.ASK_MORE, MenuItem.TRIAL, MenuItem.VIBRATION),
    MenuItem.RESONANCE,
)
PLANNED = frozenset({MenuItem.MINUTES})
NOT_FITTED = frozenset({MenuItem.LED, MenuItem.VIBRATION, MenuItem.RECHECK})


def heartbeat(phase: float) -> float:
    """One beat of an ECG drawn by hand, P, QRS and T; `phase` from 0 to 1, the answer about -0.2 to 0.8."""
    bumps = ((0.2, 0.03, 0.1), (0.36, 0.012, -0.12), (0.4, 0.014, 0.75), (0.44, 0.012, -0.2), (0.68, 0.05, 0.18))
    return sum(height * math.exp(-(((phase - centre) / width) ** 2)) for centre, width, height in bumps)


def _trace() -> tuple[TraceColumn | None, ...]:
    columns: list[TraceColumn | None] = []
    for column in range(COLUMNS):
        values = [0.25 + heartbeat((column + part / 4) % 32 / 32) for part in range(5)]
        columns.append(None if 96 <= column < 102 else TraceColumn(min(values), max(values)))
    return tuple(columns)


def _pages(language: Language) -> dict[str, SummaryView]:
    return {
        "summary_time": SummaryTimeView(language, 20, 6),
        "summary_time_hidden": SummaryTimeView(language, 1),
        "summary_settled": SummarySettledView(language, 2, 3),
        "summary_settled_at_once": SummarySettledView(language, 0, 10),
        "summary_guess_meaning": GuessMeaningView(language),
        "summary_guess": SummaryGuessView(language, 4, 2.6, 3, 1.4),
        "summary_guess_unknown": SummaryGuessView(language, None, None, 2, 2.0),
        "summary_numbers": SummaryNumbersView(language, 62, 34, 128),
        "summary_pace": SummaryPaceView(language, 5.6),
        "summary_pace_none": SummaryPaceView(language, None),
    }


def _mornings(language: Language) -> dict[str, View]:
    chosen = Preferences(language=language, posture=Posture.LYING)
    told = MorningView(language, Standing.WITHIN, 14, hint=Hint.DONE)
    return {
        "menu_morning": MenuView(language, MenuItem.MORNING, chosen, NOT_FITTED, hint=Hint.CHOOSE),
        "menu_posture": MenuView(language, MenuItem.POSTURE, chosen, NOT_FITTED, hint=Hint.CHANGE),
        **{f"posture_{posture}": PostureView(language, posture, Hint.CHOOSE) for posture in Posture},
        "morning": RingView(language, RingKind.MORNING, 0.3),
        "morning_hint": RingView(language, RingKind.MORNING, 0.1, hint=Hint.BACK),
        **{f"morning_{standing}": replace(told, standing=standing) for standing in Standing},
        "morning_gathering": replace(told, standing=Standing.GATHERING, mornings=13),
        "morning_one_more": replace(told, standing=Standing.GATHERING, mornings=1, hint=Hint.HELP),
        "morning_numbers": replace(told, rmssd_ms=42),
        "morning_gathering_numbers": replace(told, standing=Standing.GATHERING, mornings=5, rmssd_ms=118),
    }


def examples(language: Language) -> dict[str, View]:
    """Views by name; together they show every screen, state and sign."""
    chosen = Preferences(language=language)
    contact = ContactView(language, Contact.GOOD, False, _trace(), 0.6, beat=True, reference=True)
    guide = GuideView(language, INHALE, 0.3, StateKind.CALM, hr_bpm=64, coherence_level=2, rsa_ms=45, beat=True)
    asked = QuestionView(language, Question.ENERGY, 3, 1, 3, Hint.CHOOSE)
    answers = ((Question.ENERGY, 2), (Question.TENSION, 4), (Question.ON_GUARD, 3))
    full = replace(guide, form=GuideForm.DISC)
    wave = tuple(0.5 + 0.45 * math.sin(i / 6.0) for i in range(53))
    return {
        "live": LiveView(language, _trace(), StateKind.NEUTRAL, hr_bpm=71, coherence_level=1, rsa_ms=9, beat=True),
        "welcome": WelcomeView(language, 5, hint=Hint.MENU),
        "welcome_help": WelcomeView(language, 5, hint=Hint.HELP),
        **{f"welcome_{notice}": WelcomeView(language, 5, notice) for notice in Notice},
        **{f"card_{card}": CardView(language, card, 1 + i, 2, Hint.NEXT) for i, card in enumerate(FIRST_RUN)},
        "card_trial_drawn": CardView(language, OWN_TRIAL[0], 1, 2, Hint.NEXT),
        "card_try_it": CardView(language, OWN_TRIAL[-1], 2, 2, Hint.TRY_IT),
        "card_not_now": CardView(language, OWN_TRIAL[-1], 2, 2, Hint.NOT_NOW),
        "card_went_back": CardView(language, WAY_BACK[0], 1, 1, Hint.GO_ON),
        **{
            f"menu_{item}": MenuView(language, item, replace(chosen, led_level=2), recheck_minutes=8, hint=Hint.CHANGE)
            for item in MENU_LINES
        },
        "menu_plan": MenuView(language, MenuItem.PLAN, chosen, PLANNED, hint=Hint.CHANGE),
        "menu_recheck": MenuView(language, MenuItem.RECHECK, chosen, recheck_minutes=8, hint=Hint.CHOOSE),
        "menu_not_fitted": MenuView(language, MenuItem.RESONANCE, chosen, NOT_FITTED, hint=Hint.NEXT),
        "contact_good": contact,
        "contact_searching": replace(contact, steady=0.0, beat=False),
        "contact_anyway": replace(contact, steady=0.0, beat=False, hint=Hint.ANYWAY),
        "contact_two_electrodes": replace(contact, reference=False),
        "contact_left_loose": replace(contact, contact=Contact.POSITIVE_OFF, steady=0.0),
        "contact_right_loose": replace(contact, contact=Contact.NEGATIVE_OFF, steady=0.0),
        "contact_both_loose": replace(
            contact, contact=Contact.POSITIVE_OFF | Contact.NEGATIVE_OFF, steady=0.0, trace=(None,) * COLUMNS
        ),
        "contact_finger": replace(contact, contact=Contact.FINGER_OFF, finger=True, steady=0.0),
        "contact_finger_good": replace(contact, finger=True),
        "question_energy": asked,
        "question_tension": replace(asked, question=Question.TENSION, number=2, selected=1, hint=Hint.SKIP),
        "question_on_guard": replace(
            asked, question=Question.ON_GUARD, number=3, selected=Answer.DONT_KNOW, hint=Hint.DONT_KNOW
        ),
        "question_sleep": replace(asked, question=Question.SLEEP, number=4, count=5, selected=2, hint=Hint.NEXT),
        "question_tolerance": replace(asked, question=Question.TOLERANCE, number=5, count=5, selected=5),
        "last_answers": LastAnswersView(language, answers, Hint.AS_LAST),
        "rest_begins": RingView(language, RingKind.REST_BEGINS, 0.1),
        "rest_hint": RingView(language, RingKind.REST, 0.4, hint=Hint.LEAVE),
        "rest_help": RingView(language, RingKind.REST, 0.5, hint=Hint.HELP_BY_MANY),
        "question_help": replace(asked, hint=Hint.HELP_BY_MANY),
        "rest": RingView(language, RingKind.REST, 0.4),
        "rest_longer": RingView(language, RingKind.REST_LONGER, 1.0),
        "guide_small_breaths": replace(guide, caption=GuideCaption.SMALL_BREATHS, breath=replace(INHALE, progress=0.1)),
        "guide_calm": guide,
        "guide_neutral": replace(guide, state=StateKind.NEUTRAL, breath=EXHALE, beat=False, coherence_level=1),
        "guide_settling": replace(guide, state=StateKind.NEUTRAL, settling=True, coherence_level=3, rsa_ms=128),
        "guide_on_guard": replace(
            guide, state=StateKind.ALARM, coherence_level=0, breath=replace(EXHALE, progress=0.8)
        ),
        "guide_unsure": replace(guide, state=StateKind.UNSURE, hr_bpm=None, coherence_level=None, rsa_ms=None),
        "guide_hidden": replace(guide, state=None, hr_bpm=None, coherence_level=None, rsa_ms=None),
        **{f"guide_hint_{hint}": replace(guide, hint=hint) for hint in (Hint.EASIER, Hint.DIZZY, Hint.FINISH)},
        "guide_disc": full,
        "guide_disc_smallest": replace(full, breath=replace(INHALE, progress=0.0)),
        "guide_wave": replace(guide, form=GuideForm.WAVE, wave=wave),
        "guide_easier": replace(guide, caption=GuideCaption.EASIER),
        "guide_slower": replace(guide, caption=GuideCaption.SLOWER, step=(4, 5)),
        "guide_button": replace(guide, caption=GuideCaption.BUTTON),
        "guide_not_saved": replace(guide, caption=GuideCaption.NOT_SAVED),
        "guide_fading": replace(full, fade=0.5),
        "guide_faded": replace(guide, fade=1.0),
        "unguided_said": UnguidedView(language, 0.55, said=True),
        "unguided_hint": UnguidedView(language, 0.6, hint=Hint.GUIDE_BACK),
        "unguided": UnguidedView(language, 0.75),
        "guide_resonance": replace(guide, step=(2, 4)),
        "paused": PausedView(language, Contact.NEGATIVE_OFF, False),
        "paused_sensor": PausedView(language, Contact.SENSOR_GONE, True, Hint.FINISH),
        "paused_finger": PausedView(language, Contact.FINGER_OFF, True),
        "free": RingView(language, RingKind.FREE, 0.7),
        "free_calm": RingView(language, RingKind.FREE, 0.8, StateKind.CALM),
        "free_unsure": RingView(language, RingKind.FREE, 0.9, StateKind.UNSURE),
        "dizzy": RingView(language, RingKind.DIZZY, 0.2),
        "offer": OfferView(language, 3, 0.4, Hint.NEXT),
        "dark": DarkView(language),
        "menu_evening": MenuView(language, MenuItem.EVENING, chosen, NOT_FITTED, hint=Hint.CHOOSE),
        **_mornings(language),
        "quiet": QuietView(language, 0.5),
        "quiet_hint": QuietView(language, 0.01, Hint.FINISH),
        **{name: PageView(language, shown, 2, 4, Hint.NEXT) for name, shown in _pages(language).items()},
        **{f"advice_{advice}": PageView(language, AdviceView(language, advice), 4, 4, Hint.DONE) for advice in Advice},
        "usb": UsbView(language, UsbState.ASKING, False, hint=Hint.SHARE),
        "usb_ended": UsbView(language, UsbState.ASKING, True, hint=Hint.HELP),
        "usb_out": UsbView(language, UsbState.ASKING, False, hint=Hint.CABLE_OUT),
        "usb_sharing": UsbView(language, UsbState.SHARING, False, hint=Hint.STOP_SHARING),
        "usb_offered": UsbView(language, UsbState.OFFERED, False, hint=Hint.SHARE, version="0.12.0"),
        "usb_offered_long": UsbView(language, UsbState.OFFERED, False, hint=Hint.SHARE, version="100.20.30.40"),
        "usb_updating": UsbView(language, UsbState.UPDATING, False, hint=Hint.STOP_SHARING, version="0.12.0"),
        "storage_full": StorageView(language, Storage.FULL, Hint.UNSAVED),
        "storage_read_only": StorageView(language, Storage.READ_ONLY, Hint.HELP),
        "sensor": SensorView(language, False, Hint.MENU),
        "sensor_ended": SensorView(language, True, Hint.GO_ON),
        "goodbye": GoodbyeView(language),
    }
