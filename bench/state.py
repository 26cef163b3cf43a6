"""How well the state tells calm from on guard: against labelled recordings and simulated bodies of known tone.

    python -m bench.state [--fit] [gudb] [stress] [day] [af] [simulated]

Reads recordings from `ROLIG_DATA` (default ../shared/data). `--fit` looks for the weights anew, leaving out one person
at a time; the model in use is frozen in docs/decisions/0006-state.md.
"""

import argparse
import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from bench.state_bodies import SimpleBody, constant, kinds, rows, spoil, step
from bench.state_data import (
    CALM,
    STRESS,
    Person,
    Windows,
    arousals,
    auc,
    data_folder,
    fibrillation,
    judged,
    observed,
    rest_of,
    sitting_then_maths,
    stress_predict,
    waking_days,
    window_means,
)
from bench.state_wrist import show_alarmed, show_left_out, show_words, stress_windows, wrists
from dsp.state.estimator import StateEstimator, StateModel
from dsp.state.observer import Observed
from dsp.state.pace_curve import PaceCurve
from dsp.state.rest import RestReading
from dsp.types import LONGEST_RR_MS, FloatArray

DAY_HOURS = 12.0
HR_ALONE = replace(StateModel(), hr_weight=1.0)


def maths_windows(person: Person, seconds: list[Observed], model: StateModel) -> Windows:
    """30 s windows of arithmetic and of sitting."""
    values = arousals(judged(seconds, model))
    return window_means(values, person.spans("maths"), 30), window_means(values, person.spans("sitting"), 30)


def plain_hr_windows(person: Person) -> Windows:
    """The same windows by mean heart rate of the 30 s alone, as a plain program would take it."""
    rr = [i for s in person.seconds for i in s.intervals if i.rr_ms < LONGEST_RR_MS]

    def means(label: str) -> FloatArray:
        found = []
        for start, end in person.spans(label):
            for at in np.arange(start, end - 29.9, 30):
                inside = [i.rr_ms for i in rr if at < i.t_s <= at + 30]
                found.append(-float(np.mean(inside)) if inside else math.nan)
        return np.array([m for m in found if math.isfinite(m)])

    return means("maths"), means("sitting")


def summary(name: str, windows: Sequence[Windows], seed: int = 1) -> FloatArray:
    """Print the mean AUC per person with a bootstrap interval by person; return the AUCs."""
    found = np.array([auc(*w) for w in windows])
    readable = found[np.isfinite(found)]
    if not len(readable):
        print(f"  {name:44s} no person with readable windows of both kinds")
        return found
    low, high = bootstrap(readable, seed)
    people = f"{len(readable)} of {len(found)} people"
    print(f"  {name:44s} AUC {readable.mean():.3f} [{low:.3f}, {high:.3f}] {people}, least {readable.min():.2f}")
    return found


def bootstrap(values: FloatArray, seed: int) -> tuple[float, float]:
    """95 % interval of the mean, people drawn with replacement."""
    random = np.random.default_rng(seed)
    means = random.choice(values, (4000, len(values))).mean(axis=1)
    return float(np.quantile(means, 0.025)), float(np.quantile(means, 0.975))


def gain(ours: FloatArray, theirs: FloatArray) -> str:
    """The mean difference per person with its bootstrap interval."""
    both = np.isfinite(ours) & np.isfinite(theirs)
    difference = ours[both] - theirs[both]
    low, high = bootstrap(difference, 2)
    return f"{difference.mean():+.3f} [{low:+.3f}, {high:+.3f}]"


def balanced_accuracy(windows: Sequence[Windows], threshold: float = 0.5) -> float:
    """Mean of both hit rates over all windows, at one threshold for everybody."""
    on_guard = np.concatenate([w[0] for w in windows])
    calm = np.concatenate([w[1] for w in windows])
    return float((np.mean(on_guard >= threshold) + np.mean(calm < threshold)) / 2)


def after_a_minute(people: Sequence[Person]) -> list[list[Observed]]:
    """Each read once, `--baseline 0:60`."""
    return [observed(p, rest_of(p, (0.0, 60.0))) for p in people]


