"""The header's GPIO chip by its label, on the chips that public reports list."""

import struct
import sys
import types
from pathlib import Path

import pytest

from drivers.header_chip import ask_chip, header_chip, label_in, pins_of_chip
from tests.driver_helpers import MakeBoard

SOC = "gpio-brcmstb@107d508500"
REPORTS = {
    "raspberrypi/linux 6144, Pi 5 before": ({0: SOC, 1: SOC, 2: SOC, 3: SOC, 4: "pinctrl-rp1"}, 4),
    "raspberrypi/linux 6144, Pi 5 since": ({0: "pinctrl-rp1", 10: SOC, 11: SOC, 12: SOC, 13: SOC}, 0),
    "Pi 4": ({0: "pinctrl-bcm2711", 1: "raspberrypi-exp-gpio"}, 0),
    "Pi Zero 2 W": ({0: "pinctrl-bcm2835", 1: "raspberrypi-exp-gpio"}, 0),
    "an extender before the header (gpiozero 1162)": ({0: "pcf8575", 1: "pinctrl-bcm2711"}, 1),
    "no Raspberry Pi": ({0: "gpio-mockup-A"}, None),
    "no chips": ({}, None),
}


def info(label: str) -> bytes:
    """struct gpiochip_info (include/uapi/linux/gpio.h)."""
    return struct.pack("=32s32sI", b"gpiochip", label.encode(), 54)


class Lgpio(types.ModuleType):
    """What gpiozero takes from lgpio: numbers, and chips that are opened and closed by handles."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.opened: list[int] = []
        self.closed: list[int] = []

    def gpiochip_open(self, number: int) -> int:
        self.opened.append(number)
        return number

    def gpiochip_close(self, handle: int) -> None:
        self.closed.append(handle)

    def __getattr__(self, name: str) -> int:
        return 0


@pytest.mark.parametrize(("chips", "number"), REPORTS.values(), ids=REPORTS)
def test_the_headers_chip_goes_by_its_label(tmp_path: Path, chips: dict[int, str], number: int | None) -> None:
    for chip in chips:
        (tmp_path / f"gpiochip{chip}").touch()
    labels = {f"gpiochip{chip}": label for chip, label in chips.items()}
    assert header_chip(tmp_path, lambda device: info(labels[device.name])) == number


def test_a_link_from_the_old_number_leads_to_the_new_one(tmp_path: Path) -> None:
    """gpiozero pull request 1216: /dev/gpiochip4 -> gpiochip0."""
    (tmp_path / "gpiochip0").touch()
    (tmp_path / "gpiochip4").symlink_to("gpiochip0")
    refused = iter([OSError(13, "Permission denied")])

    def ask(device: Path) -> bytes:
        for error in refused:
            raise error
        return info("pinctrl-rp1")

    assert header_chip(tmp_path, ask) == 0


def test_what_is_no_gpio_chip_is_passed_over(tmp_path: Path) -> None:
    (tmp_path / "gpiochip0").write_bytes(b"")
    with pytest.raises(OSError, match="ioctl"):
        ask_chip(tmp_path / "gpiochip0")
    assert header_chip(tmp_path) is None
    assert label_in(info("pinctrl-rp1")) == "pinctrl-rp1"


def test_pins_are_opened_on_the_chip_that_was_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """gpiozero issue 1166: on a Pi 5 with a kernel since 6.6.45 it opened gpiochip4, which is not there."""
    lgpio = Lgpio("lgpio")
    monkeypatch.setitem(sys.modules, "lgpio", lgpio)
    monkeypatch.delitem(sys.modules, "gpiozero.pins.lgpio", raising=False)
    factory = pins_of_chip(0)
    assert (lgpio.opened, factory.chip) == ([0], 0)
    factory.close()
    assert lgpio.closed == [0]
    monkeypatch.delitem(sys.modules, "gpiozero.pins.lgpio")


def test_pins_that_are_only_asked_raise_no_alerts(make_board: MakeBoard) -> None:
    """A leads-off pin that chatters with the mains ran a callback at each edge in the sampler."""
    board = make_board()
    board.open_front_end("ad8232")
    board.usb_port()
    board.open_button()
    wiring = board.wiring
    asked = (wiring.lo_plus_gpio, wiring.lo_minus_gpio, wiring.vbus_gpio)
    assert not any(board.alerts(gpio) for gpio in asked)
    assert board.alerts(wiring.button_gpio)
