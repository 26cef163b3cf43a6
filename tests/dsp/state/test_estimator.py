import math
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.state_bodies import SimpleBody, kinds, rows, spoil, step
from dsp.state.estimator import StateEstimator, StateModel, arousal, direction, judge, settles
from dsp.state.evidence import Evidence
from dsp.state.pace_curve import PaceCurve
from dsp.state.rest import RestCollector, RestReading
from dsp.types import Contact, HrvSnapshot, IntervalKind, RRInterval, StateInputs, StateKind, WearerState

MODEL = StateModel()
REST = RestReading(30.0, math.log(70.0), math.log(40.0))
MIRROR = {
    StateKind.CALM: StateKind.ALARM,
    StateKind.ALARM: StateKind.CALM,
    StateKind.NEUTRAL: StateKind.NEUTRAL,
    StateKind.UNSURE: StateKind.UNSURE,
}
scores = st.floats(-6, 6)
places = st.floats(0, 1) | st.just(math.nan)
evidences = st.builds(Evidence, scores, scores | st.just(math.nan), places, places)


def states(seconds: list[StateInputs], estimator: StateEstimator) -> list[WearerState | None]:
    return [estimator.update(s) for s in seconds]


def steady(seconds: int, hr_bpm: float = 70.0, rmssd_ms: float = 40.0) -> list[StateInputs]:
    """Inputs of a heart that alternates between two intervals, which gives exactly this rate and RMSSD."""
    mean_ms = 60_000 / hr_bpm
    out, at_ms, number = [], 0.0, 0
    for t_s in range(1, seconds + 1):
        new = []
        while (close := at_ms + mean_ms + (rmssd_ms / 2 if number % 2 else -rmssd_ms / 2)) <= t_s * 1000:
            new.append(RRInterval(close / 1000, close - at_ms, IntervalKind.NORMAL, number))
            at_ms, number = close, number + 1
        hrv = HrvSnapshot(float(t_s), 60.0, 60, 0.0)
        out.append(StateInputs(float(t_s), tuple(new), hrv, 1.0, Contact.GOOD, False))
    return out


def test_no_state_before_a_minute_of_rest_and_one_right_after() -> None:
    found = states(steady(70), StateEstimator())
    assert found[:59] == [None] * 59
    assert found[59] is not None
    assert found[59].kind is StateKind.NEUTRAL


def test_the_first_readable_minute_becomes_the_rest() -> None:
    estimator = StateEstimator()
    seconds = [replace(s, quality=0.2) if s.t_s <= 30 else s for s in steady(95, 66.0, 30.0)]
    found = states(seconds, estimator)
    assert found[88] is None
    assert found[-1] is not None
    assert estimator.rest is not None
    assert estimator.rest.ln_hr == pytest.approx(math.log(66.0), abs=0.002)
    assert estimator.rest.ln_rmssd == pytest.approx(math.log(30.0), abs=0.01)


def test_an_irregular_rhythm_is_unsure_even_before_any_rest() -> None:
    found = states([replace(s, irregular_rhythm=True) for s in steady(120)], StateEstimator())
    assert {s.kind for s in found if s is not None} == {StateKind.UNSURE}
    assert None not in found


def test_a_given_rest_holds_throughout() -> None:
    estimator = StateEstimator(rest=REST)
    found = states(steady(300, 90.0, 20.0), estimator)
    assert estimator.rest is REST
    assert found[0] is not None
    assert found[0].kind is StateKind.UNSURE
    assert found[-1] is not None
    assert found[-1].kind is StateKind.ALARM


@pytest.mark.parametrize(
    ("hr_bpm", "rmssd_ms", "kind"),
    [
        (62.0, 60.0, StateKind.CALM),
        (80.0, 25.0, StateKind.ALARM),
        (62.0, 25.0, StateKind.NEUTRAL),
        (80.0, 60.0, StateKind.NEUTRAL),
        (70.0, 80.0, StateKind.NEUTRAL),
        (70.0, 15.0, StateKind.NEUTRAL),
    ],
)
def test_heart_rate_and_vagal_modulation_must_agree(hr_bpm: float, rmssd_ms: float, kind: StateKind) -> None:
    found = states(steady(120, hr_bpm, rmssd_ms), StateEstimator(rest=REST))[-1]
    assert found is not None
    assert found.kind is kind


