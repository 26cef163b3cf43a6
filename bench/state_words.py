"""The word that the wearer of a wrist sensor reads in stress and in calm, window by window."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from bench.state_data import CALM, STRESS, Person, judged, rest_of
from dsp.state.estimator import StateModel
from dsp.types import FloatArray, StateKind

WordWindows = tuple[FloatArray, FloatArray]
"""60 s windows of stress and of calm that were read; a row each: whether any second was on guard, the share calm."""


def stress_words(person: Person, model: StateModel) -> WordWindows:
    """What the wearer reads, against the same rest as `stress_windows`."""
    calm = person.spans(*CALM)
    rest = next((r for span in calm if (r := rest_of(person, span)) is not None), None)
    states = judged(person, rest, model)

    def windows(spans: list[tuple[float, float]]) -> FloatArray:
        found = []
        for start, end in spans:
            for at in range(int(start), int(end) - 59, 60):
                read = [s.kind for s in states[at : at + 60] if s is not None and s.kind is not StateKind.UNSURE]
                if read:
                    found.append((StateKind.ALARM in read, read.count(StateKind.CALM) / len(read)))
        return np.array(found, dtype=np.float64).reshape(-1, 2)

    return windows(person.spans(*STRESS)), windows(calm)


def show_words(words: Sequence[WordWindows]) -> None:
    stress, calm = (np.concatenate([w[part] for w in words]) for part in (0, 1))
    told, spared = stress[:, 0].mean(), 1 - calm[:, 0].mean()
    print(f"  the word on guard: in {told:.2f} of stress, in {1 - spared:.2f} of calm, balanced accuracy", end=" ")
    print(f"{(told + spared) / 2:.3f} (goal 0.66); calm in stress {stress[:, 1].mean():.3f} (0.03)")


def fit_words(people: Sequence[Person]) -> None:
    """What heart rate alone must reach for on guard at a wrist: chosen on all but one, scored on that one."""
    borders = (0.3, 0.45, 0.6, 0.8)
    words = {b: [stress_words(p, replace(StateModel(), faint_alone=b)) for p in people] for b in borders}

    def accuracy(some: Sequence[WordWindows]) -> float:
        stress, calm = (np.concatenate([w[part] for w in some])[:, 0] for part in (0, 1))
        return float(stress.mean() + 1 - calm.mean()) / 2

    chosen = []
    for out in range(len(people)):
        chosen.append(max(borders, key=lambda b: accuracy([w for i, w in enumerate(words[b]) if i != out])))
    print(f"  the word, left out by person, borders {sorted(set(chosen))}:")
    show_words([words[border][out] for out, border in enumerate(chosen)])
