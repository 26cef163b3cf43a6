"""The wearer's resonance frequency: the breathing rate at which heart rate swings the most.

Lehrer's protocol (Lehrer, Vaschillo & Vaschillo 2000, doi 10.1023/A:1009554825745) breathes at 6.5, 6.0, 5.5, 5.0 and
4.5 a minute, about two minutes each. The best step alone depends on noise, so a resonance is fitted over all steps (see
`dsp.resonance.curve`). Where the fit does not pin the peak down, or a flat response explains the steps about as well,
the answer is "inconclusive".
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist

from dsp.guide import SLOWEST_BREATHS_PER_MIN, comfortable_pace, longest_way_s
from dsp.resonance.curve import NEAR_BREATHS_PER_MIN, PEAK_PRIOR, PeakDistribution, peak_distribution
from dsp.resonance.steps import PacedStep, StepResponse, scores, step_response, steps_of
from dsp.types import NAN, RRInterval

__all__ = [
    "NEAR_BREATHS_PER_MIN",
    "RECHECK_STEP_S",
    "RUN_BREATHS_PER_MIN",
    "STEP_RAMP_S_PER_BREATH",
    "STEP_S",
    "PacedStep",
    "ResonanceFinding",
    "find_resonance",
    "prior_from",
    "recheck_paces",
    "refine",
    "run_lasts_s",
    "steps_of",
]

RUN_BREATHS_PER_MIN, STEP_S = (12.0, 6.5, 5.5, 4.5), 152.0
"""Every other of Lehrer's steps, for longer, after one at an ordinary breathing rate: far from the resonance the phase
tells the delay, which near it looks like another resonance. A step counts from when its pace is reached; with the ways
between them four steps stay within 12 min (docs/decisions/0014)."""

STEP_RAMP_S_PER_BREATH = 1.0
"""How much longer each breath may be than the last between steps: twice an ordinary guide's, as the way there tells
nothing and takes time from the steps."""

RECHECK_STEP_S = 118.0
"""So that three steps and the ways between them stay within 8 min, even about the slowest resonance."""

LEAST_CONFIDENCE = 0.5  # below it an answer is likelier wrong than right
FLAT_EVIDENCE = 0.0  # below it a flat response explains the steps better
EDGE_BREATHS_PER_MIN = 0.4  # how far outside the paces tried an answer may lie; a choice

WIDENS_PER_ROOT_DAY = 0.05
"""How the spread of an old finding grows, in breaths/min: 0.27 in a month. At a retest two thirds of people had another
best step (Capdevila et al. 2021, doi 10.1038/s41598-021-87867-8), the method's own scatter included."""


@dataclass(frozen=True, slots=True)
class ResonanceFinding:
    """`breaths_per_min` is NaN when the finding is inconclusive; `reason` then says why. `sd_breaths_per_min` is the
    spread of the estimate, `confidence` the probability that the resonance lies within 0.25 breaths/min of it, 0
    without a finding. `best_guess_breaths_per_min` is the likeliest pace if there is a resonance at all, found or not,
    and `best_guess_confidence` what it would then be worth. `scores` rates the steps by the practitioners' criteria, 0
    to 1."""

    breaths_per_min: float
    sd_breaths_per_min: float
    confidence: float
    reason: str
    steps: tuple[StepResponse, ...]
    scores: tuple[float, ...] = ()
    best_guess_breaths_per_min: float = NAN
    best_guess_confidence: float = 0.0

    @property
    def conclusive(self) -> bool:
        return not math.isnan(self.breaths_per_min)


def find_resonance(
    intervals: Sequence[RRInterval], steps: Sequence[PacedStep], prior: tuple[float, float] | None = None
) -> ResonanceFinding:
    """The resonance rate from paced steps of one session, at three paces or more.

    `prior` is an earlier finding (mean and SD in breaths per minute) for a quick recheck, where two paces do.
    """
    responses = _responses(intervals, steps)
    if _paces(responses) < (2 if prior else 3):
        return ResonanceFinding(NAN, NAN, 0.0, "too few readable steps", tuple(responses))
    peak = peak_distribution(responses, prior or PEAK_PRIOR)
    reason = _why_inconclusive(peak, [r.breaths_per_min for r in responses], prior is not None)
    guess = peak.estimate, peak.confidence
    found = (NAN, 0.0) if reason else guess
    return ResonanceFinding(found[0], peak.sd, found[1], reason, tuple(responses), tuple(scores(responses)), *guess)


def prior_from(breaths_per_min: float, confidence: float, days: int) -> tuple[float, float]:
    """Mean and SD that a finding of `confidence` is worth `days` later."""
    share = min(0.99, max(0.1, confidence))
    sd = NEAR_BREATHS_PER_MIN / NormalDist().inv_cdf(0.5 + share / 2)
    return breaths_per_min, math.hypot(sd, WIDENS_PER_ROOT_DAY * math.sqrt(max(0, days)))


def refine(
    intervals: Sequence[RRInterval], steps: Sequence[PacedStep], prior: tuple[float, float]
) -> tuple[float, float] | None:
    """Mean and confidence of an earlier finding (`prior_from`) after an ordinary session at two paces or more; None
    where that left it no surer than its age had made it."""
    responses = _responses(intervals, steps)
    if _paces(responses) < 2:
        return None
    peak = peak_distribution(responses, prior)
    return (peak.estimate, peak.confidence) if peak.sd < prior[1] else None


def recheck_paces(breaths_per_min: float) -> tuple[float, ...]:
    """Paces, each for `RECHECK_STEP_S`, that check an earlier finding."""
    return (RUN_BREATHS_PER_MIN[0], breaths_per_min + 0.5, max(SLOWEST_BREATHS_PER_MIN, breaths_per_min - 0.5))


def run_lasts_s(paces: Sequence[float], step_s: float) -> float:
    """How long a run that begins at its first pace takes at most, with the ways between and the last breath."""
    ways_s = (longest_way_s(*two, STEP_RAMP_S_PER_BREATH) for two in pairwise(paces))
    return step_s * len(paces) + sum(ways_s) + 60.0 / comfortable_pace(paces[-1])


def _responses(intervals: Sequence[RRInterval], steps: Sequence[PacedStep]) -> list[StepResponse]:
    return [r for r in (step_response(intervals, step) for step in steps) if r is not None]


def _paces(responses: list[StepResponse]) -> int:
    return len({round(r.breaths_per_min, 1) for r in responses})


def _why_inconclusive(peak: PeakDistribution, paces: list[float], has_prior: bool) -> str:
    if peak.evidence < FLAT_EVIDENCE and not has_prior:
        return "heart rate answers all paces about alike"
    if not has_prior and not min(paces) - EDGE_BREATHS_PER_MIN <= peak.estimate <= max(paces) + EDGE_BREATHS_PER_MIN:
        return "the strongest answer lies outside the paces tried"
    if peak.confidence < LEAST_CONFIDENCE:
        return "the answers leave too much open"
    return ""
