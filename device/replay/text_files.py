"""CSV and RR text files as recordings."""

from pathlib import Path

import numpy as np

from device.errors import UsageError
from device.recording.format.units import is_voltage, unit_of_column
from device.replay.recordings import BeatList, Recording
from device.replay.signals.labels import LIKELY, level
from device.replay.text.beats import read_beats, read_closing_beats
from device.replay.text.columns import is_interval, is_time
from device.replay.text.intervals import read_intervals
from device.replay.text.samples import read_samples, signal_columns, time_column
from device.replay.text.stamps import LONGEST_S, LOST_PER_SAMPLE, LOST_S
from device.replay.text.table import TextTable
from dsp.types import Beat

_BESIDES_SAMPLES = frozenset({"time_s", "sample", "symbol", "quality", "known_s", "interval_ms", "kind", "timed"})


def read_text_recording(path: Path, kind: str | None, label: str | None, unit: str | None = None) -> Recording:
    """A table with a header (samples, beats or intervals), or one RR interval a line. UsageError without the name."""
    table = TextTable(path)
    columns = table.columns
    if "time_s" in columns and "interval_ms" in columns and (kind in ("beats", "rr") or not (kind or label)):
        times = columns.index("time_s"), columns.index("interval_ms")
        return _beat_list(*read_closing_beats(table, *times))
    if kind == "rr":
        return _intervals(table, unit, guessed=False)
    signals = signal_columns(table, _BESIDES_SAMPLES)
    if kind == "beats" or (kind is None and "time_s" in columns and not signals):
        return _beat_list(read_beats(table, time_column(table) if columns else 0))
    if kind is None and not label:
        told = [s for s in signals if is_voltage(unit_of_column(s.label) or "?") or level(s.label, None) >= LIKELY]
        if not columns or (len(columns) == 1 and not told and not is_time(columns[0])):
            named = bool(columns) and is_interval(columns[0])
            return _intervals(table, unit, guessed=not named)
        if any(is_interval(name) for name in columns) and not told:
            return _intervals(table, unit, guessed=False)
    return read_samples(table, signals, kind, label, unit)


def _intervals(table: TextTable, unit: str | None, guessed: bool) -> BeatList:
    beats, said = read_intervals(table, unit, guessed)
    return _beat_list(beats, remark=said)


def _beat_list(beats: list[Beat], breaks_s: list[float] | None = None, remark: str = "") -> BeatList:
    """UsageError where the times ask for more seconds than a recording has."""
    if beats and beats[-1].t_s > LONGEST_S:
        raise UsageError(f"the last beat is at {beats[-1].t_s:g} s; at most {LONGEST_S:g} s are read")
    if beats and beats[-1].t_s > LOST_S + LOST_PER_SAMPLE * len(beats):
        longest = int(np.argmax(np.diff([0.0, *(beat.t_s for beat in beats)])))
        raise UsageError(
            f"{len(beats)} beats in {beats[-1].t_s:g} s: too much is missing before {beats[longest].t_s:g} s"
        )
    return BeatList(beats, breaks_s=tuple(breaks_s or ()), remarks=(remark,) if remark else ())
