"""The usual range of mornings, and what makes a reading."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsp.state.mornings import (
    BASE,
    FEWEST,
    RECENT,
    SETTLE_S,
    Morning,
    MorningCollector,
    MorningReading,
    Standing,
    usual_range,
    word_of,
)
from dsp.types import NAN, Contact, HrvSnapshot, IntervalKind, RRInterval, StateInputs

FIRST = 739_000
OTHER_SIDE = {
    Standing.ABOVE: Standing.BELOW,
    Standing.BELOW: Standing.ABOVE,
    Standing.WITHIN: Standing.WITHIN,
}
days = st.lists(st.floats(2.0, 4.5), min_size=FEWEST, max_size=RECENT + BASE + 20)


def mornings(values: list[float], sensor: str = "ecg", posture: str = "lying") -> list[Morning]:
    return [Morning(FIRST + i, sensor, posture, value, 4.1) for i, value in enumerate(values)]


def ordinary(count: int, seed: int = 1) -> list[float]:
    return list(3.4 + 0.25 * np.random.default_rng(seed).standard_normal(count))


# --- the range


@given(days)
def test_what_is_above_is_below_in_the_mirror(values: list[float]) -> None:
    assert usual_range([-value for value in values]).standing is OTHER_SIDE[usual_range(values).standing]


@given(days)
def test_days_beyond_the_base_change_nothing(values: list[float]) -> None:
    padded = [9.0] * 5 + values[-1:] * (RECENT + BASE - len(values)) + values
    assert usual_range(padded[-(RECENT + BASE) :]) == usual_range(padded)


@given(days, st.floats(0.1, 10.0))
def test_it_is_the_same_in_any_unit(values: list[float], scale: float) -> None:
    found, scaled = usual_range(values), usual_range([scale * value for value in values])
    assert scaled.recent == pytest.approx(scale * found.recent)
    assert scaled.reach == pytest.approx(scale * found.reach, abs=1e-9)


@pytest.mark.parametrize(("shift", "standing"), [(0.0, Standing.WITHIN), (1.0, Standing.ABOVE), (-1.0, Standing.BELOW)])
def test_two_weeks_of_another_level_are_told(shift: float, standing: Standing) -> None:
    values = ordinary(60 + 14)
    assert usual_range([*values[:60], *(value + shift for value in values[60:])]).standing is standing


def test_one_odd_day_is_not_told() -> None:
    assert usual_range([*ordinary(60), 1.0]).standing is Standing.WITHIN


def test_it_is_wider_while_there_are_few_days() -> None:
    few, many = (np.mean([usual_range(ordinary(count, seed)).reach for seed in range(50)]) for count in (14, 74))
    assert few > 2 * many


def test_days_that_are_alike_their_neighbours_widen_it() -> None:
    values = ordinary(74)
    assert usual_range(sorted(values)[::2] + sorted(values)[1::2]).reach > usual_range(values).reach


@pytest.mark.parametrize("count", [1, FEWEST - 1, FEWEST, 40])
def test_before_fourteen_it_says_how_many_more(count: int) -> None:
    taken = mornings(ordinary(count))
    word = word_of(taken, today=taken[-1])
    assert word.rmssd_ms == pytest.approx(math.exp(taken[-1].ln_rmssd))
    if count < FEWEST:
        assert (word.standing, word.mornings) == (Standing.GATHERING, FEWEST - count)
    else:
        assert (word.standing, word.mornings) == (Standing.WITHIN, min(RECENT, count // 2))


@pytest.mark.parametrize("other", [{"sensor": "ppg"}, {"posture": "sitting"}])
def test_only_like_mornings_are_compared(other: dict[str, str]) -> None:
    taken = mornings(ordinary(3))
    word = word_of([*mornings(ordinary(40), **other), *taken], today=taken[-1])
    assert (word.standing, word.mornings) == (Standing.GATHERING, FEWEST - 3)


# --- one reading


def measured(
    seconds: int,
    *,
    swing_ms: float = 40.0,
    settling_swing_ms: float = 40.0,
    quality: float = 1.0,
    irregular: bool = False,
    spoilt_every: int = 0,
    pulse: bool = False,
) -> MorningReading | None:
    """Of a heart of 60 beats a minute whose intervals go up and down by `swing_ms`."""
    collector = MorningCollector()
    for t_s in range(1, seconds + 1):
        swing = settling_swing_ms if t_s <= SETTLE_S else swing_ms
        kind = IntervalKind.EXTRA if spoilt_every and t_s % spoilt_every == 0 else IntervalKind.NORMAL
        interval = RRInterval(float(t_s), 1000.0 + swing * (t_s % 2), kind, t_s)
        hrv = HrvSnapshot(float(t_s), 60.0, 60, 0.0)
        collector.add(StateInputs(float(t_s), (interval,), hrv, quality, Contact.GOOD, irregular))
    return collector.reading(pulse=pulse)


def test_the_minute_to_settle_does_not_count() -> None:
    reading = measured(180, swing_ms=40.0, settling_swing_ms=200.0)
    assert reading is not None
    assert math.exp(reading.ln_rmssd) == pytest.approx(40.0)
    assert math.exp(reading.ln_hr) == pytest.approx(60_000 / 1020.0, rel=0.001)
    assert [round(math.exp(minute.ln_rmssd)) for minute in reading.minutes] == [40, 40]


@pytest.mark.parametrize(
    "odd",
    [{"seconds": 140}, {"quality": 0.3}, {"irregular": True}, {"spoilt_every": 3}, {"swing_ms": 12.0, "pulse": True}],
)
def test_what_the_signal_does_not_carry_is_no_reading(odd: dict[str, object]) -> None:
    assert measured(**{"seconds": 180, **odd}) is None  # type: ignore[arg-type]


def test_seconds_that_cannot_be_read_are_made_up_for() -> None:
    collector = MorningCollector()
    for t_s in range(1, 261):
        contact = Contact.POSITIVE_OFF if 90 < t_s <= 170 else Contact.GOOD
        interval = RRInterval(float(t_s), 1000.0 + 40.0 * (t_s % 2), IntervalKind.NORMAL, t_s)
        collector.add(StateInputs(float(t_s), (interval,), HrvSnapshot(float(t_s), 60.0, 60, 0.0), 1.0, contact, False))
    reading = collector.reading()
    assert reading is not None
    assert math.exp(reading.ln_rmssd) == pytest.approx(40.0)
    assert NAN not in [minute.ln_hr for minute in reading.minutes]
