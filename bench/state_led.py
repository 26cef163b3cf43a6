"""What can lead the state astray, and whether what is true is still seen: each row has its goal and its mirror.

    python -m bench.state_led [--bodies N] [--fit] [falling] [moved] [blunted] [ordinary]

`ordinary` reads rr-days-more from `ROLIG_DATA` (default ../shared/data): people's ordinary minutes, in which nothing is
known to happen. `--fit` chooses the border there on all people but one and scores that one.
"""

import argparse
import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from bench.state_bodies import SimpleBody, after_exertion, kinds, rows, step
from bench.state_data import data_folder, inputs_of_beats
from dsp.hrv.intervals import beats_of_rr
from dsp.state.estimator import StateEstimator, StateModel
from dsp.types import FloatArray, MetricsRow, StateInputs

AFTER_REST_S = 300
STEP_AT_S = 330.0
SEEN_WITHIN_S = 120
CALMER = 1 / 1.14, 1.6
TENSER = 1.14, 0.6
"""Of heart rate and vagal swing: a true step of tone."""
SHORTEST_RR_MS = 250.0
STARTS_S = range(1200, 8 * 3600 - 600, 7800)
BORDERS = (0.6, 0.75, 0.9, 1.05, 1.2, 1.5)


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


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """Nine minutes of one person's ordinary life, as the state sees them."""

    person: str
    seconds: list[StateInputs]


def ordinary_starts(folder: Path, change: tuple[float, float] | None = None) -> Iterator[Start]:
    """Starts spread over each person's eight hours; with `change`, heart rate and its beat-to-beat differences step by
    so much five minutes in."""
    for path in sorted((folder / "rr-days-more").glob("*.txt")):
        rr_ms = np.loadtxt(path)
        at_s = np.cumsum(rr_ms) / 1000
        for start_s in STARTS_S:
            part = rr_ms[(at_s >= start_s) & (at_s < start_s + 540)]
            if change is not None:
                part = stepped(part, change)
            yield Start(path.stem, inputs_of_beats(beats_of_rr(part)))


def stepped(rr_ms: FloatArray, change: tuple[float, float]) -> FloatArray:
    """From `STEP_AT_S` on heart rate is `change[0]` times as fast, and what is quicker than a minute's drift
    `change[1]` times as large."""
    slow = np.convolve(np.pad(rr_ms, 30, mode="edge"), np.ones(61) / 61, mode="valid")
    after = np.cumsum(rr_ms) / 1000 > STEP_AT_S
    swung = (slow + (rr_ms - slow) * change[1]) / change[0]
    return np.where(after, np.maximum(swung, SHORTEST_RR_MS), rr_ms)


Wording = tuple[str, bool, bool, float]
"""A start's person, whether it held calm and on guard in the five minutes after its rest, and its share of unsure."""


def words_of(start: Start, model: StateModel, from_s: float = 0.0, for_s: float = AFTER_REST_S) -> Wording | None:
    estimator = StateEstimator(model=model)
    found: list[str] = []
    began_s: float | None = None
    for second in start.seconds:
        state = estimator.update(second)
        if state is None or estimator.rest is None:
            continue
        began_s = second.t_s if began_s is None else began_s
        if max(began_s, from_s) <= second.t_s <= max(began_s, from_s) + for_s:
            found.append(state.kind.value)
    if not found:
        return None
    return start.person, "calm" in found, "alarm" in found, found.count("unsure") / len(found)


def shares(words: Iterable[Wording | None], group: str = "") -> FloatArray:
    chosen = [w[1:] for w in words if w is not None and w[0].startswith(group)]
    return np.asarray(np.mean(np.array(chosen, dtype=np.float64), axis=0))


def show_ordinary(folder: Path) -> None:
    starts = list(ordinary_starts(folder))
    words = [words_of(s, StateModel()) for s in starts]
    print("five ordinary minutes after an ordinary rest (goal: some calm in 0.10, some on guard in 0.10)")
    for name, group in (("healthy", "nsr"), ("heart failure", "chf"), ("all", "")):
        count = sum(w is not None and w[0].startswith(group) for w in words)
        calm, alarm, unsure = shares(words, group)
        print(f"  {name:14s} {count:3d} starts: calm {calm:.3f}, on guard {alarm:.3f}, unsure {unsure:.2f} of the time")
    for name, by, column in (("calm", CALMER, 0), ("on guard", TENSER, 1)):
        later = [words_of(s, StateModel(), STEP_AT_S, SEEN_WITHIN_S) for s in ordinary_starts(folder, by)]
        print(f"  mirror: the same hearts with a true step of 14 %: {name} seen {shares(later)[column]:.2f}")


def fit(folder: Path) -> None:
    """The least border with which the others hold both words in no more than a tenth, scored on the one left out."""
    starts = list(ordinary_starts(folder))
    by_border = {}
    for border in BORDERS:
        model = replace(StateModel(), clear=border, hr_agrees=border, leave=border * 0.6)
        by_border[border] = [w for s in starts if (w := words_of(s, model)) is not None]
        calm, alarm, _ = shares(by_border[border])
        print(f"  border {border:.2f}: calm {calm:.3f}, on guard {alarm:.3f}", flush=True)
    people = sorted({w[0] for w in by_border[BORDERS[0]]})
    chosen, left_out = [], []
    for person in people:
        allowed = [b for b in BORDERS if (shares(w for w in by_border[b] if w[0] != person)[:2] <= 0.10).all()] or [
            BORDERS[-1]
        ]
        chosen.append(min(allowed))
        left_out += [w for w in by_border[chosen[-1]] if w[0] == person]
    calm, alarm, _ = shares(left_out)
    print(f"  left out by person: calm {calm:.3f}, on guard {alarm:.3f}; borders chosen {sorted(set(chosen))}")


SIMULATED: dict[str, Callable[[int], None]] = {
    "falling": show_falling,
    "moved": show_moved,
    "blunted": show_blunted,
}


def main() -> None:
    parser = argparse.ArgumentParser(description="What leads the state astray, and what it still sees.")
    parser.add_argument("parts", nargs="*", metavar="part", help=f"of {', '.join([*SIMULATED, 'ordinary'])}")
    parser.add_argument("--bodies", type=int, default=40)
    parser.add_argument("--fit", action="store_true", help="choose the border on ordinary minutes, left out by person")
    args = parser.parse_args()
    folder = data_folder()
    if unknown := set(args.parts) - {*SIMULATED, "ordinary"}:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    if folder is None:
        print("No recordings: set ROLIG_DATA to the folder that holds them.")
    elif args.fit:
        fit(folder)
        return
    for part in args.parts or [*SIMULATED, "ordinary"]:
        if part in SIMULATED:
            SIMULATED[part](args.bodies)
        elif folder is not None:
            show_ordinary(folder)


if __name__ == "__main__":
    main()
