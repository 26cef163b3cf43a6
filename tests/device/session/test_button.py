"""Every press in every step, from the pin: gpiozero's mock pins, the button's driver, the session."""

from collections.abc import Iterator

import pytest
from gpiozero import DigitalInputDevice
from gpiozero.pins.mock import MockFactory, MockPin

from device.session.choosing.preferences import Preferences
from device.session.commands import KeepHistory, KeepPreferences, ShutDown
from device.session.presses import PressKind
from device.session.state import Step
from drivers.button import Button
from tests.session_driver import SEEN_TODAY, Driver, bring_to

PIN = 26  # on no simulated board, for gpiozero 1.6 has one table of pins for all factories
SHORT, LONG, DOUBLE = PressKind.SHORT, PressKind.LONG, PressKind.DOUBLE
# Where a short, a long and a double press lead from each step.
LEADS_TO = {
    Step.WELCOME: (Step.CONTACT, Step.MENU, Step.HELP),
    Step.MENU: (Step.MENU, Step.MENU, Step.MENU),
    Step.WENT_BACK: (Step.WELCOME, Step.WENT_BACK, Step.HELP),
    Step.CARDS: (Step.CARDS, Step.CARDS, Step.HELP),
    Step.OWN_TRIAL: (Step.OWN_TRIAL, Step.OWN_TRIAL, Step.HELP),
    Step.HELP: (Step.WELCOME, Step.HELP, Step.EASE),
    Step.EVENING: (Step.NIGHT, Step.EVENING, Step.EASE),
    Step.NIGHT: (Step.WELCOME, Step.NIGHT, Step.HELP),
    Step.AFTER_NIGHT: (Step.WELCOME, Step.AFTER_NIGHT, Step.AFTER_NIGHT),
    Step.POSTURE: (Step.POSTURE, Step.CONTACT, Step.HELP),
    Step.MORNING_READING: (Step.MORNING_READING, Step.WELCOME, Step.HELP),
    Step.MORNING_WORD: (Step.WELCOME, Step.MORNING_WORD, Step.HELP),
    Step.EASE: (Step.WELCOME, Step.EASE, Step.EASE),
    Step.CONTACT: (Step.CHECK_IN, Step.WELCOME, Step.HELP),
    Step.CHECK_IN: (Step.CHECK_IN, Step.CHECK_IN, Step.REST),
    Step.REST: (Step.GUIDED, Step.REST, Step.CHECK_OUT),
    Step.GUIDED: (Step.FREE, Step.GUIDED, Step.FREE),
    Step.RESONANCE: (Step.FREE, Step.GUIDED, Step.FREE),
    Step.SITTING: (Step.FREE, Step.SITTING, Step.CHECK_OUT),
    Step.TRANSFER: (Step.FREE, Step.TRANSFER, Step.FREE),
    Step.FREE: (Step.OFFER, Step.FREE, Step.CHECK_OUT),
    Step.OFFER: (Step.OFFER, Step.QUIET, Step.CHECK_OUT),
    Step.QUIET: (Step.CHECK_OUT, Step.QUIET, Step.QUIET),
    Step.CHECK_OUT: (Step.CHECK_OUT, Step.CHECK_OUT, Step.SUMMARY),
    Step.SUMMARY: (Step.SUMMARY, Step.SUMMARY, Step.WELCOME),
    Step.USB: (Step.USB, Step.USB, Step.HELP),
    Step.STORAGE: (Step.CONTACT, Step.STORAGE, Step.HELP),
    Step.SENSOR: (Step.SENSOR, Step.MENU, Step.HELP),
    Step.GOODBYE: (Step.GOODBYE, Step.GOODBYE, Step.GOODBYE),
}


class PinDriver(Driver):
    """A driver whose thumb pushes a mock pin, bouncing as contacts do."""

    def __init__(self, pin: MockPin, device: DigitalInputDevice) -> None:
        super().__init__(Preferences(minutes=3), SEEN_TODAY)
        self._pin = pin
        self._button = Button(device, lambda: self.t_s)

    def press(self, seconds: float = 0.1) -> Driver:
        self._turn(True)
        self._hold(seconds)
        self._turn(False)
        self._hold(0.06)
        return self

    def _turn(self, down: bool) -> None:
        for state in (down, not down, down):
            self._pin.drive_low() if state else self._pin.drive_high()
            self.t_s = round(self.t_s + 0.001, 6)

    def _hold(self, seconds: float) -> None:
        end_s = self.t_s + seconds
        while self.t_s < end_s:
            self.t_s = round(self.t_s + 0.01, 6)
            for event in self._button.events():
                self.session.on_button(event.t_s, event.pressed)
            self.session.tick(self.t_s)
        self._drain()


@pytest.fixture
def driver() -> Iterator[PinDriver]:
    factory = MockFactory()
    pin = factory.pin(PIN)
    device = DigitalInputDevice(PIN, pull_up=True, pin_factory=factory)
    pin.drive_high()
    yield PinDriver(pin, device)
    device.close()
    factory.close()


def test_the_table_knows_every_step() -> None:
    assert LEADS_TO.keys() == set(Step)


@pytest.mark.parametrize("kind", [SHORT, LONG, DOUBLE])
@pytest.mark.parametrize("step", list(Step))
def test_every_press_leads_where_it_should(driver: PinDriver, step: Step, kind: PressKind) -> None:
    bring_to(driver, step)
    {SHORT: driver.short, LONG: driver.long, DOUBLE: driver.double}[kind]()
    assert driver.session.step is LEADS_TO[step][(SHORT, LONG, DOUBLE).index(kind)]


@pytest.mark.parametrize("step", list(Step))
def test_a_very_long_press_shuts_down_from_everywhere(driver: PinDriver, step: Step) -> None:
    bring_to(driver, step)
    driver.out.clear()
    driver.press(6.5)
    assert driver.session.step is Step.GOODBYE
    assert not driver.session.recording
    assert len(driver.got(ShutDown)) == 1


def test_holding_on_to_shut_down_changes_nothing_for_later_on_the_way(driver: PinDriver) -> None:
    bring_to(driver, Step.GUIDED)
    driver.run(150.0).press(6.5)
    kept = [item.history.target_breaths_per_min for item in driver.out if isinstance(item, KeepHistory)]
    assert len(kept) == 2
    assert kept[0] > kept[1] == SEEN_TODAY.target_breaths_per_min


def test_nor_does_it_in_the_menu(driver: PinDriver) -> None:
    bring_to(driver, Step.MENU)
    before = driver.session.preferences
    driver.press(6.5)
    kept = [item.preferences for item in driver.out if isinstance(item, KeepPreferences)]
    assert len(kept) == 2
    assert kept[0] != kept[1] == before
