"""One example of every screen, for the contact sheet and the golden images."""

import math
from dataclasses import replace

from device.session.choosing.check_in import Answer, Question
from device.session.choosing.menu import MenuItem
from device.session.choosing.preferences import Language, Preferences
from device.session.showing.trace import COLUMNS, TraceColumn
from device.session.showing.views import (
    Advice,
    AdviceView,
    ContactView,
    GoodbyeView,
    GuideCaption,
    GuideView,
    LiveView,
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
    UsbState,
    UsbView,
    View,
    WelcomeView,
)
from dsp.types import BreathKind, BreathPhase, Contact, StateKind

INHALE = BreathPhase(BreathKind.INHALE, 0.55, 6.0)
EXHALE = BreathPhase(BreathKind.EXHALE, 0.35, 6.0)
MENU_LINES = (MenuItem.MINUTES, MenuItem.HIDE_NUMBERS, MenuItem.VIBRATION, MenuItem.RESONANCE)


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


def examples(language: Language) -> dict[str, View]:
    """Views by name; together they show every screen, state and sign."""
    chosen = Preferences(language=language)
    contact = ContactView(language, Contact.GOOD, False, _trace(), 0.6, beat=True, reference=True)
    guide = GuideView(language, INHALE, 0.3, StateKind.CALM, hr_bpm=64, coherence_level=2, rsa_ms=45, beat=True)
    asked = QuestionView(language, Question.ENERGY, 3, 1, 3)
    return {
        "live": LiveView(language, _trace(), StateKind.NEUTRAL, hr_bpm=71, coherence_level=1, rsa_ms=9, beat=True),
        "welcome": WelcomeView(language, 5),
        **{f"welcome_{notice}": WelcomeView(language, 5, notice) for notice in Notice},
        **{f"menu_{item}": MenuView(language, item, replace(chosen, led_level=2)) for item in MENU_LINES},
        "menu_recheck": MenuView(language, MenuItem.RECHECK, chosen, recheck_minutes=8),
        "contact_good": contact,
        "contact_searching": replace(contact, steady=0.0, beat=False),
        "contact_anyway": replace(contact, steady=0.0, beat=False, anyway=True),
        "contact_two_electrodes": replace(contact, reference=False),
        "contact_left_loose": replace(contact, contact=Contact.POSITIVE_OFF, steady=0.0),
        "contact_right_loose": replace(contact, contact=Contact.NEGATIVE_OFF, steady=0.0),
        "contact_both_loose": replace(
            contact, contact=Contact.POSITIVE_OFF | Contact.NEGATIVE_OFF, steady=0.0, trace=(None,) * COLUMNS
        ),
        "contact_finger": replace(contact, contact=Contact.FINGER_OFF, finger=True, steady=0.0),
        "contact_finger_good": replace(contact, finger=True),
        "question_energy": asked,
        "question_tension": replace(asked, question=Question.TENSION, number=2, selected=1),
        "question_on_guard": replace(asked, question=Question.ON_GUARD, number=3, selected=Answer.DONT_KNOW),
        "question_sleep": replace(asked, question=Question.SLEEP, number=4, count=5, selected=Answer.SKIP),
        "question_tolerance": replace(asked, question=Question.TOLERANCE, number=5, count=5, selected=5),
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
        "guide_easier": replace(guide, caption=GuideCaption.EASIER),
        "guide_not_saved": replace(guide, caption=GuideCaption.NOT_SAVED),
        "guide_fading": replace(guide, fade=0.5),
        "guide_faded": replace(guide, fade=1.0),
        "guide_resonance": replace(guide, step=(2, 4)),
        "paused": PausedView(language, Contact.NEGATIVE_OFF, False),
        "paused_sensor": PausedView(language, Contact.SENSOR_GONE, True),
        "paused_finger": PausedView(language, Contact.FINGER_OFF, True),
        "free": RingView(language, RingKind.FREE, 0.7),
        "free_calm": RingView(language, RingKind.FREE, 0.8, StateKind.CALM),
        "free_unsure": RingView(language, RingKind.FREE, 0.9, StateKind.UNSURE),
        "dizzy": RingView(language, RingKind.DIZZY, 0.2),
        "offer": OfferView(language, 3, 0.4),
        "quiet": QuietView(language, 0.5),
        "summary_time": SummaryTimeView(language, 10, 6, 2, 3),
        "summary_time_hidden": SummaryTimeView(language, 1),
        "summary_guess": SummaryGuessView(language, 4, 2.6, 3, 1.4),
        "summary_guess_unknown": SummaryGuessView(language, None, None, 2, 2.0),
        "summary_numbers": SummaryNumbersView(language, 62, 34, 128),
        "summary_pace": SummaryPaceView(language, 5.6),
        "summary_pace_none": SummaryPaceView(language, None),
        **{f"advice_{advice}": AdviceView(language, advice) for advice in Advice},
        "usb": UsbView(language, UsbState.ASKING, False),
        "usb_ended": UsbView(language, UsbState.ASKING, True),
        "usb_sharing": UsbView(language, UsbState.SHARING, False),
        "storage_full": StorageView(language, Storage.FULL),
        "storage_read_only": StorageView(language, Storage.READ_ONLY),
        "sensor": SensorView(language, False),
        "sensor_ended": SensorView(language, True),
        "goodbye": GoodbyeView(language),
    }
