"""Lists of beats as recordings: from times, or from intervals that follow each other."""

from collections.abc import Iterable, Sequence

import numpy as np

from device.errors import UsageError
from device.replay.recordings import BeatList
from device.replay.text.stamps import LONGEST_S, LOST_PER_SAMPLE, LOST_S
from dsp.types import Beat

LEAST_S = 0.25  # the middle interval of a heart that beats: 240 a minute; a choice, as of intervals


def of_intervals(rr_ms: Iterable[float]) -> list[Beat]:
    """The beats that bound the intervals, the first at 0 s."""
    beats, t_s = [Beat(0.0, 0.0, 1.0)], 0.0
    for each in rr_ms:
        t_s += each / 1000.0
        beats.append(Beat(t_s, t_s, 1.0))
    return beats


def of_intervals_with_gaps(rr_ms: Iterable[float], missing_s: Iterable[float]) -> tuple[list[Beat], list[float]]:
    """(beats, times of breaks): as `of_intervals`, with so many seconds missing before each interval."""
    beats, t_s = [Beat(0.0, 0.0, 1.0)], 0.0
    breaks_s: list[float] = []
    for each, gap_s in zip(rr_ms, missing_s, strict=True):
        if gap_s:
            breaks_s.append(t_s + gap_s / 2)
            t_s += gap_s
            beats.append(Beat(t_s, t_s, 1.0))
        t_s += each / 1000.0
        beats.append(Beat(t_s, t_s, 1.0))
    return beats, breaks_s


def beat_list(beats: list[Beat], breaks_s: Sequence[float] | None = None, *remarks: str) -> BeatList:
    """UsageError where the times ask for more seconds than a recording has, or are no heart's."""
    middle_s = float(np.median(np.diff([beat.t_s for beat in beats]))) if len(beats) > 1 else LEAST_S
    if middle_s < LEAST_S:
        raise UsageError(f"no heart beats every {1000 * middle_s:.4g} ms; {1000 * LEAST_S:g} ms or more are read")
    if beats and beats[-1].t_s > LONGEST_S:
        raise UsageError(f"the last beat is at {beats[-1].t_s:g} s; at most {LONGEST_S:g} s are read")
    if beats and beats[-1].t_s > LOST_S + LOST_PER_SAMPLE * len(beats):
        longest = int(np.argmax(np.diff([0.0, *(beat.t_s for beat in beats)])))
        raise UsageError(
            f"{len(beats)} beats in {beats[-1].t_s:g} s: too much is missing before {beats[longest].t_s:g} s"
        )
    return BeatList(beats, breaks_s=tuple(breaks_s or ()), remarks=tuple(filter(None, remarks)))
