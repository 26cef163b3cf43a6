import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.recording.format.units import NO_UNIT, UV_PER_UNIT, unit_of_column, uv_per_unit

MICRO = ["u", "µ", "μ", "micro"]
PREFIXES = {1e-3: ["n", "nano"], 1.0: MICRO, 1e3: ["m", "milli"], 1e6: [""]}
VOLTS = ["V", "Volt", "volts"]


@st.composite
def voltages(draw: st.DrawFn) -> tuple[str, float]:
    """(unit as somebody may write it, microvolts in it)."""
    uv = draw(st.sampled_from(list(PREFIXES)))
    unit = draw(st.sampled_from(PREFIXES[uv])) + draw(st.sampled_from(VOLTS))
    return draw(st.sampled_from([unit, unit.upper(), unit.lower(), f" {unit} ", f"[{unit}]", f"({unit})"])), uv


@given(voltages())
def test_a_voltage_is_read_however_it_is_spelt(voltage: tuple[str, float]) -> None:
    unit, uv = voltage
    assert uv_per_unit(unit) == uv


@pytest.mark.parametrize("sign", ["µV", "μV"])
def test_a_micro_sign_is_read_in_utf8_that_was_taken_for_latin_1(sign: str) -> None:
    assert uv_per_unit(sign.encode("utf-8").decode("latin-1")) == 1.0


@pytest.mark.parametrize("unit", ["bpm", "g", "ms", "Ohm", "degC", "mmHg", "W", "mA", "VV", "mm V2"])
def test_what_is_no_voltage_is_none(unit: str) -> None:
    assert uv_per_unit(unit) is None


@given(st.text(max_size=12))
def test_any_text_is_a_voltage_no_unit_or_none(text: str) -> None:
    assert uv_per_unit(text) in {None, *UV_PER_UNIT.values()}
    unit_of_column(text)


@pytest.mark.parametrize("unit", sorted(NO_UNIT))
def test_numbers_without_a_unit_are_taken_as_they_come(unit: str) -> None:
    assert uv_per_unit(unit.upper()) == 1.0


@given(voltages(), st.sampled_from(["ecg", "ECG", "lead II", "chest 2"]))
def test_a_column_tells_its_unit_behind_a_bar_or_in_brackets(voltage: tuple[str, float], name: str) -> None:
    bare, uv = voltage[0].strip(" []()"), voltage[1]
    for column in (f"{name}_{bare}", f"{name} [{bare}]", f"{name} ({bare})", f"{name}[{bare}]"):
        unit = unit_of_column(column)
        assert unit is not None
        assert uv_per_unit(unit) == uv


@pytest.mark.parametrize("column", ["ecg", "lead_II", "II", "V5", "lead V", "ECG (II)", "ecg_raw", "heart signal"])
def test_a_column_without_a_unit_tells_none(column: str) -> None:
    assert unit_of_column(column) is None


def test_square_brackets_hold_a_unit_whatever_it_is() -> None:
    assert unit_of_column("ECG [mmHg]") == "mmHg"
