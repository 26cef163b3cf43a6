"""What the beat score reads of a candidate, by name: its surroundings, and how it compares with the latest beats.

Every level is the logarithm of a ratio of envelopes, so that scale does not matter, and is kept within QUIETEST and
LOUDEST. The fitted weights are stored under these names.
"""

import enum
from typing import NamedTuple

from dsp.rpeak.filters import HEARD

QUIETEST, LOUDEST = -5.0, 3.0
"""Limits of every logarithm of a ratio: e**-5 is silence, e**3 is an artefact."""


class Surrounding(enum.IntEnum):
    """The columns of `CandidateFinder.measure`: levels against the envelope at the candidate itself."""

    T_WAVE_BAND = 0  # each band at the candidate, from T waves ...
    LOW_QRS_BAND = 1
    MIDDLE_QRS_BAND = 2
    HIGH_QRS_BAND = 3
    MUSCLE_BAND = 4  # ... up to muscle noise
    QRS_MEAN = 5  # mean envelope over the whole complex
    ONSET_MEAN = 6  # on its rising flank
    OFFSET_MEAN = 7  # on its falling flank
    BEFORE_MEAN = 8  # in the third of a second before it, where a P wave lies
    LONG_BEFORE_MEAN = 9  # over the second and a half before it
    AFTER_MEAN = 10  # after it, where a T wave begins
    BEFORE_TOP = 11  # greatest envelope over the same three spans
    LONG_BEFORE_TOP = 12
    AFTER_TOP = 13
    FAR_TOP = 14  # greatest envelope of the last 3 s
    MUSCLE_BEFORE = 15  # mean muscle noise before it
    MUSCLE_AFTER = 16  # and after it


class Comparison(NamedTuple):
    """A candidate against the latest beats. Heights are logarithms of the envelope, likenesses correlations."""

    over_median: float  # height over the latest beats' median height
    over_last: float  # over that of the last beat
    over_lowest: float  # over the lowest of them
    over_highest: float  # over the highest
    over_typical: float  # over the slow mean of all beats
    over_noise: float  # over the running mean of candidates that were no beats
    over_passed_over: float  # over the highest candidate passed over since the last beat
    best_likeness: float  # of the waveform with the most alike of the latest beats
    mean_likeness: float  # with them on average
    typical_likeness: float  # with the slow mean waveform
    band_distance: float  # distance of the bands' levels from the latest beats' mean levels
    high_band_change: float  # the highest QRS band's level over theirs
    t_wave_band_change: float  # the T wave band's level over theirs
    ln_pace: float  # logarithm of the time since the last beat over the usual interval
    off_pace: float  # its size, early or late
    irregularity: float  # how much the latest intervals changed from one to the next
    ln_over_last_interval: float  # logarithm of the time since the last beat over the last interval
    ln_since: float  # of that time in seconds
    since_s: float  # that time in seconds, up to 3
    experience: float  # how many beats have been seen, 1 for eight and more


FEATURES = (
    *(column.name.lower() for column in Surrounding),
    *(f"heard_{number}" for number in range(HEARD)),
    *Comparison._fields,
)
"""The names of all inputs of the score, in their order."""
SURROUNDINGS = len(FEATURES) - len(Comparison._fields)
