"""WFDB records, as PhysioNet's programs read them, with beats and what happened as annotations.

Written as the format is described in header(5), signal(5) and annot(5) of the WFDB Applications Guide: signals of one
rate in one record, format 16, in which -32768 is a sample that is not there, as in our own files. Beats are in the
annotator `qrs`, since `atr` by custom is what experts agreed on; everything else that was noted is in `evt`.
"""

import struct
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from device.recording.format.vocabulary import BEAT
from dsp.types import TRUSTED_QUALITY
from host.copies.session_files import PulledSession
from host.copies.session_signals import SessionSignals, StoredSignal
from host.formats.names import SessionNames
from host.formats.told import text_of, told

NORMAL, UNCLASSIFIABLE, COMMENT = 1, 13, 22
"""Codes of N, Q and the comment mark (annot(5))."""
BEATS_HZ = 1000.0
"""What annotations count in where there is no heart signal: beats or intervals that were replayed."""
_SKIP, _AUX = 59, 63
_LONGEST_STEP = 1023  # samples that ten bits hold
_LONGEST_TEXT = 255  # bytes
_SHAPE = "16"


def write(_: PulledSession, signals: SessionSignals, names: SessionNames, folder: Path) -> None:
    """`SESSION.hea`, `.dat`, `.qrs`, `.evt` of the heart's signal, and `SESSION_1hz` and so on of slower ones."""
    by_rate: dict[float, list[StoredSignal]] = defaultdict(list)
    for signal in signals.every:
        by_rate[signal.fs_hz].append(signal)
    heart_hz = signals.heart.fs_hz if signals.heart else 0.0
    for fs_hz, group in by_rate.items():
        record = names.session if fs_hz == heart_hz else f"{names.session}_{fs_hz:g}hz".replace(".", "p")
        write_record(folder, record, group)
    if signals.heart is None:
        (folder / f"{names.session}.hea").write_text(f"{names.session} 0 {BEATS_HZ:g}\n", encoding="ascii")
    fs_hz, events = heart_hz or BEATS_HZ, list(told(signals.events))
    beats = (
        (event.t_s, NORMAL if float(event.note.fields["q"]) >= TRUSTED_QUALITY else UNCLASSIFIABLE, "")
        for event in events
        if event.note.word == BEAT
    )
    write_annotations(folder / f"{names.session}.qrs", beats, fs_hz)
    others = ((event.t_s, COMMENT, text_of(event.note)) for event in events if event.note.word != BEAT)
    write_annotations(folder / f"{names.session}.evt", others, fs_hz)


def write_record(folder: Path, record: str, signals: list[StoredSignal]) -> None:
    """`record`.hea and `record`.dat. ADC units are the digital values of the signals; the value of 0 units is a whole
    number there, so that levels, not steps, may be off by half a step."""
    digital = np.column_stack([signal.digital for signal in signals]).astype("<i2")
    lines = [f"{record} {len(signals)} {signals[0].fs_hz:.10g} {len(digital)}"]
    for signal, column in zip(signals, digital.T, strict=True):
        baseline = round(-signal.offset / signal.step)
        gain = f"{1 / signal.step:.10g}({baseline})/{signal.unit.replace(' ', '_') or 'NU'}"
        checksum = int(np.sum(column, dtype=np.int64)) & 0xFFFF
        checksum -= 0x10000 * (checksum > 0x7FFF)
        first = column[0] if len(column) else 0
        lines.append(f"{record}.dat {_SHAPE} {gain} 16 0 {first} {checksum} 0 {signal.label}")
    (folder / f"{record}.dat").write_bytes(digital.tobytes())
    (folder / f"{record}.hea").write_text("\n".join(lines) + "\n", encoding="ascii")


def write_annotations(path: Path, notes: Iterable[tuple[float, int, str]], fs_hz: float) -> None:
    """(t_s, code, text) in order of time, at the nearest sample; a comment at sample 0, which readers take for a
    definition of the file's own, at sample 1."""
    path.write_bytes(b"".join(_annotations(notes, fs_hz)) + b"\0\0")


def _annotations(notes: Iterable[tuple[float, int, str]], fs_hz: float) -> Iterator[bytes]:
    last = 0
    for t_s, code, text in notes:
        at = max(round(t_s * fs_hz), 1 if code == COMMENT else 0)
        step = at - last
        if not 0 <= step <= _LONGEST_STEP:
            # The high half of the 32 bits comes first, each half with its low byte first.
            yield struct.pack("<HHH", _SKIP << 10, (step >> 16) & 0xFFFF, step & 0xFFFF)
            step = 0
        yield struct.pack("<H", code << 10 | step)
        aux = text.encode("utf-8")[:_LONGEST_TEXT]
        if aux:
            yield struct.pack("<H", _AUX << 10 | len(aux)) + aux + b"\0" * (len(aux) % 2)
        last = at
