"""What can lead the state astray, and whether what is true is still seen: each row has its goal and its mirror.

    python -m bench.state_led [--bodies N] [falling] [moved] [blunted]

All on simulated bodies; for people's ordinary minutes see `bench.state_ordinary`.
"""

import argparse
import math
from collections.abc import Callable, Sequence

import numpy as np

from bench.state_bodies import SimpleBody, after_exertion, kinds, rows, step
from dsp.state.estimator import StateEstimator
from dsp.types import FloatArray, MetricsRow

AFTER_REST_S = 300
STEP_AT_S = 330.0
SEEN_WITHIN_S = 120
CALMER = 1 / 1.14, 1.6
TENSER = 1.14, 0.6
"""Of heart rate and vagal swing: a true step of tone."""


def changed(body: SimpleBody, by: tuple[float, float], at_s: float = STEP_AT_S) -> SimpleBody:
    """The body with a step of heart rate and swing."""
    rate, swing = step(1.0, by[0], at_s), step(1.0, by[1], at_s)
    return SimpleBody(
        lambda t_s: body.hr_bpm(t_s) * rate(t_s), lambda t_s: body.swing_ms(t_s) * swing(t_s), body.breaths_per_min
    )


def told(body: SimpleBody, seconds: float, seed: int) -> list[MetricsRow]:
    return rows(body.beats(seconds, seed), StateEstimator())


def rest_s(found: Sequence[MetricsRow]) -> float:
    return next((r.t_s for r in found if r.state is not None), math.nan)


def seen(kind: str, found: Sequence[MetricsRow], at_s: float) -> bool:
    return kind in kinds([r for r in found if at_s < r.t_s <= at_s + SEEN_WITHIN_S])


def show_falling(bodies: int) -> None:
    print("rest taken after exertion, five minutes of nothing after it (goal: calm in 0.12 of sessions)")
    for name, mean_excess, mean_tau_s in (("walk", 0.32, 80.0), ("stairs", 0.55, 100.0), ("steady", 0.0, 60.0)):
        calm, length, later = [], [], []
        for seed in range(bodies):
            random = np.random.default_rng(seed)
            excess, tau_s = mean_excess * random.uniform(0.6, 1.4), mean_tau_s * random.uniform(0.5, 1.5)
            body = after_exertion(random.uniform(55, 85), random.uniform(30, 150), excess, tau_s, random.uniform(5, 40))
            found = told(body, 180 + 20 + AFTER_REST_S, seed)
            calm.append("calm" in kinds(found))
            length.append(rest_s(found))
            later.append(seen("calm", told(changed(body, CALMER), STEP_AT_S + SEEN_WITHIN_S + 5, seed), STEP_AT_S))
        print(
            f"  {name:8s} calm {np.mean(calm):.2f}; rest read after {np.mean(length):.0f} s, at most "
            f"{np.max(length):.0f} s; mirror: true calm later seen {np.mean(later):.2f}"
        )


def show_moved(bodies: int) -> None:
    print(
        "a leap of heart rate, as in rising or lying down (goal: neither until it has settled; mirror: seen in 120 s)"
    )
    for name, by in (("up", TENSER), ("down", CALMER)):
        early, later = [], []
        for seed in range(bodies):
            random = np.random.default_rng(seed)
            hr_bpm, swing_ms = random.uniform(55, 85), random.uniform(40, 150)
            body = changed(SimpleBody(lambda _, hr=hr_bpm: hr, lambda _, ms=swing_ms: ms), by)  # type: ignore[misc]
            found = told(body, STEP_AT_S + SEEN_WITHIN_S + 5, seed)
            leap = kinds([r for r in found if STEP_AT_S < r.t_s <= STEP_AT_S + 30])
            early.append(set(leap) != {"neutral"})
            later.append(seen("alarm" if by is TENSER else "calm", found, STEP_AT_S))
        print(f"  {name:8s} a word within 30 s {np.mean(early):.2f}; seen {np.mean(later):.2f} (goal 0.90)")


def show_blunted(bodies: int) -> None:
    print("blunted hearts, RMSSD 6 to 11 ms, minutes that differ by 1 % (goal: calm of 8 % seen; mirror: none unasked)")
    for name, ratio in (("8 % calmer", 1 / 1.087), ("nothing", 1.0)):
        words = []
        for seed in range(bodies):
            random = np.random.default_rng(seed)
            hr_bpm, swing_ms = random.uniform(65, 95), random.uniform(12, 28)
            slow = np.cumsum(random.normal(0, 0.004, 12))

            def rate(t_s: float, hr_bpm: float = hr_bpm, slow: FloatArray = slow, to: float = ratio) -> float:
                eased = min(max((t_s - STEP_AT_S) / 60, 0.0), 1.0)
                wander = float(np.interp(t_s, np.arange(12) * 60, slow))
                return hr_bpm * (1 + wander - wander * (t_s > 600)) * (1 + (to - 1) * eased)

            body = SimpleBody(rate, lambda t_s, ms=swing_ms, to=ratio: ms * (1.2 if to < 1 and t_s > 360 else 1.0))  # type: ignore[misc]
            words.append(kinds([r for r in told(body, 570, seed) if r.t_s > STEP_AT_S]))
        calm = np.mean(["calm" in w for w in words])
        print(f"  {name:12s} calm {calm:.2f}, on guard {np.mean(['alarm' in w for w in words]):.2f}")


SIMULATED: dict[str, Callable[[int], None]] = {
    "falling": show_falling,
    "moved": show_moved,
    "blunted": show_blunted,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="What leads the state astray, and what it still sees.")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join(SIMULATED)}; default all")
    parser.add_argument("--bodies", type=int, default=40)
    args = parser.parse_args()
    if unknown := set(args.parts) - set(SIMULATED):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    for part in args.parts or SIMULATED:
        SIMULATED[part](args.bodies)


if __name__ == "__main__":
    main()
