import math
from dataclasses import replace

import numpy as np
import pytest

from dsp.beat_pipeline import BeatPipeline
from dsp.hrv.intervals import beats_of_rr
from dsp.metrics import Metrics
from dsp.types import NAN, Beat, Contact, IntervalKind, MetricsRow, Output, StateInputs, StateKind, WearerState


def breathed(duration_s: float, pace: float = 6.0, swing_ms: float = 120.0, level_ms: float = 850.0) -> np.ndarray:
    rng = np.random.default_rng(7)
    rr, t_s = [], 0.0
    while t_s < duration_s:
        swing = swing_ms / 2 * math.sin(2 * math.pi * pace / 60 * t_s)
        rr.append(level_ms + swing + 3 * rng.standard_normal())
        t_s += rr[-1] / 1000
    return np.array(rr)


def run(beats: list[Beat], pipeline: BeatPipeline | None = None) -> Output:
    pipeline = pipeline or BeatPipeline()
    outputs = [pipeline.push(beat) for beat in beats] + [pipeline.finish()]
    return Output(
        [b for o in outputs for b in o.beats],
        [i for o in outputs for i in o.intervals],
        [r for o in outputs for r in o.rows],
    )


def is_empty(row: MetricsRow) -> bool:
    measures = (row.mean_hr_bpm, row.rmssd_ms, row.sdnn_ms, row.rsa_ms, row.coherence, row.breaths_per_min)
    return all(math.isnan(m) for m in measures)


class Recorder:
    """A state estimator that notes what it is told."""

    def __init__(self) -> None:
        self.seen: list[StateInputs] = []

    def update(self, inputs: StateInputs) -> WearerState | None:
        self.seen.append(inputs)
        return WearerState(StateKind.UNSURE, 0.0, inputs.t_s) if len(self.seen) > 3 else None


def test_there_is_one_row_per_whole_second_from_one() -> None:
    out = run(beats_of_rr(breathed(100.4)))
    assert [row.t_s for row in out.rows] == [float(s) for s in range(1, int(out.beats[-1].t_s) + 1)]


def test_a_row_says_what_the_last_minute_s_intervals_say() -> None:
    out = run(beats_of_rr(breathed(150)))
    row = out.rows[119]
    rr = np.array([i.rr_ms for i in out.intervals if 60 < i.t_s <= 120][:-2])  # two beats are still undecided
    assert row.mean_hr_bpm == pytest.approx(60_000 / rr.mean(), rel=0.01)
    assert row.rmssd_ms == pytest.approx(np.sqrt(np.mean(np.diff(rr) ** 2)), rel=0.02)
    assert row.sdnn_ms == pytest.approx(rr.std(ddof=1), rel=0.02)
    assert row.quality == 1.0


def test_the_first_numbers_come_with_half_a_minute_of_intervals() -> None:
    rows = run(beats_of_rr(breathed(120))).rows
    assert all(is_empty(row) for row in rows[:30])
    assert not math.isnan(rows[33].rmssd_ms)
    assert math.isnan(rows[60].coherence)
    assert not math.isnan(rows[69].coherence)


def test_slow_breathing_is_read_from_the_intervals() -> None:
    rows = run(beats_of_rr(breathed(180, pace=5.5))).rows[80:]
    assert all(abs(row.breaths_per_min - 5.5) < 0.1 for row in rows)
    assert all(abs(row.rsa_ms - 120) < 8 for row in rows)
    assert all(row.coherence > 5 for row in rows)


def test_paced_swing_needs_the_spectral_peak_at_the_pace() -> None:
    for pace, known in ((6.0, True), (6.9, True), (8.0, False)):
        pipeline = BeatPipeline()
        pipeline.set_pace(0.0, pace)
        row = run(beats_of_rr(breathed(150, pace=6.0)), pipeline).rows[-1]
        assert math.isnan(row.rsa_ms) is not known


