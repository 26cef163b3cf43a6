"""CSV and RR text files as recordings."""

import csv
import math
from pathlib import Path

import numpy as np

from device.errors import UsageError
from device.recording.format.units import KNOWN, is_voltage, unit_of_column, uv_per_unit
from device.replay.recordings import BeatList, Recording, SampledSignal
from dsp.types import Beat, SignalKind

# Annotation codes that mark something other than a beat (PhysioNet's annotation table).
NOT_BEATS = set("[]!+~|x()=^'`\"stuTDp@")
_BESIDES_SAMPLES = {"time_s", "sample", "symbol", "quality", "known_s", "interval_ms", "kind", "timed"}
WORDS = {SignalKind.ECG: ("ECG", "EKG"), SignalKind.PPG: ("PPG", "PLETH", "BVP", "PULSE")}
GRID_TOLERANCE = 0.25
SAME_S = 0.02  # no heart beats twice within it, so intervals whose rounded ends are this close share a beat
LONGEST_S = 8 * 86400.0


def read_text_recording(path: Path, kind: str | None, label: str | None) -> Recording:
    """A CSV with a header (samples or beats), or one RR interval in ms a line. Raises UsageError."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise UsageError(f"{path}: neither EDF nor text") from None
    lines = [line for line in lines if line.strip()]
    if not lines:
        raise UsageError(f"{path}: the file is empty")
    if kind == "rr" and "interval_ms" not in lines[0]:
        return _rr_lines(path, lines)
    if kind is None and _is_number(lines[0]):
        return _rr_lines(path, lines)
    table = _Table(path, lines)
    if kind in ("beats", "rr") or (kind is None and not label and not table.sample_columns()):
        return _beats(table)
    return _samples(table, kind, label)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


class _Table:
    """The columns of a CSV by name."""

    def __init__(self, path: Path, lines: list[str]) -> None:
        self.path = path
        try:
            header, *self._rows = csv.reader(lines)
        except csv.Error as error:
            raise UsageError(f"{path}: not a CSV file: {error}") from None
        self.columns = [name.strip() for name in header]
        if "time_s" not in self.columns:
            raise UsageError(f"{path}: the header has no column time_s: {', '.join(self.columns)[:80]}")

    def sample_columns(self) -> list[str]:
        return [name for name in self.columns if name not in _BESIDES_SAMPLES]

    def texts(self, name: str) -> list[str]:
        at = self.columns.index(name)
        return [row[at].strip() if at < len(row) else "" for row in self._rows]

    def numbers(self, name: str) -> list[float]:
        """The column as floats, NaN where a cell is empty or infinite."""
        out: list[float] = []
        for number, text in enumerate(self.texts(name), start=2):
            try:
                value = float(text) if text else math.nan
            except ValueError:
                raise UsageError(f"{self.path}: line {number}: {name} must be a number, not {text[:40]!r}") from None
            out.append(value if math.isfinite(value) else math.nan)
        return out


def _rr_lines(path: Path, lines: list[str]) -> BeatList:
    t_s, beats = 0.0, [Beat(0.0, 0.0, 1.0)]
    for number, line in enumerate(lines, start=1):
        try:
            rr_ms = float(line)
        except ValueError:
            raise UsageError(f"{path}: line {number}: one RR interval in ms is wanted, not {line[:40]!r}") from None
        if not 0.0 < rr_ms < math.inf:
            raise UsageError(f"{path}: line {number}: an RR interval must be above 0 ms, not {line.strip()}")
        t_s += rr_ms / 1000.0
        beats.append(Beat(t_s, t_s, 1.0))
    return _beat_list(beats, path)


def _beats(table: _Table) -> BeatList:
    times_s = table.numbers("time_s")
    if "interval_ms" in table.columns:
        return _intervals(table, times_s)
    qualities = table.numbers("quality") if "quality" in table.columns else [1.0] * len(times_s)
    symbols = table.texts("symbol") if "symbol" in table.columns else ["N"] * len(times_s)
    beats: list[Beat] = []
    for number, (t_s, quality, symbol) in enumerate(zip(times_s, qualities, symbols, strict=True), start=2):
        if symbol in NOT_BEATS:
            continue
        if not 0.0 <= t_s < math.inf or (beats and t_s < beats[-1].t_s):
            raise UsageError(f"{table.path}: line {number}: beat times must be in order and not below 0, not {t_s}")
        beats.append(Beat(t_s, t_s, 1.0 if math.isnan(quality) else quality))
    return _beat_list(beats, table.path)


def _intervals(table: _Table, closing_s: list[float]) -> BeatList:
    """Beats from intervals and the times of their closing beats. An interval that does not begin at the last beat adds
    its opening beat, unless that lies before the recording; a time without an interval is a beat alone."""
    beats: list[Beat] = []
    for number, (end_s, interval_ms) in enumerate(zip(closing_s, table.numbers("interval_ms"), strict=True), start=2):
        last_s = beats[-1].t_s if beats else -math.inf
        start_s = end_s if math.isnan(interval_ms) else end_s - interval_ms / 1000.0
        positive = interval_ms > 0.0 or math.isnan(interval_ms)
        if not positive or not 0.0 <= end_s < math.inf or not last_s - SAME_S <= start_s or end_s <= last_s:
            told = f"intervals must be above 0 ms, in order and apart, not {interval_ms:g} ms up to {end_s:g} s"
            raise UsageError(f"{table.path}: line {number}: {told}")
        if start_s >= 0.0 and last_s + SAME_S < start_s < end_s:
            beats.append(Beat(start_s, start_s, 1.0))
        beats.append(Beat(end_s, end_s, 1.0))
    return _beat_list(beats, table.path)


def _beat_list(beats: list[Beat], path: Path) -> BeatList:
    if beats and beats[-1].t_s > LONGEST_S:
        raise UsageError(f"{path}: the last beat is at {beats[-1].t_s:g} s; at most {LONGEST_S:g} s are read")
    return BeatList(beats)


def _samples(table: _Table, kind: str | None, label: str | None) -> SampledSignal:
    columns = table.sample_columns()
    name = pick(label, columns, str(table.path)) if label else _signal_column(columns, table.path)
    times_s, samples = np.array(table.numbers("time_s")), np.array(table.numbers(name))
    if len(times_s) < 2 or not np.all(np.diff(times_s) > 0):
        raise UsageError(f"{table.path}: time_s must rise from row to row, over two rows at the least")
    if times_s[-1] - times_s[0] > LONGEST_S:
        raise UsageError(f"{table.path}: time_s spans {times_s[-1] - times_s[0]:g} s; at most {LONGEST_S:g} s are read")
    fs_hz = _nominal_rate(times_s)
    index = np.round((times_s - times_s[0]) * fs_hz).astype(np.int64)
    if np.max(np.abs((times_s - times_s[0]) * fs_hz - index)) > GRID_TOLERANCE or np.any(np.diff(index) == 0):
        raise UsageError(f"{table.path}: the rows are not evenly sampled (near {fs_hz:g} Hz)")
    signal_kind = signal_kind_of(name, kind)
    scale = _scale(name, table.path) if signal_kind is SignalKind.ECG else 1.0
    values = np.full(index[-1] + 1, np.nan)
    with np.errstate(over="ignore"):  # values that become infinite count as lost
        values[index] = samples * scale
    return SampledSignal(signal_kind, name, fs_hz, values)


def _signal_column(columns: list[str], path: Path) -> str:
    voltages = [name for name in columns if is_voltage(unit_of_column(name) or "?")]
    chosen = voltages or columns
    if len(chosen) != 1:
        raise UsageError(f"{path}: which signal? --signal takes one of: {', '.join(columns) or 'none there'}")
    return chosen[0]


def _scale(column: str, path: Path) -> float:
    """Microvolts in one unit of an ECG's column; what tells no unit is in mV."""
    unit = unit_of_column(column)
    return 1000.0 if unit is None else ecg_scale(unit, column, path)


