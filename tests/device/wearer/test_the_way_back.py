"""An update that is left again takes nothing of what was learnt before it."""

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from device.session.choosing.preferences import Language, Preferences
from device.wearer.copies import KEPT
from device.wearer.memory import Memory
from device.wearer.memory_file import MemoryFile
from dsp.state.profile import Profile, RestingDay
from tests.device.wearer.test_memory_file import ENGLISH

STRANGER = Memory(preferences=Preferences(language=Language.SV))


def learnt(days: int) -> Memory:
    rests = tuple(RestingDay(738000 + day, "ad8232", 3.5, 61.0) for day in range(days))
    return Memory(Profile(rests), ENGLISH.preferences)


def written_by_a_newer_version(path: Path) -> None:
    """What this program cannot read, however the next one changes the profile."""
    content = json.loads(path.read_text())
    path.write_text(json.dumps(content | {"what_comes_next": 1}))


def test_the_version_before_goes_on_from_what_it_had_learnt(tmp_path: Path) -> None:
    path = tmp_path / "profile.json"
    file = MemoryFile(path)
    file.save(learnt(3))
    file.load(STRANGER, "0.3.0")
    written_by_a_newer_version(path)
    assert file.load(STRANGER, "0.2.0") == learnt(3)
    assert file.load(STRANGER, "0.2.0") == learnt(3)  # and it lies there from then on
    assert "what_comes_next" in path.with_name("profile.json.bad-1").read_text()


@given(st.lists(st.sampled_from(["starts", "writes", "is unreadable"]), max_size=8))
def test_however_the_new_version_fares_before_it_is_left(ways: list[str]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "profile.json"
        file = MemoryFile(path)
        file.save(learnt(2))
        file.load(STRANGER, "0.2.0")
        last = learnt(2)
        for way in ways:
            if way == "is unreadable":
                written_by_a_newer_version(path)
                break
            last = file.load(STRANGER, "0.3.0")
            if way == "writes":
                last = learnt(len(last.profile.resting_days) + 1)
                file.save(last)
        after = file.load(STRANGER, "0.2.0")
        assert after == (learnt(2) if "is unreadable" in ways else last)


@settings(max_examples=40)  # each syncs a dozen files
@given(st.lists(st.tuples(st.integers(0, 3), st.booleans()), min_size=1, max_size=6))
def test_each_way_back_leads_to_what_was_known_when_the_new_version_last_came(stints: list[tuple[int, bool]]) -> None:
    """It may be installed again, and be left again, with weeks of practice in between."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "profile.json"
        file = MemoryFile(path)
        days = 1
        file.save(learnt(days))
        for practised, writes_as_newer in stints:
            assert file.load(STRANGER, "0.2.0") == learnt(days)
            days += practised
            file.save(learnt(days))
            assert file.load(STRANGER, "0.3.0") == learnt(days)
            if writes_as_newer:
                written_by_a_newer_version(path)
        assert file.load(STRANGER, "0.2.0") == learnt(days)


@settings(max_examples=20)
@given(st.lists(st.integers(0, 9), min_size=9, max_size=9))
def test_copies_do_not_pile_up_and_the_latest_stay_whatever_the_clock_says(times_s: list[int]) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "profile.json"
        file = MemoryFile(path)
        file.save(learnt(1))
        for number, time_s in enumerate(times_s):
            file.load(STRANGER, f"0.{number}.0")
            os.utime(path.with_name(f"profile-before-0.{number}.0.json"), (time_s, time_s))
        left = sorted(copy.name for copy in Path(folder).glob("profile-before-*"))
        assert left == [f"profile-before-0.{number}.0.json" for number in range(9 - KEPT, 9)]


def test_a_copy_that_leads_nowhere_is_no_copy(tmp_path: Path) -> None:
    path = tmp_path / "profile.json"
    path.write_text("{}")
    path.with_name("profile-before-0.3.0.json").symlink_to("nowhere")
    assert MemoryFile(path).load(STRANGER, "0.2.0") == STRANGER


def test_where_no_copy_can_be_read_the_wearer_is_a_new_one(tmp_path: Path) -> None:
    path = tmp_path / "profile.json"
    path.write_text("{}")
    path.with_name("profile-before-0.3.0.json").write_text("[")
    assert MemoryFile(path).load(STRANGER, "0.2.0") == STRANGER
    assert not path.exists()
