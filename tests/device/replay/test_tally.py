"""What a replay says in the end: the numbers of the very intervals and rows that were played."""

import io
import re
import sys

import pytest

from device.replay.tally import ReplayProgress, ReplayTally, clock
from dsp.types import NAN, IntervalKind, MetricsRow, Output, RRInterval, StateKind, WearerState


def row(t_s: float, kind: StateKind) -> MetricsRow:
    return MetricsRow(t_s, NAN, NAN, NAN, NAN, NAN, NAN, NAN, 0.9, state=WearerState(kind, 0.9, 1.0, 0.5))


def test_the_end_tells_heart_artefacts_and_states() -> None:
    tally = ReplayTally()
    intervals = [
        RRInterval(
            0.8 * n, 800.0 + 20.0 * (n % 2), IntervalKind.ECTOPIC if n % 50 == 0 else IntervalKind.NORMAL, number=n
        )
        for n in range(1, 201)
    ]
    rows = [row(float(s), StateKind.CALM if s < 30 else StateKind.NEUTRAL) for s in range(120)]
    tally.add(Output(intervals=intervals[:100], rows=rows[:60]))
    tally.add(Output(intervals=intervals[100:], rows=rows[60:]))
    head, heart, rmssd, left_out, states = tally.lines("a.edf", 160.0)
    assert head == "a.edf: 2:40 played"
    assert heart.split() == ["heart", "rate", "74", "bpm"]
    assert rmssd.split()[:3] == ["RMSSD", "20", "ms"]
    assert "2.0 % of 200 intervals" in left_out
    assert states.split(maxsplit=1)[1] == "neutral 75 %, calm 25 %"


@pytest.mark.parametrize(
    ("count", "odd", "told"), [(12, 0, "75"), (12, 2, "75"), (12, 6, "unknown"), (9, 0, "unknown")]
)
def test_a_short_recording_has_a_heart_rate_where_it_can_be_read(count: int, odd: int, told: str) -> None:
    tally = ReplayTally()
    kinds = [IntervalKind.ECTOPIC] * odd + [IntervalKind.NORMAL] * count
    tally.add(Output(intervals=[RRInterval(0.8 * n, 800.0, kind, number=n) for n, kind in enumerate(kinds)]))
    _, heart, rmssd, *_ = tally.lines("a.edf", 20.0)
    assert heart.split()[2] == told
    assert rmssd.split()[1] == "unknown"


def test_nothing_played_is_said_as_such() -> None:
    head, heart, _, left_out, states = ReplayTally().lines("a\x1b.edf", 0.0)
    assert "\x1b" not in head
    assert "unknown" in heart
    assert "no intervals" in left_out
    assert "none" in states


@pytest.mark.parametrize(("seconds", "told"), [(0, "0:00"), (59.6, "1:00"), (3599, "59:59"), (3605, "1:00:05")])
def test_a_clock_reads_minutes_and_seconds(seconds: float, told: str) -> None:
    assert clock(seconds) == told


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("out", "shown", "moves"), [(Terminal(), True, True), (Terminal(), False, False), (io.StringIO(), True, False)]
)
def test_only_a_terminal_sees_how_far_it_is(
    out: io.StringIO, shown: bool, moves: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", out)
    progress = ReplayProgress(100.0, shown=shown)
    progress.reached(50.0)
    progress.close()
    assert bool(re.search(r" 50%  0:50 of 1:40", out.getvalue())) is moves
    assert not moves or out.getvalue().endswith("\r\033[K")
