"""Time stamps as devices write them, and the grid that the samples lie on."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from device.replay.text.stamps import Grid, UnevenStampsError, fit_grid, repeated_rows
from dsp.types import FloatArray

RATES_HZ = [25.0, 64.0, 100.0, 128.0, 130.1, 200.0, 249.98, 250.0, 250.0005, 360.0, 499.83, 512.0, 700.0, 800.0, 1000.0]
SECONDS = 40

Stamped = tuple[FloatArray, FloatArray, float, float]


def slots_of(grid: Grid) -> np.ndarray:
    sizes = np.diff(np.append(grid.rows, grid.count))
    return np.concatenate([slot + np.arange(size) for slot, size in zip(grid.slots, sizes, strict=True)])


@st.composite
def stamps(draw: st.DrawFn) -> Stamped:
    """(stamps in s, the true times, nominal rate, slots lost): a rate off its nominal one, drift, jitter, gaps."""
    fs_hz = draw(st.sampled_from(RATES_HZ)) * (1 + draw(st.sampled_from([0.0, 1e-4, -2e-5])))
    count = round(SECONDS * fs_hz)
    rows = np.arange(count)
    true_s = rows / fs_hz * (1 + draw(st.sampled_from([0.0, 3e-5])) * rows / count)
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    lost = 0.0
    for part in range(draw(st.integers(0, 3))):
        at = int(count * (0.2 + 0.25 * part + 0.1 * draw(st.floats(0, 1))))
        missing = draw(st.one_of(st.integers(1, 400), st.floats(1.6, 400.0)))
        true_s[at:] += missing / fs_hz
        lost += missing
    told_s = true_s + draw(st.sampled_from([0.0, 0.03, 0.09])) / fs_hz * rng.standard_normal(count)
    decimals = draw(st.sampled_from([None, 6, 4] if fs_hz > 350 else [None, 6, 4, 3]))
    told_s = told_s if decimals is None else np.round(told_s, decimals)
    return told_s - told_s[0], true_s - true_s[0], fs_hz, lost


@settings(deadline=None, max_examples=60)
@given(stamps())
def test_every_sample_is_put_near_its_time_and_no_more_is_lost_than_was(stamped: Stamped) -> None:
    told_s, true_s, fs_hz, lost = stamped
    grid = fit_grid(told_s)
    assert grid.fs_hz == pytest.approx(fs_hz, rel=1e-3)
    assert abs(grid.lost - lost) <= 2 + lost * 1e-3
    off = np.abs(slots_of(grid) / grid.fs_hz - true_s) * fs_hz
    assert np.max(off) < 2.0
    assert np.all(np.diff(slots_of(grid)) >= 1)


@pytest.mark.parametrize("fs_hz", [130.1, 249.98, 499.83, 250.0005, 700.0, 800.0, 1024.0, 2000.0])
@pytest.mark.parametrize("decimals", [6, 3])
def test_a_rate_is_found_to_a_ten_thousandth_and_nothing_is_lost(fs_hz: float, decimals: int) -> None:
    grid = fit_grid(np.round(np.arange(round(SECONDS * fs_hz)) / fs_hz, decimals))
    assert grid.fs_hz == pytest.approx(fs_hz, rel=1e-4 if decimals == 3 else 1e-7)
    assert (grid.lost, grid.gaps) == (0, 0)


@pytest.mark.parametrize("decimals", [3, 4, 5, 9])
def test_a_whole_rate_is_whole(decimals: int) -> None:
    for fs_hz in (100, 128, 250, 360, 500):
        assert fit_grid(np.round(np.arange(60 * fs_hz) / fs_hz, decimals)).fs_hz == fs_hz


@given(st.floats(0.0, 0.9))
def test_a_first_step_that_is_too_short_moves_nothing_else(share: float) -> None:
    times_s = np.arange(5000) / 250
    times_s[1:] -= share / 250
    grid = fit_grid(times_s)
    assert (grid.fs_hz, grid.lost) == (250.0, 0)


def test_the_values_stand_where_the_times_say() -> None:
    times_s = np.concatenate((np.arange(100), np.arange(130, 200))) / 100
    grid = fit_grid(times_s)
    placed = grid.place(np.arange(170.0))
    assert np.isnan(placed[100:130]).all()
    np.testing.assert_array_equal(placed[130:], np.arange(100.0, 170.0))
    assert (grid.gaps, grid.lost) == (1, 30)


@pytest.mark.parametrize(
    ("times_s", "told", "row"),
    [
        ([0.0], "two rows", 0),
        ([0.0, np.nan, 0.2], "has a row without a time", 1),
        ([0.0, 0.0, 0.0, 0.0], "does not rise", 1),
        ([0.0, 0.1, 0.2, 0.3, 0.4, -5.0, 0.6, 0.7], "goes back", 5),
        ([0.0, 0.001, 0.002, 600_000.0], "too much of the recording is lost", 3),
        ([0.0, 0.001, 1e9], "at most 691200 s are read", 2),
        ([0.0, 0.001, 1e300, 0.003], "a time lies 1e\\+300 s from the first", 2),
    ],
)
def test_what_lies_on_no_grid_is_told_with_its_row(times_s: list[float], told: str, row: int) -> None:
    with pytest.raises(UnevenStampsError, match=told) as caught:
        fit_grid(np.array(times_s))
    assert caught.value.row == row


@settings(deadline=None, max_examples=40)
@given(stamps(), st.data())
def test_rows_repeated_are_found_and_no_others(stamped: Stamped, data: st.DataObject) -> None:
    """On stamps that are clear: those as coarse as the rate have equal times of their own."""
    _, true_s, fs_hz, _ = stamped
    hundredths = np.allclose(100 * true_s, np.rint(100 * true_s), rtol=0.0, atol=1e-6)
    assume(fs_hz < (50 if hundredths else 900))
    rows = np.arange(len(true_s))
    in_step = np.flatnonzero(np.diff(true_s) * fs_hz < 1.5)
    twice = in_step[data.draw(st.lists(st.integers(0, len(in_step) - 1), max_size=9, unique=True))]
    rows = np.sort(np.concatenate((rows, twice)))
    values = np.random.default_rng(1).permutation(len(true_s)).astype(float)[rows]
    found = repeated_rows(true_s[rows], values)
    assert np.count_nonzero(found) == len(twice)
    np.testing.assert_array_equal(rows[~found], np.arange(len(true_s)))
    assert not repeated_rows(np.round(true_s, 0 if fs_hz < 50 else 2), np.zeros(len(true_s))).any()


def test_times_at_random_are_no_grid() -> None:
    rng = np.random.default_rng(1)
    with pytest.raises(UnevenStampsError, match="not evenly sampled"):
        fit_grid(np.cumsum(rng.exponential(0.004, 5000)))
