import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.sim.person.body import Body
from drivers.sim.person.wearer import WearerProfile, random_body
from dsp.guide import BreathGuide
from dsp.hrv.intervals import IntervalClassifier
from dsp.resonance.finder import (
    RUN_BREATHS_PER_MIN,
    STEP_RAMP_S_PER_BREATH,
    STEP_S,
    ResonanceFinding,
    find_resonance,
    prior_from,
    steps_of,
)
from dsp.types import Beat, BreathKind, IntervalKind, RRInterval

QUIET = {"mayer_ms": 3.0, "jitter_ms": 2.0, "drift_ms": 4.0, "calming": 0.1, "resonance_q": 2.0}


def classified(beats_s: list[float]) -> list[RRInterval]:
    classifier = IntervalClassifier()
    return [i for t in beats_s for i in classifier.push(Beat(1000 * t, t, 1.0))] + classifier.finish()


def run(
    profile: WearerProfile, seed: int = 1, paces: tuple[float, ...] = RUN_BREATHS_PER_MIN, step_s: float = STEP_S
) -> tuple[list[RRInterval], list[tuple[float, float]], float]:
    """A simulated wearer through paced steps, which count from when their pace is reached: intervals, the guide's
    changes, when it ended."""
    body, t_s, changes = Body(seed, profile), 30.0, []
    body.advance_to(t_s)
    guide = BreathGuide(t_s, paces[0], paces[0])
    for pace in paces:
        guide.set_target(t_s, pace, STEP_RAMP_S_PER_BREATH)
        ends_s = math.inf
        while t_s < ends_s:
            phase = guide.phase(t_s)
            if math.isinf(ends_s) and guide.arrived:
                ends_s = t_s + step_s
            changes += [(c.t_s, c.breaths_per_min) for c in guide.take_changes()]
            share = 0.4 * phase.progress if phase.kind is BreathKind.INHALE else 0.4 + 0.6 * phase.progress
            body.follow(guide.breaths_per_min, 0.4, share)
            t_s += 0.5
            body.advance_to(t_s)
    return classified(body.true_beats_s.tolist()), changes, t_s


def found(profile: WearerProfile, prior: tuple[float, float] | None = None, **how: Any) -> ResonanceFinding:
    intervals, changes, end_s = run(profile, **how)
    return find_resonance(intervals, steps_of(changes, end_s), prior)


@pytest.mark.parametrize("resonance_hz", [0.078, 0.092, 0.105])
def test_it_finds_a_quiet_body_s_resonance(resonance_hz: float) -> None:
    resonance = found(WearerProfile(resonance_hz=resonance_hz, **QUIET))
    assert resonance.conclusive
    assert resonance.breaths_per_min == pytest.approx(60 * resonance_hz, abs=0.25)
    assert resonance.sd_breaths_per_min < 0.25
    assert len(resonance.steps) == len(resonance.scores) == len(RUN_BREATHS_PER_MIN)


def test_a_flat_response_is_inconclusive() -> None:
    resonance = found(WearerProfile(**{**QUIET, "resonance_q": 0.1}))
    assert math.isnan(resonance.breaths_per_min)
    assert resonance.confidence == 0.0
    assert resonance.reason
    assert 0.0 < resonance.best_guess_confidence < 1.0


def test_tone_that_falls_during_the_run_does_not_drag_the_finding_along() -> None:
    """Calming enlarges RSA towards the last, slowest steps."""
    profile = WearerProfile(**{**QUIET, "calming": 0.45, "resonance_hz": 0.1})
    intervals, changes, end_s = run(profile)
    resonance = find_resonance(intervals, steps_of(changes, end_s))
    assert resonance.breaths_per_min == pytest.approx(6.0, abs=0.3)


