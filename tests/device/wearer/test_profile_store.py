import contextlib
import json
import sys
from datetime import date
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from device.session.choosing.preferences import MINUTES, GuideForm, History, Language, LastAnswers, Posture, Preferences
from device.system import files
from device.wearer import profile_store
from device.wearer.checked_fields import BadContentError
from device.wearer.memory import Memory
from device.wearer.profile_store import decode, encode, load_memory, save_memory
from dsp.state.level import FreeMinute
from dsp.state.mornings import Morning
from dsp.state.pace_curve import PaceCurve
from dsp.state.profile import Profile, Resonance, RestingDay

if TYPE_CHECKING:
    from _typeshed import TraceFunction

DAY = date(2026, 5, 4).toordinal()

OLD = Memory(Profile(resting_days=(RestingDay(DAY, "ecg", 3.1, 68.0),)))
NEW = Memory(
    Profile(
        resting_days=(RestingDay(DAY, "ecg", 3.1, 68.0), RestingDay(DAY + 1, "ecg", 3.3, 66.5, 2)),
        free_minutes=(FreeMinute(DAY, 9.5, "ecg", "sitting", 4.2, 3.2),),
        pace_curve=PaceCurve(0.8, 12.0),
        resonance=Resonance(5.6, 0.8, DAY),
    ),
    Preferences(Language.EN, 5, hide_state=True, led_level=2),
    History(target_breaths_per_min=5.6, tension_rose=True),
    DAY + 1,
)

ordinals = st.integers(1, 3_652_059)
words = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
profiles = st.builds(
    Profile,
    resting_days=st.lists(
        st.builds(RestingDay, ordinals, words, st.floats(-3, 8), st.floats(20, 300), st.integers(1, 50)),
        max_size=3,
    ).map(tuple),
    free_minutes=st.lists(
        st.builds(FreeMinute, ordinals, st.floats(0, 24), words, words, st.floats(2.9, 5.8), st.floats(-3, 8)),
        max_size=3,
    ).map(tuple),
    pace_curve=st.builds(PaceCurve, st.floats(-20, 20), st.floats(0, 1e9)),
    resonance=st.none() | st.builds(Resonance, st.floats(2, 20), st.floats(0, 1), ordinals),
    mornings=st.lists(
        st.builds(Morning, ordinals, words, words, st.floats(-3, 8), st.floats(2.9, 5.8)),
        max_size=3,
    ).map(tuple),
)
preferences = st.builds(
    Preferences,
    st.sampled_from(Language),
    st.sampled_from(MINUTES),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.integers(0, 3),
    st.integers(0, 3),
    st.sampled_from(GuideForm),
    st.integers(0, 3),
    st.booleans(),
    st.none() | st.sampled_from(Posture),
)
answers = st.none() | st.integers(1, 5)
histories = st.builds(
    History,
    st.just(True),
    st.floats(2, 20),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.booleans(),
    st.builds(LastAnswers, answers, answers, answers, answers, answers),
)
memories = st.builds(Memory, profiles, preferences, histories, st.none() | ordinals)


@given(memories)
def test_what_is_written_is_what_is_read(memory: Memory) -> None:
    assert decode(encode(memory)) == memory


def test_a_profile_of_an_earlier_version_keeps_what_was_chosen_and_takes_the_rest_as_new() -> None:
    chosen = Memory(preferences=Preferences(hide_numbers=False), history=History(tension_rose=True))
    content = json.loads(encode(chosen))
    for part, names in (
        ("preferences", ("guide", "brightness", "ask_more", "posture")),
        ("history", ("cards_seen", "guess_seen", "answers")),
    ):
        for name in names:
            del content[part][name]
    del content["mornings"]
    assert decode(json.dumps(content).encode()) == chosen


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("preferences", "guide", "square"),
        ("preferences", "brightness", 4),
        ("preferences", "posture", "hanging"),
        ("history", "cards_seen", 1),
        ("history", "answers", {"energy": 6}),
        ("history", "answers", {"energy": 1, "mood": 2}),
    ],
)
def test_what_came_later_is_checked_as_strictly(part: str, name: str, value: object) -> None:
    content = json.loads(encode(Memory()))
    content[part][name] = value
    with pytest.raises(BadContentError):
        decode(json.dumps(content).encode())


def test_a_resonance_without_a_day_is_read_back_and_a_day_that_is_none_of_the_calendar_refused() -> None:
    undated = Memory(Profile(resonance=Resonance(5.6, 0.8, None)))
    assert decode(encode(undated)) == undated
    for day in (0, 5.5, True, "today"):
        content = {**_content(), "resonance": {"breaths_per_min": 5.6, "confidence": 0.8, "day": day}}
        with pytest.raises(BadContentError, match=r"resonance\.day"):
            decode(json.dumps(content).encode())


def test_missing_file_is_a_new_wearer_without_a_warning(tmp_path: Path) -> None:
    assert load_memory(tmp_path / "profile.json") == (Memory(), None)
    assert list(tmp_path.iterdir()) == []


