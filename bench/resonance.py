"""The resonance finder against known resonances: simulated bodies and other makes of response.

    python -m bench.resonance [--quick]

A trial is a run as the device guides it. The bodies (`drivers.sim`) follow it through a baroreflex of their own gain,
Q, delay, Mayer waves, beat noise and tone that drifts as they calm down. The other makes answer each step with a swing
that is off by up to 6 % (SD, drawn once a step): a second-order low pass with delay, a Gaussian over pace, and a band
pass whose phase tells nothing. Then Lehrer's own steps as others record them (`bench.lehrer_hearts`). No data is
needed.
"""

import argparse
import math
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from bench import lehrer_hearts
from drivers.sim.person.body import Body
from drivers.sim.person.wearer import WearerProfile, random_body
from dsp.guide import RAMP_S_PER_BREATH, BreathGuide
from dsp.hrv.intervals import IntervalClassifier
from dsp.resonance.finder import (
    RECHECK_STEP_S,
    RUN_BREATHS_PER_MIN,
    STEP_RAMP_S_PER_BREATH,
    STEP_S,
    ResonanceFinding,
    find_resonance,
    prior_from,
    recheck_paces,
    refine,
    steps_of,
)
from dsp.types import Beat, BreathKind, RRInterval

REST_S = 60.0
NEAR = 0.25
PACES = np.arange(3.5, 8.5, 0.01)
Response = Callable[[float], complex]


