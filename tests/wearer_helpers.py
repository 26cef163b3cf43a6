"""Estimator and learner as the appliance leads them along a session."""

from device.session.events import Event
from device.wearer.estimator import Occasion, SessionEstimator
from device.wearer.learner import Learner
from dsp.state.profile import Profile


class Taught:
    """At nine in the morning of `day`, None where no clock is trusted."""

    def __init__(self, profile: Profile, day: int | None) -> None:
        self.estimator = SessionEstimator(profile, lambda: Occasion("ad8232", day, 9.0))
        self.learner = Learner(profile, self.estimator)

    @property
    def profile(self) -> Profile:
        return self.learner.profile

    def obey(self, order: Event) -> float | None:
        """What was found of the resonance."""
        self.estimator.obey(order)
        learned = self.learner.obey(order)
        if learned is None:
            return None
        assert learned.profile == self.profile
        self.estimator.obey(learned)
        return learned.found_breaths_per_min
