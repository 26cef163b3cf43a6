import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.hrv.breath_count import counted_breaths_per_min

T_S = np.arange(240) / 4


@given(st.floats(6, 30), st.floats(0, 6), st.floats(0.1, 1e3), st.floats(-1e3, 1e3))
def test_counts_an_even_breath_of_any_size_and_offset(rate: float, phase: float, size: float, offset: float) -> None:
    signal = size * np.sin(2 * np.pi * rate / 60 * T_S + phase) + offset + 0.01 * size * T_S
    assert counted_breaths_per_min(signal) == pytest.approx(rate, rel=0.06)


def test_a_small_ripple_upon_a_breath_is_not_counted() -> None:
    signal = np.sin(2 * np.pi * 0.2 * T_S) + 0.12 * np.sin(2 * np.pi * 0.5 * T_S)
    assert counted_breaths_per_min(signal) == pytest.approx(12, rel=0.1)


def test_a_flat_signal_has_no_breaths() -> None:
    assert math.isnan(counted_breaths_per_min(np.zeros(240)))
