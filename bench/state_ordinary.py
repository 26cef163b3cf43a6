"""Ordinary minutes: what the state says where nothing is known to happen, and whether it sees a change.

    python -m bench.state_ordinary

Reads rr-days-more from `ROLIG_DATA` (default ../shared/data): people's ordinary lives. The starts are read once and
judged by every model of a grid. The figures that count are left out by person: for each, of the models that hold a word
in no more than a tenth of all others' ordinary starts, the one with the fewest of those that see nearly most changes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.state_data import Person, data_folder, inputs_of_beats, judged, observed
from bench.state_led import CALMER, SEEN_WITHIN_S, STEP_AT_S, TENSER
from dsp.hrv.intervals import beats_of_rr
from dsp.state.estimator import StateModel
from dsp.state.observer import Observed
from dsp.types import FloatArray, StateKind

BoolArray = NDArray[np.bool_]
StringArray = NDArray[np.str_]
AFTER_REST_S = 300.0
START_S = 540.0
STARTS_S = range(1200, 8 * 3600 - 600, 7800)
SHORTEST_RR_MS = 250.0
MOST_UNASKED = 0.10
NEARLY_MOST = 0.02
"""What models that see fewer changes by no more than this differ in is chance: half of its standard error."""
BORDERS = (0.75, 0.9, 1.05, 1.2, 1.5)
LEAVE_SHARE = StateModel().leave / StateModel().clear
HOLDS_S = (30, 45, 60)
GROUPS = (("healthy", "nsr"), ("heart failure", "chf"), ("all", ""))
SIDES = ((StateKind.CALM, CALMER), (StateKind.ALARM, TENSER))


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """Nine minutes of one person's ordinary life; `stepped` the same with a change `STEP_AT_S` into them."""

    person: str
    as_lived: list[Observed]
    stepped: dict[StateKind, list[Observed]]


def ordinary_starts(folder: Path) -> Iterator[Start]:
    """Starts spread over each person's eight hours, where the recording lasts as long."""
    for path in sorted((folder / "rr-days-more").glob("*.txt")):
        rr_ms = np.loadtxt(path)
        at_s = np.cumsum(rr_ms) / 1000
        for start_s in STARTS_S:
            part = rr_ms[(at_s >= start_s) & (at_s < start_s + START_S)]
            if part.sum() / 1000 > START_S - 10:
                changed = {kind: _seen_by_state(stepped(part, by)) for kind, by in SIDES}
                yield Start(path.stem, _seen_by_state(part), changed)


def _seen_by_state(rr_ms: FloatArray) -> list[Observed]:
    return observed(Person("", inputs_of_beats(beats_of_rr(rr_ms))), None)


def stepped(rr_ms: FloatArray, change: tuple[float, float]) -> FloatArray:
    """From `STEP_AT_S` on heart rate is `change[0]` times as fast, and what is quicker than a minute's drift
    `change[1]` times as large."""
    slow = np.convolve(np.pad(rr_ms, 30, mode="edge"), np.ones(61) / 61, mode="valid")
    after = np.cumsum(rr_ms) / 1000 > STEP_AT_S
    swung = (slow + (rr_ms - slow) * change[1]) / change[0]
    return np.where(after, np.maximum(swung, SHORTEST_RR_MS), rr_ms)


def told(seconds: Iterable[Observed], model: StateModel, from_s: float, for_s: float) -> list[StateKind]:
    """The words from `from_s`, or from the rest reading where it comes later, for `for_s`."""
    found = [(second.t_s, state.kind) for second, state in zip(seconds, judged(seconds, model), strict=True) if state]
    began_s = max(from_s, found[0][0]) if found else from_s
    return [kind for t_s, kind in found if began_s <= t_s <= began_s + for_s]


