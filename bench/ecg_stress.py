"""What a wearer's ECG meets in life, one circumstance a row, on synthetic hearts whose every beat is known.

    python -m bench.ecg_stress [--hearts 6] [ROWS]

Each row goes through the whole pipeline. `Se` and `PPV`: beats found and beats that are true, in %, at 100 ms; `low`:
beats of quality below one half; `untrue`: of the false beats and of those beside a missed one, the share at which
quality is not low. `false NN`: of the intervals that are called normal and timed, the share that are not the time
between two successive normal beats. `RMSSD`: how often it is given from the first full minute on, and how far it is
off, median and worst, in % of the truth over the same minute.
"""

import argparse
import math
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from bench.stressed_ecg import ROWS, Stressed
from dsp.pipeline import Pipeline
from dsp.types import Beat, FloatArray, IntervalKind, Output, SampleBlock, SignalKind

WINDOW_S = 60.0
TOLERANCE_S = 0.1
BLOCK_S = 1.0


@dataclass(slots=True)
class Tally:
    """What the pipeline made of the hearts of one row."""

    true: int = 0
    hits: int = 0
    found: int = 0
    low: int = 0
    wrong: int = 0
    wrong_trusted: int = 0
    normal: int = 0
    false_normal: int = 0
    minutes: int = 0
    errors_pct: list[float] = field(default_factory=list)

    def add(self, ecg: Stressed, out: Output) -> None:
        matched = matches(out.beats, ecg.beats_s)
        self.true += len(ecg.beats_s)
        self.hits += sum(place is not None for place in matched)
        self.found += len(out.beats)
        self.low += sum(beat.quality < 0.5 for beat in out.beats)
        for beat, before, after in _with_neighbours(out.beats, matched):
            if before is None or after is None or after != before + 1:
                self.wrong += 1
                self.wrong_trusted += beat.quality >= 0.5
        truth = {out.beats[k].t_s: (matched[k], matched[k - 1]) for k in range(1, len(out.beats))}
        nn = _are_nn(ecg)
        for interval in out.intervals:
            if interval.kind is IntervalKind.NORMAL and interval.timed:
                here, last = truth[interval.t_s]
                self.normal += 1
                if not here or last != here - 1 or not nn[here - 1]:
                    self.false_normal += 1
        self._add_minutes(ecg, out)

    def _add_minutes(self, ecg: Stressed, out: Output) -> None:
        for row in out.rows:
            if row.t_s < WINDOW_S or row.t_s % 5:
                continue
            self.minutes += 1
            if not math.isnan(row.rmssd_ms):
                true_ms = true_rmssd_ms(ecg, row.t_s)
                self.errors_pct.append(100.0 * (row.rmssd_ms / true_ms - 1.0) if true_ms > 0.0 else math.inf)

    def line(self) -> str:
        def pct(part: int, whole: int) -> str:
            return f"{100.0 * part / whole:7.1f}" if whole else "      -"

        errors = np.abs(self.errors_pct)
        off = f"{np.median(errors):8.0f}{errors.max():8.0f}" if len(errors) else "       -       -"
        return (
            pct(self.hits, self.true)
            + pct(self.hits, self.found)
            + pct(self.low, self.found)
            + pct(self.wrong_trusted, self.wrong)
            + pct(self.false_normal, self.normal)
            + pct(len(errors), self.minutes)
            + off
        )


def matches(beats: list[Beat], true_s: FloatArray) -> list[int | None]:
    """Which true beat each beat is: the nearest within the tolerance, each once."""
    taken: dict[int, tuple[float, int]] = {}
    for number, beat in enumerate(beats):
        if not len(true_s):
            break
        nearest = int(np.argmin(np.abs(true_s - beat.t_s)))
        away_s = abs(float(true_s[nearest]) - beat.t_s)
        if away_s <= TOLERANCE_S and (nearest not in taken or away_s < taken[nearest][0]):
            taken[nearest] = (away_s, number)
    found: list[int | None] = [None] * len(beats)
    for place, (_, number) in taken.items():
        found[number] = place
    return found


def _with_neighbours(beats: list[Beat], matched: list[int | None]) -> Iterator[tuple[Beat, int | None, int | None]]:
    for (_, before), (beat, after) in pairwise(zip(beats, matched, strict=True)):
        yield beat, before, after


def _are_nn(ecg: Stressed) -> np.ndarray:
    """Which of the intervals between its beats lie between two normal ones of which none was lost in between."""
    return np.asarray(ecg.normal[1:] & ecg.normal[:-1] & (np.diff(ecg.number) == 1))


def true_rmssd_ms(ecg: Stressed, t_s: float) -> float:
    """Of the successive normal beats in the minute up to `t_s`; an interval longer than 2 s is a pause."""
    rr_s = np.diff(ecg.beats_s)
    nn = _are_nn(ecg) & (rr_s < 2.0) & (ecg.beats_s[1:] > t_s - WINDOW_S) & (ecg.beats_s[1:] <= t_s)
    both = nn[1:] & nn[:-1]
    return float(1000.0 * np.sqrt(np.mean(np.diff(rr_s)[both] ** 2))) if both.any() else math.nan


def run(ecg: Stressed) -> Output:
    pipeline, out = Pipeline(SignalKind.ECG, ecg.fs_hz), Output()
    size = round(BLOCK_S * ecg.fs_hz)
    for first in range(0, len(ecg.ecg_uv), size):
        _extend(out, pipeline.push(SampleBlock(first, ecg.fs_hz, ecg.ecg_uv[first : first + size])))
    _extend(out, pipeline.finish())
    return out


def _extend(out: Output, more: Output) -> None:
    out.beats.extend(more.beats)
    out.intervals.extend(more.intervals)
    out.rows.extend(more.rows)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.ecg_stress", description=__doc__)
    parser.add_argument("rows", nargs="*", help=f"of: {'; '.join(ROWS)}; default: all")
    parser.add_argument("--hearts", type=int, default=6, help="in each row")
    chosen = parser.parse_args()
    if unknown := [name for name in chosen.rows if name not in ROWS]:
        print(f"bench.ecg_stress: unknown: {', '.join(unknown)}; there are {'; '.join(ROWS)}", file=sys.stderr)
        return 2
    print(f"{'':26}     Se    PPV    low untrue false NN  given   RMSSD off: median, worst, %")
    for number, (name, make) in enumerate(ROWS.items()):
        if chosen.rows and name not in chosen.rows:
            continue
        tally = Tally()
        for heart in range(chosen.hearts):
            ecg = make(np.random.default_rng((31, number, heart)))
            tally.add(ecg, run(ecg))
        print(f"{name:26}{tally.line()}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