def test_save_makes_the_folder_and_leaves_only_the_profile(tmp_path: Path) -> None:
    path = tmp_path / "store" / "profile.json"
    save_memory(path, NEW)
    assert load_memory(path) == (NEW, None)
    assert [p.name for p in path.parent.iterdir()] == ["profile.json"]


def _content() -> dict[str, object]:
    content: dict[str, object] = json.loads(encode(NEW))
    return content


@pytest.mark.parametrize(
    "change",
    [
        {"format": "other"},
        {"version": 2},
        {"version": True},
        {"version": "1"},
        {"resting_days": None},
        {"resting_days": [{"day": DAY}]},
        {"free_minutes": [3]},
        {"mornings": [{"day": DAY}]},
        {"mornings": None},
        {"pace_curve": {"slope": "steep", "evidence": 0}},
        {"pace_curve": {"slope": True, "evidence": 0}},
        {"resonance": {"breaths_per_min": 60, "confidence": 1, "day": DAY}},
        {"preferences": []},
        {"surprise": 1},
    ],
)
def test_wrong_fields_are_refused_and_set_aside(tmp_path: Path, change: dict[str, object]) -> None:
    path = tmp_path / "profile.json"
    path.write_text(json.dumps(_content() | change))
    profile, warning = load_memory(path)
    assert profile == Memory()
    assert warning is not None
    assert "profile.json.bad-1" in warning
    assert "\n" not in warning
    assert not path.exists()
    assert (tmp_path / "profile.json.bad-1").exists()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_set_aside_whole(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "profile.json"
    path.write_bytes(raw)
    profile, warning = load_memory(path)
    assert profile == Memory()
    assert warning is not None
    asides = list(tmp_path.glob("profile.json.bad-*"))
    assert [p.read_bytes() for p in asides] == [raw]
    asides[0].unlink()


@settings(max_examples=300)
@given(st.data())
def test_one_damaged_byte_never_raises_anything_but_a_plain_refusal(data: st.DataObject) -> None:
    raw = bytearray(encode(NEW))
    raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(BadContentError):
        assert isinstance(decode(bytes(raw)), Memory)


@pytest.mark.parametrize("text", ["NaN", "Infinity", "1e999", "-1e999"])
def test_no_number_that_is_not_one_comes_in(text: str) -> None:
    raw = encode(NEW).replace(b"12.0", text.encode())
    with pytest.raises(BadContentError):
        decode(raw)


def test_deep_nesting_and_huge_files_are_refused() -> None:
    for raw in (b"[" * 200_000, b" " * 5_000_000):
        with pytest.raises(BadContentError):
            decode(raw)


def test_earlier_bad_files_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "profile.json"
    for text in ("a", "b", "c"):
        path.write_text(text)
        load_memory(path)
    assert [(tmp_path / f"profile.json.bad-{n}").read_text() for n in (1, 2, 3)] == ["a", "b", "c"]


def test_nan_cannot_be_saved_and_the_old_profile_stands(tmp_path: Path) -> None:
    path = tmp_path / "profile.json"
    save_memory(path, OLD)
    with pytest.raises(ValueError, match="not JSON compliant"):
        save_memory(path, Memory(Profile(pace_curve=PaceCurve(float("nan")))))
    assert load_memory(path) == (OLD, None)


class PowerCut(BaseException):
    pass


def _save_cut_at(path: Path, line: int) -> bool:
    """Save NEW but lose the power before the `line`-th line run in the store; False once no line is left to cut."""
    run = 0

    def on_line(frame: FrameType, event: str, _arg: object) -> "TraceFunction | None":
        nonlocal run
        if frame.f_code.co_filename not in (profile_store.__file__, files.__file__):
            return None
        if event == "line":
            run += 1
            if run == line:
                raise PowerCut
        return on_line

    before = sys.gettrace()
    sys.settrace(on_line)
    try:
        save_memory(path, NEW)
    except PowerCut:
        return True
    finally:
        sys.settrace(before)
    return False


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the cut leaves files open
def test_power_cut_at_any_line_leaves_the_old_or_the_new_profile(tmp_path: Path) -> None:
    path = tmp_path / "profile.json"
    seen = set()
    line = 1
    while True:
        save_memory(path, OLD)
        was_cut = _save_cut_at(path, line)
        profile, warning = load_memory(path)
        assert warning is None
        assert profile in (OLD, NEW)
        seen.add(profile)
        if not was_cut:
            break
        line += 1
    assert seen == {OLD, NEW}
    assert profile == NEW


def test_torn_temporary_file_of_any_length_is_never_trusted(tmp_path: Path) -> None:
    path = tmp_path / "profile.json"
    save_memory(path, OLD)
    whole = encode(NEW)
    for length in range(len(whole) + 1):
        path.with_name("profile.json.part").write_bytes(whole[:length])
        assert load_memory(path) == (OLD, None)
    save_memory(path, NEW)
    assert load_memory(path) == (NEW, None)


def test_torn_profile_of_any_length_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "profile.json"
    whole = encode(OLD)
    for length in range(0, len(whole) - 2, 7):
        path.write_bytes(whole[:length])
        profile, warning = load_memory(path)
        assert profile == Memory()
        assert warning is not None
