import math
from collections.abc import Iterator

import numpy as np
import pytest

from dsp.beat_pipeline import BeatPipeline
from dsp.pipeline import Pipeline
from dsp.types import Contact, IntervalKind, MetricsRow, Output, SampleBlock, SignalKind

FS_HZ = 250.0


def beat_times(duration_s: float, pace: float = 6.0) -> np.ndarray:
    t_s = [0.5]
    while t_s[-1] < duration_s - 0.5:
        t_s.append(t_s[-1] + 0.85 + 0.06 * math.sin(2 * math.pi * pace / 60 * t_s[-1]))
    return np.array(t_s)


def ecg(beats_s: np.ndarray, duration_s: float, fs_hz: float = FS_HZ, breathing_hz: float = 0.1) -> np.ndarray:
    """P, Q, R, S and T as bumps of so many uV, so wide and so far from R; its height breathes."""
    t_s = np.arange(round(duration_s * fs_hz)) / fs_hz
    out = 8 * np.random.default_rng(0).standard_normal(len(t_s))
    for beat_s in beats_s:
        size = 1 + 0.1 * math.sin(2 * math.pi * breathing_hz * beat_s)
        near = np.abs(t_s - beat_s) < 0.5
        for height, at, width in ((100, -0.16, 0.02), (-120, -0.025, 0.01), (1000, 0, 0.011), (-200, 0.03, 0.01)):
            out[near] += size * height * np.exp(-((t_s[near] - beat_s - at) ** 2) / (2 * width**2))
        out[near] += size * 250 * np.exp(-((t_s[near] - beat_s - 0.28) ** 2) / (2 * 0.045**2))
    return out


def ppg(beats_s: np.ndarray, duration_s: float, fs_hz: float) -> np.ndarray:
    t_s = np.arange(round(duration_s * fs_hz)) / fs_hz
    out = 30_000 + 2 * np.random.default_rng(0).standard_normal(len(t_s))
    for beat_s in beats_s:
        near = np.abs(t_s - beat_s) < 0.9
        out[near] += 400 * np.exp(-((t_s[near] - beat_s - 0.2) ** 2) / (2 * 0.08**2))
        out[near] += 150 * np.exp(-((t_s[near] - beat_s - 0.45) ** 2) / (2 * 0.1**2))
    return out


def cut(values: np.ndarray, sizes: Iterator[int], fs_hz: float = FS_HZ) -> Iterator[SampleBlock]:
    at = 0
    while at < len(values):
        size = next(sizes)
        yield SampleBlock(at, fs_hz, values[at : at + size])
        at += size


def run(pipeline: Pipeline, blocks: Iterator[SampleBlock] | list[SampleBlock]) -> Output:
    whole = Output()
    for part in [*(pipeline.push(block) for block in blocks), pipeline.finish()]:
        whole.beats.extend(part.beats)
        whole.intervals.extend(part.intervals)
        whole.rows.extend(part.rows)
    return whole


def constant(size: int) -> Iterator[int]:
    while True:
        yield size


def mixed(seed: int) -> Iterator[int]:
    rng = np.random.default_rng(seed)
    while True:
        yield int(rng.choice([1, 3, 5, 40, 250, 251, 700, 2000]))


@pytest.fixture(scope="module")
def two_minutes() -> np.ndarray:
    return ecg(beat_times(120), 120)


@pytest.fixture(scope="module")
def reference(two_minutes: np.ndarray) -> Output:
    return run(Pipeline(SignalKind.ECG, FS_HZ), cut(two_minutes, constant(5)))


def test_every_whole_second_has_a_row(reference: Output) -> None:
    assert [row.t_s for row in reference.rows] == [float(s) for s in range(1, 121)]


def test_rows_know_rhythm_breathing_and_swing(reference: Output) -> None:
    row = reference.rows[-1]
    assert row.mean_hr_bpm == pytest.approx(60 / 0.85, rel=0.02)
    assert row.breaths_per_min == pytest.approx(6, abs=0.1)
    assert row.breath_confidence > 0.8
    assert row.rsa_ms == pytest.approx(120, rel=0.06)
    assert row.coherence > 4
    assert row.quality > 0.5
    assert not row.irregular_rhythm


@pytest.mark.parametrize("sizes", [constant(1000), constant(30_000), mixed(1), mixed(2)])
def test_the_cut_into_blocks_does_not_matter(two_minutes: np.ndarray, reference: Output, sizes: Iterator[int]) -> None:
    other = run(Pipeline(SignalKind.ECG, FS_HZ), cut(two_minutes, sizes))
    assert other.beats == reference.beats
    assert other.intervals == reference.intervals
    assert repr(other.rows) == repr(reference.rows)


