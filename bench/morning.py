"""The morning reading: what two minutes say of five, and how soon its word sees a shift.

    python -m bench.morning [--people N] [--seed S]

First, on rr-day: a minute passes, and the two that follow are held against all five that follow, in people's ordinary
life and in the quiet third of it; where there are recordings, from the folder ROLIG_DATA (default ../shared/data).

Then simulated mornings, a reading a day, looked at every day. "Month": of months in which nothing happens, those with
any word but "within", from the 14th morning on and with 74 behind one. "Seen": of shifts for good, in SDs of single
days, those told the right way within 14 days. The device's own code; beside it what others would do with a threshold
that lets 5 % of these very months through, which nobody could set so well; and a bound: one look on the fourteenth day
by a test that knows the wearer's mean, SD and correlation and needs not look before.
"""

import argparse
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import NormalDist

import numpy as np

from bench.recordings import DATA
from bench.short_windows import limits, pct
from dsp.hrv.intervals import beats_of_rr, classify
from dsp.hrv.time_domain import hrv_snapshot
from dsp.state.mornings import BASE, FEWEST, MEASURE_S, RECENT, SETTLE_S, UsualRange, usual_range
from dsp.types import FloatArray

LONG_S = 300.0
QUIET = 1 / 3
"""Of a person's six minutes, those with the slowest heart: as near as an ordinary day comes to a reading at rest."""
MONTH, SEEN_WITHIN = 30, 14
BEFORE = BASE + RECENT
SHIFTS = (0.5, 1.0, 1.25, 1.5)
CORRELATIONS = (0.0, 0.15, 0.3, 0.5)
FALSE_MONTHS = 0.05


# --- two minutes against five


@dataclass(frozen=True, slots=True)
class Stretch:
    """ln RMSSD of the reading and of the five minutes around it, and their heart rate."""

    reading: float
    five: float
    hr_bpm: float


def stretches(rr_ms: Sequence[float]) -> list[Stretch]:
    """Of each six minutes, where at most 5 % of the five minutes' intervals are spoilt."""
    intervals = classify(beats_of_rr(list(rr_ms)))
    ends = np.array([interval.t_s for interval in intervals])
    found = []
    for from_s in np.arange(0.0, ends[-1] - SETTLE_S - LONG_S, SETTLE_S + LONG_S):
        begins_s = float(from_s) + SETTLE_S
        inside = intervals[slice(*np.searchsorted(ends, (begins_s, begins_s + LONG_S)))]
        five = hrv_snapshot(inside, begins_s + LONG_S, LONG_S)
        short = hrv_snapshot(inside, begins_s + MEASURE_S, MEASURE_S)
        if five.spoilt_pct <= 5.0 and five.rmssd_ms > 0 and short.rmssd_ms > 0:
            found.append(Stretch(math.log(short.rmssd_ms), math.log(five.rmssd_ms), five.mean_hr_bpm))
    return found


def quiet(person: Sequence[Stretch]) -> list[Stretch]:
    return sorted(person, key=lambda stretch: stretch.hr_bpm)[: max(2, round(QUIET * len(person)))]


def error(person: Sequence[Stretch]) -> float:
    """SD of the reading against the five minutes, of one person."""
    return float(np.std([stretch.reading - stretch.five for stretch in person], ddof=1))


def two_against_five(folder: str, paths: Sequence[Path]) -> str:
    people = [stretches(np.loadtxt(path).tolist()) for path in paths]
    lines = [
        f"{folder}, {len(people)} people: RMSSD of {MEASURE_S:.0f} s after {SETTLE_S:.0f} s against the {LONG_S:.0f} s",
        "         | readings | error within a person %: median | worst | limits of agreement %",
    ]
    for name, chosen in (("all", people), ("quiet", [quiet(person) for person in people])):
        errors = [error(person) for person in chosen]
        low, high = limits(np.array([s.reading - s.five for person in chosen for s in person]))
        lines.append(
            f"{name:8} | {sum(map(len, chosen)):8d} | {pct(float(np.median(errors))):31.1f} | {pct(max(errors)):5.1f} "
            f"| {pct(low):+.0f} to {pct(high):+.0f}"
        )
    middles = [float(np.mean([s.five for s in quiet(person)])) for person in people]
    within = [float(np.std([s.reading for s in quiet(person)], ddof=1)) for person in people]
    lines.append(
        f"quiet ln RMSSD: SD between people {np.std(middles, ddof=1):.2f}, within a person's day "
        f"{float(np.median(within)):.2f} (median)"
    )
    return "\n".join(lines)


# --- months


Look = Callable[[FloatArray, int], float]
"""Of a person's days up to and with day `at`: how far outside, above 0; 1 is the edge where it has one of its own."""


def days(random: np.random.Generator, people: int, count: int, correlation: float) -> FloatArray:
    """Shape (people, count), of mean 0 and SD 1."""
    values = random.standard_normal((people, count))
    for at in range(1, count):
        values[:, at] = correlation * values[:, at - 1] + math.sqrt(1 - correlation**2) * values[:, at]
    return values


