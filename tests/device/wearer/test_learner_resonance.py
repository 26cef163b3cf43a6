"""What the wearer's sessions teach about the resonance: a run finds it, ordinary guides refine it."""

import math

import pytest

from device.session.events import PaceChanged, Phase, PhaseChanged
from drivers.sim.person.body import Body
from drivers.sim.person.wearer import WearerProfile
from dsp.beat_pipeline import BeatPipeline
from dsp.resonance.finder import RECHECK_STEP_S, RUN_BREATHS_PER_MIN, STEP_S, recheck_paces
from dsp.state.profile import Profile, Resonance
from dsp.types import Beat
from tests.wearer_helpers import Taught

DAY = 739_000
QUIET = WearerProfile(mayer_ms=3.0, jitter_ms=2.0, drift_ms=4.0, calming=0.1, resonance_q=2.0, resonance_hz=0.095)
RUN = [(60.0 + STEP_S * n, pace) for n, pace in enumerate(RUN_BREATHS_PER_MIN)]


def lead(wearer: Taught, phase: Phase, paces: list[tuple[float, float]], end_s: float) -> float | None:
    """One session of a simulated wearer: rest, the guide's paces, the free minute; what the guide told."""
    body, pipeline = Body(5, QUIET), BeatPipeline(state=wearer.estimator)
    orders: list[tuple[float, PhaseChanged | PaceChanged]] = [(0.0, PhaseChanged(0.0, Phase.REST))]
    orders.append((paces[0][0], PhaseChanged(paces[0][0], phase)))
    orders += [(t_s, PaceChanged(t_s, pace, "ramp")) for t_s, pace in paces]
    orders += [(end_s, PaceChanged(end_s, math.nan, "stop")), (end_s, PhaseChanged(end_s, Phase.FREE))]
    told, done = None, 0
    breath, pace, since_s = 0.0, 0.0, 0.0
    for at_s, order in [*orders, (end_s + 65.0, PhaseChanged(end_s + 65.0, Phase.SUMMARY))]:
        body.advance_to(at_s)
        for beat in body.true_beats[done:]:
            wearer.learner.on_output(pipeline.push(Beat(1000 * beat.t_s, beat.t_s, 1.0)))
            done += 1
        if isinstance(order, PaceChanged):
            body.follow(order.breaths_per_min, 0.4, (order.t_s - since_s) * pace / 60.0 + breath)
            breath, pace, since_s = (order.t_s - since_s) * pace / 60.0 + breath, order.breaths_per_min, order.t_s
            pipeline.set_pace(order.t_s, order.breaths_per_min)
        told = found if (found := wearer.obey(order)) is not None else told
    return told


def wearer(resonance: Resonance | None = None, day: int | None = DAY) -> Taught:
    return Taught(Profile(resonance=resonance), day)


def test_a_run_s_finding_is_kept() -> None:
    someone = wearer()
    told = lead(someone, Phase.RESONANCE, RUN, 760.0)
    assert told == pytest.approx(5.7, abs=0.25)
    assert someone.profile.resonance is not None
    assert someone.profile.resonance.breaths_per_min == told
    assert someone.profile.resonance.day == DAY
    assert 0.6 <= someone.profile.resonance.confidence <= 1.0


def test_without_a_trusted_day_a_run_s_finding_is_kept_undated() -> None:
    someone = wearer(day=None)
    told = lead(someone, Phase.RESONANCE, RUN, 760.0)
    assert told == pytest.approx(5.7, abs=0.25)
    kept = someone.profile.resonance
    assert kept is not None
    assert (kept.breaths_per_min, kept.day) == (told, None)


@pytest.mark.parametrize("day", [DAY, None])
@pytest.mark.parametrize("earlier_day", [DAY - 40, None])
def test_a_recheck_starts_from_the_earlier_finding(day: int | None, earlier_day: int | None) -> None:
    earlier = Resonance(5.45, 0.85, earlier_day)
    someone = wearer(earlier, day)
    paces = [(60.0 + RECHECK_STEP_S * n, pace) for n, pace in enumerate(recheck_paces(5.45))]
    told = lead(someone, Phase.RECHECK, paces, 60.0 + RECHECK_STEP_S * len(paces))
    assert told == pytest.approx(5.7, abs=0.2)
    kept = someone.profile.resonance
    assert kept is not None
    assert (kept.breaths_per_min, kept.day) == (told, day)


def test_an_undated_guide_refines_a_weak_finding_and_leaves_a_sure_one() -> None:
    for confidence, refines in ((0.5, True), (0.99, False)):
        earlier = Resonance(5.45, confidence, None)
        someone = wearer(earlier, None)
        told = lead(someone, Phase.GUIDED, [(60.0, 7.45), (160.0, 5.45)], 600.0)
        assert (told is not None) is refines
        assert (someone.profile.resonance != earlier) is refines


def test_an_ordinary_guide_with_two_paces_refines_an_earlier_finding() -> None:
    earlier = Resonance(5.45, 0.85, DAY - 10)
    someone = wearer(earlier)
    told = lead(someone, Phase.GUIDED, [(60.0, 7.45), (160.0, 5.45)], 600.0)
    refined = someone.profile.resonance
    assert refined is not None
    assert told == refined.breaths_per_min
    assert abs(refined.breaths_per_min - 5.7) < abs(earlier.breaths_per_min - 5.7)
    assert refined.day == DAY


@pytest.mark.parametrize(
    ("earlier", "paces"),
    [
        (None, [(60.0, 7.45), (160.0, 5.45)]),
        (Resonance(5.45, 0.85, DAY - 10), [(60.0, 5.45)]),
        (Resonance(5.0, 0.85, DAY - 10), [(60.0, 8.0), (160.0, 6.5)]),
    ],
    ids=["none earlier", "one pace", "aimed elsewhere"],
)
def test_other_guides_leave_the_finding_as_it_was(earlier: Resonance | None, paces: list[tuple[float, float]]) -> None:
    someone = wearer(earlier)
    assert lead(someone, Phase.GUIDED, paces, 400.0) is None
    assert someone.profile.resonance == earlier
