import numpy as np
import pytest

from bench.state_bodies import SimpleBody, after_exertion, kinds, rows, step
from dsp.state.estimator import StateEstimator
from dsp.types import FloatArray, MetricsRow


def rest_ends_s(found: list[MetricsRow]) -> float:
    return next(r.t_s for r in found if r.state is not None)


def heard(body: SimpleBody, seconds: float, seed: int) -> list[MetricsRow]:
    times: FloatArray = body.beats(seconds, seed)
    return rows(times, StateEstimator())


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize(("excess", "tau_s"), [(0.3, 60.0), (0.6, 110.0)])
def test_recovering_from_a_walk_or_a_stair_is_not_calm(seed: int, excess: float, tau_s: float) -> None:
    found = heard(after_exertion(58.0 + 4 * seed, 90.0, excess, tau_s, 20.0), 420, seed)
    assert "calm" not in kinds(found)
    assert 90 < rest_ends_s(found) < 195


@pytest.mark.parametrize("seed", range(4))
def test_a_steady_rest_lasts_no_longer(seed: int) -> None:
    assert rest_ends_s(heard(SimpleBody(lambda _: 55.0 + 8 * seed), 130, seed)) < 80


def test_calm_is_seen_also_after_a_walk() -> None:
    walk = after_exertion(66.0, 90.0, 0.3, 60.0, 20.0)
    ease, swell = step(1.0, 1 / 1.14, 330), step(1.0, 1.6, 330)
    body = SimpleBody(lambda t_s: walk.hr_bpm(t_s) * ease(t_s), lambda t_s: walk.swing_ms(t_s) * swell(t_s))
    found = kinds(heard(body, 455, 2))
    assert "calm" not in found[:330]
    assert "calm" in found[330:]


@pytest.mark.parametrize("ratio", [1.14, 1 / 1.14])
def test_a_leap_is_neither_calm_nor_on_guard_until_it_has_settled(ratio: float) -> None:
    body = SimpleBody(step(70.0, 70.0 * ratio, 240.0), step(90.0, 90.0 * ratio**-3, 240.0))
    found = kinds(heard(body, 400, 1))
    assert set(found[245:268]) == {"neutral"}
    assert ("alarm" if ratio > 1 else "calm") in found[268:360]
    assert np.unique(found[80:240]).tolist() == ["neutral"]
