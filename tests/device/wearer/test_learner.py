import math

import pytest

from device.session.events import PaceChanged, Phase, PhaseChanged
from dsp.state.profile import Profile
from dsp.types import Contact, HrvSnapshot, IntervalKind, MetricsRow, Output, RRInterval, StateInputs
from tests.wearer_helpers import Taught


def seconds(wearer: Taught, count: int, from_s: int, pace: float = math.nan) -> None:
    """A heart at 60 beats a minute, read without fault."""
    for t_s in range(from_s, from_s + count):
        rr_ms = 1000.0 if t_s % 2 else 960.0
        interval = RRInterval(float(t_s), rr_ms, IntervalKind.NORMAL, t_s)
        hrv = HrvSnapshot(float(t_s), 60.0, 60, 0.0, 61.0, 40.0, 40.0)
        wearer.estimator.update(
            StateInputs(float(t_s), (interval,), hrv, 1.0, Contact.GOOD, False, pace_breaths_per_min=pace)
        )


@pytest.fixture
def taught() -> Taught:
    """Has been through one session."""
    wearer = Taught(Profile(), day=739_000)
    wearer.obey(PhaseChanged(0.0, Phase.CHECK_IN))
    wearer.obey(PhaseChanged(10.0, Phase.REST))
    seconds(wearer, 120, 10)
    wearer.obey(PhaseChanged(140.0, Phase.SUMMARY))
    return wearer


def test_a_session_teaches_its_rest(taught: Taught) -> None:
    (day,) = taught.profile.resting_days
    assert (day.day, day.sensor, day.readings) == (739_000, "ad8232", 1)


def test_a_session_cut_off_before_its_rest_teaches_nothing_of_the_one_before(taught: Taught) -> None:
    before = taught.profile
    taught.obey(PhaseChanged(200.0, Phase.CHECK_IN))
    taught.obey(PhaseChanged(210.0, Phase.SUMMARY))
    assert taught.profile == before


@pytest.mark.parametrize(("rested_s", "kept"), [(58, True), (20, False)])
def test_a_rest_that_went_on_into_the_guide_is_no_free_minute(rested_s: int, kept: bool) -> None:
    wearer = Taught(Profile(), day=739_000)
    wearer.obey(PhaseChanged(0.0, Phase.REST))
    seconds(wearer, rested_s, 0)
    wearer.obey(PhaseChanged(float(rested_s), Phase.GUIDED))
    seconds(wearer, 100, rested_s, pace=6.0)
    assert wearer.estimator.rest is not None
    wearer.obey(PhaseChanged(rested_s + 100.0, Phase.SUMMARY))
    assert bool(wearer.profile.resting_days) == kept
    assert bool(wearer.profile.free_minutes) == kept


@pytest.mark.parametrize(("cause", "kept"), [("stop", 2), ("dizzy", 1)])
def test_a_minute_after_dizziness_is_no_free_minute(cause: str, kept: int) -> None:
    wearer = Taught(Profile(), day=739_000)
    wearer.obey(PhaseChanged(0.0, Phase.REST))
    seconds(wearer, 70, 0)
    wearer.obey(PhaseChanged(70.0, Phase.GUIDED))
    wearer.obey(PaceChanged(70.0, 6.0, "ramp"))
    seconds(wearer, 60, 70, pace=6.0)
    wearer.obey(PaceChanged(130.0, math.nan, cause))
    wearer.obey(PhaseChanged(130.0, Phase.FREE))
    seconds(wearer, 70, 130)
    wearer.obey(PhaseChanged(200.0, Phase.SUMMARY))
    assert len(wearer.profile.free_minutes) == kept


def test_there_is_no_state_between_check_in_and_rest(taught: Taught) -> None:
    taught.obey(PhaseChanged(200.0, Phase.CHECK_IN))
    hrv = HrvSnapshot(201.0, 60.0, 60, 0.0, 61.0, 40.0, 40.0)
    assert taught.estimator.update(StateInputs(201.0, (), hrv, 1.0, Contact.GOOD, False)) is None
    assert taught.estimator.rest is None


def test_what_is_learnt_of_a_rest_after_the_stairs_is_the_rest_and_not_the_guide() -> None:
    """A heart that comes down from 90 to 70, and 6 lower with the guide; the state follows it, the profile does not."""
    wearer, t_s, whole = Taught(Profile(), day=739_000), 0.0, 0
    wearer.obey(PhaseChanged(0.0, Phase.REST))
    told_ln_hr = math.nan
    pending: list[RRInterval] = []
    while whole < 400:
        if wearer.estimator.rest is not None and math.isnan(told_ln_hr):
            told_ln_hr = wearer.estimator.rest.ln_hr
            wearer.obey(PhaseChanged(float(whole), Phase.GUIDED))
        guided = not math.isnan(told_ln_hr)
        rr_s = 60.0 / (70.0 + 20.0 * math.exp(-t_s / 35.0) - 6.0 * guided)
        t_s += rr_s
        pending.append(RRInterval(t_s, 1000.0 * rr_s, IntervalKind.NORMAL, len(pending)))
        if t_s > whole + 1:
            whole += 1
            hrv = HrvSnapshot(float(whole), 60.0 / rr_s, 60, 0.0, 61.0, 40.0, 40.0)
            pace = 6.0 if guided else math.nan
            inputs = StateInputs(float(whole), tuple(pending), hrv, 1.0, Contact.GOOD, False, pace_breaths_per_min=pace)
            wearer.estimator.update(inputs)
            pending = []
    assert wearer.estimator.rest is not None
    assert wearer.estimator.rest.ln_hr < told_ln_hr - 0.03  # what the session is held against has moved
    wearer.obey(PhaseChanged(400.0, Phase.SUMMARY))
    (day,) = wearer.profile.resting_days
    assert day.mean_hr_bpm == pytest.approx(math.exp(told_ln_hr))


@pytest.mark.parametrize("alone", [Phase.HELP, Phase.EVENING])
def test_the_guide_alone_teaches_no_pace(alone: Phase) -> None:
    wearer = Taught(Profile(), day=739_000)
    wearer.obey(PhaseChanged(0.0, alone))
    wearer.obey(PaceChanged(0.0, 10.0, "ramp"))
    for first, pace in ((0, 6.0), (200, 7.0), (400, math.nan)):
        wearer.obey(PaceChanged(float(first), pace, "ramp"))
        rows = [MetricsRow(float(t_s), mean_hr_bpm=64.0, rsa_ms=50.0 + first / 10) for t_s in range(first, first + 150)]
        wearer.learner.on_output(Output(rows=rows))
    wearer.obey(PhaseChanged(600.0, Phase.SUMMARY))
    assert wearer.profile == Profile()
