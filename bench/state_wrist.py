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

BORDERS = (0.3, 0.45, 0.6, 0.8)
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


def word_rates(words: Sequence[WordWindows]) -> tuple[float, float, float]:
    """The share of stress and of calm windows told on guard, and how much of stress reads calm."""
    stress, calm = (np.concatenate([w[part] for w in words]) for part in (0, 1))
    return float(stress[:, 0].mean()), float(calm[:, 0].mean()), float(stress[:, 1].mean())


def show_words(words: Sequence[WordWindows]) -> None:
    told, feared, calm = word_rates(words)
    print(f"  the word on guard: in {told:.2f} of stress, in {feared:.2f} of calm, balanced accuracy", end=" ")
    print(f"{(told + 1 - feared) / 2:.3f} (goal 0.66); calm in stress {calm:.3f} (0.03)")


def show_words_left_out(people: Sequence[Wrist]) -> None:
    """What heart rate alone must reach for on guard at a wrist: chosen on all but one, scored on that one."""
    words = {b: [stress_words(p, replace(StateModel(), faint_alone=b)) for p in people] for b in BORDERS}

    def accuracy(border: float, out: int) -> float:
        told, feared, _ = word_rates([w for i, w in enumerate(words[border]) if i != out])
        return told - feared

    chosen = [max(BORDERS, key=lambda b: accuracy(b, out)) for out in range(len(people))]
    print(f"  left out by person, border of heart rate alone in {sorted(set(chosen))}:")
    show_words([words[border][out] for out, border in enumerate(chosen)])


def show_alarmed(people: Sequence[Wrist]) -> None:
    """The interview as baseline: what relaxing and stroop read as, over readable seconds."""
    quiet, calm = [], []
    for wrist in people:
        states = judged(wrist.against_interview, StateModel())
        quiet += [s.kind is StateKind.CALM or s.settling for s in _read(states, wrist.person.spans("relax"))]
        calm += [s.kind is StateKind.CALM for s in _read(states, wrist.person.spans("stroop"))]
    print(f"  interview as baseline: relax calm or settling {np.mean(quiet):.2f} (goal 0.70),", end=" ")
    print(f"stroop calm {np.mean(calm):.3f} (goal 0.05)")


def _read(states: list[WearerState | None], spans: list[Span]) -> list[WearerState]:
    """The states other than unsure within the spans."""
    inside = [s for a, b in spans for s in states[int(a) : int(b)]]
    return [s for s in inside if s is not None and s.kind is not StateKind.UNSURE]
