"""A simple body at the level of beats: heart rate and vagal swing as told, breathing at a told pace."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from dsp.beat_pipeline import BeatPipeline
from dsp.metrics import StateEstimatorLike
from dsp.types import Beat, FloatArray, MetricsRow

OverTime = Callable[[float], float]


def constant(value: float) -> OverTime:
    return lambda _: value


def step(before: float, after: float, at_s: float) -> OverTime:
    return lambda t_s: before if t_s < at_s else after


@dataclass(frozen=True, slots=True)
class SimpleBody:
    """`swing_ms` is the peak-to-trough RSA at a very slow breath; breathing faster shrinks it."""

    hr_bpm: OverTime = lambda t_s: 70.0
    swing_ms: OverTime = lambda t_s: 90.0
    breaths_per_min: OverTime = lambda t_s: 14.0

    def beats(self, seconds: float, seed: int = 0) -> FloatArray:
        """Beat times in seconds, with slow drift and beat-to-beat noise."""
        random = np.random.default_rng(seed)
        times, breath, drift = [0.0], 0.0, 0.0
        while times[-1] < seconds:
            t_s, pace = times[-1], self.breaths_per_min(times[-1])
            drift = 0.98 * drift + random.normal(0, 0.15)
            swing_ms = self.swing_ms(t_s) / math.hypot(1, pace / 7)
            rr_ms = 60_000 / (self.hr_bpm(t_s) + drift) + swing_ms / 2 * math.sin(breath) + random.normal(0, 5)
            breath += 2 * math.pi * pace / 60 * rr_ms / 1000
            times.append(t_s + rr_ms / 1000)
        return np.array(times)


def after_exertion(hr_bpm: float, swing_ms: float, excess: float, tau_s: float, seated_s: float) -> SimpleBody:
    """Heart rate comes down to `hr_bpm` from `excess` of it more, and the swing comes back. An eighth of the excess
    goes four times as slowly. The walk ended `seated_s` before the first second."""

    def left(t_s: float) -> float:
        since_s = t_s + seated_s
        return excess * (0.875 * math.exp(-since_s / tau_s) + 0.125 * math.exp(-since_s / (4 * tau_s)))

    return SimpleBody(lambda t_s: hr_bpm * (1 + left(t_s)), lambda t_s: swing_ms * math.exp(-4 * left(t_s)))


def spoil(times: FloatArray, share: float, seed: int = 0) -> FloatArray:
    """Miss, add, advance or misplace a share of the beats."""
    random = np.random.default_rng(seed)
    out: list[float] = []
    for before, at in pairwise(times):
        rr = at - before
        match random.choice(4) if random.random() < share else None:
            case 0:
                continue
            case 1:
                out += [before + rr * random.uniform(0.3, 0.7), at]
            case 2:
                out.append(at - rr * random.uniform(0.15, 0.4))
            case 3:
                out.append(at + random.choice([-1, 1]) * random.uniform(0.05, 0.15))
            case None:
                out.append(at)
    return np.array(sorted(out))


def rows(times: FloatArray, state: StateEstimatorLike, pace: OverTime | None = None) -> list[MetricsRow]:
    """One row a second of the live path from beats on; `pace` is the guide's."""
    pipeline = BeatPipeline(state=state)
    out: list[MetricsRow] = []
    told = math.nan
    for t_s in times:
        if pace is not None and pace(t_s) != told:
            told = pace(t_s)
            pipeline.set_pace(float(t_s), told)
        out += pipeline.push(Beat(float(t_s) * 1000, float(t_s), 1.0)).rows
    return out + pipeline.finish().rows


def kinds(some: list[MetricsRow]) -> list[str]:
    return [r.state.kind.value if r.state is not None else "" for r in some]
