"""Lost samples and the chain of intervals."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.beat_pipeline import BeatPipeline
from dsp.losses import Losses
from dsp.pipeline import Pipeline
from dsp.types import Beat, FloatArray, SampleBlock, SignalKind
from tests.synthetic import ecg, regular_r_times

FS_HZ = 100.0
Cut = tuple[FloatArray, list[SampleBlock]]


@st.composite
def cut_signals(draw: st.DrawFn) -> Cut:
    """(values with losses, the blocks they come in, in some of which a loss is a jump of the index)."""
    values = np.arange(300.0)
    for _ in range(draw(st.integers(0, 4))):
        start = draw(st.integers(0, 299))
        values[start : start + draw(st.integers(1, 60))] = np.nan
    blocks, at = [], 0
    while at < len(values):
        part = values[at : at + draw(st.integers(1, 50))]
        lost = int(np.isnan(part).sum())
        if lost < len(part) or draw(st.booleans()):
            blocks.append(SampleBlock(at, FS_HZ, part, lost))
        at += len(part)
    return values, blocks


@given(cut_signals(), st.lists(st.floats(0.0, 3.0), min_size=2, max_size=6, unique=True).map(sorted))
def test_a_loss_is_found_between_two_times_however_it_came(cut: Cut, times_s: list[float]) -> None:
    values, blocks = cut
    losses = Losses(FS_HZ)
    for block in blocks:
        losses.push(block)
    first, last = (blocks[0].first_index, blocks[-1].first_index + len(blocks[-1].values)) if blocks else (0, 0)
    lost = [k for k in np.flatnonzero(np.isnan(values)).tolist() if first <= k < last]
    for start_s, end_s in pairwise(times_s):
        inside = [k for k in lost if start_s * FS_HZ < k + 1 and k < end_s * FS_HZ]
        found = losses.first_s(start_s, end_s)
        assert (found is None) == (not inside)
        if found is not None:
            assert start_s <= found <= end_s


@pytest.mark.parametrize("jump", [True, False])
@pytest.mark.parametrize(("missing_s", "broken"), [(1.0, False), (10.0, True), (100.0, True)])
def test_no_interval_spans_lost_samples_but_a_short_one(jump: bool, missing_s: float, broken: bool) -> None:
    fs_hz, seconds = 250.0, 30.0
    one = ecg(regular_r_times(seconds), fs_hz, seconds)
    missing = round(missing_s * fs_hz)
    pipeline = Pipeline(SignalKind.ECG, fs_hz)
    outputs = [pipeline.push(SampleBlock(0, fs_hz, one))]
    if not jump:
        outputs.append(pipeline.push(SampleBlock(len(one), fs_hz, np.full(missing, math.nan), missing)))
    outputs += [pipeline.push(SampleBlock(len(one) + missing, fs_hz, one)), pipeline.finish()]
    intervals = [interval for out in outputs for interval in out.intervals]
    assert all(interval.rr_ms <= 3000 for interval in intervals)
    numbers = [interval.number for interval in intervals]
    assert (max(b - a for a, b in pairwise(numbers)) > 1) == broken


def test_a_long_interval_without_a_loss_is_told() -> None:
    fs_hz = 250.0
    values = ecg(np.concatenate((np.arange(0.5, 20, 0.8), np.arange(26.0, 45.0, 0.8))), fs_hz, 46.0)
    pipeline = Pipeline(SignalKind.ECG, fs_hz)
    intervals = [*pipeline.push(SampleBlock(0, fs_hz, values)).intervals, *pipeline.finish().intervals]
    assert max(interval.rr_ms for interval in intervals) > 5000


def test_beats_have_breaks_where_nothing_is_known() -> None:
    pipeline = BeatPipeline()
    intervals = []
    for t_s in (0.0, 0.8, 1.6, 9.0, 9.8, 10.6):
        if t_s == 9.0:
            pipeline.break_at(5.0)
        intervals += pipeline.push(Beat(t_s, t_s, 1.0)).intervals
    intervals += pipeline.finish().intervals
    assert [round(interval.rr_ms) for interval in intervals] == [800, 800, 800, 800]
