"""What a minute's HRV says of the five minutes around it: limits of agreement (Shaffer et al. 2020,
doi 10.3389/fnins.2020.594880), on ordinary waking hours.

    python -m bench.short_windows [--quick]

Reads `rr-day` from the folder ROLIG_DATA (default ../shared/data). --quick takes every sixth person.
"""

import argparse
import math
import sys
from collections.abc import Callable

import numpy as np

from bench.recordings import DATA
from dsp.hrv.intervals import beats_of_rr, classify
from dsp.hrv.time_domain import hrv_snapshot
from dsp.types import FloatArray, HrvSnapshot, RRInterval

HOURS = 8
LONG_S, SHORT_S = 300, 60
MEASURES: dict[str, Callable[[HrvSnapshot], float]] = {
    "mean HR": lambda hrv: hrv.mean_hr_bpm,
    "RMSSD": lambda hrv: hrv.rmssd_ms,
    "SDNN": lambda hrv: hrv.sdnn_ms,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="every sixth person")
    step = 6 if parser.parse_args().quick else 1
    paths = sorted((DATA / "rr-day").glob("*.txt"))[::step]
    if not paths:
        print(f"no recordings in {DATA}: set ROLIG_DATA to a folder with rr-day")
        return 1
    people = []
    for path in paths:
        rr_ms = np.loadtxt(path)
        people.append(pairs(classify(beats_of_rr(rr_ms[np.cumsum(rr_ms) < HOURS * 3.6e6].tolist()))))
    print(f"rr-day, the first {HOURS} hours of {len(people)} people: the last minute of each five against all five")
    print(
        "          | pairs | bias % | limits of agreement % | of one person, median % | correlation of the logarithms"
    )
    for name, measure in MEASURES.items():
        logs = [np.array([[math.log(measure(hrv)) for hrv in pair] for pair in person]) for person in people]
        every = np.concatenate([person[np.isfinite(person).all(axis=1)] for person in logs])
        low, high = limits(every[:, 0] - every[:, 1])
        own = float(np.median([np.ptp(limits(person[:, 0] - person[:, 1])) / 2 for person in logs]))
        print(
            f"{name:9} | {len(every):5d} | {pct((low + high) / 2):+6.1f} | {pct(low):+9.0f} to {pct(high):+6.0f} "
            f"| +/- {pct(own):17.0f}  | {np.corrcoef(every.T)[0, 1]:.3f}"
        )
    return 0


def pairs(intervals: list[RRInterval]) -> list[tuple[HrvSnapshot, HrvSnapshot]]:
    """The last minute and the whole of each five minutes, where both have at most 5 % of spoilt intervals."""
    ends = np.array([interval.t_s for interval in intervals])
    found = []
    for end_s in range(LONG_S, int(ends[-1]), LONG_S):
        inside = intervals[slice(*np.searchsorted(ends, (end_s - LONG_S, end_s)))]
        both = hrv_snapshot(inside, end_s, SHORT_S), hrv_snapshot(inside, end_s, LONG_S)
        if all(hrv.spoilt_pct <= 5.0 and hrv.rmssd_ms > 0 for hrv in both):
            found.append(both)
    return found


def limits(apart: FloatArray) -> tuple[float, float]:
    """Bland and Altman's: the mean, less and plus 1.96 SD."""
    spread = 1.96 * float(np.std(apart, ddof=1))
    return float(np.mean(apart)) - spread, float(np.mean(apart)) + spread


def pct(logarithm: float) -> float:
    return 100 * math.expm1(logarithm)


if __name__ == "__main__":
    sys.exit(main())
