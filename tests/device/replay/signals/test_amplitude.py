"""The unit of an ECG whose file tells none, or a wrong one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.errors import UsageError
from device.replay.signals.amplitude import Measured, ecg_scale
from dsp.types import FloatArray
from tests.synthetic import ecg, noise, regular_r_times

FS_HZ, SECONDS = 250.0, 20
HEART_UV = ecg(regular_r_times(SECONDS), FS_HZ, SECONDS)
SCALES = {"mV": 1e3, "uV": 1.0, "V": 1e6}


@given(
    st.sampled_from(sorted(SCALES)),
    st.floats(0.15, 5.0),
    st.sampled_from(["mV", "uV"]),
    st.sampled_from([None, "", " "]),
)
def test_a_heart_s_size_tells_the_unit(true: str, size: float, usual: str, unit: str | None) -> None:
    values = HEART_UV * size / SCALES[true]
    scale, said = ecg_scale(Measured("x", values, FS_HZ, unit), usual, None)
    assert scale == SCALES[true]
    assert (said == "") == (true == usual == "mV")
    assert said == "" or f"taken as {true} by its size" in said


@pytest.mark.parametrize("factor", [1e-9, 2e4, 1e9])
def test_a_size_that_no_heart_has_is_said_and_taken_as_it_comes(factor: float) -> None:
    scale, said = ecg_scale(Measured("x", HEART_UV * factor, FS_HZ, None), "mV", None)
    assert scale == 1.0
    assert "no heart in mV or uV" in said


@pytest.mark.parametrize(("unit", "factor", "doubted"), [("mV", 1e-3, False), ("mV", 1.0, True), ("uV", 1e-3, True)])
def test_a_stated_unit_is_believed_and_doubted_aloud(unit: str, factor: float, doubted: bool) -> None:
    scale, said = ecg_scale(Measured("x", HEART_UV * factor, FS_HZ, unit), "uV", None)
    assert scale == SCALES[unit]
    assert ("no heart's" in said) == doubted


@pytest.mark.parametrize("unit", [None, "NU", "degC", "mV"])
def test_the_user_s_unit_goes_before_all(unit: str | None) -> None:
    assert ecg_scale(Measured("x", HEART_UV, FS_HZ, unit), "uV", "nV") == (1e-3, "")
    with pytest.raises(UsageError, match="--unit furlong: an ECG is read in"):
        ecg_scale(Measured("x", HEART_UV, FS_HZ, unit), "uV", "furlong")


@pytest.mark.parametrize("values", [np.zeros(900), np.full(900, np.nan), np.zeros(0), np.zeros(1)])
def test_nothing_has_no_size(values: FloatArray) -> None:
    assert ecg_scale(Measured("x", values, FS_HZ, None), "mV", None) == (1e3, "")


def test_a_glitch_or_a_loose_electrode_is_not_taken_for_the_heart() -> None:
    values = HEART_UV / 1000 + noise(len(HEART_UV), 0.02, 1)
    values[1000:1010] = 1e6
    values[2000:2600] = np.nan
    assert ecg_scale(Measured("x", values, FS_HZ, None), "mV", None) == (1e3, "")
