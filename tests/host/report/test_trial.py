"""The experiment of one's own: the draw, and what is said at the looks and never between."""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.recording.format.experiment import BLOCK_DAYS, Arm, arm_of
from host.report.own.trial import LOOKS, MOST_PAIRS, Day, verdict
from host.report.quantiles import normal_quantile

WEARERS = 2000
SEEDS = st.integers(0, 2**64 - 1)


@given(SEEDS, st.integers(0, 10_000))
def test_each_arm_comes_once_in_a_block_and_the_seed_alone_says_when(seed: int, block: int) -> None:
    drawn = [arm_of(seed, BLOCK_DAYS * block + place) for place in range(BLOCK_DAYS)]
    assert sorted(drawn) == sorted(Arm)
    assert drawn == [arm_of(seed, BLOCK_DAYS * block + place) for place in range(BLOCK_DAYS)]


def test_every_order_is_as_likely_whatever_came_before() -> None:
    orders = [
        tuple(arm_of(seed, 3 * block + place) for place in range(3)) for seed in range(60) for block in range(100)
    ]
    counts = Counter(orders)
    assert len(counts) == 6
    assert sum((count - 1000) ** 2 / 1000 for count in counts.values()) < 20.5  # chi-square, 5 df, 0.1 %
    after = Counter(pairwise(orders))
    assert len(after) == 36
    with pytest.raises(ValueError, match="from 0"):
        arm_of(1, -1)


def days_of(seed: int, differences: Sequence[float | None]) -> list[Day]:
    """Blocks whose pairs differ so; the quiet day tells something else."""
    days: list[Day] = []
    for difference in differences:
        for _ in range(BLOCK_DAYS):
            arm = arm_of(seed, len(days))
            days.append((arm, difference if arm is Arm.RESONANCE else 0.0 if arm is Arm.FAST else 9.0))
    return days


@given(SEEDS, st.lists(st.none() | st.floats(-3, 3), max_size=40))
def test_nothing_is_said_between_the_looks(seed: int, differences: list[float | None]) -> None:
    found = verdict(days_of(seed, differences))
    told = [difference for difference in differences if difference is not None]
    assert found.pairs == min(len(told), MOST_PAIRS)
    assert found.dropped == differences.count(None)
    assert found.look in (0, *LOOKS)
    assert (found.mean is None) == (len(told) < min(LOOKS))
    assert found == verdict(days_of(seed, differences)[: len(differences) * BLOCK_DAYS])
    if found.look:
        assert found.mean == pytest.approx(np.mean(told[: found.look]))


def test_a_clear_change_ends_it_and_stays_said() -> None:
    clear = [-2.0 + 0.1 * (n % 3) for n in range(7)]
    found = verdict(days_of(3, clear))
    assert found.changed
    assert found.done
    assert verdict(days_of(3, [*clear, *[3.0] * 21])).interval == found.interval
    assert not verdict(days_of(3, clear[:6])).changed
    waiting = verdict(days_of(3, clear)[:-1])
    assert (waiting.pairs, waiting.look) == (6, 0)


def test_the_looks_share_five_in_a_hundred() -> None:
    """Sums of normal steps cross one of the four bounds in fewer of 400 000 walks."""
    bounds = np.array([normal_quantile(1 - chance / 2) for chance in LOOKS.values()])
    walks = np.cumsum(np.random.default_rng(1).normal(size=(400_000, len(LOOKS))), axis=1)
    crossed = np.any(np.abs(walks) / np.sqrt(np.arange(1, len(LOOKS) + 1)) > bounds, axis=1)
    assert np.mean(crossed) == pytest.approx(0.0453, abs=0.0015)


@pytest.mark.parametrize("less", [Arm.FAST, Arm.QUIET])
def test_no_change_is_rarely_called_one_and_a_large_one_is_found(less: Arm) -> None:
    chance = np.random.default_rng(2)

    def said(effect: float) -> float:
        found = 0
        for seed in range(WEARERS):
            drift = np.cumsum(chance.normal(0, 0.1, MOST_PAIRS * BLOCK_DAYS))
            days: list[Day] = []
            for day, level in enumerate(drift):
                arm = arm_of(seed, day)
                days.append((arm, float(level + chance.normal() - effect * 2**0.5 * (arm is Arm.RESONANCE))))
            found += verdict(days, less).changed
        return found / WEARERS

    assert said(0.0) <= 0.05 + 3 * (0.05 * 0.95 / WEARERS) ** 0.5
    assert said(0.75) >= 0.90
