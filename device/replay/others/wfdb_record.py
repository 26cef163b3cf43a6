"""A signal of a WFDB record, as PhysioNet keeps them: a header as text beside files of samples.

Source: header(5) and signal(5) of the WFDB Applications Guide. Read are the formats 8, 16, 24, 32, 61, 80 and 212, one
segment, and signals sampled more often than once a frame.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from device.errors import UsageError
from device.recording.format.units import UV
from device.replay.others.wfdb_header import WfdbHeader, WfdbSignal, read_wfdb_header
from device.replay.recordings import SampledSignal
from device.replay.signals.amplitude import Measured, ecg_scale, scale_in_place
from device.replay.signals.choice import choose
from device.replay.signals.labels import Labelled, fit, kind_of
from dsp.types import FloatArray, SignalKind

HEADER = ".hea"


def header_of(path: Path) -> Path | None:
    """The header of the record that `path` is a file of; None where it is of none."""
    header = path if path.suffix == HEADER else path.with_suffix(HEADER)
    return header if path.suffix in (HEADER, ".dat") and header.is_file() else None


def read_wfdb(header: Path, kind: str | None, label: str | None, unit: str | None) -> SampledSignal:
    """The signal called or numbered `label`, else the one that is a heart's. Raises UsageError."""
    record = read_wfdb_header(header)
    choices = [
        Labelled(number, signal.label, record.frames_hz * signal.a_frame, signal.unit)
        for number, signal in enumerate(record.signals, start=1)
    ]
    if not choices:
        raise UsageError("the record holds no signals")

    def values_of(choice: Labelled) -> tuple[FloatArray, float]:
        signal = record.signals[choice.number - 1]
        return _values(header.parent, record, signal)[0], record.frames_hz * signal.a_frame

    chosen, said = choose(choices, kind, label, values_of)
    signal = record.signals[chosen.number - 1]
    values, told_of_length = _values(header.parent, record, signal)
    fs_hz = record.frames_hz * signal.a_frame
    if not len(values):
        raise UsageError("the record holds no samples")
    remarks = [said, *record.remarks, told_of_length]
    if signal.assumed:
        remarks.append(f"the header tells no gain of {chosen.label}: {signal.gain:g} steps a {signal.unit} are taken")
    signal_kind = kind_of(chosen.label, kind)
    if kind is None and label is None and fit(chosen.label)[0] is None:
        remarks.append(f"{chosen.label} is read as an ECG (--kind says what it is)")
    if signal_kind is SignalKind.ECG:
        scale, said = ecg_scale(Measured(chosen.label, values, fs_hz, chosen.unit), UV, unit)
        remarks.append(said)
        scale_in_place(values, scale)
    elif unit is not None:
        raise UsageError(f"{chosen.label} is read as {signal_kind}, and --unit tells the unit of an ECG")
    told = tuple(filter(None, remarks))
    return SampledSignal(signal_kind, chosen.label, fs_hz, values, started=record.started, remarks=told)


def _values(folder: Path, record: WfdbHeader, wanted: WfdbSignal) -> tuple[FloatArray, str]:
    """(all of `wanted`'s samples, what is to be said). What is there counts, whatever the header says of the length."""
    together = [signal for signal in record.signals if signal.file == wanted.file]
    file = folder / wanted.file
    if not file.is_file():
        raise UsageError(f"{wanted.file} is not beside the header")
    if wanted.form not in _DECODERS:
        raise UsageError(
            f"{wanted.label} is in format {wanted.form}; read are {', '.join(map(str, sorted(_DECODERS)))}"
        )
    if len({signal.form for signal in together}) != 1:
        raise UsageError(f"the signals in {wanted.file} are not of one format")
    if together[0].offset > file.stat().st_size:
        raise UsageError(f"{wanted.file} ends before byte {together[0].offset}, where the header has its samples begin")
    content = np.fromfile(file, dtype=np.uint8, offset=together[0].offset)
    adc, left = _decoded(content, wanted.form)
    a_frame = sum(signal.a_frame for signal in together)
    if _is_filled_up(wanted.form, len(adc), record.frames * a_frame):
        adc = adc[:-1]
    whole = len(adc) // a_frame
    frames = adc[: whole * a_frame].reshape(-1, a_frame)
    start = sum(signal.a_frame for signal in together[: together.index(wanted)])
    own = frames[:, start : start + wanted.a_frame].reshape(-1).astype(np.int64)
    if wanted.form == _DIFFERENCES:
        own = np.cumsum(own) + wanted.first
    remarks = []
    if record.frames not in (0, whole):
        there, told = whole * wanted.a_frame, record.frames * wanted.a_frame
        remarks.append(f"the header tells of {told} samples, and {there} are in {wanted.file}: those are read")
    if left or len(adc) % a_frame:
        remarks.append(f"{wanted.file} ends within a frame, which is left out")
    return _physical(own[wanted.skew * wanted.a_frame :], wanted), "; ".join(remarks)


def _physical(adc: NDArray[np.int64], signal: WfdbSignal) -> FloatArray:
    with np.errstate(over="ignore"):
        values = (adc.astype(np.float64) - signal.baseline) / signal.gain
    if signal.form in _INVALID:
        values[adc == _INVALID[signal.form]] = np.nan
    return values


def _decoded(content: NDArray[np.uint8], form: int) -> tuple[NDArray[np.int64], int]:
    """(samples, bytes left over). The last of an odd number of samples in format 212 takes two bytes."""
    width = _BYTES[form]
    left = len(content) % width
    if form == _TWELVE_BITS and left == 2:
        return _DECODERS[form](np.append(content, np.uint8(0)))[:-1], 0
    return _DECODERS[form](content[: len(content) - left]), left


def _is_filled_up(form: int, there: int, told: int) -> bool:
    """Whether the last sample in format 212 only makes an even number of them."""
    return form == _TWELVE_BITS and there == told + 1 and told % 2 == 1


def _of_type(name: str) -> Callable[[NDArray[np.uint8]], NDArray[np.int64]]:
    return lambda content: content.view(name).astype(np.int64)


def _three_bytes(content: NDArray[np.uint8]) -> NDArray[np.int64]:
    low, middle, high = content.reshape(-1, 3).astype(np.int64).T
    return np.asarray(low | middle << 8 | (high ^ 0x80) - 0x80 << 16)


def _twelve_bits(content: NDArray[np.uint8]) -> NDArray[np.int64]:
    """Two samples in three bytes: the low bytes first and last, the high four bits of both in the middle."""
    first, middle, second = content.reshape(-1, 3).astype(np.int64).T
    pairs = np.column_stack((first | (middle & 0xF) << 8, second | (middle >> 4) << 8)).reshape(-1)
    return np.asarray((pairs ^ 0x800) - 0x800)


_DIFFERENCES, _TWELVE_BITS = 8, 212
_DECODERS: dict[int, Callable[[NDArray[np.uint8]], NDArray[np.int64]]] = {
    _DIFFERENCES: _of_type("i1"),
    16: _of_type("<i2"),
    24: _three_bytes,
    32: _of_type("<i4"),
    61: _of_type(">i2"),
    80: lambda content: content.astype(np.int64) - 128,
    _TWELVE_BITS: _twelve_bits,
}
"""Of whole samples: in format 212 of pairs."""
_BYTES = {_DIFFERENCES: 1, 16: 2, 24: 3, 32: 4, 61: 2, 80: 1, _TWELVE_BITS: 3}
_INVALID = {16: -(1 << 15), 24: -(1 << 23), 32: -(1 << 31), 61: -(1 << 15), 80: -128, 212: -(1 << 11)}
