"""Sessions as a wearer might have them, made by the device's own recorder from a simple made-up body."""

import math
import random
from collections import deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path

from device.recording.format.names import SUMS
from device.recording.format.session_info import ClockTrust
from device.recording.recorder import SessionRecorder
from device.recording.store import Store
from device.session.events import CheckIn, EndReason, PaceChanged, Phase, PhaseChanged
from dsp.types import (
    NAN,
    Beat,
    BreathKind,
    BreathPhase,
    IntervalKind,
    MetricsRow,
    Output,
    RRInterval,
    StateKind,
    WearerState,
)
from tests.recording_helpers import flat_second, session_info

FIRST_DAY = datetime(2026, 4, 1, 18, tzinfo=UTC)
FS_HZ = 10.0
REST_S, GUIDED_S = 10, 70


def record_days(
    store: Path, days: int, *, undated: frozenset[int] = frozenset(), saved: frozenset[int] = frozenset()
) -> list[Path]:
    """A session a day from `FIRST_DAY` on: `undated` ones without a date, `saved` ones with the last shutdown's."""
    return [
        record_session(
            store,
            number,
            None if number in undated else FIRST_DAY + timedelta(days=number),
            trust=ClockTrust.SAVED if number in saved else ClockTrust.SET,
        )
        for number in range(days)
    ]


def record_session(
    store: Path,
    seed: int,
    started: datetime | None,
    guided_minutes: int = 1,
    *,
    trust: ClockTrust = ClockTrust.SET,
    pulse: bool = False,
) -> Path:
    """Check-in, a minute of rest, minutes guided at 6 a minute, a minute free, check-out. Of a `pulse`, every seventh
    interval is timed too poorly for variability."""
    free_s = GUIDED_S + 60 * guided_minutes
    chance = random.Random(seed)
    info = session_info(FS_HZ, "ppg" if pulse else "ecg", started, trust, "simulated")
    recorder = SessionRecorder(Store(store), info, live=False)
    intervals = deque(_intervals(chance, free_s))
    for second in range(free_s + 60):
        for event in _events(second, free_s, chance):
            recorder.event(event)
        recorder.block(flat_second(second, FS_HZ))
        output = Output(rows=[_row(second, GUIDED_S <= second < free_s)])
        while intervals and intervals[0].t_s < second + 1:
            interval = intervals.popleft()
            if pulse and interval.number % 7 == 0:
                interval = replace(interval, rr_ms=interval.rr_ms + 60.0, timed=False)
            output.beats.append(Beat(interval.t_s * FS_HZ, interval.t_s, 0.9))
            output.intervals.append(interval)
        recorder.output(output)
        if GUIDED_S <= second < free_s:
            recorder.guide(float(second), BreathPhase(BreathKind.INHALE, (second % 10) / 10, 6.0))
    folder = recorder.close(EndReason.COMPLETED)
    assert recorder.fault is None
    return folder


def rewrite(folder: Path, name: str, content: bytes) -> None:
    """Other content for a session's file, with which its SHA256SUMS agrees."""
    (folder / name).write_bytes(content)
    names = [line[66:] for line in (folder / SUMS).read_text().splitlines()]
    sums = "".join(f"{sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names)
    (folder / SUMS).write_text(sums)


def _intervals(chance: random.Random, free_s: int) -> Iterator[RRInterval]:
    t_s, level_ms = 0.4, chance.uniform(15, 35)
    for number in count(1):
        guided = GUIDED_S <= t_s < free_s
        rr_ms = 850 + (60 if guided else level_ms) * math.sin(2 * math.pi * t_s / (10 if guided else 4.3))
        rr_ms += chance.gauss(0, 8)
        missed = chance.random() < 0.01
        t_s += rr_ms * (2 if missed else 1) / 1000
        if t_s >= free_s + 60:
            return
        kind = IntervalKind.MISSED if missed else IntervalKind.NORMAL
        yield RRInterval(t_s, rr_ms * (2 if missed else 1), kind, number)


def _events(second: int, free_s: int, chance: random.Random) -> Iterator[PhaseChanged | CheckIn | PaceChanged]:
    phases = {0: Phase.CHECK_IN, REST_S: Phase.REST, GUIDED_S: Phase.GUIDED, free_s: Phase.FREE}
    if second in phases:
        yield PhaseChanged(float(second), phases[second])
    if second == 2:
        yield CheckIn(2.0, "before", 3, chance.randint(2, 5), chance.choice([None, 4]), sleep=4, tolerance=2)
    if second == GUIDED_S:
        yield PaceChanged(float(second), 6.0, "ramp")
    if second == free_s:
        yield PaceChanged(float(second), NAN, "stop")
    if second == free_s + 58:
        yield CheckIn(float(second), "after", None, 2, 2)


def _row(second: int, guided: bool) -> MetricsRow:
    calm = second > 100
    kind = StateKind.UNSURE if 120 <= second < 125 else StateKind.CALM if calm else StateKind.NEUTRAL
    state = WearerState(kind, 0.9, 1.0, 0.2 if calm else 0.6) if second > 40 else None
    return MetricsRow(
        t_s=second + 1.0,
        mean_hr_bpm=70.0,
        rmssd_ms=30.0,
        sdnn_ms=40.0,
        rsa_ms=40.0 if second > 20 else NAN,
        coherence=2.0 if second > 60 else NAN,
        breaths_per_min=6.0 if guided else 14.0,
        breath_confidence=0.9,
        quality=0.95,
        state=state,
    )
