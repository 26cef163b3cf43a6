"""The RMSSD, SDNN and heart rate of annotated recordings, minute by minute, to hold live numbers against.

Annotators mark whole samples and not always the same wave. So each reference beat is first moved to where the
recording's own median beat fits it best, below a sample.
"""

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.signal

from bench.recordings import DATA
from dsp.types import FloatArray

NORMAL = frozenset("NLRej")
BEATS = NORMAL | frozenset("BAaJSVrFnE/fQ?")
ALIKE = BEATS - frozenset("VrFnEQ?")
PACED = frozenset("/f")
FIBRILLATION = ("AFIB", "AFL")
KINDS = ("normal", "ectopy 5 to 20 %", "ectopy over 20 %", "fibrillation", "paced")
WINDOW_S = 60.0

_BAND_HZ = (5.0, 40.0)
_FINE_HZ = 1000.0
_HALF_S = 0.08
_REACH_S = 0.03
_TURNS = 3
_FEWEST = 6
_DROPPED = 1.6
"""An interval of so many medians holds a dropped beat (sinus pause, block): it is no NN interval."""


@dataclass(frozen=True, slots=True)
class Minute:
    """One window up to `t_s`; NaN where fewer than six NN intervals or differences support it."""

    t_s: float
    kind: str
    rmssd_ms: float
    sdnn_ms: float
    mean_hr_bpm: float


@dataclass(frozen=True, slots=True)
class Reference:
    """Beats of one recording: `t_s` (n,) aligned, `symbols` as annotated; `doubtful_s` where they are doubtful."""

    t_s: FloatArray
    symbols: list[str]
    doubtful_s: list[tuple[float, float]]
    rhythms: list[tuple[float, str]]
    duration_s: float

    def minutes(self, every_s: int = 5, window_s: float = WINDOW_S) -> Iterator[Minute]:
        rr_s = np.diff(self.t_s)
        normal = np.array([s in NORMAL for s in self.symbols], dtype=bool)
        nn = normal[1:] & normal[:-1] & (rr_s > 0.25) & (rr_s < 2.5)
        for start_s, end_s in self.doubtful_s:
            nn &= (self.t_s[:-1] >= end_s) | (self.t_s[1:] <= start_s)
        paced = np.array([s in PACED for s in self.symbols], dtype=bool)
        for t_s in np.arange(window_s, math.floor(self.duration_s) + 1, every_s).tolist():
            closes = (self.t_s > t_s - window_s) & (self.t_s <= t_s)
            inside = closes[1:]
            kept = nn & inside
            if kept.any():
                kept &= rr_s < _DROPPED * np.median(rr_s[kept])
            spoilt = 1.0 - int(np.count_nonzero(kept)) / max(1, int(np.count_nonzero(inside)))
            kind = KINDS[int(spoilt > 0.05) + int(spoilt > 0.2)]
            if self._fibrillates(t_s, window_s):
                kind = KINDS[3]
            elif closes.any() and paced[closes].mean() > 0.5:
                kind = KINDS[4]
            yield Minute(t_s, kind, *_measures(1000.0 * rr_s, kept))

    def _fibrillates(self, t_s: float, window_s: float) -> bool:
        ends = [*(start for start, _ in self.rhythms[1:]), math.inf]
        return any(
            name in FIBRILLATION and start < t_s and end > t_s - window_s
            for (start, name), end in zip(self.rhythms, ends, strict=False)
        )


def _measures(rr_ms: FloatArray, kept: np.ndarray) -> tuple[float, float, float]:
    differences = np.diff(rr_ms)[kept[1:] & kept[:-1]]
    nn = rr_ms[kept]
    rmssd_ms = math.sqrt(np.mean(differences**2)) if len(differences) >= _FEWEST else math.nan
    if len(nn) < _FEWEST:
        return rmssd_ms, math.nan, math.nan
    return rmssd_ms, float(nn.std(ddof=1)), float(60_000 / nn.mean())


def read_reference(folder: str, name: str, ecg_uv: FloatArray, fs_hz: float) -> Reference:
    """The beats of `folder`/`name`; the rhythms of a second lead are those of its record's first."""
    rows = [(float(r["time_s"]), r["symbol"] or "N") for r in _rows(DATA / folder / f"{name}.beats.csv")]
    rows = [(t_s, symbol) for t_s, symbol in rows if symbol in BEATS]
    symbols = [symbol for _, symbol in rows]
    t_s = align(ecg_uv, fs_hz, np.array([t_s for t_s, _ in rows]), np.array([s in ALIKE for s in symbols], dtype=bool))
    spans = [(float(r["start_s"]), float(r["end_s"])) for r in _rows(DATA / folder / f"{name}.spans.csv")]
    rhythm_path = DATA / "mitdb" / f"{name.partition('_')[0]}.rhythm.csv"
    rhythms = [(float(r["time_s"]), r["rhythm"]) for r in _rows(rhythm_path)] if folder.startswith("mitdb") else []
    return Reference(t_s, symbols, spans, rhythms, len(ecg_uv) / fs_hz)


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def align(ecg_uv: FloatArray, fs_hz: float, t_s: FloatArray, alike: np.ndarray) -> FloatArray:
    """`t_s` (n,), each moved by up to 30 ms to where the median of the beats that are `alike` (n,) correlates best."""
    sos = scipy.signal.butter(2, (_BAND_HZ[0], min(_BAND_HZ[1], 0.45 * fs_hz)), "band", fs=fs_hz, output="sos")
    factor = max(1, math.ceil(_FINE_HZ / fs_hz))
    wave = scipy.signal.resample_poly(scipy.signal.sosfiltfilt(sos, np.nan_to_num(ecg_uv)), factor, 1)
    grid_hz = fs_hz * factor
    half, reach = round(_HALF_S * grid_hz), round(_REACH_S * grid_hz)
    at = np.round(t_s * grid_hz).astype(int)
    inside = (at > half + 2 * reach) & (at < len(wave) - half - 2 * reach - 1)
    if np.count_nonzero(inside & alike) < _FEWEST:
        return t_s
    parts = np.lib.stride_tricks.sliding_window_view(wave, 2 * half)
    moved = at[inside].astype(float)
    for turn in range(_TURNS):
        places = np.round(moved).astype(int)
        shape = np.median(parts[places[alike[inside]] - half], axis=0)
        shape -= shape.mean()
        fits = np.stack([parts[places - half + shift] @ shape for shift in range(-reach, reach + 1)], axis=1)
        best = fits.argmax(axis=1)
        moved = places + best - reach + _between(fits, best)
        if turn == 0:
            moved -= np.median((moved - places)[alike[inside]])
        moved = np.clip(moved, half + reach + 1, len(wave) - half - reach - 2)
    out = t_s.copy()
    out[inside] = moved / grid_hz
    return out


def _between(fits: FloatArray, best: np.ndarray) -> FloatArray:
    """How far between the places the best fit of each row lies, by the parabola through it and its neighbours."""
    rows, middle = np.arange(len(fits)), np.clip(best, 1, fits.shape[1] - 2)
    left, top, right = fits[rows, middle - 1], fits[rows, middle], fits[rows, middle + 1]
    bend = left - 2 * top + right
    shift = np.where(bend < 0, 0.5 * (left - right) / np.where(bend < 0, bend, 1.0), 0.0)
    return np.where(best == middle, np.clip(shift, -0.5, 0.5), 0.0)
