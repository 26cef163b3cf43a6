"""Beat-by-beat comparison as bxb and sumstats of PhysioNet's WFDB software document it, after ANSI/AAMI EC57.

The first five minutes are for learning and do not count. A detection within 150 ms of a reference beat matches it, one
to one; reference beats and detections in ventricular flutter do not count. The error of an RR interval is taken where
two reference beats in a row, both matched, are matched by two detections in a row. Gross figures give each beat a vote,
average ones each record.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from bench.recordings import AnnotatedEcg, match, outside
from dsp.types import FloatArray

LEARNING_S = 300.0
WINDOW_S = 0.150


@dataclass(frozen=True, slots=True)
class RecordTally:
    """Counts of one record, and the sum of its squared RR errors with how many there are."""

    name: str
    hits: int
    missed: int
    false: int
    rr_errors: int
    rr_squares_ms2: float

    @property
    def sensitivity_pct(self) -> float:
        return _share(self.hits, self.missed)

    @property
    def predictivity_pct(self) -> float:
        return _share(self.hits, self.false)

    @property
    def rms_rr_ms(self) -> float:
        return math.sqrt(self.rr_squares_ms2 / self.rr_errors) if self.rr_errors else math.nan


def compare(found_s: FloatArray, recording: AnnotatedEcg, learning_s: float = LEARNING_S) -> RecordTally:
    """The tally of detections at `found_s`, any order, in s."""
    found_s = outside(np.sort(found_s), recording.flutter_s)
    test_s = found_s[found_s >= learning_s]
    scored = replace(recording, beats_s=recording.beats_s[recording.beats_s >= learning_s])
    score = match(test_s, scored, WINDOW_S)
    missed, false = set(score.missed_s.tolist()), set(score.false_s.tolist())
    reference = [at for at, t_s in enumerate(scored.beats_s.tolist()) if t_s not in missed]
    test = [at for at, t_s in enumerate(test_s.tolist()) if t_s not in false]
    pairs = list(zip(reference, test, strict=True))
    errors_ms = [
        1000.0 * ((test_s[j2] - test_s[j1]) - (scored.beats_s[i2] - scored.beats_s[i1]))
        for (i1, j1), (i2, j2) in pairwise(pairs)
        if i2 == i1 + 1 and j2 == j1 + 1
    ]
    squares = float(np.square(errors_ms).sum()) if errors_ms else 0.0
    return RecordTally(recording.name, score.hits, len(score.missed_s), len(score.false_s), len(errors_ms), squares)


def gross(tallies: Sequence[RecordTally]) -> RecordTally:
    """All records as if they were one."""
    return RecordTally(
        "Gross",
        sum(t.hits for t in tallies),
        sum(t.missed for t in tallies),
        sum(t.false for t in tallies),
        sum(t.rr_errors for t in tallies),
        sum(t.rr_squares_ms2 for t in tallies),
    )


def average(tallies: Sequence[RecordTally]) -> tuple[float, float, float]:
    """(sensitivity in %, positive predictivity in %, RMS error of RR in ms), the mean over records that have one."""
    columns = ([getattr(t, name) for t in tallies] for name in ("sensitivity_pct", "predictivity_pct", "rms_rr_ms"))
    known = ([value for value in column if not math.isnan(value)] for column in columns)
    sensitivity, predictivity, rms = (float(np.mean(column)) if column else math.nan for column in known)
    return sensitivity, predictivity, rms


def _share(hits: int, others: int) -> float:
    return 100.0 * hits / (hits + others) if hits + others else math.nan
