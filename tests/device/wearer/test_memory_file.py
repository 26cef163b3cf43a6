from dataclasses import replace
from datetime import date
from pathlib import Path

from device.session.choosing.preferences import History, Language, Preferences
from device.session.commands import KeepHistory, KeepPreferences, StartRecording
from device.session.events import EndReason, Phase, PhaseChanged, SessionEnded
from device.system.battery import is_low
from device.wearer.memory import Memory
from device.wearer.memory_file import MemoryKeeper
from dsp.state.profile import Profile

ENGLISH = Memory(preferences=Preferences(Language.EN, 10))


def keeper(folder: Path, today: date | None = date(2026, 5, 17)) -> MemoryKeeper:
    return MemoryKeeper(folder / "profile.json", lambda: today, ENGLISH)


def test_a_new_wearer_starts_where_the_configuration_says(tmp_path):
    assert keeper(tmp_path).memory.preferences == ENGLISH.preferences
    assert not (tmp_path / "profile.json").exists()


def test_what_is_chosen_and_learnt_is_there_after_a_restart(tmp_path):
    first = keeper(tmp_path)
    first.obey(KeepPreferences(Preferences(Language.NB, 20, hide_state=True)), Profile())
    first.obey(KeepHistory(History(target_breaths_per_min=5.5)), Profile())
    taught = Profile().with_rest(739000, "ad8232", 3.2, 61.0)
    first.obey(SessionEnded(600.0, EndReason.COMPLETED), taught)
    again = keeper(tmp_path).memory
    assert again.preferences == Preferences(Language.NB, 20, hide_state=True)
    assert again.history.target_breaths_per_min == 5.5
    assert again.profile == taught


def test_the_first_session_of_a_day_is_known_by_the_calendar(tmp_path):
    first = keeper(tmp_path)
    assert first.memory.history.first_today
    first.obey(SessionEnded(600.0, EndReason.COMPLETED), Profile())
    assert not keeper(tmp_path).memory.history.first_today
    assert keeper(tmp_path, date(2026, 5, 18)).memory.history.first_today
    assert keeper(tmp_path, None).memory.history.first_today


def test_a_session_past_midnight_leaves_the_next_day_its_first(tmp_path):
    days = [date(2026, 5, 17)]
    first = MemoryKeeper(tmp_path / "profile.json", lambda: days[-1], ENGLISH)
    first.obey(StartRecording(0.0), Profile())
    days.append(date(2026, 5, 18))
    first.obey(KeepHistory(History(first_today=False)), Profile())
    first.obey(SessionEnded(600.0, EndReason.COMPLETED), Profile())
    assert first.new_day()
    assert first.memory.history.first_today


def test_a_card_that_refuses_loses_nothing_in_memory(tmp_path, caplog):
    (tmp_path / "file").write_text("no folder")
    kept = MemoryKeeper(tmp_path / "file" / "profile.json", lambda: None, ENGLISH)
    wanted = replace(ENGLISH.preferences, minutes=3)
    kept.obey(KeepPreferences(wanted), Profile())
    assert kept.memory.preferences == wanted
    assert "the profile cannot be written" in caplog.text


def test_the_battery_is_low_at_the_limit_and_unknown_without_a_gauge(tmp_path):
    gauge = tmp_path / "capacity"
    assert not is_low(gauge, 15)
    gauge.write_text("16\n")
    assert not is_low(gauge, 15)
    gauge.write_text("15\n")
    assert is_low(gauge, 15)
    gauge.write_text("full\n")
    assert not is_low(gauge, 15)


def test_what_a_session_teaches_after_it_was_cut_off_is_kept(tmp_path):
    first = keeper(tmp_path)
    first.obey(SessionEnded(100.0, EndReason.USB), Profile())
    taught = Profile().with_rest(739000, "ad8232", 3.2, 61.0)
    first.obey(PhaseChanged(110.0, Phase.SUMMARY), taught)
    assert keeper(tmp_path).memory.profile == taught


def test_a_profile_that_cannot_be_read_is_not_written_over(tmp_path):
    unreadable = tmp_path / "profile.json"
    (unreadable / "within").mkdir(parents=True)
    keeper(tmp_path).obey(KeepPreferences(Preferences(minutes=3)), Profile())
    assert unreadable.is_file()
    assert (tmp_path / "profile.json.bad-1" / "within").is_dir()