@dataclass(frozen=True, slots=True, eq=False)
class WordScore:
    """A row a start: whether its ordinary minutes held the word, whether the change was seen as that word within
    `SEEN_WITHIN_S`; and the share of unsure."""

    unasked: FloatArray
    seen: FloatArray
    unsure: FloatArray


def score(starts: Sequence[Start], model: StateModel) -> dict[StateKind, WordScore]:
    lived = [told(s.as_lived, model, 0.0, AFTER_REST_S) for s in starts]
    unsure = np.array([some.count(StateKind.UNSURE) / max(1, len(some)) for some in lived])
    found = {}
    for kind, _ in SIDES:
        later = [told(s.stepped[kind], model, STEP_AT_S, SEEN_WITHIN_S) for s in starts]
        unasked, seen = ([float(kind in one) for one in some] for some in (lived, later))
        found[kind] = WordScore(np.array(unasked), np.array(seen), unsure)
    return found


def grid() -> list[StateModel]:
    models = []
    for hold_s, border in product(HOLDS_S, BORDERS):
        leave = LEAVE_SHARE * border
        models.append(replace(StateModel(), clear=border, hr_agrees=border, leave=leave, hold_s=hold_s))
    return models


def left_out(scores: Sequence[WordScore], people: StringArray) -> tuple[float, float, list[int]]:
    """Unasked and seen with each person's model chosen on all others; and which models were."""
    unasked, seen, chosen = [], [], []
    for person in sorted(set(people.tolist())):
        others = people != person
        rates = [(float(s.unasked[others].mean()), float(s.seen[others].mean())) for s in scores]
        # Where none keeps to the tenth, the one that comes nearest.
        allowed = [i for i, rate in enumerate(rates) if rate[0] <= MOST_UNASKED]
        most = max((rates[i][1] for i in allowed), default=0.0)
        sees = [i for i in allowed if rates[i][1] >= most - NEARLY_MOST] or range(len(scores))
        best = min(sees, key=lambda i: (rates[i][0], -rates[i][1]))
        chosen.append(best)
        unasked += scores[best].unasked[~others].tolist()
        seen += scores[best].seen[~others].tolist()
    return float(np.mean(unasked)), float(np.mean(seen)), sorted(set(chosen))


def words(found: dict[StateKind, WordScore], some: BoolArray) -> str:
    return "; ".join(
        f"{kind.value} unasked {found[kind].unasked[some].mean():.3f}, seen {found[kind].seen[some].mean():.3f}"
        for kind, _ in SIDES
    )


def main() -> None:
    folder = data_folder()
    if folder is None:
        print("No recordings: set ROLIG_DATA to the folder that holds them.")
        return
    starts = list(ordinary_starts(folder))
    people = np.array([s.person for s in starts])
    models = grid()
    scores = [score(starts, model) for model in models]
    print(f"five ordinary minutes, {len(starts)} starts of {len(set(people.tolist()))} people, and a true step of 14 %")
    print("in them (goal: the word unasked in 0.10, the step seen within 120 s in 0.90)")
    print("  left out by person:")
    for kind, _ in SIDES:
        unasked, seen, chosen = left_out([s[kind] for s in scores], people)
        named = ", ".join(f"{models[i].clear:.2f}/{models[i].hold_s} s" for i in chosen)
        print(f"    {kind.value:6s} unasked {unasked:.3f}, seen {seen:.3f}; border and hold chosen: {named}")
    print("  the device's model, on the same starts:")
    now = score(starts, StateModel())
    for name, group in GROUPS:
        some = np.char.startswith(people, group)
        unsure = now[StateKind.CALM].unsure[some].mean()
        print(f"    {name:14s} {some.sum():3d} starts: {words(now, some)}; unsure {unsure:.2f} of the time")
    print("  the curve:")
    for model, found in zip(models, scores, strict=True):
        print(f"    hold {model.hold_s} s, border {model.clear:.2f}: {words(found, np.full(len(starts), True))}")


if __name__ == "__main__":
    main()