@pytest.mark.parametrize(
    "change",
    [
        {"contact": Contact.POSITIVE_OFF},
        {"contact": Contact.FINGER_OFF},
        {"irregular_rhythm": True},
    ],
)
def test_unsure_in_the_very_second_that_the_signal_fails(change: dict[str, Any]) -> None:
    seconds = steady(120, 62.0, 60.0)
    found = states([*seconds[:100], *(replace(s, **change) for s in seconds[100:])], StateEstimator(rest=REST))
    assert found[99] is not None
    assert found[99].kind is StateKind.CALM
    for state in found[100:]:
        assert state is not None
        assert state.kind is StateKind.UNSURE
        assert math.isnan(state.arousal)
        assert not state.settling
        assert state.since_s == 101.0


def test_beats_that_stop_make_it_unsure_within_3_s_and_nothing_is_averaged_across() -> None:
    quiet = SimpleBody(hr_bpm=lambda _: 62.0, swing_ms=lambda _: 200.0).beats(120)
    loud = SimpleBody(hr_bpm=lambda _: 85.0, swing_ms=lambda _: 40.0).beats(90) + quiet[-1] + 10
    found = rows(np.concatenate([quiet, loud]), StateEstimator(rest=REST))
    stop = int(quiet[-1])
    after = [r for r in found if r.t_s > quiet[-1] + 3]
    unsure = [r for r in after if r.t_s < loud[0] + 15]
    assert set(kinds(unsure)) == {"unsure"}
    arousals = [r.state.arousal for r in after[len(unsure) :] if r.state and not math.isnan(r.state.arousal)]
    before = found[stop - 2].state
    assert before is not None
    assert len(arousals) > 60
    assert min(arousals) > 0.8
    assert before.arousal < 0.2


@pytest.mark.parametrize(("share", "unsure_share"), [(0.0, 0.0), (0.12, 0.9)])
def test_more_than_5_pct_of_artefacts_is_unsure(share: float, unsure_share: float) -> None:
    times = spoil(SimpleBody().beats(600, 3), share, 4)
    found = kinds(rows(times, StateEstimator(rest=REST)))[60:]
    assert found.count("unsure") / len(found) >= unsure_share
    assert share or "unsure" not in found


@pytest.mark.parametrize("seed", range(4))
def test_artefacts_never_read_as_calm(seed: int) -> None:
    times = spoil(SimpleBody(hr_bpm=lambda _: 76.0, swing_ms=lambda _: 35.0).beats(500, seed), 0.05, seed)
    rest = RestReading(30.0, math.log(75.0), math.log(14.0))
    assert "calm" not in kinds(rows(times, StateEstimator(rest=rest)))


@pytest.mark.parametrize("curve", [PaceCurve(), PaceCurve(1.0, 30.0)])
@pytest.mark.parametrize("told", [True, False])
def test_breathing_pace_alone_changes_nothing(curve: PaceCurve, told: bool) -> None:
    def pace(t_s: float) -> float:
        return 14.0 if t_s < 120 else 15 - 10.5 * (t_s - 120) / 700

    times = SimpleBody(breaths_per_min=pace).beats(820, 5)
    guide = (lambda t_s: math.nan if t_s < 120 else round(pace(t_s), 1)) if told else None
    found = kinds(rows(times, StateEstimator(pace_curve=curve), guide))[60:]
    assert found.count("calm") + found.count("alarm") <= 0.01 * len(found)
    assert found.count("unsure") <= 0.1 * len(found)


@pytest.mark.parametrize(("hr_bpm", "swing_ms", "kind"), [(80.0, 40.0, "alarm"), (61.0, 160.0, "calm")])
@pytest.mark.parametrize("pace", [6.0, math.nan])
def test_a_step_of_tone_is_seen_within_120_s(hr_bpm: float, swing_ms: float, kind: str, pace: float) -> None:
    body = SimpleBody(
        step(70.0, hr_bpm, 240.0), step(90.0, swing_ms, 240.0), lambda t_s: pace if pace > 0 and t_s > 90 else 14.0
    )

    def guide(t_s: float) -> float:
        return pace if t_s > 90 else math.nan

    found = kinds(rows(body.beats(480, 6), StateEstimator(pace_curve=PaceCurve(1.0, 30.0)), guide))
    assert kind not in found[:240]
    assert kind in found[240:360]
    assert found[360:].count(kind) > 0.9 * len(found[360:])


