"""Who the simulated body is: parameters of heart, breath and baroreflex, and how they vary from person to person."""

import math
from dataclasses import dataclass
from typing import Final

import numpy as np

REFERENCE_TONE: Final = 0.4  # the tone at which rr, rsa and jitter parameters hold


@dataclass(frozen=True, slots=True)
class WearerProfile:
    """One person. Amplitudes hold at `REFERENCE_TONE`; more stress shrinks them and raises the heart rate.

    `rsa_ms` is peak to trough at the resonance. Tone runs from 0 (calm) to 1 (stress). `calming` is how far
    breathing at the resonance lowers tone, and `compliance` how closely the breath follows a guide (0 to 1).
    """

    hr_bpm: float = 68.0
    hr_tone_bpm: float = 28.0
    rsa_ms: float = 130.0
    vagal_tone_slope: float = 1.6
    resonance_hz: float = 0.092
    resonance_q: float = 1.4
    baroreflex_delay_s: float = 0.6
    mayer_ms: float = 14.0
    mayer_hz: float = 0.1
    jitter_ms: float = 4.0
    drift_ms: float = 12.0
    free_breaths_per_min: float = 14.0
    breath_variation: float = 0.1
    compliance: float = 0.95
    calming: float = 0.3
    ectopics_per_min: float = 0.0
    pulse_transit_s: float = 0.22

    @property
    def resonance_breaths_per_min(self) -> float:
        return 60.0 * self.resonance_hz

    def response(self, breaths_per_min: float) -> float:
        """Steady RSA at a pace over RSA at the resonance: the size of a second-order band pass."""
        ratio = breaths_per_min / self.resonance_breaths_per_min
        return 1.0 / math.hypot(1.0, self.resonance_q * (ratio - 1.0 / ratio))

    def vagal_scale(self, tone: float) -> float:
        """Size of all vagal modulation at a tone, 1 at the reference tone."""
        return math.exp(-self.vagal_tone_slope * (tone - REFERENCE_TONE))

    def rr_s(self, tone: float) -> float:
        """Mean RR at a tone, before any modulation."""
        return 60.0 / (self.hr_bpm + self.hr_tone_bpm * (tone - REFERENCE_TONE))


@dataclass(frozen=True, slots=True)
class Disturbances:
    """What spoils the signal. Amplitudes in mV at the electrode, `pulse_noise` in pulse heights; the pulse sensor
    feels the same motion.

    `leads_off` lists (start_s, end_s, which), which being "positive", "negative", "both" or "finger".
    """

    noise_mv: float = 0.008
    hum_mv: float = 0.01
    hum_hz: float = 50.0
    wander_mv: float = 0.05
    pulse_noise: float = 0.01
    motion_per_min: float = 0.0
    motion_mv: float = 0.8
    leads_off: tuple[tuple[float, float, str], ...] = ()


def random_body(rng: np.random.Generator) -> WearerProfile:
    """A plausible adult. The resonance lies between 4.5 and 6.6 breaths a minute."""
    return WearerProfile(
        hr_bpm=float(np.clip(rng.normal(68.0, 8.0), 50.0, 92.0)),
        hr_tone_bpm=float(rng.uniform(16.0, 36.0)),
        rsa_ms=float(np.clip(math.exp(rng.normal(math.log(120.0), 0.4)), 45.0, 280.0)),
        vagal_tone_slope=float(rng.uniform(1.1, 2.1)),
        resonance_hz=float(rng.uniform(0.075, 0.11)),
        resonance_q=float(rng.uniform(1.0, 2.2)),
        baroreflex_delay_s=float(rng.uniform(0.3, 1.5)),
        mayer_ms=float(rng.uniform(6.0, 22.0)),
        mayer_hz=float(rng.uniform(0.085, 0.11)),
        jitter_ms=float(rng.uniform(2.0, 7.0)),
        drift_ms=float(rng.uniform(6.0, 18.0)),
        free_breaths_per_min=float(np.clip(rng.normal(14.0, 2.2), 9.5, 20.0)),
        breath_variation=float(rng.uniform(0.06, 0.16)),
        compliance=float(rng.uniform(0.85, 0.99)),
        calming=float(rng.uniform(0.1, 0.45)),
        pulse_transit_s=float(rng.uniform(0.18, 0.28)),
    )
