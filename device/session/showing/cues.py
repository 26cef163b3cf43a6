"""Breathing with closed eyes: what an LED and a vibration motor do along the guide. Both are off by default.

Inhale: the light swells and the motor swells with it. Exhale: the light sinks, and the motor gives two soft taps and is
then still, so that the two can be told apart by touch alone. Nothing starts or ends abruptly.
"""

import math
from dataclasses import dataclass

from dsp.guide import INHALE_SHARE
from dsp.types import BreathKind, BreathPhase

LED_PEAKS = (0.0, 0.06, 0.25, 1.0)
VIBRATION_PEAKS = (0.0, 0.4, 0.65, 1.0)
# Below this duty a small motor only hums without turning.
VIBRATION_FLOOR = 0.25
# Of its strength a cue loses so much where the guide is a few dots.
MOST_FADED = 0.9
TAP_S = 0.25
TAP_STARTS_S = (0.1, 0.55)


@dataclass(frozen=True, slots=True)
class CueDuty:
    """PWM duties from 0 to 1."""

    led: float
    vibration: float


NO_CUES = CueDuty(0.0, 0.0)


def cue_duty(breath: BreathPhase, led_level: int, vibration_level: int, fade: float = 0.0) -> CueDuty:
    """What both do at `breath`; levels run from 0 (off) to 3, IndexError above. `fade` runs from 0 to 1, where a light
    is hardly seen and a motor still."""
    left = 1.0 - MOST_FADED * fade
    return CueDuty(led=left * _led(breath, led_level), vibration=_vibration(breath, vibration_level, left))


def eased(progress: float) -> float:
    """`progress` from 0 to 1 with a soft start and a soft end (half a cosine)."""
    return 0.5 - 0.5 * math.cos(math.pi * progress)


def _led(breath: BreathPhase, level: int) -> float:
    filled = eased(breath.progress if breath.kind is BreathKind.INHALE else 1.0 - breath.progress)
    # Squared, because the eye takes equal steps of duty for larger ones near darkness.
    return LED_PEAKS[level] * filled * filled


def _vibration(breath: BreathPhase, level: int, left: float) -> float:
    peak = left * VIBRATION_PEAKS[level]
    if breath.kind is BreathKind.INHALE:
        strength = math.sin(math.pi * breath.progress)
    else:
        at_s = breath.progress * (1.0 - INHALE_SHARE) * 60.0 / breath.breaths_per_min
        strength = max((_tap(at_s - start_s) for start_s in TAP_STARTS_S), default=0.0)
    duty = peak * strength
    return duty if duty >= VIBRATION_FLOOR else 0.0


def _tap(at_s: float) -> float:
    return math.sin(math.pi * at_s / TAP_S) if 0.0 < at_s < TAP_S else 0.0
