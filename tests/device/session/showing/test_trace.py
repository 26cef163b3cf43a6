import math

import numpy as np
import pytest

from device.session.showing.trace import COLUMNS, GAP_COLUMNS, SWEEP_S, LiveTrace
from dsp.types import FloatArray, SampleBlock


def feed(trace: LiveTrace, values: FloatArray, fs_hz: float, block: int, first: int = 0) -> None:
    for start in range(0, len(values), block):
        trace.add(SampleBlock(first + start, fs_hz, values[start : start + block].astype(np.float64)))


def wave(seconds: float, fs_hz: float) -> FloatArray:
    t_s: FloatArray = np.arange(round(seconds * fs_hz)) / fs_hz
    return np.sin(2 * math.pi * 1.1 * t_s)


@pytest.mark.parametrize("fs_hz", [100.0, 128.0, 500.0, 512.0])
@pytest.mark.parametrize("first", [0, 123457])
def test_the_trace_does_not_depend_on_how_samples_were_cut(fs_hz: float, first: int) -> None:
    columns = []
    for block in (1, 10, 1000):
        trace = LiveTrace()
        feed(trace, wave(5.0, fs_hz), fs_hz, block, first)
        columns.append(trace.columns())
    assert columns[0] == columns[1] == columns[2]


def test_it_spans_from_0_to_1_with_a_gap_ahead_of_the_newest() -> None:
    trace = LiveTrace()
    feed(trace, wave(4.0, 500.0), 500.0, 10)
    columns = trace.columns()
    assert len(columns) == COLUMNS
    assert sum(column is None for column in columns) == GAP_COLUMNS
    shown = [column for column in columns if column is not None]
    assert min(column.low for column in shown) == pytest.approx(0.0)
    assert max(column.high for column in shown) == pytest.approx(1.0)


def test_a_spike_one_sample_wide_is_never_lost() -> None:
    values = np.zeros(1600)
    values[777] = 5.0
    trace = LiveTrace()
    feed(trace, values, 500.0, 10)
    assert max(column.high for column in trace.columns() if column is not None) == 1.0


def test_lost_samples_leave_holes() -> None:
    values = wave(SWEEP_S, 500.0)
    values[400:800] = math.nan
    trace = LiveTrace()
    feed(trace, values, 500.0, 10)
    assert sum(column is None for column in trace.columns()) >= 30


def test_nothing_yet_is_nothing() -> None:
    assert LiveTrace().columns() == (None,) * COLUMNS
    flat = LiveTrace()
    feed(flat, np.full(300, math.nan), 500.0, 10)
    assert flat.columns() == (None,) * COLUMNS


def test_upside_down_is_the_same_trace_mirrored() -> None:
    trace, mirrored = LiveTrace(), LiveTrace()
    values = wave(4.0, 500.0) ** 3
    values[300:500] = math.nan
    feed(trace, values, 500.0, 10)
    feed(mirrored, -values, 500.0, 10)
    assert trace.columns(inverted=True) == mirrored.columns() != trace.columns()
    assert LiveTrace().columns(inverted=True) == (None,) * COLUMNS
