"""The wrists of stress-predict, calm against stress: arousal, the word that the wearer reads, and an alarmed rest."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from bench.state_data import (
    BREATHING,
    CALM,
    STRESS,
    Person,
    Span,
    Windows,
    arousals,
    judged,
    observed,
    rest_of,
    window_means,
)
from dsp.state.estimator import StateModel
from dsp.state.observer import Observed
from dsp.types import FloatArray, StateKind, WearerState

GUARD_BORDERS = (0.45, 0.6, 0.75, 0.9, 1.05, 1.2)
CALM_BORDERS = (1.35, 1.6, 1.8, 2.1)
SETTLING_BORDERS = (0.1, 0.2, 0.3, 0.4, 0.5)
MOST_CALM_IN_STRESS, LEAST_QUIET = 0.03, 0.70
NEARLY_BEST = 0.02
"""Balanced accuracies that differ by less, differ by chance: of such borders the middle one is chosen."""
WordWindows = tuple[FloatArray, FloatArray]
"""60 s windows of stress and of calm that were read; a row each: whether any second was on guard, the share calm."""


@dataclass(frozen=True, slots=True, eq=False)
class Wrist:
    """One person, read once against the first calm stretch that can be read, and against the interview; the latter is
    empty where that gives no rest."""

    person: Person
    against_calm: list[Observed]
    against_interview: list[Observed]


def wrists(people: Iterable[Person]) -> list[Wrist]:
    found = []
    for person in people:
        calm = next((r for span in person.spans(*CALM) if (r := rest_of(person, span)) is not None), None)
        spans = person.spans("interview")
        alarmed = rest_of(person, spans[0]) if spans else None
        found.append(Wrist(person, observed(person, calm), observed(person, alarmed) if alarmed is not None else []))
    return found


def stress_windows(wrist: Wrist, model: StateModel, *, breathing: bool = False) -> Windows:
    """60 s windows of stress and of calm."""
    values = arousals(judged(wrist.against_calm, model))
    on_guard = STRESS + ((BREATHING,) if breathing else ())
    return window_means(values, wrist.person.spans(*on_guard), 60), window_means(values, wrist.person.spans(*CALM), 60)


def stress_words(wrist: Wrist, model: StateModel) -> WordWindows:
    """What the wearer reads in the same windows."""
    states = judged(wrist.against_calm, model)

    def windows(spans: list[Span]) -> FloatArray:
        found = []
        for start, end in spans:
            for at in range(int(start), int(end) - 59, 60):
                read = [s.kind for s in states[at : at + 60] if s is not None and s.kind is not StateKind.UNSURE]
                if read:
                    found.append((StateKind.ALARM in read, read.count(StateKind.CALM) / len(read)))
        return np.array(found, dtype=np.float64).reshape(-1, 2)

    return windows(wrist.person.spans(*STRESS)), windows(wrist.person.spans(*CALM))


def word_rates(words: Sequence[WordWindows]) -> tuple[float, float, float, float]:
    """The share of stress and of calm windows told on guard, and how much of stress and of calm reads calm."""
    stress, calm = (np.concatenate([w[part] for w in words]).mean(axis=0).tolist() for part in (0, 1))
    return stress[0], calm[0], stress[1], calm[1]


def balanced(told: float, feared: float) -> float:
    return (told + 1 - feared) / 2


def show_left_out(people: Sequence[Wrist]) -> None:
    """The borders of heart rate alone, each chosen on all but one person by what the goal of its row asks, and scored
    on that one."""
    everyone = range(len(people))
    guard = {b: [stress_words(p, replace(StateModel(), faint_alone=b)) for p in people] for b in GUARD_BORDERS}
    calm = {b: [stress_words(p, replace(StateModel(), faint_calm=b)) for p in people] for b in CALM_BORDERS}
    settling = {b: [alarmed(p, replace(StateModel(), faint_settling=b)) for p in people] for b in SETTLING_BORDERS}
    guards, calms, settlings = [], [], []
    for out in everyone:
        others = [i for i in everyone if i != out]
        right = {b: balanced(*word_rates([guard[b][i] for i in others])[:2]) for b in GUARD_BORDERS}
        near = [b for b in GUARD_BORDERS if right[b] >= max(right.values()) - NEARLY_BEST]
        guards.append(near[len(near) // 2])
        few = [b for b in CALM_BORDERS if word_rates([calm[b][i] for i in others])[2] <= MOST_CALM_IN_STRESS]
        calms.append(min(few, default=max(CALM_BORDERS)))
        quiet = {b: np.mean(np.concatenate([settling[b][i][0] for i in others])) for b in SETTLING_BORDERS}
        settlings.append(max((b for b in quiet if quiet[b] >= LEAST_QUIET), default=min(SETTLING_BORDERS)))
    print(f"  left out by person, borders {_chosen(guards)} (on guard), {_chosen(calms)} (calm), {_chosen(settlings)}:")
    told = word_rates([guard[guards[i]][i] for i in everyone])
    _print_words(*told[:2], *word_rates([calm[calms[i]][i] for i in everyone])[2:])
    _print_alarmed([settling[settlings[i]][i] for i in everyone])


def _chosen(borders: Sequence[float]) -> str:
    return "/".join(f"{border:g}" for border in sorted(set(borders)))


def show_words(people: Sequence[Wrist]) -> None:
    _print_words(*word_rates([stress_words(p, StateModel()) for p in people]))


def _print_words(told: float, feared: float, in_stress: float, in_calm: float) -> None:
    print(f"  the word on guard: in {told:.2f} of stress, in {feared:.2f} of calm, balanced accuracy", end=" ")
    print(f"{balanced(told, feared):.3f} (goal 0.66); calm in stress {in_stress:.3f} (0.03), in calm {in_calm:.3f}")


def alarmed(wrist: Wrist, model: StateModel) -> tuple[FloatArray, FloatArray]:
    """The interview as baseline: of each second read, whether relaxing is calm or settling, and stroop calm."""
    states = judged(wrist.against_interview, model)
    quiet = [float(s.kind is StateKind.CALM or s.settling) for s in _read(states, wrist.person.spans("relax"))]
    calm = [float(s.kind is StateKind.CALM) for s in _read(states, wrist.person.spans("stroop"))]
    return np.array(quiet), np.array(calm)


def show_alarmed(people: Sequence[Wrist]) -> None:
    _print_alarmed([alarmed(p, StateModel()) for p in people])


def _print_alarmed(found: Sequence[tuple[FloatArray, FloatArray]]) -> None:
    quiet, calm = (np.concatenate([one[part] for one in found]) for part in (0, 1))
    print(f"  interview as baseline: relax calm or settling {quiet.mean():.2f} (goal 0.70),", end=" ")
    print(f"stroop calm {calm.mean():.3f} (goal 0.05)")


def _read(states: list[WearerState | None], spans: list[Span]) -> list[WearerState]:
    """The states other than unsure within the spans."""
    inside = [s for a, b in spans for s in states[int(a) : int(b)]]
    return [s for s in inside if s is not None and s.kind is not StateKind.UNSURE]
