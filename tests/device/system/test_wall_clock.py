import time
from pathlib import Path

import pytest

from device.recording.format.session_info import ClockTrust
from device.system.wall_clock import WallClock, kernel_is_synchronised


@pytest.fixture
def clock(tmp_path: Path) -> WallClock:
    """A clock that nobody speaks for."""
    return WallClock(tmp_path / "synchronized", tmp_path / "since_epoch", tmp_path / "clock-told", lambda: False)


def test_a_plausible_time_that_nobody_speaks_for_is_the_saved_one(clock: WallClock) -> None:
    now, trust = clock.read()
    assert now is not None
    assert now.tzinfo is not None
    assert trust is ClockTrust.SAVED
    assert not trust.gives_the_day


def test_a_host_told_it_in_this_boot(clock: WallClock) -> None:
    clock.told.touch()
    assert clock.read()[1] is ClockTrust.SET


@pytest.mark.parametrize(
    ("behind_s", "trust"), [(1.0, ClockTrust.SET), (86_400.0, ClockTrust.SAVED), (1.7e9, ClockTrust.SAVED)]
)
def test_a_clock_with_a_battery_counts_where_it_agrees(clock: WallClock, behind_s: float, trust: ClockTrust) -> None:
    clock.battery_clock.write_text(f"{time.time() - behind_s:.0f}\n")
    assert clock.read()[1] is trust


def test_a_battery_clock_that_says_nothing_readable_is_none(clock: WallClock) -> None:
    clock.battery_clock.write_text("\n")
    assert clock.read()[1] is ClockTrust.SAVED


def test_timesyncd_or_the_kernel_speak_for_the_network(clock: WallClock) -> None:
    clock.synchronised.touch()
    assert clock.read()[1] is ClockTrust.SYNCHRONISED
    kernels = WallClock(clock.told, clock.battery_clock, clock.told, lambda: True)
    assert kernels.read()[1] is ClockTrust.SYNCHRONISED


def test_the_kernel_answers_without_any_right() -> None:
    assert kernel_is_synchronised() in (True, False)
