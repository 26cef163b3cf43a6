"""What a morning reading leaves in the profile, and what it tells."""

import math

import pytest

from device.session.choosing.preferences import Posture
from device.session.events import Event, Learned, Phase, PhaseChanged, PostureTold
from device.wearer.estimator import Occasion, SessionEstimator
from device.wearer.learner import Learner
from dsp.state.mornings import FEWEST, MorningWord, Standing
from dsp.state.profile import Profile
from dsp.types import Contact, HrvSnapshot, IntervalKind, RRInterval, StateInputs

DAY = 739_000


class Mornings:
    """A wearer at seven o'clock, with a heart of 60 beats a minute."""

    def __init__(self, pulse: bool = False) -> None:
        self.day: int | None = DAY
        self.estimator = SessionEstimator(Profile(), lambda: Occasion("ad8232", self.day, 7.0, pulse=pulse))
        self.learner = Learner(Profile(), self.estimator)

    @property
    def profile(self) -> Profile:
        return self.learner.profile

    def read(self, rmssd_ms: float = 40.0, quality: float = 1.0, posture: Posture = Posture.LYING) -> MorningWord:
        self.obey(PhaseChanged(0.0, Phase.CONTACT))
        self.obey(PostureTold(0.0, posture))
        self.obey(PhaseChanged(0.0, Phase.MORNING))
        for t_s in range(1, 181):
            interval = RRInterval(float(t_s), 1000.0 + rmssd_ms * (t_s % 2), IntervalKind.NORMAL, t_s)
            hrv = HrvSnapshot(float(t_s), 60.0, 60, 0.0)
            state = self.estimator.update(StateInputs(float(t_s), (interval,), hrv, quality, Contact.GOOD, False))
            assert state is None
        learned = self.obey(PhaseChanged(180.0, Phase.SUMMARY))
        assert learned is not None
        assert learned.morning is not None
        return learned.morning

    def obey(self, order: Event) -> Learned | None:
        self.estimator.obey(order)
        learned = self.learner.obey(order)
        if learned is not None:
            self.estimator.obey(learned)
        return learned


def test_a_morning_is_kept_with_its_posture_and_its_minutes_feed_the_level() -> None:
    wearer = Mornings()
    word = wearer.read()
    assert (word.standing, word.mornings) == (Standing.GATHERING, FEWEST - 1)
    assert word.rmssd_ms == pytest.approx(40.0)
    (morning,) = wearer.profile.mornings
    assert (morning.day, morning.sensor, morning.posture) == (DAY, "ad8232", "lying")
    assert [(m.posture, m.clock_h) for m in wearer.profile.free_minutes] == [("lying", 7.0)]
    assert not wearer.profile.resting_days


def test_a_second_reading_of_the_day_is_told_and_does_not_count() -> None:
    wearer = Mornings()
    wearer.read(40.0)
    before = wearer.profile
    word = wearer.read(60.0)
    assert word.rmssd_ms == pytest.approx(60.0)
    assert (word.standing, word.mornings) == (Standing.GATHERING, FEWEST - 1)
    assert wearer.profile == before


def test_a_bad_one_leaves_the_day_to_the_next() -> None:
    wearer = Mornings()
    assert wearer.read(quality=0.2).standing is Standing.UNSURE
    assert wearer.profile == Profile()
    assert wearer.read().standing is Standing.GATHERING
    assert len(wearer.profile.mornings) == 1


def test_a_pulse_that_is_too_even_for_its_sensor_is_unsure() -> None:
    assert Mornings(pulse=True).read(10.0).standing is Standing.UNSURE
    assert Mornings(pulse=False).read(10.0).standing is Standing.GATHERING


def test_without_a_trusted_day_nothing_is_kept() -> None:
    wearer = Mornings()
    wearer.day = None
    word = wearer.read()
    assert word.standing is Standing.UNDATED
    assert word.rmssd_ms == pytest.approx(40.0)
    assert wearer.profile == Profile()


def test_days_of_the_future_are_set_aside_until_the_clock_is_right() -> None:
    wearer = Mornings()
    wearer.day = DAY + 4000
    wearer.read()
    for number in range(FEWEST):
        wearer.day = DAY + number
        word = wearer.read(40.0 + number % 3)
        assert word.mornings == (FEWEST - 1 - number or FEWEST // 2)
    assert word.standing is Standing.WITHIN


def test_two_weeks_of_less_are_below() -> None:
    wearer = Mornings()
    words = []
    for number in range(60):
        wearer.day = DAY + number
        words.append(wearer.read((40.0 if number < 40 else 20.0) * math.exp(0.1 * math.sin(number * 2.4))).standing)
    assert set(words[: FEWEST - 1]) == {Standing.GATHERING}
    assert set(words[FEWEST - 1 : 40]) == {Standing.WITHIN}
    assert words[53] is Standing.BELOW


def test_an_ordinary_session_after_it_has_no_morning() -> None:
    wearer = Mornings()
    wearer.read()
    wearer.obey(PhaseChanged(200.0, Phase.CHECK_IN))
    assert wearer.estimator.morning is None
    learned = wearer.obey(PhaseChanged(210.0, Phase.SUMMARY))
    assert learned is None or learned.morning is None
