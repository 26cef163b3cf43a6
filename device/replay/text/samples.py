"""A CSV of samples as a recording."""

import numpy as np

from device.errors import UsageError
from device.recording.format.units import is_voltage, unit_of_column
from device.replay.recordings import SampledSignal
from device.replay.signals.amplitude import MV, Measured, ecg_scale, scale_in_place
from device.replay.signals.labels import LIKELY, OTHER, UNTOLD, Labelled, fit, kind_of, level, listed, named
from device.replay.text.columns import SECONDS_PER_UNIT, is_time, unit_of_time
from device.replay.text.stamps import UnevenStampsError, fit_grid, repeated_rows
from device.replay.text.table import TextTable
from dsp.types import FloatArray, SignalKind

DAY_S = 86400.0
_PLAUSIBLE_STEP_S = (2e-4, 0.06)  # 16 Hz to 5 kHz: what is read, with room for gaps and jitter


def signal_columns(table: TextTable, besides: frozenset[str]) -> list[Labelled]:
    """The columns that could be a signal, numbered as `--signal` takes them."""
    names = [name for name in table.columns if name not in besides and not is_time(name)]
    return [Labelled(number, name) for number, name in enumerate(names, start=1)]


def read_samples(
    table: TextTable, signals: list[Labelled], kind: str | None, wanted: str | None, told: str | None
) -> SampledSignal:
    """One column and its times. Raises UsageError, without the file's name."""
    time = time_column(table)
    name = _chosen(signals, kind, wanted).label
    times_s, values = table.numbers(time, table.columns.index(name))
    unit_s, said = _seconds_per_unit(table.columns[time], times_s)
    times_s *= unit_s
    repeated = repeated_rows(times_s, values)
    rows = np.flatnonzero(~repeated) if repeated.any() else None
    if rows is not None:
        said = f"{said}; " * bool(said) + f"{len(times_s) - len(rows)} rows that repeat the one before are left out"
        times_s, values = times_s[rows], values[rows]
    del repeated
    try:
        if len(times_s):
            _past_midnight(times_s)
            times_s -= times_s[0]
        grid = fit_grid(times_s)
    except UnevenStampsError as error:
        row = error.row if rows is None else int(rows[error.row])
        where = f"line {table.line_of(row)}: " if row else ""
        raise UsageError(f"{where}{table.columns[time]} {error}") from None
    del times_s
    remarks = [said, _lost(grid.gaps, grid.lost, grid.fs_hz)]
    placed = grid.place(values)
    del values
    signal_kind = kind_of(name, kind)
    if kind is None and fit(name)[0] is None and wanted is None and not is_voltage(unit_of_column(name) or ""):
        remarks.append(f"{name} is read as an ECG (--kind says what it is)")
    if signal_kind is SignalKind.ECG:
        scale, said = ecg_scale(Measured(name, placed, grid.fs_hz, unit_of_column(name)), MV, told)
        remarks.append(said)
        scale_in_place(placed, scale)
    elif told is not None:
        raise UsageError(f"{name} is read as {signal_kind}, and --unit tells the unit of an ECG")
    return SampledSignal(
        signal_kind, name, grid.fs_hz, placed, remarks=tuple(filter(None, remarks)), missing_told=grid.lost
    )


def _past_midnight(times_s: FloatArray) -> None:
    """In place: times of day, which begin again at 0, go on rising."""
    if times_s.min() >= 0.0 and times_s.max() < DAY_S:
        for at in np.flatnonzero(np.diff(times_s) < -DAY_S / 2):
            times_s[at + 1 :] += DAY_S


def time_column(table: TextTable) -> int:
    """`time_s`, else the column of times whose steps are the most even. UsageError where there is none."""
    if "time_s" in table.columns:
        return table.columns.index("time_s")
    rising = {at: _unevenness(table.head_numbers(at)) for at, name in enumerate(table.columns) if is_time(name)}
    best = min(rising, key=lambda at: (rising[at], at), default=None)
    if best is None:
        raise UsageError(f"the header has no column time_s: {', '.join(table.columns)[:80]}")
    return best


def _unevenness(times: FloatArray) -> float:
    steps = np.diff(times)
    mean = float(np.mean(steps)) if len(steps) else 0.0
    return float(np.std(steps)) / mean if mean > 0 else np.inf


def _chosen(signals: list[Labelled], kind: str | None, wanted: str | None) -> Labelled:
    if not signals:
        raise UsageError("no column holds samples beside the times")
    if wanted is not None:
        found = named(wanted, signals)
    else:
        found = [s for s in signals if is_voltage(unit_of_column(s.label) or "?") and level(s.label, kind) >= UNTOLD]
        found = found or [s for s in signals if level(s.label, kind) >= LIKELY] or signals
        clear = [s for s in found if level(s.label, kind) >= LIKELY]
        found = clear if len(clear) == 1 else found
    if len(found) != 1:
        raise UsageError(f"which signal? --signal takes one of: {listed(signals)}")
    if wanted is None and kind is None and level(found[0].label, None) == OTHER:
        raise UsageError(
            f"{found[0].label} is no heart's signal by its name, and no column holds RR intervals (--signal or --kind "
            "reads it all the same)"
        )
    return found[0]


def _seconds_per_unit(column: str, times: FloatArray) -> tuple[float, str]:
    """As the header tells; else the unit in which the steps are those of samples, said where it is not seconds."""
    unit = unit_of_time(column)
    if unit is not None:
        return SECONDS_PER_UNIT[unit], ""
    first = times[:4096]
    steps = np.diff(first[np.isfinite(first)])
    steps = steps[steps <= 2 * np.median(steps)] if len(steps) else steps
    usual = float(np.mean(steps)) if len(steps) else 0.0  # none where most times go back
    for unit, seconds in SECONDS_PER_UNIT.items():
        if _PLAUSIBLE_STEP_S[0] <= usual * seconds <= _PLAUSIBLE_STEP_S[1]:
            return seconds, "" if unit == "s" else f"{column} is read in {unit}"
    return 1.0, ""


def _lost(gaps: int, lost: int, fs_hz: float) -> str:
    if not lost:
        return ""
    return f"{lost} samples ({lost / fs_hz:.3g} s) are missing in {gaps} gap{'s' * (gaps > 1)}"
