"""Which of a file's signals is replayed: by label and rate, and by what is in it where these leave a choice."""

from collections.abc import Callable, Sequence

import numpy as np

from device.errors import UsageError
from device.replay.signals.labels import LIKELY, UNTOLD, Labelled, kind_of, level, listed, named
from device.replay.signals.rates import fits, to_detector
from dsp.pipeline import detector_of
from dsp.types import TRUSTED_QUALITY, FloatArray, SampleBlock, SignalKind

LOOKED_AT_S = 60.0
SETTLED_S = 5.0
_HEART_S = (0.3, 2.0)  # one interval
ALIVE = 0.3  # share of the excerpt with a readable heart; a choice
CLOSE = 0.25  # shares that tell two signals apart no more; a choice

Values = Callable[[Labelled], tuple[FloatArray, float]]
"""The values of a signal and its rate."""


def choose(
    signals: Sequence[Labelled], kind: str | None, wanted: str | None, values: Values
) -> tuple[Labelled, str | None]:
    """(signal, what is to be said about the choice). Raises UsageError where it is the user's to make."""
    pool = named(wanted, signals) if wanted is not None else _by_label(signals, kind)
    if len(pool) == 1:
        chosen = pool[0]
        silent = wanted is not None or len(signals) == 1 or level(chosen.label, kind) >= LIKELY
        return chosen, None if silent else _told(chosen, signals, "the only one that could be a heart's")
    shares = {signal.number: _share(signal, kind_of(signal.label, kind), values) for signal in pool}
    order = sorted(pool, key=lambda s: (-round(shares[s.number] / CLOSE), -level(s.label, kind), s.number))
    chosen, second = order[:2]
    labelled = level(chosen.label, kind) >= LIKELY
    if not labelled and (shares[chosen.number] < ALIVE or shares[second.number] > shares[chosen.number] - CLOSE):
        raise UsageError(f"which signal? --signal takes the number or the label of one: {listed(pool)}")
    if shares[chosen.number] < ALIVE:
        return chosen, _told(chosen, pool, "no heartbeat is clear in any of them")
    dead = [signal for signal in pool if shares[signal.number] < ALIVE]
    why = f"no clear heartbeat in {listed(dead)}" if dead else "the first of those whose heartbeat is clear"
    return chosen, _told(chosen, pool, why)


def _by_label(signals: Sequence[Labelled], kind: str | None) -> list[Labelled]:
    """Those whose labels fit best, of those at a rate that is read."""
    readable = [s for s in signals if s.fs_hz is None or fits(kind_of(s.label, kind), s.fs_hz)] or list(signals)
    levels = [level(signal.label, kind) for signal in readable]
    least = LIKELY if max(levels) >= LIKELY else UNTOLD if max(levels) >= UNTOLD else min(levels)
    return [signal for signal, fitting in zip(readable, levels, strict=True) if fitting >= least]


def _share(signal: Labelled, kind: SignalKind, values: Values) -> float:
    """0 without a look at the values where their rate is not read."""
    return 0.0 if signal.fs_hz is not None and not fits(kind, signal.fs_hz) else heart_share(*values(signal), kind)


def heart_share(values: FloatArray, fs_hz: float, kind: SignalKind) -> float:
    """The share of an excerpt from the middle, 0 to 1, that lies between beats that can be trusted."""
    length = min(len(values), round(LOOKED_AT_S * fs_hz))
    start = (len(values) - length) // 2
    excerpt, fs_hz, _ = to_detector(values[start : start + length], fs_hz, kind)
    duration_s = len(excerpt) / fs_hz
    if duration_s <= SETTLED_S or not np.isfinite(excerpt).any():
        return 0.0
    detector = detector_of(kind, fs_hz)
    block = SampleBlock(0, fs_hz, excerpt, int(np.count_nonzero(np.isnan(excerpt))))
    beats = [*detector.push(block), *detector.finish()]
    times_s = np.array([beat.t_s for beat in beats])
    trusted = np.array([beat.quality >= TRUSTED_QUALITY for beat in beats], dtype=np.bool_)
    steps_s = np.diff(times_s)
    good = (steps_s > _HEART_S[0]) & (steps_s < _HEART_S[1]) & trusted[1:] & trusted[:-1] & (times_s[1:] > SETTLED_S)
    return min(1.0, float(steps_s[good].sum()) / (duration_s - SETTLED_S))


def _told(chosen: Labelled, pool: Sequence[Labelled], why: str) -> str:
    others = [signal for signal in pool if signal is not chosen]
    return f"read is signal {chosen}, not {listed(others)}: {why} (--signal takes another's number)"
