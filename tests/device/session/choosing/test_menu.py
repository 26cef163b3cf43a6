from typing import Any

import pytest

from device.session.choosing.menu import ACTIONS, Menu, MenuItem, changed, lines
from device.session.choosing.preferences import MINUTES, Language, Posture, Preferences


@pytest.mark.parametrize("item", MenuItem)
def test_every_setting_comes_back_to_where_it_was_and_moves_nothing_else(item: MenuItem) -> None:
    start = Preferences(posture=Posture.LYING)
    seen = [start]
    while (following := changed(seen[-1], item)) != start:
        seen.append(following)
        assert len(seen) <= 4
    assert (len(seen) == 1) == (item in ACTIONS)


def test_all_lengths_and_every_language_can_be_reached() -> None:
    preferences, minutes, languages = Preferences(), set(), set()
    for _ in range(4):
        preferences = changed(changed(preferences, MenuItem.MINUTES), MenuItem.LANGUAGE)
        minutes.add(preferences.minutes)
        languages.add(preferences.language)
    assert minutes == set(MINUTES)
    assert languages == set(Language)


@pytest.mark.parametrize("absent", MenuItem)
def test_what_is_absent_is_left_out_and_the_order_stays(absent: MenuItem) -> None:
    assert [item for item in lines() if item is not absent] == list(lines(frozenset({absent})))


@pytest.mark.parametrize("field", [{"minutes": 4}, {"led_level": 4}, {"vibration_level": -1}])
def test_preferences_take_only_what_the_menu_offers(field: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(field))):
        Preferences(**field)


def test_everything_that_could_startle_is_off_by_default() -> None:
    assert Preferences().led_level == Preferences().vibration_level == 0


@pytest.mark.parametrize("gone", MenuItem)
def test_a_line_that_goes_away_under_the_selection_leaves_one_that_is_there(gone: MenuItem) -> None:
    menu = Menu()
    for _ in range(len(MenuItem) - 1):
        menu.move_on(frozenset())
    assert menu.selected(frozenset({gone})) in lines(frozenset({gone}))
