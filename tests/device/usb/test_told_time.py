"""What a computer says the time is, and when that is believed."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from device.usb.clock import DeviceClock
from device.usb.told_time import LONGEST_OFF_POWER, MOST_OFF, TimeJudge

NOW = datetime(2026, 5, 17, 12, tzinfo=UTC)
TIMES = st.datetimes(datetime(2026, 1, 1), datetime(2099, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))


class Device:
    """One boot of a device after another, with the file that outlives them."""

    def __init__(self, kept: Path, trusted: datetime | None = None) -> None:
        self.kept, self.trusted = kept, trusted
        self.consents = 1
        self.boot()

    def boot(self) -> None:
        judge = TimeJudge(self.kept, lambda: self.trusted, lambda: self.consents, lambda: 100.0)
        self.clock = DeviceClock(lambda: 100.0, "boot", believes=judge.believes)

    def told(self, now: datetime) -> bool:
        self.clock.tell(now)
        return self.clock.now() == now


@pytest.mark.parametrize("off", [timedelta(0), MOST_OFF, -MOST_OFF])
def test_a_host_may_differ_from_a_clock_that_is_trusted_by_a_day(tmp_path: Path, off: timedelta) -> None:
    assert Device(tmp_path / "kept", trusted=NOW).told(NOW + off)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TIMES)
def test_a_time_more_than_a_day_off_is_never_believed_without_the_wearer(tmp_path: Path, told: datetime) -> None:
    device = Device(tmp_path / "kept", trusted=NOW)
    for _ in range(3):
        assert device.told(told) is (abs(told - NOW) <= MOST_OFF)
        device.boot()


def test_the_first_time_of_all_is_believed_and_kept_for_the_next_boot(tmp_path: Path) -> None:
    device = Device(tmp_path / "kept")
    assert device.told(NOW)
    device.boot()
    assert not device.told(datetime(2099, 1, 1, tzinfo=UTC))
    assert not device.told(NOW - 2 * MOST_OFF)
    assert not device.told(NOW + LONGEST_OFF_POWER + MOST_OFF)
    assert device.told(NOW + timedelta(days=90))


def test_the_wearer_s_second_word_is_believed(tmp_path: Path) -> None:
    device = Device(tmp_path / "kept", trusted=NOW)
    later = NOW + timedelta(days=1000)
    assert not device.told(later)
    assert not device.told(later)
    device.consents += 1
    assert not device.told(later + timedelta(days=3)), "another time than the one that was doubted"
    assert not device.told(later)
    device.consents += 1
    assert device.told(later)


@pytest.mark.parametrize("content", [b"", b"soon", b"\xff", b"2026-05-17", b"9" * 5000])
def test_a_damaged_mark_counts_as_none(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "kept").write_bytes(content)
    assert Device(tmp_path / "kept").told(NOW)
