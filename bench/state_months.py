"""Months of a simulated wearer at the level of daily readings: how often the state says calm, settling, on guard.

    python -m bench.state_months [--people N] [--seed S]

The simulation knows nothing of dsp: a wearer has a usual heart rate and lnRMSSD, days differ from each other, minutes
differ within a day, and a scenario moves the body's tone. What the state says is judged by the very code the device
runs, with the wearer's own 28 days as level and today's rest as direction.
"""

import argparse
import math
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from dsp.state.estimator import StateModel, judge, settles
from dsp.state.evidence import Evidence, weigh
from dsp.state.level import FreeMinute, LevelAnchor
from dsp.state.pace_curve import PRIOR
from dsp.state.readings import Reading
from dsp.state.rest import RestReading
from dsp.types import FloatArray, StateKind

JudgeMinutes = Callable[["SimulatedWearer", "Scenario", LevelAnchor | None, StateModel], list[str]]
HISTORY_DAYS = 28
MINUTES_A_DAY = 2
TEST_MINUTES = 5
DAY_SD = (0.07, 0.25)
"""Of ln HR and lnRMSSD from day to day."""
MINUTE_SD = (0.035, 0.22)
"""Of ln HR and lnRMSSD from minute to minute, seated."""
TONE = (0.13, -0.5)
"""Of ln HR and lnRMSSD for one unit of tone: an ordinary stress. Negative tone is calmer."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """Tone at rest and afterwards, and of how many minutes the rest was the most on guard (regression)."""

    name: str
    rest: float
    later: float
    most_on_guard_of: int = 1


SCENARIOS = (
    Scenario("tense all day", 1.3, 1.3),
    Scenario("tense, then relaxing", 1.3, 0.5),
    Scenario("stress", 0.0, 1.3),
    Scenario("calm day", -0.5, -1.0),
    Scenario("nothing changes", 0.0, 0.0),
    Scenario("regression to the mean", 0.0, 0.0, most_on_guard_of=4),
)


class SimulatedWearer:
    """One simulated person; every draw comes from `random`."""

    def __init__(self, random: np.random.Generator) -> None:
        self._random = random
        self._usual = np.array([np.log(random.uniform(58, 85)), random.normal(3.4, 0.45)])

    def day(self) -> FloatArray:
        """A day's own ln HR and lnRMSSD."""
        return np.asarray(self._usual + self._correlated(DAY_SD))

    def minute(self, day: FloatArray, tone: float) -> FloatArray:
        """One free-breathing minute of that day at a tone."""
        return np.asarray(day + tone * np.array(TONE) + self._correlated(MINUTE_SD))

    def _correlated(self, sd: tuple[float, float]) -> FloatArray:
        common, own = self._random.normal(0, 1, 2)
        return np.array([sd[0] * common, -sd[1] * (0.4 * common + 0.917 * own)])

    def history(self) -> LevelAnchor | None:
        """The level after four ordinary weeks, some of their days a little tense or calm."""
        minutes = []
        for number in range(HISTORY_DAYS):
            day = self.day()
            tone = self._random.normal(0, 0.4)
            for _ in range(MINUTES_A_DAY):
                ln_hr, ln_rmssd = self.minute(day, tone)
                minutes.append(FreeMinute(1 + number, 9.0, "ecg", "sitting", float(ln_hr), float(ln_rmssd)))
        return LevelAnchor.from_minutes(minutes, clock_h=9.0, sensor="ecg", posture="sitting")


def _reading(t_s: float, value: FloatArray) -> Reading:
    return Reading(t_s, float(value[0]), float(value[1]), 55.0, 0.0)


def session(wearer: SimulatedWearer, scenario: Scenario, level: LevelAnchor | None, model: StateModel) -> list[str]:
    """The words of `TEST_MINUTES` minutes of one session."""
    day = wearer.day()
    rests = [wearer.minute(day, scenario.rest) for _ in range(scenario.most_on_guard_of)]
    picked = max(rests, key=lambda r: float(r[0] / MINUTE_SD[0] - r[1] / MINUTE_SD[1]))
    rest = RestReading(30.0, float(picked[0]), float(picked[1]))
    held, words = StateKind.NEUTRAL, []
    for number in range(TEST_MINUTES):
        now = _reading(120.0 + 60 * number, wearer.minute(day, scenario.later))
        z_hr, z_vagal = weigh(now, rest, hr_spread=model.hr_spread, vagal_spread=model.vagal_spread, curve=PRIOR)
        rank = level.rank(now.ln_hr, now.ln_rmssd) if level is not None else float("nan")
        evidence = Evidence(z_hr, z_vagal, rank)
        held = judge(evidence, model, held)
        words.append("settling" if held is StateKind.NEUTRAL and settles(evidence, model) else held.value)
    return words


def rmssd_alone(wearer: SimulatedWearer, scenario: Scenario, level: LevelAnchor | None, model: StateModel) -> list[str]:
    """For comparison: RMSSD against the session's rest, 0.7 SD either way, heart rate not asked."""
    blind = replace(model, hr_weight=0.0, clear=0.7, leave=0.7, hr_agrees=-math.inf, settling=math.inf)
    return session(wearer, scenario, None, blind)


def shares(scenario: Scenario, people: int, seed: int, judge_by: JudgeMinutes, *, with_level: bool) -> dict[str, float]:
    """The share of minutes in each word over many people."""
    random = np.random.default_rng(seed)
    counts: Counter[str] = Counter()
    for _ in range(people):
        wearer = SimulatedWearer(random)
        level = wearer.history()
        counts.update(judge_by(wearer, scenario, level if with_level else None, StateModel()))
    total = sum(counts.values())
    return {word: counts[word] / total for word in ("calm", "settling", "neutral", "alarm")}


def main() -> None:
    parser = argparse.ArgumentParser(description="Shares of calm and on guard in months of simulated sessions.")
    parser.add_argument("--people", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    print(f"{'':26s}    calm settling  neutral on guard")
    for title, judge_by, with_level in (
        ("RMSSD against the rest alone", rmssd_alone, False),
        ("the state, first week: against the rest", session, False),
        ("the state, with the level of 28 days", session, True),
    ):
        print(title)
        for scenario in SCENARIOS:
            found = shares(scenario, args.people, args.seed, judge_by, with_level=with_level)
            row = " ".join(f"{found[word]:8.2f}" for word in ("calm", "settling", "neutral", "alarm"))
            print(f"  {scenario.name:24s}{row}")


if __name__ == "__main__":
    main()