def test_an_alarmed_rest_is_not_called_on_guard_for_ever_and_its_end_is_settling_or_calm() -> None:
    body = SimpleBody(step(88.0, 78.0, 300.0), step(40.0, 80.0, 300.0))
    found = rows(body.beats(480, 7), StateEstimator())
    assert "alarm" not in kinds(found)
    quiet = [r.state.kind is StateKind.CALM or r.state.settling for r in found[390:] if r.state is not None]
    assert sum(quiet) > 0.9 * len(quiet)


def test_a_wobble_about_the_threshold_does_not_flicker() -> None:
    wobble = SimpleBody(lambda t_s: 74.5 + 3 * math.sin(t_s / 15), lambda _: 60.0)
    found = kinds(rows(wobble.beats(600, 8), StateEstimator(rest=REST)))[30:]
    changes = sum(a != b for a, b in pairwise(found))
    assert changes <= 8


@given(evidences, st.sampled_from(list(StateKind)))
def test_calm_and_on_guard_are_mirror_images(evidence: Evidence, held: StateKind) -> None:
    mirrored = Evidence(-evidence.z_hr, -evidence.z_vagal, 1 - evidence.rank, 1 - evidence.rank_here)
    if 0.5 in (evidence.rank, evidence.rank_here):
        return
    assert judge(mirrored, MODEL, MIRROR[held]) is MIRROR[judge(evidence, MODEL, held)]


@given(evidences, st.floats(0.01, 3))
def test_arousal_rises_with_heart_rate_and_stays_within_0_and_1(evidence: Evidence, more: float) -> None:
    louder = replace(evidence, z_hr=evidence.z_hr + more)
    assert 0 <= arousal(evidence, MODEL) <= arousal(louder, MODEL) <= 1
    assert direction(evidence, MODEL) < direction(louder, MODEL)


@given(evidences)
def test_a_state_that_could_be_entered_is_kept(evidence: Evidence) -> None:
    for kind in (StateKind.CALM, StateKind.ALARM):
        if judge(evidence, MODEL, StateKind.NEUTRAL) is kind:
            assert judge(evidence, MODEL, kind) is kind


@pytest.mark.parametrize(
    ("z_hr", "z_vagal", "rank", "kind"),
    [
        (-2.0, 1.0, 0.3, StateKind.CALM),
        (-2.0, 1.0, 0.7, StateKind.NEUTRAL),
        (0.0, 0.0, 0.05, StateKind.CALM),
        (2.0, -1.0, 0.7, StateKind.ALARM),
        (2.0, -1.0, 0.3, StateKind.NEUTRAL),
        (0.0, 0.0, 0.95, StateKind.ALARM),
        (-2.0, 1.0, 0.95, StateKind.NEUTRAL),
        (2.0, -1.0, 0.05, StateKind.NEUTRAL),
    ],
)
def test_the_level_of_28_days_has_its_say(z_hr: float, z_vagal: float, rank: float, kind: StateKind) -> None:
    assert judge(Evidence(z_hr, z_vagal, rank), MODEL, StateKind.NEUTRAL) is kind


@given(st.floats(-0.49, 3), scores | st.just(math.nan))
def test_vagal_modulation_alone_is_no_settling(z_hr: float, z_vagal: float) -> None:
    assert not settles(Evidence(z_hr, z_vagal), MODEL)


def test_a_baseline_is_read_between_its_seconds_only() -> None:
    loud, quiet = steady(100, 90.0, 20.0), steady(200, 60.0, 50.0)
    collector = RestCollector(100.0, 160.0)
    for second in [*loud, *quiet[100:]]:
        collector.add(second)
    reading = collector.reading
    assert reading is not None
    assert reading.ln_hr == pytest.approx(math.log(60.0), abs=0.002)
    assert 125 < reading.t_s < 135
    unread = RestCollector(300.0, 360.0)
    for second in quiet:
        unread.add(second)
    assert unread.reading is None
