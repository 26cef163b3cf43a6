import pytest

from device.session.choosing.preferences import Language
from device.session.commands import (
    Blank,
    LookForCable,
    ShareAllowed,
    ShutDown,
    StartRecording,
    StopRecording,
)
from device.session.events import (
    EndReason,
    SensorFault,
    StateChanged,
)
from device.session.showing.hints import Hint
from device.session.showing.views import (
    Advice,
    AdviceView,
    GoodbyeView,
    GuideCaption,
    GuideView,
    Notice,
    PausedView,
    SensorView,
    Storage,
    StorageView,
    UsbState,
    UsbView,
    WelcomeView,
)
from device.session.state import SessionSettings, Step
from dsp.types import Contact, WearerState
from tests.session_driver import CALM, ON_GUARD, Driver, pages, stops


def test_no_session_starts_with_a_cable_in() -> None:
    driver = Driver()
    driver.session.on_usb(0.0, True)
    driver.run(1.0).short().long().run(30.0)
    assert driver.session.step is Step.USB
    assert not driver.got(StartRecording)


@pytest.mark.parametrize(
    ("step", "after"),
    [
        (Step.CHECK_IN, Step.WELCOME),
        (Step.REST, Step.WELCOME),
        (Step.GUIDED, Step.SUMMARY),
        (Step.FREE, Step.SUMMARY),
        (Step.CHECK_OUT, Step.SUMMARY),
    ],
)
def test_a_cable_ends_a_running_session_safely_and_says_why(step: Step, after: Step) -> None:
    """Once it is out, there is a summary, unless there was too little to tell of."""
    driver = Driver().to(step).run(35.0)
    driver.session.on_usb(driver.t_s, True)
    view = driver.session.view(driver.t_s)
    assert view == UsbView(Language.NB, UsbState.ASKING, ended=True, hint=Hint.SHARE)
    driver.run(1.0)
    assert stops(driver) == [EndReason.USB]
    driver.session.on_usb(driver.t_s, False)
    assert driver.session.step is after


def test_logs_are_shared_only_after_a_long_press_and_only_while_the_cable_is_in() -> None:
    driver = Driver()
    driver.session.on_usb(0.0, True)
    driver.run(1.0).short().short()
    assert not driver.got(ShareAllowed)
    driver.long()
    view = driver.session.view(driver.t_s)
    assert isinstance(view, UsbView)
    assert view.state is UsbState.SHARING
    driver.session.on_usb(driver.t_s, False)
    driver.run(1.0)
    allowed = [item.allowed for item in driver.out if isinstance(item, ShareAllowed)]
    assert allowed == [True, False]
    assert driver.session.step is Step.WELCOME


def test_holding_on_to_shut_down_shares_nothing_on_the_way() -> None:
    driver = Driver()
    driver.session.on_usb(0.0, True)
    driver.run(1.0).press(7.0).run(1.0)
    assert driver.session.step is Step.GOODBYE
    assert not driver.got(ShareAllowed)


@pytest.mark.parametrize("held_ticks", [9, 12, 30, 55])
def test_however_long_the_hold_what_is_not_shared_yet_ends_nothing(held_ticks: int) -> None:
    """The appliance says several times a second that nothing is shared."""
    driver = Driver()
    driver.session.on_usb(0.0, True)
    driver.run(1.0)
    driver.session.on_button(driver.t_s, True)
    for _ in range(held_ticks):
        driver.run(0.1)
        driver.session.on_sharing_ended(driver.t_s)
    driver.session.on_button(driver.t_s, False)
    driver.run(0.5)
    assert [item.allowed for item in driver.out if isinstance(item, ShareAllowed)] == [True]
    driver.session.on_sharing_ended(driver.t_s)
    driver.run(0.5)
    assert [item.allowed for item in driver.out if isinstance(item, ShareAllowed)] == [True, False]


def test_sharing_stops_at_a_press() -> None:
    driver = Driver()
    driver.session.on_usb(0.0, True)
    driver.run(1.0).long().short()
    assert [item.allowed for item in driver.out if isinstance(item, ShareAllowed)] == [True, False]


def test_only_the_configuration_lets_a_session_run_beside_a_cable() -> None:
    driver = Driver(settings=SessionSettings(usb_blocks=False))
    driver.session.on_usb(0.0, True)
    driver.run(1.0)
    assert driver.session.step is Step.USB
    driver.short().run_until(Step.CHECK_IN, 20.0)
    assert driver.session.recording
    driver.session.on_usb(driver.t_s, True)
    assert driver.session.recording


