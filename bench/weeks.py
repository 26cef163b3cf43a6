"""What the weekly band of resting lnRMSSD sees: how often a month is outside by chance, and how soon a shift is seen.

    python -m bench.weeks [--people N] [--seed S]

Simulated days, 60 before, of SD 0.25 and a correlation from day to day; then either nothing happens, or the body shifts
for good. "A day": the share of days outside the band by chance; "a month": of months with any such day; the others: of
shifts, in SDs of single days, seen within 14 days. What two weeks can tell at all is bounded: the mean of fourteen
independent days has an SD of 0.27 of theirs, so the best test with one look and 5 % false alarms sees half an SD in
46 % of cases.
"""

import argparse
from collections.abc import Iterator

import numpy as np

from dsp.state.profile import RestingDay
from dsp.state.weeks import week_points
from dsp.types import FloatArray

BEFORE, AFTER, SEEN_WITHIN = 60, 30, 14
DAY_SD = 0.25
FIRST = 739_000
SHIFTS = (0.5, 1.0, 1.5)
CORRELATIONS = (0.0, 0.3)


def months(random: np.random.Generator, people: int, correlation: float) -> Iterator[FloatArray]:
    for _ in range(people):
        new = random.standard_normal(BEFORE + AFTER)
        days = new.copy()
        for i in range(1, len(days)):
            days[i] = correlation * days[i - 1] + np.sqrt(1.0 - correlation**2) * new[i]
        yield days


def outside(days: FloatArray) -> list[bool]:
    """Of the days after `BEFORE`, whether the week's mean is outside its band."""
    resting = [RestingDay(FIRST + i, "ecg", 3.4 + DAY_SD * float(value), 65.0) for i, value in enumerate(days)]
    points = week_points(resting, sensor="ecg")[BEFORE:]
    return [not point.band_low <= point.ln_rmssd <= point.band_high for point in points]


def row(random: np.random.Generator, people: int, correlation: float) -> str:
    quiet = list(months(random, people, correlation))
    by_chance = [outside(days) for days in quiet]
    shares = [float(np.mean(by_chance)), float(np.mean([any(days) for days in by_chance]))]
    for shift in SHIFTS:
        moved = [np.concatenate([days[:BEFORE], days[BEFORE:] + shift]) for days in quiet]
        shares.append(float(np.mean([any(outside(days)[:SEEN_WITHIN]) for days in moved])))
    return f"| {correlation} | " + " | ".join(f"{100 * share:.0f}" for share in shares) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--people", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    seen = " | ".join(f"{shift} SD seen, %" for shift in SHIFTS)
    print(f"| correlation of days | outside by chance: a day, % | a month, % | {seen} |")
    print("|---" * (3 + len(SHIFTS)) + "|")
    for correlation in CORRELATIONS:
        print(row(np.random.default_rng(args.seed), args.people, correlation))


if __name__ == "__main__":
    main()
