"""A morning reading through the session: asked once, three minutes, a word, and nothing of the ordinary session."""

import math

import pytest

from device.session.choosing.menu import MenuItem
from device.session.choosing.preferences import Posture, Preferences
from device.session.commands import KeepHistory, KeepPreferences, StartRecording
from device.session.events import CheckIn, EndReason, Learned, PaceChanged, Phase, PostureTold
from device.session.showing.views import MorningView, PostureView, RingKind, RingView, Storage
from device.session.state import Step
from dsp.state.mornings import MorningWord, Standing
from dsp.state.profile import Profile
from dsp.types import Contact
from tests.session_driver import Driver, bring_to, phases, stops, to_line

LYING = Preferences(posture=Posture.LYING)


def measuring(preferences: Preferences = LYING) -> Driver:
    driver = Driver(preferences).run(1.0)
    to_line(driver, MenuItem.MORNING).long()
    return driver.run_until(Step.MORNING_READING, 30.0)


def kept(driver: Driver) -> list[Posture | None]:
    return [item.preferences.posture for item in driver.got(KeepPreferences)]


def test_it_lasts_three_minutes_asks_nothing_and_leads_nobody() -> None:
    driver = measuring()
    begun_s = driver.t_s
    view = driver.session.view(driver.t_s)
    assert isinstance(view, RingView)
    assert view.kind is RingKind.MORNING
    driver.run_until(Step.MORNING_WORD, 200.0)
    assert driver.t_s - begun_s == pytest.approx(180.0, abs=1.0)
    assert [p for p in phases(driver) if p is not Phase.CONTACT] == [Phase.MORNING, Phase.SUMMARY]
    assert [told.posture for told in driver.got(PostureTold)] == [Posture.LYING]
    assert len(driver.got(StartRecording)) == 1
    assert stops(driver) == [EndReason.COMPLETED]
    assert not driver.got(CheckIn)
    assert not driver.got(PaceChanged)
    assert not driver.got(KeepHistory)


def test_the_posture_is_asked_before_the_first_and_then_only_from_the_menu() -> None:
    driver = Driver(Preferences()).run(1.0)
    to_line(driver, MenuItem.MORNING).long()
    assert isinstance(driver.session.view(driver.t_s), PostureView)
    driver.short().long()
    assert kept(driver) == [Posture.SITTING]
    driver.run_until(Step.MORNING_READING, 30.0).long()
    to_line(driver, MenuItem.MORNING).long()
    driver.run_until(Step.MORNING_READING, 30.0).long()
    to_line(driver, MenuItem.POSTURE).long()
    assert kept(driver) == [Posture.SITTING, Posture.STANDING]


def test_a_posture_never_told_is_no_line_of_the_menu() -> None:
    assert MenuItem.POSTURE in Driver(Preferences()).session._s.menu_absent
    assert MenuItem.POSTURE not in Driver(LYING).session._s.menu_absent


@pytest.mark.parametrize("hidden", [True, False])
def test_what_was_learnt_of_it_is_on_the_screen_at_once(hidden: bool) -> None:
    driver = measuring(Preferences(posture=Posture.LYING, hide_numbers=hidden)).run_until(Step.MORNING_WORD, 200.0)
    driver.session.on_learned(Learned(driver.t_s, Profile(), morning=MorningWord(Standing.BELOW, 14, 31.6)))
    view = driver.session.view(driver.t_s)
    assert isinstance(view, MorningView)
    assert (view.standing, view.mornings, view.rmssd_ms) == (Standing.BELOW, 14, None if hidden else 32)
    driver.short()
    assert driver.session.step is Step.WELCOME


def test_without_a_word_of_the_learner_it_is_unsure() -> None:
    driver = measuring().run_until(Step.MORNING_WORD, 200.0)
    driver.session.on_learned(Learned(driver.t_s, Profile(), morning=MorningWord(Standing.ABOVE, 14, 80.0)))
    driver.short()
    to_line(driver, MenuItem.MORNING).long().run_until(Step.MORNING_WORD, 220.0)
    view = driver.session.view(driver.t_s)
    assert isinstance(view, MorningView)
    assert view.standing is Standing.UNSURE


def test_lost_contact_stops_the_time() -> None:
    driver = measuring().run(100.0)
    driver.touch(Contact.POSITIVE_OFF).run(30.0).touch(Contact.GOOD).run(60.0)
    assert driver.session.step is Step.MORNING_READING
    driver.run_until(Step.MORNING_WORD, 30.0)


def _finish_in_a_pause(driver: Driver) -> None:
    driver.touch(Contact.POSITIVE_OFF).run(3.0).short()


def _stay_away(driver: Driver) -> None:
    driver.touch(Contact.POSITIVE_OFF).run(320.0)


def _plug_in_and_out(driver: Driver) -> None:
    driver.session.on_usb(driver.t_s, True)
    driver.run(5.0)
    assert driver.session.step is Step.USB
    driver.session.on_usb(driver.t_s, False)


def _lose_the_sensor(driver: Driver) -> None:
    driver.session.on_sensor(driver.t_s, "no answer")
    driver.run(15.0)
    driver.session.on_sensor(driver.t_s, None)


@pytest.mark.parametrize("leave", [Driver.long, _finish_in_a_pause, _stay_away, _plug_in_and_out, _lose_the_sensor])
def test_cut_short_it_tells_and_asks_nothing(leave: object) -> None:
    driver = measuring().run(100.0)
    assert callable(leave)
    leave(driver)
    driver.run(1.0)
    assert driver.session.step is Step.WELCOME
    assert len(stops(driver)) == 1
    assert Phase.SUMMARY not in phases(driver)
    assert not driver.got(KeepHistory)
    driver.touch(Contact.GOOD).short().run_until(Step.CHECK_IN, 30.0)  # the next session is an ordinary one


def test_help_now_takes_its_place() -> None:
    driver = measuring().run(30.0).double()
    assert driver.session.step is Step.HELP
    driver.short().short().run_until(Step.CHECK_IN, 30.0)


def test_a_resonance_run_asked_for_meanwhile_is_an_ordinary_session() -> None:
    driver = Driver(Preferences()).run(1.0)
    to_line(driver, MenuItem.MORNING).long()
    driver.session.find_resonance(driver.t_s)
    driver.run_until(Step.CHECK_IN, 30.0).skip().run_until(Step.RESONANCE).run(60.0).short()
    driver.run_until(Step.CHECK_OUT, 120.0).skip()
    assert driver.session.step is Step.SUMMARY


def test_on_a_full_card_it_is_told_and_not_recorded() -> None:
    driver = Driver(LYING).run(1.0)
    driver.session.on_storage(driver.t_s, Storage.FULL)
    to_line(driver, MenuItem.MORNING).long()
    assert driver.session.step is Step.STORAGE
    driver.short().run_until(Step.MORNING_WORD, 250.0)
    assert not driver.got(StartRecording)


def test_it_has_no_state_of_its_own_beside_the_ring() -> None:
    driver = Driver(LYING)
    bring_to(driver, Step.MORNING_READING)
    for _ in range(60):
        view = driver.run(1.0).session.view(driver.t_s)
        assert isinstance(view, RingView)
        assert view.state is None
        assert not math.isnan(view.progress)
