import threading

from PIL import Image

from device.peripherals.cues import Cues
from device.peripherals.panel import DISPLAY_RETRY_S, STUCK_S, Panel
from device.session.showing.cues import CueDuty
from drivers.errors import BusError
from drivers.oled import CONTROLLERS, Oled
from drivers.sim.chips.display import SimDisplay
from tests.driver_helpers import Time


def picture(column: int) -> Image.Image:
    image = Image.new("1", (128, 64))
    image.putpixel((column, 30), 1)
    return image


class Bench:
    """The real driver on a simulated panel, in time that stands still unless moved."""

    def __init__(self, background: bool = False) -> None:
        self.time, self.chip = Time(), SimDisplay()
        self.opened = 0
        self.panel = Panel(self.open, 128, self.time, background)

    def open(self) -> Oled:
        self.opened += 1
        if self.chip.unplugged:
            raise BusError("no display answers")
        return Oled(CONTROLLERS["ssd1306"](self.chip))

    def shows(self, image: Image.Image) -> bool:
        return self.chip.image().tobytes() == image.tobytes()

    def there(self) -> bool:
        return self.panel.there

    def powered(self) -> bool:
        return self.chip.powered


def test_a_picture_is_there_once_the_display_is() -> None:
    bench = Bench()
    bench.chip.unplugged = True
    bench.panel.show(picture(3))
    assert not bench.there()
    bench.chip.unplugged = False
    for _ in range(5):
        bench.time.pass_s(DISPLAY_RETRY_S / 4)
        bench.panel.poll()
    assert bench.there()
    assert bench.shows(picture(3))
    assert bench.opened == 2


def test_a_dark_panel_is_off_and_not_written_to() -> None:
    bench = Bench()
    bench.panel.show(picture(3))
    bench.panel.light(False)
    assert not bench.powered()
    assert not bench.there()
    before = bench.chip.transfers
    bench.panel.show(picture(4))
    assert bench.chip.transfers == before
    bench.panel.light(True)
    assert bench.powered()
    assert bench.shows(picture(4))


def test_a_panel_that_came_back_is_lit_whatever_it_was() -> None:
    bench = Bench()
    bench.panel.show(picture(3))
    bench.chip.unplugged = True
    bench.panel.light(False)
    bench.chip.unplugged = False
    bench.chip.power_cycle()
    bench.panel.light(True)
    bench.time.pass_s(DISPLAY_RETRY_S)
    bench.panel.poll()
    assert bench.shows(picture(3))


def test_closing_switches_it_off() -> None:
    bench = Bench()
    bench.panel.show(picture(3))
    bench.panel.close()
    assert not bench.powered()
    assert not bench.there()


class HangingDisplay:
    """Takes a picture only when it is let go."""

    def __init__(self) -> None:
        self.entered, self.free = threading.Event(), threading.Event()
        self.shown: list[bytes] = []

    def show(self, image: Image.Image) -> bool:
        self.entered.set()
        assert self.free.wait(60.0)
        self.shown.append(image.tobytes())
        return True

    def contrast(self, level: int) -> None: ...

    def on(self) -> None: ...

    def off(self) -> None: ...

    def close(self) -> None: ...


def test_a_bus_that_hangs_holds_nobody_and_does_not_count_as_seen() -> None:
    time, display = Time(), HangingDisplay()
    panel = Panel(lambda: display, 128, time)
    panel.show(picture(0))
    assert display.entered.wait(60.0)
    for column in range(1, 100):
        panel.show(picture(column))
    time.pass_s(STUCK_S)
    assert not panel.there
    display.free.set()
    panel.close()
    assert display.shown[0] == picture(0).tobytes()
    assert len(display.shown) <= 2


class HangingMotor:
    def __init__(self) -> None:
        self.entered, self.free = threading.Event(), threading.Event()
        self.strengths: list[float] = []

    def set(self, strength: float) -> None:
        self.entered.set()
        assert self.free.wait(60.0)
        self.strengths.append(strength)


def test_a_motor_s_pin_that_hangs_holds_nobody_and_is_off_at_the_end() -> None:
    motor = HangingMotor()
    cues = Cues(None, motor, Time())
    for strength in range(1, 100):
        cues.set(CueDuty(0.0, strength / 100))
    assert motor.entered.wait(60.0)
    motor.free.set()
    cues.close()
    assert motor.strengths[-1] == 0.0


def test_a_cue_that_fails_is_gone_on_without() -> None:
    tried: list[float] = []

    class Broken:
        def set(self, strength: float) -> None:
            tried.append(strength)
            raise BusError("LED: cannot set the pin")

    cues = Cues(Broken(), None, Time(), background=False)
    for duty in (0.5, 0.6, 0.7):
        cues.set(CueDuty(duty, 0.0))
    cues.close()
    assert tried == [0.5]
