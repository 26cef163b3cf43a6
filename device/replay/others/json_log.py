"""JSON logs of straps: ECG as Movesense's sensors send it, in pieces of `Samples` from a `Timestamp` in ms on, or RR
intervals as `rrData` or `rr`, in ms; and what emwave2-export makes of sessions of emWave.

Source: the resources /Meas/ECG and /Meas/HR of Movesense's device API. How deep the pieces lie differs from app to app,
so they are found wherever they are.
"""

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from device.errors import UsageError
from device.recording.format.units import UV
from device.replay.others.emwave import INTERVALS, read_emwave_json
from device.replay.recordings import Recording, SampledSignal
from device.replay.signals.amplitude import Measured, ecg_scale, scale_in_place
from device.replay.signals.options import refuse_options
from device.replay.text.beat_lists import beat_list, of_intervals
from device.replay.text.cells import TOO_LARGE
from dsp.types import FloatArray, SignalKind

LARGEST = 1 << 28
_RATES_HZ = (125.0, 128.0, 130.0, 200.0, 250.0, 256.0, 500.0, 512.0, 1000.0)
_SAME_RATE = 0.01
_MISSING = 1.5  # pieces: the time between two beyond which samples are missing
_MOST_LOST = 10  # times what is there

Piece = tuple[float, list[float]]


def read_json_log(path: Path, kind: str | None, unit: str | None, signal: str | None) -> Recording:
    """Raises UsageError where it holds neither, or both and `kind` does not choose. `signal` chooses among sessions."""
    if path.stat().st_size > LARGEST:
        raise UsageError(f"a JSON file of more than {LARGEST >> 20} MiB is not read")
    try:
        content = json.loads(path.read_bytes())
        if any(INTERVALS in node for node in _nodes(content)):
            refuse_options("a JSON of emWave", unit=unit)
            return read_emwave_json(_nodes(content), signal)
        pieces, intervals = _found(content)
    except (ValueError, ArithmeticError, RecursionError) as error:
        raise UsageError(f"not a JSON file: {str(error)[:80]}") from None
    if pieces and intervals and kind is None:
        raise UsageError("it holds an ECG and RR intervals: --kind ecg or --kind rr decides")
    if pieces and kind in (None, "ecg"):
        refuse_options("the ECG of a JSON log", signal=signal)
        return _ecg(pieces, unit)
    if intervals and kind in (None, "rr", "beats"):
        refuse_options("a JSON log's list of RR intervals", signal=signal, unit=unit)
        if any(not 0 < rr_ms < 65_536 for rr_ms in intervals):
            raise UsageError("its RR intervals are not all above 0 and below 65.5 s in ms")
        return beat_list(of_intervals(intervals), None, f"{len(intervals)} RR intervals of a JSON log, in ms")
    wanted = f" for --kind {kind}" if kind else ""
    raise UsageError(f"a JSON file without ECG (Samples and Timestamp) or RR intervals (rrData){wanted}")


def _found(content: Any) -> tuple[list[Piece], list[float]]:
    pieces: list[Piece] = []
    intervals: list[float] = []
    for node in _nodes(content):
        lowered = {str(key).lower(): value for key, value in node.items()}
        samples, stamp = lowered.get("samples"), lowered.get("timestamp")
        if (values := _numbers(samples)) and isinstance(stamp, int | float) and abs(stamp) < TOO_LARGE:
            pieces.append((float(stamp), values))
        for name in ("rrdata", "rr"):
            intervals += _numbers(lowered.get(name))
    return pieces, intervals


def _nodes(content: Any) -> Iterator[dict[str, Any]]:
    """Every object in it, in the file's order."""
    waiting = [content]
    while waiting:
        node = waiting.pop()
        if isinstance(node, dict):
            yield node
            waiting.extend(reversed(list(node.values())))
        elif isinstance(node, list):
            waiting.extend(reversed(node))


def _numbers(values: Any) -> list[float]:
    """NaN where one is null or too large; empty where they are not a list of numbers."""
    if not isinstance(values, list) or not all(value is None or isinstance(value, int | float) for value in values):
        return []
    return [math.nan if value is None or abs(value) >= TOO_LARGE else float(value) for value in values]


def _ecg(pieces: list[Piece], unit: str | None) -> SampledSignal:
    if len(pieces) < 2:
        raise UsageError("one piece of ECG has no rate: two stamped ones are wanted")
    stamps_ms = np.array([stamp for stamp, _ in pieces])
    lengths = np.array([len(samples) for _, samples in pieces])
    steps_ms = np.diff(stamps_ms)
    if not (steps_ms > 0).all():
        raise UsageError("the stamps of its ECG are not in order of time")
    usual = float(np.median(lengths[:-1] / steps_ms)) * 1000.0
    fs_hz = next((rate for rate in _RATES_HZ if abs(usual / rate - 1) <= _SAME_RATE), usual)
    values, lost = _placed(pieces, stamps_ms, fs_hz)
    scale, said = ecg_scale(Measured("ECG", values, fs_hz, None), UV, unit)
    scale_in_place(values, scale)
    told = f"{lost} samples ({lost / fs_hz:.3g} s) are missing between its pieces" if lost else ""
    remarks = (f"a JSON log of {len(pieces)} pieces, read at {fs_hz:g} Hz by their stamps", told, said)
    return SampledSignal(SignalKind.ECG, "ECG", fs_hz, values, remarks=tuple(filter(None, remarks)), missing_told=lost)


def _placed(pieces: list[Piece], stamps_ms: FloatArray, fs_hz: float) -> tuple[FloatArray, int]:
    """One after the other; where more than half a piece is missing before one, as many unknown samples."""
    parts: list[FloatArray] = []
    there = lost = 0
    for k, (stamp_ms, samples) in enumerate(pieces):
        due = round((stamp_ms - stamps_ms[0]) * fs_hz / 1000.0)
        if k and due - there > (_MISSING - 1.0) * len(samples):
            missing = due - there
            if missing > _MOST_LOST * sum(len(s) for _, s in pieces):
                raise UsageError(f"{missing / fs_hz:.6g} s of its ECG are missing before {stamp_ms:g} ms")
            parts.append(np.full(missing, np.nan))
            there, lost = due, lost + missing
        parts.append(np.array(samples))
        there += len(samples)
    return np.concatenate(parts), lost