def test_rows_fall_silent_in_a_gap_and_never_average_across_it() -> None:
    rr = np.concatenate((breathed(100, level_ms=1000), [10_000.0], breathed(100, level_ms=600)))
    out = run(beats_of_rr(rr))
    gap_s = next(i.t_s for i in out.intervals if i.kind is IntervalKind.UNREADABLE)
    for row in out.rows:
        if gap_s - 7 < row.t_s <= gap_s:
            assert is_empty(row)
            assert row.quality == 0.0
        elif gap_s < row.t_s and not is_empty(row):
            assert row.t_s > gap_s + 30
            assert row.mean_hr_bpm > 95


def test_quality_is_the_latest_beat_s() -> None:
    beats = [Beat(b.sample_index, b.t_s, 0.2 if b.t_s > 50 else 0.9) for b in beats_of_rr(breathed(120))]
    rows = run(beats).rows
    assert {row.quality for row in rows[1:49]} == {0.9}
    assert {row.quality for row in rows[52:]} == {0.2}
    assert all(math.isnan(row.rmssd_ms) for row in rows[70:])
    assert all(is_empty(row) for row in rows[82:])


def test_fibrillation_has_no_normal_intervals_to_measure() -> None:
    rng = np.random.default_rng(3)
    rows = run(beats_of_rr(np.clip(rng.gamma(25, 28, 300), 320, None))).rows
    assert all(row.irregular_rhythm for row in rows[25:])
    assert all(is_empty(row) for row in rows)


def test_the_state_is_told_everything_once_a_second() -> None:
    recorder = Recorder()
    pipeline = BeatPipeline(state=recorder)
    pipeline.set_pace(20.0, 6.0)
    out = run(beats_of_rr(breathed(120)), pipeline)
    assert [seen.t_s for seen in recorder.seen] == [row.t_s for row in out.rows]
    told = [i for seen in recorder.seen for i in seen.intervals]
    assert told == out.intervals[: len(told)]
    assert len(out.intervals) - len(told) <= 4
    assert math.isnan(recorder.seen[18].pace_breaths_per_min)
    assert recorder.seen[20].pace_breaths_per_min == 6.0
    assert recorder.seen[-1].rsa_ms == out.rows[-1].rsa_ms
    assert recorder.seen[-1].hrv.rmssd_ms == out.rows[-1].rmssd_ms
    assert [row.state is None for row in out.rows[:5]] == [True, True, True, False, False]


def test_lost_contact_breaks_the_intervals() -> None:
    metrics = Metrics()
    beats = beats_of_rr(np.full(60, 900.0))
    intervals = []
    for n, beat in enumerate(beats):
        if n == 30:
            metrics.break_at(beat.t_s - 0.1)
        intervals += metrics.push_beat(beat)
    row = metrics.row(55.0, 0.8, Contact.POSITIVE_OFF)
    assert row.contact is Contact.POSITIVE_OFF
    assert beats[30].t_s not in [i.t_s for i in intervals]
    assert beats[31].t_s in [i.t_s for i in intervals]


def tracked(quality: float, period_s: float, *, seconds: int = 90, break_s: float = math.inf) -> list[MetricsRow]:
    """Rows of a heart at 60 a minute, each beat of one quality, beside a tracked period."""
    metrics = Metrics()
    rows = []
    for second in range(1, seconds + 1):
        metrics.push_beat(Beat(second * 1000 - 500.0, second - 0.5, quality))
        if second > break_s:
            metrics.break_at(second - 0.2)
            break_s = math.inf
        rows.append(metrics.row(float(second), 0.8, period_s=period_s))
    return rows


def test_heart_rate_comes_from_the_tracked_period_where_no_interval_tells_it() -> None:
    rows = tracked(0.0, 0.8)
    assert [math.isnan(row.mean_hr_bpm) for row in rows] == [True] * 29 + [False] * 61
    assert rows[-1].mean_hr_bpm == pytest.approx(75.0)
    assert all(math.isnan(row.rmssd_ms) and math.isnan(row.sdnn_ms) for row in rows)
    assert all(is_empty(row) for row in tracked(0.0, NAN))


def test_intervals_go_before_the_tracked_period() -> None:
    rows = tracked(1.0, 0.95)
    assert rows[-1].mean_hr_bpm == pytest.approx(60.0)
    assert rows[30].mean_hr_bpm == pytest.approx(63.2, abs=0.1)