def show_gudb(folder: Path) -> None:
    people = sitting_then_maths(folder)
    read = list(zip(people, after_a_minute(people), strict=True))
    print("sitting against arithmetic, 30 s windows (goal 0.88)")
    ours = summary("arousal", [maths_windows(*p, StateModel()) for p in read])
    same = summary("heart rate alone, our window", [maths_windows(*p, HR_ALONE) for p in read])
    plain = summary("heart rate alone, each 30 s", [plain_hr_windows(p) for p in people])
    print(f"  gain over heart rate alone: our window {gain(ours, same)}, each 30 s {gain(ours, plain)}")


def show_stress(folder: Path) -> None:
    people = wrists(stress_predict(folder))
    print("wrist, calm against stroop and interview, 60 s windows (goal 0.80, balanced accuracy 0.72)")
    show_left_out(people)
    print("  the device's model:")
    windows = [stress_windows(p, StateModel()) for p in people]
    summary("arousal", windows)
    summary("with the breathing manoeuvre", [stress_windows(p, StateModel(), breathing=True) for p in people])
    summary("heart rate alone", [stress_windows(p, HR_ALONE) for p in people])
    in_all = sum((b - a) // 60 for p in people for a, b in p.person.spans(*CALM, *STRESS))
    had = sum(len(w[0]) + len(w[1]) for w in windows)
    print(f"  balanced accuracy at arousal 0.5: {balanced_accuracy(windows):.3f}; windows read {had / in_all:.2f}")
    show_words(people)
    show_alarmed(people)


def show_day(folder: Path) -> None:
    print(f"ordinary days, first {DAY_HOURS:g} h, rest from the first 5 min (goal: neither above 0.35, unsure 0.15)")
    for person in waking_days(folder, DAY_HOURS):
        states = judged(observed(person, rest_of(person, (0.0, 300.0))), StateModel())[300:]
        found = [s.kind.value for s in states if s is not None]
        words = " ".join(f"{word} {found.count(word) / len(found):.2f}" for word in ("calm", "alarm", "unsure"))
        print(f"  {person.name:10s} {words}")


def show_af(folder: Path) -> None:
    print("atrial fibrillation (goal: no calm, unsure 0.95)")
    for person in fibrillation(folder):
        states = judged(observed(person, None), StateModel())
        inside = [s for a, b in person.spans("AFIB") for s in states[int(a) : int(b)]]
        found = [s.kind.value if s is not None else "none" for s in inside]
        print(f"  {person.name:10s} " + " ".join(f"{w} {found.count(w) / len(found):.3f}" for w in sorted(set(found))))


def show_simulated(count: int = 20) -> None:
    """Pace swept at constant tone, steps of tone at a slow pace, and artefacts, on simulated beats."""
    print("simulated bodies, in shares of minutes or of bodies")
    swept, unsure, seen, calm, minutes = [], [], [], 0, 0
    for seed in range(count):
        random = np.random.default_rng(seed)
        hr_bpm, swing_ms = random.uniform(58, 90), random.uniform(40, 200)

        def pace(t_s: float) -> float:
            return 14.0 if t_s < 120 else 15 - 10.5 * (t_s - 120) / 900

        sweep = SimpleBody(constant(hr_bpm), constant(swing_ms), pace)
        found = kinds(rows(sweep.beats(1020, seed), StateEstimator(pace_curve=PaceCurve(1.0, 20.0)), pace))[60:]
        swept.append((found.count("calm") + found.count("alarm")) / len(found))
        unsure.append(found.count("unsure") / len(found))
        up = random.random() < 0.5
        ratio = 1.14 if up else 1 / 1.14
        stepped = SimpleBody(step(hr_bpm, hr_bpm * ratio, 240), step(swing_ms, swing_ms * (0.6 if up else 1.6), 240))
        found = kinds(rows(stepped.beats(360, seed), StateEstimator()))
        seen.append(("alarm" if up else "calm") in found[240:])
        tense = SimpleBody(constant(hr_bpm), constant(30.0))
        rest = RestReading(30.0, math.log(hr_bpm), math.log(12.0))
        found = kinds(rows(spoil(tense.beats(600, seed), 0.05, seed), StateEstimator(rest=rest)))
        calm += sum("calm" in found[at : at + 60] for at in range(0, 600, 60))
        minutes += 10
    print(
        f"  pace swept from 15 to 4.5/min: wrong {np.mean(swept):.4f} (goal 0.01), unsure {np.mean(unsure):.3f} (0.10)"
    )
    print(f"  step of tone seen within 120 s: {np.mean(seen):.2f} (goal 0.90)")
    print(f"  5 % artefacts: {calm} of {minutes} minutes falsely calm (goal 1 of 1000)")


def fit(folder: Path) -> None:
    """Heart rate's weight and the border of arousal: chosen on all but one person, scored on that one."""
    at_a_desk, at_the_wrist = sitting_then_maths(folder), wrists(stress_predict(folder))
    desks = list(zip(at_a_desk, after_a_minute(at_a_desk), strict=True))
    weights = (0.5, 0.6, 0.67, 0.75, 0.85, 1.0)
    sets: dict[float, list[Windows]] = {}
    for weight in weights:
        model = replace(StateModel(), hr_weight=weight)
        sets[weight] = [maths_windows(*p, model) for p in desks] + [stress_windows(p, model) for p in at_the_wrist]
        both = np.array([auc(*w) for w in sets[weight]])
        parts = both[: len(at_a_desk)], both[len(at_a_desk) :]
        print(f"  weight {weight:.2f}: arithmetic {np.nanmean(parts[0]):.3f}, wrist {np.nanmean(parts[1]):.3f}")
    chosen, aucs, hits = [], [], []
    for out in range(len(at_a_desk) + len(at_the_wrist)):
        others = {w: [s for i, s in enumerate(sets[w]) if i != out] for w in weights}
        weight = max(weights, key=lambda w: float(np.nanmean([auc(*s) for s in others[w]])))
        thresholds = np.arange(0.2, 0.8, 0.02)
        threshold = max(thresholds, key=lambda t: balanced_accuracy(others[weight], float(t)))
        chosen.append((weight, float(threshold)))
        aucs.append(auc(*sets[weight][out]))
        if out >= len(at_a_desk):
            hits.append((sets[weight][out][0] >= threshold, sets[weight][out][1] < threshold))
    on_guard, calm = np.concatenate([h[0] for h in hits]), np.concatenate([h[1] for h in hits])
    print(f"  left out by person: arithmetic {np.nanmean(aucs[: len(at_a_desk)]):.3f}", end=", ")
    balanced = (on_guard.mean() + calm.mean()) / 2
    print(f"wrist {np.nanmean(aucs[len(at_a_desk) :]):.3f}, balanced accuracy {balanced:.3f}")
    print(f"  weights chosen {sorted({w for w, _ in chosen})}, thresholds {sorted({round(t, 2) for _, t in chosen})}")


RECORDED: dict[str, Callable[[Path], None]] = {
    "gudb": show_gudb,
    "stress": show_stress,
    "day": show_day,
    "af": show_af,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="Score the state on recordings and simulated bodies.")
    parser.add_argument(
        "parts", nargs="*", metavar="part", help=f"of {', '.join([*RECORDED, 'simulated'])}; default all"
    )
    parser.add_argument("--fit", action="store_true", help="look for the weights anew, left out by person")
    args = parser.parse_args()
    folder = data_folder()
    wanted = args.parts or [*RECORDED, "simulated"]
    if unknown := set(wanted) - {*RECORDED, "simulated"}:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    if folder is None:
        print("No recordings: set ROLIG_DATA to the folder that holds them.")
    elif args.fit:
        fit(folder)
        return
    for part in wanted:
        if part == "simulated":
            show_simulated()
        elif folder is not None:
            RECORDED[part](folder)


if __name__ == "__main__":
    main()
