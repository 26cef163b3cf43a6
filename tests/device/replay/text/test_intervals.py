"""Whether numbers are a heart's intervals, and in which unit."""

import itertools
import random
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from device.errors import UsageError
from device.replay.opening import open_recording
from device.replay.recordings import BeatList
from device.replay.text.intervals import is_wave
from dsp.types import FloatArray
from tests.synthetic import ecg, wandering_r_times
from tests.synthetic_ppg import ppg, pulse_times


def rr_ms(seed: int, count: int = 400) -> FloatArray:
    rng = np.random.default_rng(seed)
    breaths = rng.uniform(4, 25)
    level_ms, depth = rng.uniform(450, 1300), rng.uniform(0.0, 0.1)
    breath: FloatArray = np.sin(2 * np.pi * np.arange(count) / breaths)
    return level_ms * (1 + depth * breath + rng.normal(0, 0.015, count))


def written(folder: Path, values: FloatArray, form: str) -> Path:
    path = folder / "in.txt"
    path.write_text("".join(f"{value:{form}}\n" for value in values))
    return path


@pytest.mark.parametrize(("factor", "form", "unit"), [(1.0, ".0f", "ms"), (1e-3, ".3f", "s")])
@pytest.mark.parametrize("seed", range(8))
def test_a_unit_that_is_found_is_said(tmp_path: Path, factor: float, form: str, unit: str, seed: int) -> None:
    recording = open_recording(written(tmp_path, rr_ms(seed) * factor, form))
    assert recording.duration_s == pytest.approx(rr_ms(seed).sum() / 1000, rel=1e-3)
    assert f"in {unit}" in recording.remarks[0]


@pytest.mark.parametrize("name", ["RR [1/1024 s]", "RR interval (1/1024 sec)", "rr_1_1024_s", "rr 1/1024"])
def test_bluetooth_s_unit_is_read_where_the_column_names_it(tmp_path: Path, name: str) -> None:
    values = np.round(rr_ms(4) * 1.024)
    (tmp_path / "in.csv").write_text("\n".join([name, *(f"{value:.0f}" for value in values)]))
    recording = open_recording(tmp_path / "in.csv")
    assert recording.duration_s == pytest.approx(values.sum() / 1024)
    assert recording.remarks == ()


@pytest.mark.parametrize(
    ("name", "said"), [("RR [ticks]", True), ("RR (raw)", True), ("RR [ms]", False), ("RR", False)]
)
def test_a_unit_that_is_not_known_is_said(tmp_path: Path, name: str, said: bool) -> None:
    (tmp_path / "in.csv").write_text("\n".join([name, *(f"{rr:.0f}" for rr in rr_ms(6))]))
    told = f"{name} names no unit of time that is known: intervals read in ms"
    assert open_recording(tmp_path / "in.csv").remarks == ((told,) if said else ())


@pytest.mark.parametrize(
    ("convert", "told"),
    [
        (lambda rr: 60_000 / rr, "a heart rate in bpm"),
        (lambda rr: rr * 1e3, "microseconds"),
        (lambda rr: rr * 1e6, "nanoseconds"),
        (lambda rr: np.cumsum(rr) / 1000, "times of beats"),
        (np.cumsum, "times of beats"),
        (lambda rr: rr * 37, "the middle one is"),
    ],
)
def test_what_is_no_interval_is_refused_with_its_reason(
    tmp_path: Path, convert: Callable[[FloatArray], FloatArray], told: str
) -> None:
    path = written(tmp_path, convert(rr_ms(3)), ".3f")
    for kind in (None, "rr"):
        with pytest.raises(UsageError, match=told):
            open_recording(path, kind)


@pytest.mark.parametrize(("unit", "factor"), [("ms", 1.0), ("s", 1e3), ("us", 1e-3), ("microseconds", 1e-3)])
def test_the_user_s_unit_decides(tmp_path: Path, unit: str, factor: float) -> None:
    path = written(tmp_path, rr_ms(5) / factor, ".6f")
    assert open_recording(path, "rr", None, unit).duration_s == pytest.approx(rr_ms(5).sum() / 1000)
    with pytest.raises(UsageError, match="--unit bananas"):
        open_recording(path, "rr", None, "bananas")


@given(st.integers(0, 2**32 - 1))
def test_a_heart_is_no_wave(seed: int) -> None:
    assert not is_wave(rr_ms(seed))


@pytest.mark.parametrize("fs_hz", [100, 250, 500])
@pytest.mark.parametrize("seed", range(3))
def test_a_column_of_counts_is_refused_and_read_when_told(tmp_path: Path, fs_hz: int, seed: int) -> None:
    waves = {
        "ecg": 512 + 0.2 * ecg(wandering_r_times(40, 0.85, 30, seed), fs_hz, 40),
        "ppg": 512 + 200 * ppg(pulse_times(40, 0.7 + 0.1 * seed), fs_hz, 40),
    }
    for values in waves.values():
        path = written(tmp_path, values, ".0f")
        with pytest.raises(UsageError, match="as samples of a signal"):
            open_recording(path)
        assert open_recording(path, "rr").remarks == ()


def test_a_few_values_that_a_heart_does_not_have_do_not_change_the_unit(tmp_path: Path) -> None:
    values = rr_ms(1)
    values[::5] = 30_000
    assert open_recording(written(tmp_path, values, ".0f")).duration_s == pytest.approx(values.sum() / 1000, rel=1e-3)


