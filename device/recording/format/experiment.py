"""The experiment of one wearer's own: which of three kinds of practice a day gets. See docs/decisions/0023.

Days are those with practice, numbered from 0; three make a block, in which each arm comes once. The order follows from
the seed alone, so that it can be checked afterwards, and nobody can choose.
"""

import enum
from itertools import permutations


class Arm(enum.StrEnum):
    RESONANCE = "resonance"
    """The guide at the wearer's own pace."""
    FAST = "fast"
    """A guide that looks the same, at 12 breaths a minute."""
    QUIET = "quiet"
    """As long, sitting quietly."""


BLOCK_DAYS = len(Arm)
_ORDERS = tuple(permutations(Arm))
_64_BITS = (1 << 64) - 1


def arm_of(seed: int, day: int) -> Arm:
    """The arm of the practised day number `day` (from 0)."""
    if day < 0:
        raise ValueError(f"days are counted from 0, not {day}")
    block, place = divmod(day, BLOCK_DAYS)
    return _ORDERS[_mixed(seed, block) % len(_ORDERS)][place]


def _mixed(seed: int, count: int) -> int:
    """The number `count` of SplitMix64 begun at `seed` (Steele, Lea and Flood 2014, doi 10.1145/2660193.2660195)."""
    mixed = (seed + (count + 1) * 0x9E3779B97F4A7C15) & _64_BITS
    mixed = ((mixed ^ (mixed >> 30)) * 0xBF58476D1CE4E5B9) & _64_BITS
    mixed = ((mixed ^ (mixed >> 27)) * 0x94D049BB133111EB) & _64_BITS
    return mixed ^ (mixed >> 31)