def test_a_row_uses_samples_up_to_its_second_and_no_later(two_minutes: np.ndarray, reference: Output) -> None:
    changed = two_minutes.copy()
    changed[round(70 * FS_HZ) :] = 0.0
    rows = run(Pipeline(SignalKind.ECG, FS_HZ), cut(changed, constant(50))).rows
    assert repr(rows[:70]) == repr(reference.rows[:70])


def test_the_row_comes_with_the_last_sample_of_its_second(two_minutes: np.ndarray) -> None:
    pipeline = Pipeline(SignalKind.ECG, FS_HZ)
    assert pipeline.push(SampleBlock(0, FS_HZ, two_minutes[:249])).rows == []
    assert [row.t_s for row in pipeline.push(SampleBlock(249, FS_HZ, two_minutes[249:250])).rows] == [1.0]


def with_contact_lost(values: np.ndarray, from_s: float, to_s: float) -> list[SampleBlock]:
    blocks = []
    for block in cut(values, constant(5)):
        lost = from_s <= block.first_index / FS_HZ < to_s
        blocks.append(SampleBlock(block.first_index, FS_HZ, np.zeros(5), 0, Contact.POSITIVE_OFF) if lost else block)
    return blocks


def hrv_of(row: MetricsRow) -> list[float]:
    return [row.mean_hr_bpm, row.rmssd_ms, row.sdnn_ms, row.rsa_ms, row.coherence, row.breaths_per_min]


def test_lost_contact_empties_the_rows_and_no_interval_spans_it(two_minutes: np.ndarray) -> None:
    out = run(Pipeline(SignalKind.ECG, FS_HZ), with_contact_lost(two_minutes, 70, 80))
    assert all(row.contact is Contact.POSITIVE_OFF for row in out.rows[70:80])
    assert all(row.contact is Contact.GOOD for row in out.rows[:70] + out.rows[80:])
    assert all(math.isnan(v) for row in out.rows[73:105] for v in hrv_of(row))
    assert not any(i.t_s - i.rr_ms / 1000 < 75 < i.t_s for i in out.intervals)
    assert not math.isnan(out.rows[-1].rmssd_ms)
    assert out.rows[-1].rmssd_ms == pytest.approx(out.rows[60].rmssd_ms, rel=0.15)


def test_a_jump_in_the_index_is_a_gap_with_rows_of_no_quality(two_minutes: np.ndarray) -> None:
    blocks = [b for b in cut(two_minutes, constant(50)) if not 60 <= b.first_index / FS_HZ < 70]
    out = run(Pipeline(SignalKind.ECG, FS_HZ), blocks)
    assert [row.t_s for row in out.rows] == [float(s) for s in range(1, 121)]
    assert all(row.quality == 0.0 for row in out.rows[60:69])
    assert all(math.isnan(v) for row in out.rows[63:90] for v in hrv_of(row))
    spanning = [i for i in out.intervals if i.t_s - i.rr_ms / 1000 < 65 < i.t_s]
    assert all(i.kind is IntervalKind.UNREADABLE for i in spanning)


@pytest.mark.parametrize("fill", [0.0, math.nan, 1e6])
def test_a_signal_without_beats_gives_rows_without_numbers(fill: float) -> None:
    out = run(Pipeline(SignalKind.ECG, FS_HZ), cut(np.full(round(40 * FS_HZ), fill), constant(50)))
    assert len(out.rows) == 40
    assert all(math.isnan(v) for row in out.rows for v in hrv_of(row))
    assert all(row.quality < 0.5 for row in out.rows[3:])


def test_a_pulse_wave_goes_the_same_way() -> None:
    beats_s = beat_times(120)
    out = run(Pipeline(SignalKind.PPG, 100.0), cut(ppg(beats_s, 120, 100.0), constant(10), 100.0))
    row = out.rows[-1]
    assert row.mean_hr_bpm == pytest.approx(60 / 0.85, rel=0.02)
    assert row.breaths_per_min == pytest.approx(6, abs=0.1)
    assert row.rsa_ms == pytest.approx(120, rel=0.1)


def test_the_beats_alone_lead_to_the_same_intervals(reference: Output) -> None:
    pipeline = BeatPipeline()
    outputs = [pipeline.push(beat) for beat in reference.beats] + [pipeline.finish()]
    assert [i for o in outputs for i in o.intervals] == reference.intervals
    last = [r for o in outputs for r in o.rows][-1]
    assert last.rmssd_ms == pytest.approx(reference.rows[-2].rmssd_ms, rel=0.05)


def test_the_pace_reaches_the_rows(two_minutes: np.ndarray) -> None:
    for pace, known in ((6.0, True), (9.0, False)):
        pipeline = Pipeline(SignalKind.ECG, FS_HZ)
        pipeline.set_pace(0.0, pace)
        rows = run(pipeline, cut(two_minutes, constant(500))).rows
        assert math.isnan(rows[-1].rsa_ms) is not known
