"""CSV and RR text files as recordings."""

from pathlib import Path

from device.errors import UsageError
from device.recording.format.units import is_voltage, plain, unit_of_column
from device.replay.recordings import BeatList, Recording
from device.replay.signals.labels import LIKELY, level
from device.replay.signals.options import refuse_options
from device.replay.text.beat_lists import beat_list
from device.replay.text.beats import read_beats, read_closing_beats
from device.replay.text.columns import is_interval, is_time
from device.replay.text.intervals import read_intervals
from device.replay.text.samples import read_samples, signal_columns, time_column
from device.replay.text.table import TextTable

_SUMS = ("rmssd", "sdnn", "pnn50", "lnrmssd", "hrv")
_BESIDES_SAMPLES = frozenset({"time_s", "sample", "symbol", "quality", "known_s", "interval_ms", "kind", "timed"})


def read_text_recording(path: Path, kind: str | None, label: str | None, unit: str | None = None) -> Recording:
    """A table with a header (samples, beats or intervals), or one RR interval a line. UsageError without the name."""
    table = TextTable(path)
    columns = table.columns
    if (
        "time_s" in columns
        and "interval_ms" in columns
        and (kind in ("beats", "rr") or (kind is None and label is None))
    ):
        refuse_options("a table of beats and their intervals", signal=label, unit=unit)
        times = columns.index("time_s"), columns.index("interval_ms")
        return beat_list(*read_closing_beats(table, *times))
    if kind == "rr":
        refuse_options("a list of RR intervals", signal=label)
        return _intervals(table, unit, guessed=False)
    signals = signal_columns(table, _BESIDES_SAMPLES)
    if kind == "beats" or (kind is None and "time_s" in columns and not signals):
        refuse_options("a list of beats", signal=label, unit=unit)
        return beat_list(read_beats(table, time_column(table) if columns else 0))
    if kind is None and label is None:
        _refuse_sums(columns)
        told = [s for s in signals if is_voltage(unit_of_column(s.label) or "?") or level(s.label, None) >= LIKELY]
        if not columns or (len(columns) == 1 and not told and not is_time(columns[0])):
            named = bool(columns) and is_interval(columns[0])
            return _intervals(table, unit, guessed=not named)
        if any(is_interval(name) for name in columns) and not told:
            return _intervals(table, unit, guessed=False)
    if not columns:
        asked = f"--signal {label[:40]}" if label is not None else f"--kind {kind}"
        raise UsageError(f"{asked}: samples need a header with a column time_s and their name, and no line here is one")
    return read_samples(table, signals, kind, label, unit)


def _refuse_sums(columns: tuple[str, ...]) -> None:
    """Of a table of readings, such as apps keep of mornings: HRV is in it, and no interval that it was made of."""
    sums = [name for name in columns if plain(name).startswith(_SUMS)]
    if sums and not any(map(is_interval, columns)):
        raise UsageError(
            f"{sums[0]} is a whole reading's number, and no column holds intervals: what is read are RR intervals, "
            "which most such programs export besides"
        )


def _intervals(table: TextTable, unit: str | None, guessed: bool) -> BeatList:
    beats, breaks_s, said = read_intervals(table, unit, guessed)
    return beat_list(beats, breaks_s, *said)