def word(person: FloatArray, at: int) -> float:
    """The device's own."""
    found: UsualRange = usual_range(person[: at + 1].tolist())
    return (found.recent - found.centre) / found.reach


def mean_of(count: int) -> Look:
    """The last `count` days against the days before, in SDs of those."""

    def score(person: FloatArray, at: int) -> float:
        base, recent = person[max(0, at + 1 - BEFORE) : at + 1 - count], person[at + 1 - count : at + 1]
        spread = float(base.std(ddof=1)) * math.sqrt(1 / len(base) + 1 / count)
        return float(recent.mean() - base.mean()) / spread

    return score


def _from_the_start(step: Callable[[tuple[float, float], float], tuple[float, float]]) -> Look:
    """A chart that begins at day `BEFORE`, with the mean and SD of the `BASE` days before it."""

    def score(person: FloatArray, at: int) -> float:
        base = person[BEFORE - BASE : BEFORE]
        up, down = 0.0, 0.0
        for value in (person[BEFORE : at + 1] - base.mean()) / base.std(ddof=1):
            up, down = step((up, down), float(value))
        return up if up > -down else down

    return score


def _cusum(state: tuple[float, float], value: float) -> tuple[float, float]:
    """Page's sums, for a shift of one SD."""
    return max(0.0, state[0] + value - 0.5), min(0.0, state[1] + value + 0.5)


def _ewma(state: tuple[float, float], value: float) -> tuple[float, float]:
    mean = 0.9 * (state[0] + state[1]) + 0.1 * value
    return max(mean, 0.0), min(mean, 0.0)


OTHERS: dict[str, Look] = {
    "7-day mean, best threshold": mean_of(7),
    "14-day mean, best threshold": mean_of(14),
    "CUSUM (k 0.5), best threshold": _from_the_start(_cusum),
    "EWMA (0.1), best threshold": _from_the_start(_ewma),
}


def looks(score: Look, people: FloatArray, first: int, count: int) -> FloatArray:
    """Shape (people, count): what each day's look finds."""
    return np.array([[score(person, at) for at in range(first, first + count)] for person in people])


def told(scores: FloatArray, edge: float) -> float:
    """Of how many something is told."""
    return float(np.mean(np.abs(scores).max(axis=1) > edge))


def seen(score: Look, people: FloatArray, edge: float) -> list[float]:
    """For each shift upwards, of how many it is told in time."""
    shares = []
    for shift in SHIFTS:
        moved = people.copy()
        moved[:, BEFORE:] += shift
        shares.append(float(np.mean(looks(score, moved, BEFORE, SEEN_WITHIN).max(axis=1) > edge)))
    return shares


def bound(correlation: float, shift: float) -> float:
    """One look at the weighted mean of 14 days by who knows all: the best linear test, two-sided at 5 %."""
    lags = np.abs(np.subtract.outer(np.arange(SEEN_WITHIN), np.arange(SEEN_WITHIN)))
    information = float(np.linalg.inv(np.power(correlation, lags)).sum()) if correlation else float(SEEN_WITHIN)
    return 1 - NormalDist().cdf(NormalDist().inv_cdf(1 - FALSE_MONTHS / 2) - shift * math.sqrt(information))


def months(random: np.random.Generator, people: int, correlation: float) -> list[str]:
    chosen = days(random, people, BEFORE + MONTH, correlation)
    first = told(looks(word, chosen, FEWEST - 1, MONTH), 1.0)
    later = told(looks(word, chosen, BEFORE, MONTH), 1.0)
    rows = [_row(correlation, "the word on the screen", [first, later, *seen(word, chosen, 1.0)])]
    for name, score in OTHERS.items():
        quiet_looks = looks(score, chosen, BEFORE, MONTH)
        edge = float(np.quantile(np.abs(quiet_looks).max(axis=1), 1 - FALSE_MONTHS))
        rows.append(_row(correlation, name, [math.nan, told(quiet_looks, edge), *seen(score, chosen, edge)]))
    known = [bound(correlation, shift) for shift in SHIFTS]
    return [*rows, _row(correlation, "bound: one look, all known", [math.nan, FALSE_MONTHS, *known])]


def _row(correlation: float, name: str, shares: Sequence[float]) -> str:
    cells = " | ".join("-" if math.isnan(share) else f"{100 * share:.0f}" for share in shares)
    return f"| {correlation} | {name} | {cells} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    for folder, pattern in (("rr-day", "*.txt"), ("rr-days-more", "nsr*.txt")):
        paths = sorted((DATA / folder).glob(pattern))
        print(two_against_five(folder, paths) if paths else f"{folder}: no recordings in {DATA}", end="\n\n")
    shifts = " | ".join(f"{shift} SD seen, %" for shift in SHIFTS)
    print(f"| correlation of days | | month, from the 14th, % | month, later, % | {shifts} |")
    print("|---" * (4 + len(SHIFTS)) + "|")
    for correlation in CORRELATIONS:
        for row in months(np.random.default_rng(args.seed), args.people, correlation):
            print(row, flush=True)


if __name__ == "__main__":
    main()
