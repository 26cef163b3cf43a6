import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.session.showing.cues import NO_CUES, cue_duty, eased
from dsp.types import BreathKind, BreathPhase

progresses = st.floats(0.0, 1.0)
paces = st.floats(4.0, 15.0)
kinds = st.sampled_from(list(BreathKind))


def inhale(progress: float) -> BreathPhase:
    return BreathPhase(BreathKind.INHALE, progress, 6.0)


def exhale(progress: float) -> BreathPhase:
    return BreathPhase(BreathKind.EXHALE, progress, 6.0)


@given(kinds, progresses, paces)
def test_both_are_off_at_level_0(kind: BreathKind, progress: float, pace: float) -> None:
    assert cue_duty(BreathPhase(kind, progress, pace), 0, 0) == NO_CUES


@given(kinds, progresses, paces, st.integers(0, 3), st.integers(0, 3))
def test_duties_stay_between_0_and_1(kind: BreathKind, progress: float, pace: float, led: int, motor: int) -> None:
    duty = cue_duty(BreathPhase(kind, progress, pace), led, motor)
    assert 0.0 <= duty.led <= 1.0
    assert 0.0 <= duty.vibration <= 1.0


@given(kinds, st.floats(0.05, 0.95))
def test_a_higher_level_is_never_weaker(kind: BreathKind, progress: float) -> None:
    duties = [cue_duty(BreathPhase(kind, progress, 6.0), level, level) for level in range(4)]
    assert [duty.led for duty in duties] == sorted(duty.led for duty in duties)
    assert [duty.vibration for duty in duties] == sorted(duty.vibration for duty in duties)
    assert len({duty.led for duty in duties}) == 4


def test_the_light_rises_through_the_inhale_and_sinks_through_the_exhale() -> None:
    rising = [cue_duty(inhale(i / 20), 3, 0).led for i in range(21)]
    sinking = [cue_duty(exhale(i / 20), 3, 0).led for i in range(21)]
    assert rising == sorted(rising)
    assert sinking == sorted(sinking, reverse=True)
    assert rising[-1] == pytest.approx(sinking[0]) == pytest.approx(1.0)
    assert rising[0] == pytest.approx(sinking[-1], abs=1e-9) == pytest.approx(0.0, abs=1e-9)


def bursts(duties: list[float]) -> list[int]:
    """How many samples each stretch of vibration lasts."""
    lengths, run = [], 0
    for duty in [*duties, 0.0]:
        if duty > 0.0:
            run += 1
        elif run:
            lengths.append(run)
            run = 0
    return lengths


@pytest.mark.parametrize("level", [1, 2, 3])
def test_inhale_and_exhale_feel_different(level: int) -> None:
    in_s, out_s, step_s = 4.0, 6.0, 0.01
    swell = bursts([cue_duty(inhale(i * step_s / in_s), 0, level).vibration for i in range(400)])
    taps = bursts([cue_duty(exhale(i * step_s / out_s), 0, level).vibration for i in range(600)])
    assert len(swell) == 1
    assert swell[0] * step_s > 2.0
    assert len(taps) == 2
    assert all(tap * step_s < 0.3 for tap in taps)


def test_the_motor_is_still_for_most_of_the_exhale() -> None:
    assert all(cue_duty(exhale(i / 100), 0, 3).vibration == 0.0 for i in range(15, 101))


@given(progresses, progresses)
def test_easing_keeps_order_and_ends(a: float, b: float) -> None:
    assert eased(0.0) == 0.0
    assert eased(1.0) == 1.0
    assert (eased(a) <= eased(b)) or a >= b
