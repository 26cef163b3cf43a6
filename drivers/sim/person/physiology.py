"""The simulated body's inside: breathing, baroreflex, tone and the beats they give, stepped through time."""

import bisect
import cmath
import math
from array import array
from dataclasses import dataclass
from typing import Final

import numpy as np

from drivers.sim.person.wearer import WearerProfile

STEP_S: Final = 0.02
_TWO_PI: Final = 2.0 * math.pi
_TONE_S: Final = 45.0  # time constants: tone towards its goal,
_RELIEF_S: Final = 120.0  # calm gained by slow breathing,
_ENTRAIN_S: Final = 12.0  # a guide being followed,
_PHASE_S: Final = 3.0  # and its phase
_SLOW_BREATHS_PER_MIN: Final = 9.0
_MAYER_BANDWIDTH_HZ: Final = 0.008
_DRIFT_S: Final = (2.0, 8.0, 32.0, 128.0)  # time constants whose sum is about 1/f
_PREMATURE: Final = 0.62  # an ectopic comes after this share of the RR; a compensatory pause follows
_FRESH_NOISE: Final = 4096


@dataclass(frozen=True, slots=True)
class TrueBeat:
    """A beat as it happened: when its R wave peaks, and the RR before it."""

    t_s: float
    rr_s: float
    ectopic: bool


class Breath:
    """A breathing phase that runs freely, or locks to a guide as far as the wearer complies."""

    def __init__(self, profile: WearerProfile, rng: np.random.Generator) -> None:
        self._profile = profile
        self._rng = rng
        self._guide_breaths_per_min = math.nan
        self._guide_share = 0.4
        self._guide_phase = math.nan
        self._followed = 0.0
        self._wobble = 1.0
        self._depth = 1.0
        self._phase = float(rng.uniform())
        self.rate_hz = profile.free_breaths_per_min / 60.0

    def follow(self, breaths_per_min: float, inhale_share: float, phase: float) -> None:
        """`phase` is the guide's at the next step, NaN where only its rate is known."""
        self._guide_breaths_per_min = breaths_per_min
        self._guide_share = inhale_share
        self._guide_phase = phase

    @property
    def guided(self) -> float:
        """0 when breathing freely, up to the wearer's compliance when following."""
        return self._followed

    def step(self) -> float:
        """Advance by one step; the lung's volume, from -1 (empty) to about 1 (full) by the breath's depth."""
        free = math.isnan(self._guide_breaths_per_min)
        goal = 0.0 if free else self._profile.compliance
        self._followed += (goal - self._followed) * STEP_S / _ENTRAIN_S
        own = self._profile.free_breaths_per_min
        guided = own if free else self._guide_breaths_per_min
        blended = guided if self._followed > 0.6 else own + (guided - own) * self._followed / 0.6
        self.rate_hz = blended * self._wobble / 60.0
        self._phase += self.rate_hz * STEP_S + self._catch_up()
        if self._phase >= 1.0:
            self._phase -= 1.0
            self._next_breath()
        share = 0.4 if free else self._guide_share
        p = self._phase
        turn = 0.5 * p / share if p < share else 0.5 + 0.5 * (p - share) / (1.0 - share)
        return self._depth * (1.0 - math.cos(_TWO_PI * turn)) - 1.0

    def _catch_up(self) -> float:
        """The share of a breath to hurry or linger in this step, so as to come into the guide's phase."""
        if math.isnan(self._guide_phase):
            return 0.0
        error = (self._guide_phase - self._phase + 0.5) % 1.0 - 0.5
        self._guide_phase = (self._guide_phase + self._guide_breaths_per_min / 60.0 * STEP_S) % 1.0
        slowest = -0.8 * self.rate_hz * STEP_S
        return max(self._followed * error * STEP_S / _PHASE_S, slowest)

    def _next_breath(self) -> None:
        looseness = 1.0 - 0.97 * self._followed
        self._wobble = math.exp(self._rng.normal(0.0, self._profile.breath_variation * looseness))
        self._depth = math.exp(self._rng.normal(0.0, 0.5 * self._profile.breath_variation))


