from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from device.selftest import machine
from device.selftest.checks import Verdict
from device.session.choosing.preferences import History, Language, Preferences
from device.session.commands import KeepHistory, KeepPreferences
from device.session.events import EndReason, Learned, Phase, PhaseChanged, SessionEnded
from device.system.battery import Battery
from device.wearer.memory import Memory
from device.wearer.memory_file import MemoryFile, WearerMemory
from dsp.state.profile import Profile

ENGLISH = Memory(preferences=Preferences(Language.EN, 10))


def on_card(path: Path, today: Callable[[], date | None]) -> WearerMemory:
    file = MemoryFile(path)
    return WearerMemory(file.load(ENGLISH, "0.2.0"), today, file.save)


def kept(folder: Path, today: date | None = date(2026, 5, 17)) -> WearerMemory:
    return on_card(folder / "profile.json", lambda: today)


def test_a_new_wearer_starts_where_the_configuration_says(tmp_path: Path) -> None:
    assert kept(tmp_path).now.preferences == ENGLISH.preferences
    assert not (tmp_path / "profile.json").exists()


def test_what_is_chosen_and_learnt_is_there_after_a_restart(tmp_path: Path) -> None:
    first = kept(tmp_path)
    first.obey(KeepPreferences(Preferences(Language.NB, 20, hide_state=True)))
    first.obey(KeepHistory(History(target_breaths_per_min=5.5)))
    taught = Profile().with_rest(739000, "ad8232", 3.2, 61.0)
    first.obey(Learned(600.0, taught))
    first.obey(SessionEnded(600.0, EndReason.COMPLETED))
    again = kept(tmp_path).now
    assert again.preferences == Preferences(Language.NB, 20, hide_state=True)
    assert again.history.target_breaths_per_min == 5.5
    assert again.profile == taught


def test_the_first_session_of_a_day_is_known_by_the_calendar(tmp_path: Path) -> None:
    first = kept(tmp_path)
    assert first.now.history.first_today
    first.obey(PhaseChanged(1.0, Phase.CHECK_IN))
    first.obey(SessionEnded(600.0, EndReason.COMPLETED))
    assert not kept(tmp_path).now.history.first_today
    assert kept(tmp_path, date(2026, 5, 18)).now.history.first_today
    assert kept(tmp_path, None).now.history.first_today


def test_help_is_no_session_of_the_day(tmp_path: Path) -> None:
    first = kept(tmp_path)
    first.obey(PhaseChanged(1.0, Phase.HELP))
    first.obey(SessionEnded(180.0, EndReason.COMPLETED))
    assert kept(tmp_path).now.history.first_today


def test_a_session_past_midnight_leaves_the_next_day_its_first(tmp_path: Path) -> None:
    days = [date(2026, 5, 17)]
    first = on_card(tmp_path / "profile.json", lambda: days[-1])
    first.obey(PhaseChanged(0.0, Phase.CHECK_IN))
    days.append(date(2026, 5, 18))
    first.obey(KeepHistory(History(first_today=False)))
    first.obey(SessionEnded(600.0, EndReason.COMPLETED))
    assert first.new_day()
    assert first.now.history.first_today


def test_a_card_that_refuses_loses_nothing_in_memory(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "file").write_text("no folder")
    refused = on_card(tmp_path / "file" / "profile.json", lambda: None)
    wanted = replace(ENGLISH.preferences, minutes=3)
    refused.obey(KeepPreferences(wanted))
    assert refused.now.preferences == wanted
    assert "the profile cannot be written" in caplog.text


def test_the_battery_is_low_at_the_limit_and_unknown_without_a_gauge(tmp_path: Path) -> None:
    gauge = tmp_path / "capacity"
    assert not Battery(None, 15).is_low()
    assert not Battery(gauge, 15).is_low()
    for told, low, verdict in (
        ("16\n", False, Verdict.OK),
        ("15\n", True, Verdict.OK),
        ("7.5\n", True, Verdict.OK),
        ("full\n", False, Verdict.FAULT),
        ("-3\n", False, Verdict.FAULT),
        ("nan\n", False, Verdict.FAULT),
    ):
        gauge.write_text(told)
        assert Battery(gauge, 15).is_low() == low
        assert machine.gauge(str(gauge)).verdict is verdict


def test_what_a_session_teaches_after_it_was_cut_off_is_kept(tmp_path: Path) -> None:
    first = kept(tmp_path)
    first.obey(SessionEnded(100.0, EndReason.USB))
    taught = Profile().with_rest(739000, "ad8232", 3.2, 61.0)
    first.obey(Learned(110.0, taught))
    assert kept(tmp_path).now.profile == taught


def test_a_profile_that_cannot_be_read_is_not_written_over(tmp_path: Path) -> None:
    unreadable = tmp_path / "profile.json"
    (unreadable / "within").mkdir(parents=True)
    kept(tmp_path).obey(KeepPreferences(Preferences(minutes=3)))
    assert unreadable.is_file()
    assert (tmp_path / "profile.json.bad-1" / "within").is_dir()
