import math

import neurokit2 as nk
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.hrv.rsa import PaceLine, even_edges, rsa_ms


def breathed(pace: float, swing_ms: float, duration_s: float = 90.0) -> tuple[np.ndarray, np.ndarray]:
    t_s, rr = [0.0], []
    while t_s[-1] < duration_s:
        rr.append(850 + swing_ms / 2 * math.sin(2 * math.pi * pace / 60 * t_s[-1]))
        t_s.append(t_s[-1] + rr[-1] / 1000)
    return np.array(t_s[1:]), np.array(rr)


@pytest.mark.parametrize("pace", [4.5, 6.0, 7.0])
@pytest.mark.parametrize("swing_ms", [10.0, 100.0, 300.0])
def test_the_swing_of_slow_breathing_is_read(pace: float, swing_ms: float) -> None:
    t_s, rr = breathed(pace, swing_ms)
    assert rsa_ms(t_s, rr, even_edges(t_s[-1], pace)) == pytest.approx(swing_ms, rel=0.04)


def test_it_agrees_with_neurokit_s_peak_to_trough() -> None:
    t_s, rr = breathed(6, 100, duration_s=120)
    r_peaks = np.round(t_s * 1000).astype(int)
    length = r_peaks[-1] + 1
    lungs = np.cos(2 * np.pi * 0.1 * (np.arange(length) / 1000 - 0.9))  # the longest intervals fall mid-exhale
    breath, _ = nk.rsp_peaks(lungs, sampling_rate=1000)
    rsp = pd.concat([breath, nk.rsp_phase(breath, desired_length=length)], axis=1)
    ecg = pd.DataFrame({"ECG_Rate": nk.signal_rate(r_peaks, sampling_rate=1000, desired_length=length)})
    reference = nk.hrv_rsa(ecg, rsp, rpeaks={"ECG_R_Peaks": r_peaks}, sampling_rate=1000)
    assert rsa_ms(t_s, rr, even_edges(t_s[-1], 6)) == pytest.approx(reference["RSA_P2T_Mean"], rel=0.06)


def test_one_spoilt_breath_in_five_does_not_matter() -> None:
    t_s, rr = breathed(6, 100)
    true = rsa_ms(t_s, rr, even_edges(t_s[-1], 6))
    rr[-20] += 400
    assert rsa_ms(t_s, rr, even_edges(t_s[-1], 6)) == pytest.approx(true, rel=0.03)


def test_too_few_breaths_have_no_swing() -> None:
    t_s, rr = breathed(6, 100, duration_s=15)
    assert math.isnan(rsa_ms(t_s, rr, even_edges(t_s[-1], 6)))
    assert math.isnan(rsa_ms(np.array([]), np.array([]), even_edges(60.0, 6)))


@given(st.floats(4, 30), st.floats(100, 1000))
def test_a_steady_pace_has_even_edges(pace: float, t_s: float) -> None:
    line = PaceLine()
    line.set(0.0, pace)
    assert line.breath_edges(t_s) == pytest.approx(even_edges(t_s, pace))


def test_edges_follow_a_changing_pace() -> None:
    line = PaceLine()
    line.set(0.0, 12.0)
    line.set(100.0, 6.0)
    assert line.breath_edges(115.0, 3) == pytest.approx([115, 105, 97.5, 92.5])


def test_there_are_no_paced_breaths_before_the_guide() -> None:
    line = PaceLine()
    line.set(100.0, 6.0)
    assert line.breath_edges(125.0) == pytest.approx([125, 115, 105])
    assert line.breath_edges(90.0) == [90.0]
    line.set(130.0, math.nan)
    assert line.breath_edges(140.0) == [140.0]
    assert [line.at(t) for t in (110.0, 129.0)] == [6, 6]
    assert math.isnan(line.at(99.0))
    assert math.isnan(line.at(130.0))