def test_three_paces_about_an_earlier_finding_recheck_it() -> None:
    profile = WearerProfile(**QUIET)
    true = profile.resonance_breaths_per_min
    paces = (true + 0.8, true + 0.2, true - 0.4)
    resonance = found(profile, paces=paces, prior=prior_from(true + 0.2, 0.85, 20))
    assert resonance.breaths_per_min == pytest.approx(true, abs=0.25)


def test_a_finding_is_worth_less_the_older_it_is() -> None:
    fresh, old = prior_from(5.5, 0.9, 0), prior_from(5.5, 0.9, 60)
    assert fresh[0] == old[0] == 5.5
    assert fresh[1] == pytest.approx(0.25 / 1.645, rel=0.01)
    assert 0.3 < old[1] < 0.6


def test_too_few_steps_and_no_intervals_find_nothing() -> None:
    assert find_resonance([], []).reason
    intervals, changes, end_s = run(WearerProfile(**QUIET), paces=(6.5, 5.5))
    assert not find_resonance(intervals, steps_of(changes, end_s)).conclusive


def test_a_step_full_of_artefacts_is_left_out() -> None:
    intervals, changes, end_s = run(WearerProfile(**QUIET), paces=(6.5, 6.0, 5.5, 5.0))
    steps = steps_of(changes, end_s)
    spoilt = [
        RRInterval(i.t_s, i.rr_ms, IntervalKind.MISSED, i.number)
        if steps[1].start_s <= i.t_s < steps[1].end_s and k % 3 == 0
        else i
        for k, i in enumerate(intervals)
    ]
    assert [s.breaths_per_min for s in find_resonance(spoilt, steps).steps] == pytest.approx([6.5, 5.5, 5.0])


def test_steps_begin_where_the_guide_s_breath_is_and_short_ones_are_left_out() -> None:
    steps = steps_of([(0.0, 6.0), (65.0, 12.0), (70.0, 5.0), (190.0, math.nan), (200.0, 6.0)], 260.0)
    assert [(s.start_s, s.end_s, s.breaths_per_min) for s in steps] == [
        (0.0, 65.0, 6.0),
        (70.0, 190.0, 5.0),
        (200.0, 260.0, 6.0),
    ]
    assert [s.breath for s in steps] == pytest.approx([0.0, 0.5, 0.0])


def test_a_pace_told_again_is_no_change() -> None:
    every_second = [(float(t_s), 6.0 if t_s < 100 else 5.0) for t_s in range(200)]
    assert steps_of(every_second, 200.0) == steps_of([(0.0, 6.0), (100.0, 5.0)], 200.0)


@given(
    rr_ms=st.lists(st.floats(300.0, 2000.0), min_size=0, max_size=400),
    paces=st.lists(st.sampled_from([4.5, 5.0, 5.5, 6.0, 6.5]), min_size=1, max_size=5),
)
def test_any_intervals_give_an_answer_or_none(rr_ms: list[float], paces: list[float]) -> None:
    t_s = np.cumsum(rr_ms) / 1000
    intervals = [
        RRInterval(float(t), rr, IntervalKind.NORMAL, n) for n, (t, rr) in enumerate(zip(t_s, rr_ms, strict=True))
    ]
    resonance = find_resonance(
        intervals, steps_of([(60.0 * k, pace) for k, pace in enumerate(paces)], 60.0 * len(paces))
    )
    assert resonance.conclusive != bool(resonance.reason)
    assert 0.0 <= resonance.confidence <= 1.0


@pytest.mark.slow
def test_sixty_bodies() -> None:
    """Bodies with Mayer waves of any size; flat ones must be told apart."""
    errors = []
    for seed in range(60):
        profile = random_body(np.random.default_rng(seed))
        resonance = found(profile, seed=seed)
        if resonance.conclusive:
            errors.append(resonance.breaths_per_min - profile.resonance_breaths_per_min)
    assert len(errors) >= 50
    assert np.mean(np.abs(errors) <= 0.25) >= 0.85
    assert np.max(np.abs(errors)) <= 0.7
