from hypothesis import given
from hypothesis import strategies as st

from drivers.max30102 import LIGHT
from drivers.skin_light import SkinLight

FULL = LIGHT.max_count


def light_for(per_ma: float, seconds: float, light: SkinLight) -> None:
    """Shine on skin that reflects `per_ma` counts a mA."""
    for _ in range(round(seconds * 100)):
        light.see([min(round(per_ma * light.led_pa * LIGHT.ma_per_step), FULL)])


@given(st.floats(4500.0, 200000.0))
def test_every_skin_that_can_be_lit_ends_inside_the_range(per_ma: float) -> None:
    light = SkinLight(100, LIGHT)
    light_for(per_ma, 10.0, light)
    level = per_ma * light.led_pa * LIGHT.ma_per_step / FULL
    assert light.finger
    assert 0.3 <= level <= 0.85 or light.led_pa == 255


@given(st.floats(0.0, 1900.0))
def test_air_and_a_far_wall_are_no_finger(per_ma: float) -> None:
    light = SkinLight(100, LIGHT)
    light_for(per_ma, 3.0, light)
    assert not light.finger
    assert light.led_pa == LIGHT.search_pa


def test_contact_does_not_flicker_between_the_two_thresholds() -> None:
    light = SkinLight(100, LIGHT)
    light_for(2500.0, 2.0, light)
    assert not light.finger
    light_for(20000.0, 2.0, light)
    light_for(2500.0, 3.0, light)
    assert light.finger


def test_the_current_is_not_judged_while_the_light_settles() -> None:
    light = SkinLight(100, LIGHT)
    assert light.see([FULL] * 40)
    assert not light.see([FULL] * 59)
    assert light.see([FULL])
