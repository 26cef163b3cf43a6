import math

import pytest

from device.session.events import PaceChanged, Phase, PhaseChanged
from dsp.state.profile import Profile
from dsp.types import Contact, HrvSnapshot, IntervalKind, RRInterval, StateInputs
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