def test_a_tracked_period_that_the_intervals_deny_is_not_told() -> None:
    assert math.isnan(tracked(1.0, 0.5, seconds=31)[-1].mean_hr_bpm)
    assert tracked(1.0, 0.9, seconds=31)[-1].mean_hr_bpm == pytest.approx(66.7, abs=0.1)


def test_lost_contact_and_silence_end_the_tracked_rate() -> None:
    rows = tracked(0.0, 0.8, break_s=60)
    assert [math.isnan(row.mean_hr_bpm) for row in rows[55:]] == [False] * 5 + [True] * 29 + [False]
    metrics = Metrics()
    told = []
    for second in range(1, 61):
        if second <= 40:
            metrics.push_beat(Beat(second * 1000 - 500.0, second - 0.5, 0.0))
        told.append(metrics.row(float(second), 0.8, period_s=0.8).mean_hr_bpm)
    assert math.isfinite(told[41])
    assert all(math.isnan(bpm) for bpm in told[43:])


def test_no_beats_no_numbers() -> None:
    row = Metrics().row(1.0, 0.0)
    assert is_empty(row)
    assert row.t_s == 1.0
    assert run([]).rows == []
    assert run([Beat(0.0, 0.0, 1.0), Beat(NAN, 5.5, 1.0)]).rows[-1].t_s == 5.0


def test_a_pacemaker_s_minute_has_a_heart_rate_and_no_variability() -> None:
    beats = beats_of_rr(breathed(400))
    paced = [
        replace(beat, paced=True, timing=0.0, likeness=1.0) if 100 < beat.t_s < 200 else replace(beat, likeness=1.0)
        for beat in beats
    ]
    seen = Recorder()
    rows = {row.t_s: row for row in run(paced, BeatPipeline(state=seen)).rows}
    told = {inputs.t_s: inputs.irregular_rhythm for inputs in seen.seen}
    for t_s in range(60, 380):
        row = rows[t_s]
        assert row.mean_hr_bpm > 0
        assert not row.paced_rhythm or math.isnan(row.rmssd_ms + row.sdnn_ms)
        assert row.paced_rhythm == told[t_s]
        assert row.paced_rhythm is False or 100 < t_s < 260
        assert row.paced_rhythm is True or not 115 < t_s < 245
    assert math.isfinite(rows[99].rmssd_ms + rows[275].rmssd_ms)


def in_fibrillation(seed: int, breaths_per_min: float, baseline: float) -> list[MetricsRow]:
    """A row a second of an irregularly irregular heart whose beats' size breathes, or is noise where that is 0."""
    rng = np.random.default_rng(seed)
    metrics, rows, second = Metrics(), [], 1
    for beat in beats_of_rr(np.clip(rng.gamma(25, 28, 200), 320, None)):
        while second < beat.t_s:
            rows.append(metrics.row(float(second), 1.0))
            second += 1
        metrics.push_beat(beat)
        size = math.sin(2 * math.pi * breaths_per_min / 60 * beat.t_s) if breaths_per_min else 0.0
        metrics.push_waveform(beat.t_s, 1000 + 80 * size + 20 * rng.standard_normal(), baseline)
    return rows


@pytest.mark.parametrize("breaths_per_min", [9.0, 13.0, 18.0])
def test_in_fibrillation_qrs_complexes_tell_breathing_and_nothing_else_does(breaths_per_min: float) -> None:
    rows = in_fibrillation(4, breaths_per_min, NAN)[70:]
    assert all(row.irregular_rhythm for row in rows)
    assert all(math.isnan(m) for row in rows for m in (row.rmssd_ms, row.sdnn_ms, row.rsa_ms, row.coherence))
    told = [row.breaths_per_min for row in rows]
    assert np.median(told) == pytest.approx(breaths_per_min, abs=0.3)
    assert all(is_empty(row) for row in in_fibrillation(4, breaths_per_min, 1.0))  # a pulse follows the filling


def test_in_fibrillation_sizes_without_breath_seldom_tell_one() -> None:
    rows = [row for seed in range(12) for row in in_fibrillation(seed, 0.0, NAN)[70:]]
    assert np.mean([math.isfinite(row.breaths_per_min) for row in rows]) <= 0.02