def ecg_scale(unit: str, label: str, path: Path) -> float:
    """Microvolts in one `unit`. Raises UsageError where it is no voltage."""
    scale = uv_per_unit(unit)
    if scale is None:
        told = f"{label} is in {unit!r}; an ECG is read in {KNOWN}"
        raise UsageError(f"{path}: {told} (--signal chooses another, --kind says what it is)")
    return scale


def _nominal_rate(times_s: np.ndarray) -> float:
    """Samples per second: the mean over the file without its gaps, rounded if within 0.1 % of a whole number."""
    steps_s = np.diff(times_s)
    usual_s = float(np.median(steps_s))
    fs_hz = 1.0 / float(np.mean(steps_s[np.abs(steps_s - usual_s) < 0.5 * usual_s]))
    return float(round(fs_hz)) if abs(fs_hz - round(fs_hz)) < 1e-3 * fs_hz else fs_hz


def signal_kind_of(label: str, kind: str | None) -> SignalKind:
    """ECG or PPG: as told, else by the label, else ECG."""
    if kind is not None:
        return SignalKind(kind)
    return SignalKind.PPG if any(word in label.upper() for word in WORDS[SignalKind.PPG]) else SignalKind.ECG


def pick(wanted: str, labels: list[str], path: str) -> str:
    """The label equal to `wanted`, else the only one that begins with it. Raises UsageError."""
    if wanted in labels:
        return wanted
    starting = [label for label in labels if label.startswith(wanted)]
    if len(starting) != 1:
        problem = "no signal" if not starting else "more than one signal"
        raise UsageError(f"{path}: {problem} named {wanted!r}; there are: {', '.join(labels) or 'none'}")
    return starting[0]