@pytest.mark.parametrize("storage", [Storage.FULL, Storage.READ_ONLY])
def test_a_card_that_takes_no_more_ends_the_recording_not_the_session(storage: Storage) -> None:
    driver = Driver().to(Step.GUIDED).run(70.0)
    driver.session.on_storage(driver.t_s, storage)
    view = driver.run(1.0).session.view(driver.t_s)
    assert isinstance(view, GuideView)
    assert view.caption is GuideCaption.NOT_SAVED
    assert stops(driver) == [EndReason.STORAGE]
    driver.run_until(Step.SUMMARY)
    assert stops(driver) == [EndReason.STORAGE]
    told = pages(driver)
    assert AdviceView(Language.NB, Advice.PARTLY_SAVED) in told
    assert AdviceView(Language.NB, Advice.NOT_SAVED) not in told


def test_nothing_is_called_safe_where_the_card_took_nothing() -> None:
    driver = Driver().to(Step.GUIDED).run(70.0)
    driver.session.on_storage(driver.t_s, Storage.FULL, took_nothing=True)
    told = pages(driver.run_until(Step.SUMMARY))
    assert AdviceView(Language.NB, Advice.NOT_SAVED) in told
    assert AdviceView(Language.NB, Advice.PARTLY_SAVED) not in told


def test_with_a_full_card_the_wearer_may_go_on_without_a_log() -> None:
    driver = Driver()
    driver.session.on_storage(0.0, Storage.FULL)
    driver.run(1.0).short()
    assert driver.session.view(driver.t_s) == StorageView(Language.NB, Storage.FULL, Hint.UNSAVED)
    driver.short().run_until(Step.CHECK_IN, 20.0).run_until(Step.SUMMARY)
    assert not driver.got(StartRecording)
    assert not driver.got(StopRecording)
    assert AdviceView(Language.NB, Advice.NOT_SAVED) in pages(driver)


def test_a_saved_session_says_nothing_of_the_card_also_after_one_that_was_not() -> None:
    driver = Driver()
    driver.session.on_storage(0.0, Storage.FULL)
    driver.run(1.0).short().short().run_until(Step.CHECK_IN, 20.0).run_until(Step.SUMMARY)
    driver.session.on_storage(driver.t_s, Storage.OK)
    driver.run_until(Step.WELCOME).short().run_until(Step.GUIDED).run_until(Step.SUMMARY)
    told = pages(driver)
    assert not [page for page in told if isinstance(page, AdviceView)]


@pytest.mark.parametrize(
    ("change", "notice"),
    [
        (lambda s: s.on_storage(0.0, Storage.LOW), Notice.LOW_STORAGE),
        (lambda s: s.on_storage(0.0, Storage.FULL), Notice.FULL_STORAGE),
        (lambda s: s.on_storage(0.0, Storage.READ_ONLY), Notice.READ_ONLY_STORAGE),
        (lambda s: s.on_battery(0.0, low=True), Notice.LOW_BATTERY),
        (lambda s: s.on_battery(0.0, low=True, missing=True), Notice.NO_BATTERY),
        (lambda s: s.on_wall_clock(0.0, unset=True), Notice.CLOCK_UNSET),
        (lambda s: s.on_wall_clock(0.0, unset=True, stopped=True), Notice.CLOCK_STOPPED),
    ],
)
def test_the_welcome_mentions_what_needs_attention(change: object, notice: Notice) -> None:
    driver = Driver()
    assert callable(change)
    change(driver.session)
    assert driver.session.view(1.0) == WelcomeView(Language.NB, 3, notice)


def test_a_sensor_that_comes_back_within_contacts_grace_does_not_even_pause() -> None:
    driver = Driver().to(Step.GUIDED).run(20.0)
    for _ in range(5):
        driver.session.on_sensor(driver.t_s, "no answer")
        driver.run(0.8)
        assert isinstance(driver.session.view(driver.t_s), GuideView)
        driver.session.on_sensor(driver.t_s, None)
        driver.run(0.2)
    assert driver.session.breath(driver.t_s) is not None


def test_a_sensor_that_comes_back_soon_only_pauses() -> None:
    driver = Driver().to(Step.GUIDED).run(20.0)
    driver.session.on_sensor(driver.t_s, "no answer")
    driver.run(5.0)
    assert driver.session.view(driver.t_s) == PausedView(Language.NB, Contact.SENSOR_GONE, False, Hint.FINISH)
    driver.session.on_sensor(driver.t_s, None)
    driver.run(3.0)
    assert driver.session.step is Step.GUIDED
    assert isinstance(driver.session.view(driver.t_s), GuideView)
    assert not stops(driver)
    assert [item.text for item in driver.out if isinstance(item, SensorFault)] == ["no answer"]


def test_a_sensor_that_stays_away_ends_the_session_and_is_tried_again() -> None:
    driver = Driver().to(Step.GUIDED).run(70.0)
    driver.session.on_sensor(driver.t_s, "no answer")
    driver.run(12.0)
    assert driver.session.view(driver.t_s) == SensorView(Language.NB, True, Hint.GO_ON)
    assert stops(driver) == [EndReason.SENSOR]
    driver.session.on_sensor(driver.t_s, None)
    assert driver.session.step is Step.SUMMARY