class Physiology:
    """Steps breathing, resonance, tone and heart together; remembers what the waveforms need.

    `volume` and `tone_trace` hold one value a step from time 0; `beats` are in time order.
    """

    def __init__(self, profile: WearerProfile, rng: np.random.Generator, tone: float) -> None:
        self.profile = profile
        self.tone = tone
        self.tone_goal = tone
        self.relief = 0.0
        self.volume = array("d")
        self.tone_trace = array("d")
        self.beats: list[TrueBeat] = []
        self.breath = Breath(profile, rng)
        self._rng = rng
        self._noise: list[float] = []
        self._resonance = [0.0, 0.0]
        self._delay_steps = round(profile.baroreflex_delay_s / STEP_S)
        self._mayer = complex(rng.normal(), rng.normal()) / math.sqrt(2.0)
        decay = math.exp(-_TWO_PI * _MAYER_BANDWIDTH_HZ * STEP_S)
        self._mayer_turn = decay * cmath.exp(1j * _TWO_PI * profile.mayer_hz * STEP_S)
        self._mayer_kick = math.sqrt((1.0 - decay * decay) / 2.0)
        self._drift = [float(x) for x in rng.normal(size=len(_DRIFT_S))]
        self._until_beat = float(rng.uniform(0.2, 1.0))  # share of an RR left to run
        self._beat_noise_s = 0.0
        self._pause = 1.0
        self._ectopic_next = False

    @property
    def frontier_s(self) -> float:
        """Everything before this has happened and can no longer be influenced."""
        return len(self.volume) * STEP_S

    def advance_to(self, t_s: float) -> None:
        while self.frontier_s < t_s:
            self._step()

    def beats_between(self, start_s: float, end_s: float) -> list[TrueBeat]:
        first = bisect.bisect_left(self.beats, start_s, key=lambda beat: beat.t_s)
        last = bisect.bisect_left(self.beats, end_s, key=lambda beat: beat.t_s)
        return self.beats[first:last]

    def _normal(self) -> float:
        if not self._noise:
            self._noise = self._rng.normal(size=_FRESH_NOISE).tolist()
        return self._noise.pop()

    def _step(self) -> None:
        self._step_tone()
        self.volume.append(self.breath.step())
        self.tone_trace.append(self.tone)
        rr_s = self._rr_now_s()
        left = self._until_beat - STEP_S / rr_s
        if left <= 0.0:
            self._beat(self.frontier_s - STEP_S + self._until_beat * rr_s)
            left += 1.0
        self._until_beat = left

    def _step_tone(self) -> None:
        profile = self.profile
        pace = 60.0 * self.breath.rate_hz
        effect = profile.response(pace) * self.breath.guided if pace < _SLOW_BREATHS_PER_MIN else 0.0
        self.relief += (profile.calming * effect - self.relief) * STEP_S / _RELIEF_S
        goal = min(max(self.tone_goal - self.relief, 0.0), 1.0)
        self.tone += (goal - self.tone) * STEP_S / _TONE_S

    def _rr_now_s(self) -> float:
        profile = self.profile
        vagal = profile.vagal_scale(self.tone)
        self._mayer = self._mayer * self._mayer_turn + self._mayer_kick * complex(self._normal(), self._normal())
        slow = profile.mayer_ms * self._mayer.real * vagal
        modulation_ms = slow - 0.5 * profile.rsa_ms * vagal * self._resonate()
        rr_s = profile.rr_s(self.tone)
        return self._pause * (rr_s * math.exp(0.001 * modulation_ms / rr_s) + self._beat_noise_s)

    def _resonate(self) -> float:
        """Second-order band pass with gain 1 at the resonance, driven by the lung's volume some time ago."""
        at = len(self.volume) - 1 - self._delay_steps
        drive = self.volume[at] if at >= 0 else 0.0
        w = _TWO_PI * self.profile.resonance_hz
        low, band = self._resonance
        band += STEP_S * w * ((drive - band) / self.profile.resonance_q - low)
        low += STEP_S * w * band
        self._resonance = [low, band]
        return band

    def _beat(self, t_s: float) -> None:
        rr_s = t_s - self.beats[-1].t_s if self.beats else self.profile.rr_s(self.tone)
        self.beats.append(TrueBeat(t_s, rr_s, self._ectopic_next))
        was_ectopic, self._ectopic_next = self._ectopic_next, False
        if was_ectopic:
            self._pause = 2.0 - _PREMATURE
        elif self._rng.uniform() < self.profile.ectopics_per_min * rr_s / 60.0:
            self._ectopic_next = True
            self._pause = _PREMATURE
        else:
            self._pause = 1.0
        vagal = self.profile.vagal_scale(self.tone)
        for i, time_constant_s in enumerate(_DRIFT_S):
            keep = math.exp(-rr_s / time_constant_s)
            self._drift[i] = keep * self._drift[i] + math.sqrt(1.0 - keep * keep) * self._normal()
        drift_ms = self.profile.drift_ms * sum(self._drift) / math.sqrt(len(_DRIFT_S))
        jitter_ms = self.profile.jitter_ms * vagal * self._normal()
        self._beat_noise_s = 0.001 * (drift_ms * math.sqrt(vagal) + jitter_ms)
