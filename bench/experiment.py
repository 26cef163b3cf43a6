"""How often the experiment of one's own finds what is there, calls one what is none, and covers the truth.

    python -m bench.experiment [WEARERS]

Each wearer practises until 28 pairs are there, with days between; tension changes by session, drifts over the weeks
(a walk, and a trend of one step in a hundred days), and is answered on a share of the days. The effect is in standard
deviations of a pair's difference.
"""

import sys

import numpy as np

from device.recording.format.experiment import BLOCK_DAYS, Arm, arm_of
from host.report.own.trial import MOST_PAIRS, Day, TrialVerdict, verdict

NOISE = 1.0
PAIR_SD = NOISE * 2**0.5
CASES = {
    "as planned": (1.0, 0.0, False),
    "one day in five untold": (0.8, 0.0, False),
    "weeks drift": (1.0, 0.15, False),
    "both, in whole steps": (0.8, 0.15, True),
}


def experiment(seed: int, effect: float, answered: float, drift: float, whole: bool) -> tuple[TrialVerdict, list[Day]]:
    chance = np.random.default_rng(seed)
    days: list[Day] = []
    level, found = 0.0, verdict([])
    while found.pairs < MOST_PAIRS and not found.done:
        for _ in range(BLOCK_DAYS):
            arm = arm_of(seed, len(days))
            level += float(chance.normal(0.0, drift)) + 0.01 * (drift > 0)
            value = level + float(chance.normal(0.0, NOISE)) - effect * PAIR_SD * (arm is Arm.RESONANCE)
            told = chance.random() < answered
            days.append((arm, (round(value) if whole else value) if told else None))
        found = verdict(days)
    return found, days


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 2000
    print(f"{count} wearers each: said to change (%), interval covers (%), mean pairs and practised days until the end")
    for effect in (0.0, 0.5, 0.75):
        for name, (answered, drift, whole) in CASES.items():
            ends = [experiment(seed, effect, answered, drift, whole) for seed in range(count)]
            truth = -effect * PAIR_SD
            said = 100.0 * np.mean([found.changed for found, _ in ends])
            covers = 100.0 * np.mean(
                [found.interval[0] <= truth <= found.interval[1] for found, _ in ends if found.interval]
            )
            pairs, days = np.mean([(found.look, len(days)) for found, days in ends], axis=0)
            print(f"d = {effect:4.2f}  {name:24}{said:6.1f}{covers:7.1f}{pairs:7.1f}{days:7.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