def test_a_missing_sensor_shows_before_anything_begins() -> None:
    driver = Driver()
    driver.session.on_sensor(0.0, "no answer")
    driver.run(1.0)
    assert driver.session.view(driver.t_s) == SensorView(Language.NB, False, Hint.MENU)
    driver.short().run(60.0)
    assert not driver.got(StartRecording)
    driver.session.on_sensor(driver.t_s, None)
    assert driver.session.step is Step.WELCOME


def test_a_very_long_press_saves_and_shuts_down_from_anywhere() -> None:
    driver = Driver().to(Step.GUIDED).run(5.0).press(7.0).run(1.0)
    assert stops(driver) == [EndReason.PRESSED]
    assert isinstance(driver.out[-1], ShutDown)
    assert isinstance(driver.session.view(driver.t_s), GoodbyeView)


def test_stopping_from_outside_keeps_the_session() -> None:
    driver = Driver().to(Step.REST).run(5.0)
    driver.session.stop(driver.t_s, EndReason.SIGNAL)
    driver.run(1.0)
    assert stops(driver) == [EndReason.SIGNAL]
    assert not driver.got(ShutDown)


def test_the_display_goes_dark_only_while_nothing_goes_on() -> None:
    driver = Driver().run(70.0)
    assert [item.on for item in driver.out if isinstance(item, Blank)] == [True]
    driver.short()
    assert [item.on for item in driver.out if isinstance(item, Blank)] == [True, False]
    driver.run_until(Step.SUMMARY)
    assert [item.on for item in driver.out if isinstance(item, Blank)] == [True, False]


def test_a_press_on_a_dark_screen_that_asks_something_only_lights_it() -> None:
    driver = Driver().run(1.0)
    driver.session.on_usb(driver.t_s, True)
    driver.run(70.0)
    for hold in (driver.long, driver.short):
        assert [item.on for item in driver.out if isinstance(item, Blank)][-1]
        hold()
        assert not [item.on for item in driver.out if isinstance(item, Blank)][-1]
        assert driver.session.step is Step.USB
        assert not driver.got(ShareAllowed)
        driver.run(70.0)
    driver.long()
    driver.long()
    assert [item.allowed for item in driver.out if isinstance(item, ShareAllowed)] == [True]
    driver.run(170.0)
    assert not [item.on for item in driver.out if isinstance(item, Blank)][-1], "what is shared is seen"


def states_told(driver: Driver) -> list[str]:
    return [item.state for item in driver.out if isinstance(item, StateChanged)]


def test_changes_of_state_are_told_once() -> None:
    driver = Driver().to(Step.REST)
    driver.out.clear()
    driver.state = CALM
    driver.run(5.0)
    driver.state = WearerState(CALM.kind, 0.4, 9.0, arousal=0.2)
    driver.run(5.0)
    driver.state = ON_GUARD
    driver.run(5.0)
    assert states_told(driver) == ["calm", "alarm"]


def test_a_log_knows_the_state_it_began_in() -> None:
    driver = Driver().begin().run(1.0)
    started = next(i for i, item in enumerate(driver.out) if isinstance(item, StartRecording))
    del driver.out[:started]
    assert states_told(driver) == ["neutral"]


@pytest.mark.parametrize("good_ticks", [1, 2, 5, 9])
def test_an_electrode_that_chatters_pauses_the_guide_and_steady_contact_resumes_it(good_ticks: int) -> None:
    driver = Driver().to(Step.GUIDED).run(10.0)
    for _ in range(20):
        driver.session.on_contact(driver.t_s, Contact.POSITIVE_OFF)
        driver.run(0.1)
        driver.session.on_contact(driver.t_s, Contact.GOOD)
        driver.run(0.1 * good_ticks)
    assert isinstance(driver.session.view(driver.t_s), PausedView)
    driver.run(5.0)
    assert not isinstance(driver.session.view(driver.t_s), PausedView)


def test_contact_lost_for_a_moment_now_and_then_pauses_nothing() -> None:
    driver = Driver().to(Step.GUIDED).run(10.0)
    for _ in range(10):
        driver.session.on_contact(driver.t_s, Contact.POSITIVE_OFF)
        driver.run(0.2)
        driver.session.on_contact(driver.t_s, Contact.GOOD)
        driver.run(3.0)
        assert not isinstance(driver.session.view(driver.t_s), PausedView)


def test_a_press_beside_a_cable_that_blocks_says_that_it_is_out() -> None:
    driver = Driver().run(1.0)
    driver.session.on_usb(driver.t_s, True)
    driver.run(1.0).short()
    assert len(driver.got(LookForCable)) == 1