# --- gaps that the times beside the intervals show


@st.composite
def broken_series(draw: st.DrawFn) -> tuple[list[int], dict[int, int]]:
    """RR in ms, and how many ms are missing before some of them."""
    rr_ms = draw(st.lists(st.integers(600, 1200), min_size=30, max_size=80))
    where = draw(st.sets(st.integers(1, len(rr_ms) - 1), max_size=3))
    return rr_ms, {at: draw(st.integers(700 if at < len(rr_ms) - 3 else 1300, 60_000)) for at in where}


@given(broken_series(), st.sampled_from(["s", "ms", "us", "iso"]), st.booleans())
def test_no_interval_spans_a_gap_that_the_times_show(
    tmp_path_factory: pytest.TempPathFactory, series: tuple[list[int], dict[int, int]], unit: str, closing: bool
) -> None:
    rr_ms, missing_ms = series
    path = tmp_path_factory.getbasetemp() / "gaps.csv"
    end_ms, rows, breaks = 5000, [], []
    for at, rr in enumerate(rr_ms):
        if at in missing_ms:
            breaks.append(end_ms - 5000 + missing_ms[at] / 2)
            end_ms += missing_ms[at]
        end_ms += rr
        when_ms = end_ms if closing else end_ms - rr
        day = f"{datetime(2026, 4, 1) + timedelta(milliseconds=when_ms):%Y-%m-%d %H:%M:%S.%f}"
        told = {"s": f"{when_ms / 1000:.3f}", "ms": f"{when_ms}", "us": f"{1000 * when_ms}", "iso": day}[unit]
        rows.append(f"{told},{rr}")
    path.write_text("\n".join(["timestamp,rr", *rows]))
    recording = open_recording(path)
    assert isinstance(recording, BeatList)
    assert [1000 * t_s for t_s in recording.breaks_s] == pytest.approx(breaks)
    assert recording.beats[-1].t_s == pytest.approx((sum(rr_ms) + sum(missing_ms.values())) / 1000)
    assert any("gap" in remark for remark in recording.remarks) == bool(breaks)


@pytest.mark.parametrize("seed", range(5))
def test_rounded_times_make_gaps_neither_longer_nor_shorter(tmp_path: Path, seed: int) -> None:
    chance = random.Random(seed)
    end_ms, rows = 0, []
    for at in range(400):
        if at and at % 20 == 0:
            end_ms += chance.randint(2000, 60_000)
        end_ms += (rr := chance.randint(700, 1000))
        rows.append(f"{end_ms / 1000:.2f},{rr}")
    (tmp_path / "rounded.csv").write_text("\n".join(["timestamp,rr", *rows]))
    recording = open_recording(tmp_path / "rounded.csv")
    assert isinstance(recording, BeatList)
    assert len(recording.breaks_s) == 19
    assert recording.beats[-1].t_s - recording.beats[0].t_s == pytest.approx(end_ms / 1000, abs=0.04)


@given(st.integers(2, 27), st.integers(2000, 60_000), st.integers(0, 550), st.booleans())
def test_a_late_or_missing_time_hides_no_gap(
    tmp_path_factory: pytest.TempPathFactory, at: int, gap_ms: int, late_ms: int, unread: bool
) -> None:
    """The time behind a gap is late; or it, and so the gap's end, cannot be read."""
    path = tmp_path_factory.getbasetemp() / "behind.csv"
    ends_ms = [700 * (n + 1) + gap_ms * (n >= at) + late_ms * (n == at) for n in range(40)]
    told = ["" if unread and n == at else f"{end_ms / 1000:.3f}" for n, end_ms in enumerate(ends_ms)]
    path.write_text("\n".join(["timestamp,rr", *(f"{t},700" for t in told)]))
    recording = open_recording(path)
    assert isinstance(recording, BeatList)
    assert len(recording.breaks_s) == 1
    assert recording.beats[-1].t_s - recording.beats[0].t_s == pytest.approx(ends_ms[-1] / 1000, abs=0.2)


@example([600] * 30, 5, 0.1)
@example([600] * 55, 10_000, 0.125)  # the very last
@given(st.lists(st.integers(600, 1200), min_size=30, max_size=60), st.integers(0, 10_000), st.floats(0.0, 0.12))
def test_times_of_arrival_show_no_gaps(
    tmp_path_factory: pytest.TempPathFactory, rr_ms: list[int], seed: int, share: float
) -> None:
    """Some are late by up to 0.7 s, the last by less than an interval; some are missing."""
    chance = random.Random(seed)
    path = tmp_path_factory.getbasetemp() / "arrivals.csv"
    most_ms = [700] * (len(rr_ms) - 3) + [590] * 3
    late_ms = [chance.randint(0, most) if chance.random() < share else 0 for most in most_ms]
    ends = zip(itertools.accumulate(rr_ms), late_ms, rr_ms, strict=True)
    rows = [f"{(end + late) / 1000:.3f},{rr}" if chance.random() > 0.03 else f",{rr}" for end, late, rr in ends]
    path.write_text("\n".join(["phone,rr", *rows]))
    recording = open_recording(path)
    assert isinstance(recording, BeatList)
    assert recording.breaks_s == ()