@dataclass(frozen=True, slots=True)
class Trial:
    """`size` is the response's size at a pace over that at `true`; `true` is NaN for a flat response. `noise_pct` is
    the error of one step's swing."""

    found: ResonanceFinding
    true: float
    size: Callable[[float], float]
    seconds: float
    noise_pct: float


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="40 bodies instead of 200, and fewer of the others")
    count = 40 if parser.parse_args().quick else 200
    few = count // 2
    print("Within: found within 0.25 breaths/min. RSA: at the found pace at least 95 % of the best.")
    print(f"{'':36s} | conclusive | within, of these | RSA, of these | within, of all | minutes")
    bodies = [body_trial(seed) for seed in range(count)]
    tell("bodies", bodies)
    tell("bodies, a step's noise up to 6 %", [t for t in bodies if t.noise_pct <= 6.0])
    for name, make in MAKES.items():
        tell(name, [made_trial(make, seed) for seed in range(few)])
    tell("flat bodies", [body_trial(10_000 + seed, flat=True) for seed in range(few)])
    tell("flat, swings off by up to 6 %", [made_trial(None, seed) for seed in range(few)])
    print("Lehrer's steps, recorded elsewhere, swings off by up to 6 %:")
    everyone = []
    for name, make in lehrer_hearts.CURVES.items():
        trials = [lehrer_trial(make, seed) for seed in range(few)]
        everyone += trials
        tell(name, trials)
    tell("all of these", everyone)
    tell("flat", [lehrer_trial(lehrer_hearts.flat, seed) for seed in range(count)])
    print("On the device, later:")
    tell("quick recheck of a week-old finding", [recheck_trial(seed) for seed in range(few)])
    refinement(few // 2)
    return 0


def tell(name: str, trials: list[Trial]) -> None:
    concluded = [t for t in trials if t.found.conclusive]
    minutes = max(t.seconds for t in trials) / 60
    near = sum(abs(t.found.breaths_per_min - t.true) <= NEAR for t in concluded)
    rsa = sum(t.size(t.found.breaths_per_min) >= 0.95 for t in concluded)
    n, of = len(trials), max(1, len(concluded))
    print(
        f"{name:36s} | {100 * len(concluded) / n:10.1f} | {100 * near / of:16.1f} | {100 * rsa / of:13.1f} "
        f"| {100 * near / n:14.1f} | {minutes:.1f}  (n {n})"
    )


def guided(
    paces: Iterable[float],
    start: float,
    follow: Callable[[float, float, float], None],
    lengths_s: Mapping[float, float] = MappingProxyType({}),
    ramp_s_per_breath: float = STEP_RAMP_S_PER_BREATH,
) -> list[tuple[float, float]]:
    """A run as the session machine guides it, each step for `STEP_S` from when its pace is reached unless told
    otherwise, `follow` being told (t_s, pace, breath) twice a second; the changes of pace, the last one its end
    (NaN)."""
    paces = list(paces)
    guide = BreathGuide(REST_S, max(start, paces[0]), paces[0])
    t_s, changes = REST_S, []
    for pace in paces:
        guide.set_target(t_s, pace, ramp_s_per_breath)
        ends_s = math.inf
        while t_s < ends_s:
            phase = guide.phase(t_s)
            changes += [(c.t_s, c.breaths_per_min) for c in guide.take_changes()]
            if math.isinf(ends_s) and guide.arrived:
                ends_s = t_s + lengths_s.get(pace, STEP_S)
            inhaling = phase.kind is BreathKind.INHALE
            breath = 0.4 * phase.progress if inhaling else 0.4 + 0.6 * phase.progress
            follow(t_s, guide.breaths_per_min, breath)
            t_s += 0.5
    return [*changes, (t_s, math.nan)]


def body_trial(seed: int, *, flat: bool = False) -> Trial:
    rng = np.random.default_rng(seed)
    profile = random_body(rng)
    if flat:
        profile = replace(profile, resonance_q=0.1)
    intervals, changes = live(profile, seed, RUN_BREATHS_PER_MIN, tone=float(rng.uniform(0.2, 0.8)))
    found = find_resonance(intervals, steps_of(changes, changes[-1][0]))
    true = math.nan if flat else profile.resonance_breaths_per_min
    return Trial(found, true, profile.response, changes[-1][0] - REST_S, noise_pct(found))


def recheck_trial(seed: int) -> Trial:
    """Three paces about a finding that was off by 0.15 (SD) a week ago."""
    rng = np.random.default_rng(20_000 + seed)
    profile = random_body(rng)
    earlier = profile.resonance_breaths_per_min + float(rng.normal(0.0, 0.15))
    paces = recheck_paces(earlier)
    lengths_s = dict.fromkeys(paces, RECHECK_STEP_S)
    intervals, changes = live(profile, seed, paces, float(rng.uniform(0.2, 0.8)), lengths_s)
    found = find_resonance(intervals, steps_of(changes, changes[-1][0]), prior_from(earlier, 0.9, 7))
    true = profile.resonance_breaths_per_min
    return Trial(found, true, profile.response, changes[-1][0] - REST_S, noise_pct(found))


def refinement(count: int) -> None:
    """Ten-minute guides that rest 100 s at 2 above the finding: its error before and after each of three of them."""
    errors = []
    for seed in range(count):
        rng = np.random.default_rng(40_000 + seed)
        profile = random_body(rng)
        true = profile.resonance_breaths_per_min
        known = (true + float(rng.normal(0.0, 0.25)), 0.68)
        errors.append([abs(known[0] - true)])
        for session in range(3):
            lengths_s = {known[0] + 2.0: 65.0, known[0]: 430.0}
            tone = float(rng.uniform(0.2, 0.8))
            intervals, changes = live(
                profile, 100 * seed + session, lengths_s, tone, lengths_s, ramp_s_per_breath=RAMP_S_PER_BREATH
            )
            steps = steps_of(changes, changes[-1][0])
            known = refine(intervals, steps, prior_from(*known, days=2)) or known
            errors[-1].append(abs(known[0] - true))
    told = ", ".join(f"{error:.2f}" for error in np.mean(errors, axis=0))
    print(f"refined by ordinary sessions, two days apart: mean error {told} breaths/min")


def live(
    profile: WearerProfile,
    seed: int,
    paces: Iterable[float],
    tone: float,
    lengths_s: Mapping[float, float] | None = None,
    *,
    ramp_s_per_breath: float = STEP_RAMP_S_PER_BREATH,
) -> tuple[list[RRInterval], list[tuple[float, float]]]:
    """A simulated body's intervals through a run, and the run's changes of pace."""
    body = Body(seed, profile, tone=tone)
    body.advance_to(REST_S)

    def follow(t_s: float, pace: float, breath: float) -> None:
        body.follow(pace, 0.4, breath)
        body.advance_to(t_s + 0.5)

    changes = guided(paces, min(12.0, profile.free_breaths_per_min), follow, lengths_s or {}, ramp_s_per_breath)
    return classified(body.true_beats_s.tolist()), changes


def lehrer_trial(make: Callable[[float, np.random.Generator], lehrer_hearts.Curve], seed: int) -> Trial:
    made = lehrer_hearts.record(make, seed)
    found = find_resonance(classified(made.beats_s), steps_of(made.pace, made.beats_s[-1]))
    true = math.nan if make is lehrer_hearts.flat else made.peak
    return Trial(found, true, made.curve, made.beats_s[-1] - made.pace[0][0], math.nan)


def noise_pct(found: ResonanceFinding) -> float:
    return 100 * float(np.mean([s.swing_se_ms / s.swing_ms for s in found.steps])) if found.steps else math.inf


def classified(beats_s: list[float]) -> list[RRInterval]:
    classifier = IntervalClassifier()
    intervals = [i for t_s in beats_s for i in classifier.push(Beat(1000 * t_s, t_s, 1.0))]
    return intervals + classifier.finish()


def low_pass(peak: float, rng: np.random.Generator) -> Response:
    q, delay_s = rng.uniform(1.5, 5.0), rng.uniform(0.2, 2.0)
    natural = peak / math.sqrt(1 - 1 / (2 * q * q))
    return lambda f: np.exp(-2j * np.pi * f / 60 * delay_s) / (1 - (f / natural) ** 2 + 1j * f / natural / q)


def gaussian(peak: float, rng: np.random.Generator) -> Response:
    width, delay_s = rng.uniform(0.6, 1.3), rng.uniform(0.2, 2.0)
    return lambda f: np.exp(-0.5 * ((f - peak) / width) ** 2 - 2j * np.pi * f / 60 * delay_s)


def sized_band_pass(peak: float, rng: np.random.Generator) -> Response:
    q, delay_s = rng.uniform(2.0, 5.0), rng.uniform(0.2, 2.0)
    return lambda f: np.exp(-2j * np.pi * f / 60 * delay_s) / math.hypot(1, q * (f / peak - peak / f))


MAKES = {"low pass with delay": low_pass, "Gaussian over pace": gaussian, "band pass, phase untold": sized_band_pass}


def made_trial(make: Callable[[float, np.random.Generator], Response] | None, seed: int) -> Trial:
    """A heart that answers each pace as `make` says (None: alike at all), its swing off by up to 6 % step by step."""
    rng = np.random.default_rng(30_000 + seed)
    peak = float(rng.uniform(4.5, 6.5))
    response = make(peak, rng) if make else lambda f: np.exp(-2j * np.pi * f / 60)
    best = max(abs(response(f)) for f in PACES)
    noise, gain_ms = float(rng.uniform(0.0, 0.06)), float(rng.uniform(30.0, 120.0))
    rr_ms, jitter_ms = float(rng.uniform(700.0, 1100.0)), float(rng.uniform(2.0, 6.0))
    course: list[tuple[float, float, float]] = []
    changes = guided(RUN_BREATHS_PER_MIN, 12.0, lambda t_s, pace, breath: course.append((t_s, pace, breath)))
    gain = {pace: gain_ms / best * math.exp(rng.normal(0.0, noise)) for pace in RUN_BREATHS_PER_MIN}
    beats_s, at = [REST_S], 0
    while beats_s[-1] < changes[-1][0]:
        while at + 1 < len(course) and course[at + 1][0] <= beats_s[-1]:
            at += 1
        t_s, pace, breath = course[at]
        turn = 2 * math.pi * (breath + (beats_s[-1] - t_s + rr_ms / 2000) * pace / 60)
        step_gain = gain[min(gain, key=lambda step: abs(step - pace))]
        swing = (step_gain * response(pace) * np.exp(1j * turn)).real
        beats_s.append(beats_s[-1] + (rr_ms + swing + rng.normal(0.0, jitter_ms)) / 1000)
    found = find_resonance(classified(beats_s), steps_of(changes, changes[-1][0]))
    true = peak if make else math.nan
    return Trial(found, true, lambda f: abs(response(f)) / best, changes[-1][0] - REST_S, 100 * noise)


if __name__ == "__main__":
    sys.exit(main())
