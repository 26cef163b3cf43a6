"""Artefacts of known kind, and counting what is found of them."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.artefact_classes import EVERY, KINDS, Spoilt, counted, ours, spoil

TIMES_S = np.cumsum(0.85 + 0.03 * np.sin(np.arange(600) / 4))


@pytest.mark.parametrize("kind", KINDS)
@given(st.integers(0, 1000))
def test_every_interval_outside_the_sites_is_a_true_one(kind: str, seed: int) -> None:
    spoilt = spoil(TIMES_S, kind, np.random.default_rng(seed))
    assert len(spoilt.sites) == len(range(EVERY // 2, len(TIMES_S) - 2, EVERY))
    assert (np.diff(spoilt.times_s) > 0).all()
    true = {(round(a, 6), round(b, 6)) for a, b in pairwise(TIMES_S.tolist())}
    concerned = {at for site in spoilt.sites for at in site}
    for at in range(1, len(spoilt.times_s)):
        interval = round(spoilt.times_s[at - 1], 6), round(spoilt.times_s[at], 6)
        assert (interval in true) == (at not in concerned)


def test_sites_and_false_calls_are_counted() -> None:
    spoilt = Spoilt(TIMES_S[:100], ((10, 11), (40,), (70, 71)))
    hits, alone, wrong, classes = counted(spoilt, {11: "extra", 41: "missed", 90: "ectopic", 69: "missed"})
    assert (hits, wrong) == (1, 1)
    assert alone == 99 - (4 + 3 + 4)
    assert classes == {"extra": 1, "none": 2}


@pytest.mark.parametrize("kind", KINDS)
def test_a_steady_heart_s_artefacts_are_found_and_little_else(kind: str) -> None:
    spoilt = spoil(TIMES_S, kind, np.random.default_rng(1))
    hits, alone, wrong, _ = counted(spoilt, ours(spoilt.times_s))
    assert hits >= 0.9 * len(spoilt.sites)
    assert wrong <= 0.02 * alone
