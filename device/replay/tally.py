"""What a replay comes to: how far it is, and in the end the heart, what was left out, and the states."""

import math
import sys
import time
from collections import Counter

from device.recording.format.printable import printable
from dsp.hrv.time_domain import MAX_SPOILT_PCT, hrv_snapshot, is_nn
from dsp.types import HrvSnapshot, Output, RRInterval, StateKind

_EVERY_S = 0.2
_FEWEST_NN = 10  # that a heart rate of a recording too short for variability is told of; a choice
_WIPE = "\r\033[K"
_SAID = {StateKind.ALARM: "on guard"}  # as on the screens


def clock(seconds: float) -> str:
    """m:ss, from an hour on h:mm:ss."""
    whole = round(seconds)
    short = f"{whole // 60 % 60}:{whole % 60:02d}"
    return f"{whole // 3600}:{short:0>5}" if whole >= 3600 else short


class ReplayProgress:
    """A line on a terminal that moves, wiped in the end; nothing where standard error is none, or is not `shown`."""

    def __init__(self, duration_s: float, *, shown: bool) -> None:
        self._duration_s = duration_s
        self._moves = shown and sys.stderr.isatty()
        self._drawn_s = -math.inf if self._moves else math.inf

    def reached(self, t_s: float) -> None:
        if self._moves and (now_s := time.monotonic()) - self._drawn_s > _EVERY_S:
            self._drawn_s = now_s
            share = min(1.0, t_s / self._duration_s) if self._duration_s else 1.0
            line = f"{share:4.0%}  {clock(t_s)} of {clock(self._duration_s)}"
            print(_WIPE + line, end="", file=sys.stderr, flush=True)

    def close(self) -> None:
        if self._moves:
            print(_WIPE, end="", file=sys.stderr, flush=True)


class ReplayTally:
    """Counts what is played."""

    def __init__(self) -> None:
        self._intervals: list[RRInterval] = []
        self._states: Counter[str] = Counter()

    def add(self, output: Output) -> None:
        self._intervals += output.intervals
        self._states.update(
            _SAID.get(row.state.kind, row.state.kind.value) for row in output.rows if row.state is not None
        )

    def lines(self, name: str, played_s: float) -> list[str]:
        hrv = hrv_snapshot(self._intervals, played_s, played_s + 1.0)
        told = [
            ("heart rate", _known(self._mean_hr_bpm(hrv), "bpm")),
            ("RMSSD", f"{_known(hrv.rmssd_ms, 'ms')} (of NN; SDNN {_known(hrv.sdnn_ms, 'ms')})"),
            ("left out", self._left_out(hrv.spoilt_pct)),
            ("states", self._told_states()),
        ]
        return [printable(f"{name}: {clock(played_s)} played"), *(f"  {what:<12}{value}" for what, value in told)]

    def _mean_hr_bpm(self, hrv: HrvSnapshot) -> float:
        """Also of less than the half minute that variability needs."""
        normal_ms = [i.rr_ms for i in self._intervals if is_nn(i)]
        if not math.isnan(hrv.mean_hr_bpm) or len(normal_ms) < _FEWEST_NN or hrv.spoilt_pct > MAX_SPOILT_PCT:
            return hrv.mean_hr_bpm
        return 60_000 * len(normal_ms) / sum(normal_ms)

    def _left_out(self, spoilt_pct: float) -> str:
        if not self._intervals:
            return "no intervals were found"
        return f"{spoilt_pct:.1f} % of {len(self._intervals)} intervals (artefacts, ectopic or poorly timed)"

    def _told_states(self) -> str:
        seconds = sum(self._states.values())
        if not seconds:
            return "none: they need a minute of rest that can be read"
        shares = (f"{kind} {100 * count / seconds:.0f} %" for kind, count in self._states.most_common())
        return ", ".join(shares)


def _known(value: float, unit: str) -> str:
    return "unknown" if math.isnan(value) else f"{value:.0f} {unit}"
