"""How many simulated wearers the report tells that they read their body better, at any look up to 40 sessions.

    python -m bench.calibration [WEARERS]

The body's state drifts over the weeks in all of them, down by 1.2 steps and by chance besides. One learns: the bias of
the guess goes from 1.5 steps to nothing and its spread from 1.0 to 0.4. One learns less: from 1.2 steps, and from 0.9
to 0.4. One learns as much from below: the body comes down to the guesses anyway, and hides it. The others do not learn:
one guesses by chance, one always says the same, one is near the same, and one reads the body equally well all the time.
"""

import sys
from collections.abc import Callable

import numpy as np

from dsp.types import FloatArray
from host.report.calibration import LOOKS, calibration, nearer_by_order, nearer_by_pairs

SESSIONS = 40
Guesses = Callable[[np.random.Generator, FloatArray], FloatArray]


def body(chance: np.random.Generator) -> FloatArray:
    walk = np.cumsum(chance.normal(0.0, 0.06, SESSIONS)) + np.linspace(0.6, -0.6, SESSIONS)
    return np.clip(2.8 + walk + chance.normal(0.0, 0.7, SESSIONS), 1.0, 5.0)


def learning(bias: float, spread: float, spread_left: float) -> Guesses:
    learnt = np.linspace(0.0, 1.0, SESSIONS)

    def guesses(chance: np.random.Generator, body: FloatArray) -> FloatArray:
        by_chance = chance.normal(0.0, 1.0, SESSIONS) * (spread + (spread_left - spread) * learnt)
        return body + bias * (1.0 - learnt) + by_chance

    return guesses


WEARERS: dict[str, Guesses] = {
    "learns": learning(1.5, 1.0, 0.4),
    "learns less": learning(1.2, 0.9, 0.4),
    "learns from below": learning(-1.2, 0.9, 0.4),
    "by chance": lambda chance, _: chance.uniform(0.5, 5.5, SESSIONS),
    "always the same": lambda _, body: np.full(len(body), 3.0),
    "nearly the same": lambda chance, _: chance.normal(2.2, 0.6, SESSIONS),
    "steady": lambda chance, body: body + 0.8 + chance.normal(0.0, 0.8, SESSIONS),
}


def told(chance: np.random.Generator, guesses: Guesses) -> tuple[bool, bool, bool]:
    """Whether they are told, and would be by either of the two tests alone."""
    showed = body(chance)
    guess = np.clip(np.round(guesses(chance, showed)), 1.0, 5.0)
    looks = [count for count in LOOKS if count <= SESSIONS]
    known = [calibration(guess[:count], showed[:count]) for count in looks]
    return (
        any(one is not None and one.closer for one in known),
        any(nearer_by_order(guess[:count] - showed[:count]) <= LOOKS[count] for count in looks),
        any(nearer_by_pairs(guess[:count], showed[:count]) <= LOOKS[count] for count in looks),
    )


def main() -> int:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 400
    print(f"{count} wearers each; told by both tests, by the order of sessions alone, by the pairs alone (%)")
    for name, guesses in WEARERS.items():
        shares = 100.0 * np.mean([told(np.random.default_rng(seed), guesses) for seed in range(count)], axis=0)
        print(f"{name:18}{shares[0]:6.1f}{shares[1]:8.1f}{shares[2]:8.1f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
