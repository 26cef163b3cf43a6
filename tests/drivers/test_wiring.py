from typing import Any

import pytest

from drivers.wiring import Wiring


def test_the_defaults_claim_no_pin_twice_on_either_display_link() -> None:
    for link in ("i2c", "spi"):
        pins = Wiring(display_link=link, vbus_gpio=6, max30102_int_gpio=4).pins()
        assert len(set(pins.values())) == len(pins)


def test_the_display_lines_count_only_where_they_are_used() -> None:
    assert "display_dc_gpio" not in Wiring().pins()
    assert Wiring(display_link="spi").pins()["display_dc_gpio"] == 24
    assert Wiring(lo_plus_gpio=None).pins().keys().isdisjoint({"lo_plus_gpio"})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"button_gpio": 17}, "GPIO 17 is claimed by lo_plus_gpio and button_gpio"),
        ({"button_gpio": 8}, "GPIO 8 is claimed by button_gpio and sensor_spi_enable"),
        ({"vbus_gpio": 2}, "GPIO 2 is claimed by vbus_gpio and i2c_sda"),
        ({"led_gpio": 40}, "led_gpio = 40: the header has GPIO 0 to 27"),
        ({"ecg_channel": 8}, "ecg_channel = 8: must be 0 to 7"),
        ({"adc_vref_mv": 0.0}, "adc_vref_mv = 0.0: must be 2000.0 to 5500.0"),
        ({"sensor_spi_bus": 3}, "there is no SPI 3.0 on the header"),
    ],
)
def test_conflicts_are_named(change: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Wiring(**change)


def test_sensor_and_display_cannot_share_a_chip_enable() -> None:
    with pytest.raises(ValueError, match="is claimed by"):
        Wiring(display_link="spi", display_spi_bus=0, display_spi_device=0)


def test_sensor_and_display_may_share_a_bus_with_enables_of_their_own() -> None:
    pins = Wiring(display_link="spi", display_spi_bus=0, display_spi_device=1).pins()
    assert pins["display_spi_enable"] == 7


def test_a_battery_board_has_its_bus_alone() -> None:
    with pytest.raises(ValueError, match="i2c_bus = 1: the PiSugar 3 wants that one for itself"):
        Wiring(power_board="pisugar3")
    pins = Wiring(power_board="pisugar3", i2c_bus=0).pins()
    assert (pins["power_sda"], pins["power_scl"], pins["i2c_sda"], pins["i2c_scl"]) == (2, 3, 0, 1)
