"""The closed loop: simulated wearers whose tone is known, and what the device tells of them.

    python -m bench.closed_loop [--quick]

The wearers (`drivers.sim`) vary in heart rate, RSA, resonance, Q, delay, Mayer waves and beat noise. Their true beats
go the live path from beats on (`BeatPipeline`, `StateEstimator`). Tone runs from 0 (calm) to 1 (stress); shares are of
seconds. 200 wearers live the session that matters; where all wearers fare alike, fewer live the others. No data is
needed.
"""

import argparse
import math
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from bench.simulated_rr import with_artefacts
from drivers.sim.person.body import Body
from drivers.sim.person.wearer import WearerProfile, random_body
from dsp.beat_pipeline import BeatPipeline
from dsp.guide import BreathGuide
from dsp.hrv.intervals import IntervalClassifier
from dsp.hrv.spectrum import lf_hf_ms2
from dsp.state.estimator import StateEstimator
from dsp.state.pace_curve import PRIOR, PaceCurve, PacePoint
from dsp.types import Beat, FloatArray, IntervalKind, MetricsRow, StateKind

REST_S, GUIDED_S, FREE_S = 60, 300, 60
Tone = Callable[[int], float]


@dataclass(frozen=True, slots=True)
class Life:
    """What happened: true tone each second, beats, and the guide's changes of pace."""

    tone: FloatArray
    beats_s: FloatArray
    paces: list[tuple[float, float]]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="40 wearers instead of 200")
    count = 40 if parser.parse_args().quick else 200
    sessions(count)
    sweeps(count // 5)
    steps_of_tone(2 * count // 5)
    artefacts(2 * count // 5)
    return 0


def sessions(count: int) -> None:
    """A minute of rest in tension, five of guide at the own resonance, a free one."""
    few = 3 * count // 10
    print(f"\nSessions of {count} wearers who begin tense: rest 1 min, guide 5 min, free 1 min (the last three: {few})")
    print("Arousal: last guided minute against the first reading. Quiet: calm or settling.")
    print(
        f"{'wearer':28s} | tone change | arousal change | quiet %, last 2 guided min | quiet %, free min "
        "| sessions with calm % | r(tone, arousal)"
    )
    pooled: list[tuple[float, float]] = []
    for name, change in (
        ("follows, calms", {}),
        ("follows, does not calm", {"calming": 0.0}),
        ("does not follow", {"compliance": 0.0}),
        ("does not follow, gets tenser", {"compliance": 0.0}),
    ):
        results = [session(seed, change, tenser=name.endswith("tenser")) for seed in range(few if change else count)]
        tone, arousal, guided, free, ever = np.array(results).T
        pooled += zip(tone, arousal, strict=True)
        print(
            f"{name:28s} | {np.nanmean(tone):+11.2f} | {np.nanmean(arousal):+14.2f} | {100 * np.nanmean(guided):26.1f} "
            f"| {100 * np.nanmean(free):17.1f} | {100 * np.nanmean(ever):20.1f} | {correlation(tone, arousal):.2f}"
        )
    print(f"all four together: r(tone change, arousal change) = {correlation(*np.array(pooled).T):.2f}")


def session(seed: int, change: dict[str, float], *, tenser: bool) -> tuple[float, float, float, float, float]:
    rng = np.random.default_rng(seed)
    profile = replace(random_body(rng), **change)
    tone = float(rng.uniform(0.45, 0.75))
    goal = (lambda t_s: tone + 0.25 * (t_s >= REST_S)) if tenser else (lambda t_s: tone)
    target = profile.resonance_breaths_per_min
    lived = live(profile, seed, REST_S + GUIDED_S + FREE_S, goal, guide(profile.free_breaths_per_min, target))
    rows = watch(lived)
    late, free = rows[REST_S + GUIDED_S - 120 : REST_S + GUIDED_S], rows[-FREE_S:]
    change_of_tone = lived.tone[REST_S + GUIDED_S - 60 : REST_S + GUIDED_S].mean() - lived.tone[:REST_S].mean()
    first = next((row.state.arousal for row in rows if row.state and not math.isnan(row.state.arousal)), math.nan)
    last = [row.state.arousal for row in late[60:] if row.state and not math.isnan(row.state.arousal)]
    ever = any(row.state and row.state.kind is StateKind.CALM for row in rows)
    return change_of_tone, (float(np.mean(last)) if last else math.nan) - first, quiet(late), quiet(free), float(ever)


def sweeps(count: int) -> None:
    """Constant tone, breathing from 15 to 4.5 a minute and back: every change of state is a wrong one."""
    paces = [15.0, 13.0, 11.0, 9.0, 7.5, 6.0, 5.0, 4.5]
    course = dict(enumerate([*paces, *reversed(paces)]))
    print(f"\nConstant tone, {count} wearers breathing from 15 to 4.5 a minute and back, a minute each; % of seconds")
    print("pace                     | calm | on guard | settling | unsure")
    lives = []
    for seed in range(count):
        profile = replace(random_body(np.random.default_rng(seed)), calming=0.0, free_breaths_per_min=14.0)
        lives.append(
            live(profile, seed, REST_S + 60 * len(course), constant(0.4), lambda t_s: course.get((t_s - REST_S) // 60))
        )
    plain = [watch(lived) for lived in lives]
    curves = [own_curve(*both) for both in zip(lives, plain, strict=True)]
    for name, watched in (
        ("told, curve not fitted", plain),
        ("told, wearer's own curve", [watch(*both) for both in zip(lives, curves, strict=True)]),
        ("untold", [watch(lived, told=False) for lived in lives]),
    ):
        shares = np.array([kinds(rows[REST_S + 5 :]) for rows in watched])
        print(f"{name:24s} | " + " | ".join(f"{100 * share:6.2f}" for share in shares.mean(axis=0)))
    naive(lives, plain)


def naive(lives: list[Life], watched: list[list[MetricsRow]]) -> None:
    """The same lives by LF/HF (on guard from 3.5) and by bare coherence (calm from 3)."""
    guard, minutes, calm, seconds = 0, 0, 0, 0
    for lived, rows in zip(lives, watched, strict=True):
        classifier = IntervalClassifier()
        intervals = [i for t in lived.beats_s for i in classifier.push(Beat(1000 * t, t, 1.0))]
        normal = [i for i in intervals if i.kind is IntervalKind.NORMAL and i.timed]
        t_s, rr_ms = np.array([i.t_s for i in normal]), np.array([i.rr_ms for i in normal])
        for start in range(REST_S, len(lived.tone) - 90, 60):
            inside = (t_s >= start) & (t_s < start + 90)
            lf, hf = lf_hf_ms2(t_s[inside], rr_ms[inside])
            guard, minutes = guard + (lf / hf >= 3.5), minutes + 1
        known = [row.coherence for row in rows[REST_S:] if not math.isnan(row.coherence)]
        calm, seconds = calm + sum(c >= 3.0 for c in known), seconds + len(known)
    print(f"LF/HF of 3.5 read as on guard: {100 * guard / minutes:.1f} % of the minutes")
    print(f"coherence of 3 read as calm: {100 * calm / seconds:.1f} % of the seconds")


def own_curve(lived: Life, rows: list[MetricsRow]) -> PaceCurve:
    """The pace curve that a sweep like this one teaches (the wearer's ramps and resonance runs)."""
    readings: dict[float, list[float]] = {}
    for row, (pace, since) in zip(rows, pace_and_age(lived), strict=False):
        if not math.isnan(pace + row.rsa_ms) and since >= 45:
            readings.setdefault(round(pace, 2), []).append(row.rsa_ms)
    return PRIOR.updated([PacePoint(pace, float(np.median(rsa))) for pace, rsa in readings.items()])


def pace_and_age(lived: Life) -> list[tuple[float, float]]:
    out, at = [], 0
    for t_s in range(1, len(lived.tone) + 1):
        while at + 1 < len(lived.paces) and lived.paces[at + 1][0] <= t_s:
            at += 1
        begun, pace = lived.paces[at] if lived.paces else (0.0, math.nan)
        out.append((pace if begun <= t_s else math.nan, t_s - begun))
    return out


def steps_of_tone(count: int) -> None:
    """Two minutes at tone 0.4, then a true step; free breathing, and paced at 6 from the start of the second minute."""
    print(f"\nA true step of tone after two minutes, {count} wearers: seen within 120 s, %")
    print("step         | breathing free | guided at 6, curve not fitted")
    for name, after, before in (("0.4 to 0.8", 0.8, 0.4), ("0.6 to 0.1", 0.1, 0.6)):
        seen = []
        for paced in (False, True):
            hits = 0
            for seed in range(count):
                profile = replace(random_body(np.random.default_rng(seed)), calming=0.0)
                course = guide(profile.free_breaths_per_min, 6.0) if paced else constant(math.nan)
                at_s = 240 if paced else 120
                goal = [before] * at_s + [after] * 121
                rows = watch(live(profile, seed, len(goal), goal.__getitem__, course))
                hits += any(is_seen(row, up=after > before) for row in rows[at_s:])
            seen.append(100 * hits / count)
        print(f"{name:12s} | {seen[0]:14.1f} | {seen[1]:.1f}")


def is_seen(row: MetricsRow, *, up: bool) -> bool:
    if row.state is None:
        return False
    return row.state.kind is StateKind.ALARM if up else (row.state.kind is StateKind.CALM or row.state.settling)


def artefacts(count: int) -> None:
    """Constant tone, free breathing, six minutes; 5 % of the beats missed, extra, ectopic or misplaced."""
    print(
        f"\nConstant tone, {count} wearers, 6 minutes: minutes read as mostly calm, per 1000, and unsure, % of seconds"
    )
    lives = []
    for seed in range(count):
        profile = replace(random_body(np.random.default_rng(seed)), calming=0.0)
        lives.append(live(profile, seed, 360, constant(0.4), constant(math.nan)))
    for name, share in (("clean", 0.0), ("5 % of beats spoilt", 0.05)):
        minutes, calm, unsure, touched = 0, 0, 0.0, 0
        for seed, lived in enumerate(lives):
            rng = np.random.default_rng(seed)
            spoilt = with_artefacts(1000 * lived.beats_s, share, rng) / 1000 if share else lived.beats_s
            rows = watch(replace(lived, beats_s=spoilt))
            for start in range(60, len(rows) - 59, 60):
                inside = [row.state.kind for row in rows[start : start + 60] if row.state is not None]
                minutes += 1
                calm += inside.count(StateKind.CALM) > 30
                touched += StateKind.CALM in inside
                unsure += inside.count(StateKind.UNSURE) / 60
        print(
            f"{name:20s} | mostly calm {1000 * calm / minutes:5.1f} | any second calm {1000 * touched / minutes:5.1f} "
            f"| unsure {100 * unsure / minutes:.1f} %  ({minutes} minutes)"
        )


def constant(value: float) -> Tone:
    return lambda t_s: value


def guide(own: float, target: float) -> Tone:
    """The session's guide after the rest, ramping from the wearer's own rate; NaN in rest and the free minute."""
    line = BreathGuide(REST_S, max(target, min(12.0, own)), target)
    return lambda t_s: _pace(line, t_s)


def _pace(line: BreathGuide, t_s: int) -> float:
    if not REST_S <= t_s < REST_S + GUIDED_S:
        return math.nan
    return line.phase(t_s).breaths_per_min


def live(profile: WearerProfile, seed: int, seconds: int, tone: Tone, pace: Callable[[int], float | None]) -> Life:
    """Live second by second with the tone's goal and the shown pace (NaN or None: no guide) as told."""
    body = Body(seed, profile, tone=tone(0))
    tones, paces, shown = [], [], math.nan
    for t_s in range(seconds):
        body.set_tone(tone(t_s))
        told = pace(t_s)
        now = math.nan if told is None else told
        if now != shown and not (math.isnan(now) and math.isnan(shown)):
            paces.append((float(t_s), now))
            body.follow(now)
            shown = now
        body.advance_to(t_s + 1.0)
        tones.append(body.tone)
    return Life(np.array(tones), body.true_beats_s, paces)


def watch(lived: Life, curve: PaceCurve = PRIOR, *, told: bool = True) -> list[MetricsRow]:
    """The device's row for each second, told the guide's pace or not."""
    pipeline = BeatPipeline(state=StateEstimator(pace_curve=curve))
    rows, changes = [], list(lived.paces) if told else []
    for t_s in lived.beats_s.tolist():
        while changes and changes[0][0] <= t_s:
            pipeline.set_pace(*changes.pop(0))
        rows += pipeline.push(Beat(1000 * t_s, t_s, 1.0)).rows
    return rows + pipeline.finish().rows


def quiet(rows: list[MetricsRow]) -> float:
    states = [row.state for row in rows if row.state is not None]
    return float(np.mean([s.kind is StateKind.CALM or s.settling for s in states])) if states else math.nan


def kinds(rows: list[MetricsRow]) -> tuple[float, float, float, float]:
    """Shares of calm, on guard, settling and unsure."""
    states = [row.state for row in rows if row.state is not None]
    of = [s.kind for s in states]
    n = max(1, len(of))
    settling = sum(s.settling for s in states) / n
    return of.count(StateKind.CALM) / n, of.count(StateKind.ALARM) / n, settling, of.count(StateKind.UNSURE) / n


def correlation(a: FloatArray, b: FloatArray) -> float:
    known = ~np.isnan(a + b)
    varies = np.ptp(a[known]) > 1e-6 and np.ptp(b[known]) > 1e-6
    return float(np.corrcoef(a[known], b[known])[0, 1]) if varies else math.nan


if __name__ == "__main__":
    sys.exit(main())
