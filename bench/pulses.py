"""Pulse detectors side by side on bidmc, and how ours does at the wrist (stress-predict).

    python -m bench.pulses [--no-peers] [--no-wrist]

Reads `bidmc` and `stress-predict` from the folder ROLIG_DATA (default ../shared/data). The measure is the same for all:
see bench/pulse_scores.py. "trusted" leaves out intervals with a beat whose quality is below 0.5, which only ours gives.
"""

import argparse
import csv
import sys
import time
import warnings
from collections.abc import Callable
from importlib.util import find_spec

import edfio
import numpy as np

from bench.pulse_scores import PulseScore, score
from bench.recordings import DATA, names
from dsp.pipeline import Pipeline
from dsp.pulse.detector import PulseDetector
from dsp.types import TRUSTED_QUALITY, Beat, FloatArray, MetricsRow, SampleBlock, SignalKind

BLOCK_S = 0.020
COST_FS_HZ = 500.0
STILL_S = 10
PulseFinder = Callable[[FloatArray, float], tuple[FloatArray, FloatArray | None]]


def live(ppg: FloatArray, fs_hz: float) -> tuple[list[Beat], list[float]]:
    """Our beats, and how long after each its last block had come."""
    size = max(1, round(BLOCK_S * fs_hz))
    detector = PulseDetector(fs_hz)
    beats: list[Beat] = []
    late_s: list[float] = []
    for first in range(0, len(ppg), size):
        values = ppg[first : first + size]
        known = detector.push(SampleBlock(first, fs_hz, values))
        late_s += [(first + len(values)) / fs_hz - beat.t_s for beat in known]
        beats += known
    return beats + detector.finish(), late_s


def live_rows(ppg: FloatArray, fs_hz: float) -> list[MetricsRow]:
    """The metrics of every whole second, as the device gives them live."""
    return Pipeline(SignalKind.PPG, fs_hz).push(SampleBlock(0, fs_hz, ppg)).rows


def rolig(ppg: FloatArray, fs_hz: float) -> tuple[FloatArray, FloatArray | None]:
    beats = live(ppg, fs_hz)[0]
    return np.array([beat.t_s for beat in beats]), np.array([beat.quality for beat in beats])


def rolig_timing(ppg: FloatArray, fs_hz: float) -> tuple[FloatArray, FloatArray | None]:
    """As `rolig`, with how far each beat's place can be trusted, which RMSSD asks, in place of its quality."""
    beats = live(ppg, fs_hz)[0]
    return np.array([beat.t_s for beat in beats]), np.array([beat.timing for beat in beats])


def elgendi(ppg: FloatArray, fs_hz: float) -> tuple[FloatArray, None]:
    import neurokit2 as nk

    clean = nk.ppg_clean(ppg, sampling_rate=int(fs_hz))
    return nk.ppg_findpeaks(clean, sampling_rate=int(fs_hz))["PPG_Peaks"] / fs_hz, None


def charlton(ppg: FloatArray, fs_hz: float) -> tuple[FloatArray, None]:
    """MSPTDfast v2, Charlton et al. 2025 (doi 10.1088/1361-6579/adb89e)."""
    import neurokit2 as nk

    peaks = nk.ppg_findpeaks(ppg, sampling_rate=round(fs_hz), method="charlton")["PPG_Peaks"]
    return np.asarray(peaks) / fs_hz, None


def biosppy(ppg: FloatArray, fs_hz: float) -> tuple[FloatArray, None]:
    from biosppy.signals import ppg as biosppy_ppg

    return np.asarray(biosppy_ppg.ppg(ppg, fs_hz, show=False)["peaks"]) / fs_hz, None


def hearty(ppg: FloatArray, fs_hz: float) -> tuple[FloatArray, None]:
    import heartpy

    working, _ = heartpy.process(ppg, fs_hz)
    kept = [peak for peak, good in zip(working["peaklist"], working["binary_peaklist"], strict=True) if good]
    return np.array(kept) / fs_hz, None


PEERS: tuple[tuple[str, str, PulseFinder], ...] = (
    ("neurokit2 elgendi", "neurokit2", elgendi),
    ("neurokit2 charlton", "neurokit2", charlton),
    ("biosppy", "biosppy", biosppy),
    ("heartpy", "heartpy", hearty),
)
"""A label, the package it takes, and the detector."""


def peers() -> dict[str, PulseFinder]:
    """Those whose package is there."""
    for label, package, _ in PEERS:
        if find_spec(package) is None:
            print(f"{label}: {package} is not installed", file=sys.stderr)
    return {label: _that_may_give_up(label, detect) for label, package, detect in PEERS if find_spec(package)}


def _that_may_give_up(label: str, detect: PulseFinder) -> PulseFinder:
    """A peer's error on a record is said, and is a record without pulses: all of them missed."""

    def tried(ppg: FloatArray, fs_hz: float) -> tuple[FloatArray, FloatArray | None]:
        try:
            return detect(ppg, fs_hz)
        except Exception as fault:
            print(f"{label}: no answer on {len(ppg) / fs_hz:.0f} s: {type(fault).__name__}: {fault}")
            return np.empty(0), None

    return tried


def read_bidmc(name: str) -> tuple[FloatArray, float, FloatArray]:
    signal = next(s for s in edfio.read_edf(DATA / "bidmc" / f"{name}.edf").signals if "PPG" in s.label)
    with (DATA / "bidmc" / f"{name}.beats.csv").open(newline="", encoding="utf-8") as file:
        beats_s = np.array([float(row["time_s"]) for row in csv.DictReader(file)])
    return signal.data, signal.sampling_frequency, beats_s


def cost_s_per_hour(detect: PulseFinder, recordings: list[tuple[FloatArray, float, FloatArray]]) -> float:
    """CPU seconds for an hour of PPG at 500 Hz."""
    spent_s = heard_s = 0.0
    for ppg, fs_hz, _ in recordings:
        t_s = np.arange(0.0, len(ppg) / fs_hz, 1 / COST_FS_HZ)
        dense = np.interp(t_s, np.arange(len(ppg)) / fs_hz, ppg)
        start_s = time.process_time()
        detect(dense, COST_FS_HZ)
        spent_s += time.process_time() - start_s
        heard_s += t_s[-1]
    return 3600 * spent_s / heard_s


def compare(detectors: dict[str, PulseFinder]) -> None:
    recordings = [read_bidmc(name) for name in names("bidmc")]
    print(f"bidmc, {len(recordings)} records, {sum(len(r[2]) for r in recordings)} beats; cost at 500 Hz")
    print(f"{'':20}    F1  under 0.9  interval MAE ms  (median record)  RMSSD error ms (median)  CPU s/h")
    for label, detect in detectors.items():
        scores = [_scored(detect, *recording) for recording in recordings]
        cost_s = cost_s_per_hour(detect, recordings[::6])
        _print_row(label, scores, [s.interval_errors_ms for s in scores], [s.rmssd_error_ms for s in scores], cost_s)
        if label == "Rolig live":
            trusted = [s.trusted_errors_ms for s in scores]
            _print_row("  trusted", scores, trusted, [s.trusted_rmssd_error_ms for s in scores], cost_s)


def _scored(detect: PulseFinder, ppg: FloatArray, fs_hz: float, beats_s: FloatArray) -> PulseScore:
    found_s, quality = detect(ppg, fs_hz)
    return score(found_s, beats_s, quality)


def _print_row(
    label: str, scores: list[PulseScore], errors_ms: list[FloatArray], rmssd_ms: list[float], cost_s: float
) -> None:
    hits, wrong = sum(s.hits for s in scores), sum(s.missed + s.false for s in scores)
    print(
        f"{label:20}{2 * hits / (2 * hits + wrong):6.4f}{sum(s.f1 < 0.9 for s in scores):11d}"
        f"{np.concatenate(errors_ms).mean():17.2f}{np.median([e.mean() for e in errors_ms if len(e)]):17.2f}"
        f"{np.nanmedian(rmssd_ms):25.2f}{cost_s:9.2f}",
        flush=True,
    )


def per_record() -> None:
    print("\nRolig, record by record: F1, missed, false, interval MAE ms, RMSSD error ms, beats marked low")
    late_s: list[float] = []
    for name in names("bidmc"):
        ppg, fs_hz, beats_s = read_bidmc(name)
        beats, late = live(ppg, fs_hz)
        late_s += [value for value, beat in zip(late, beats, strict=False) if beat.t_s > 3.0]
        quality = np.array([beat.quality for beat in beats])
        s = score(np.array([beat.t_s for beat in beats]), beats_s, quality)
        print(
            f"{name:10}{s.f1:7.4f}{s.missed:5d}{s.false:5d}{s.interval_errors_ms.mean():8.2f}"
            f"{s.rmssd_error_ms:8.2f}{100 * np.mean(quality < TRUSTED_QUALITY):7.1f} %"
        )
    spread = ", ".join(f"{p} %: {1000 * np.percentile(late_s, p):.0f}" for p in (5, 50, 95, 100))
    print(f"latency from upslope to the end of the block that brought the beat, ms: {spread}")


def wrist() -> None:
    """A 60 s window is usable with a heart rate at its end and a mean quality of 0.5. Acceleration only judges."""
    print("\nstress-predict: calm windows usable, other windows usable, correlation of quality and acceleration")
    calm_all: list[bool] = []
    correlations = []
    for name in names("stress-predict"):
        edf = edfio.read_edf(DATA / "stress-predict" / f"{name}.edf")
        ppg, motion = edf.signals[0], edf.signals[1]
        rows = live_rows(ppg.data, ppg.sampling_frequency)
        with (DATA / "stress-predict" / f"{name}.segments.csv").open(newline="", encoding="utf-8") as file:
            segments = [(float(r["start_s"]), float(r["end_s"]), r["label"]) for r in csv.DictReader(file)]
        calm, other = _usable(rows, segments)
        calm_all += calm
        quality = np.array([row.quality for row in rows])
        correlations.append(_rank_correlation(quality, motion.data, round(motion.sampling_frequency)))
        print(f"{name:6}{_share(calm):7.2f} of {len(calm):3d}{_share(other):7.2f}{correlations[-1]:8.2f}", flush=True)
    median = np.median(correlations)
    print(f"in all{_share(calm_all):7.2f} of {len(calm_all)} calm windows; median correlation {median:.2f}")


def _share(usable: list[bool]) -> float:
    return float(np.mean(usable)) if usable else float("nan")


def usable(window: list[MetricsRow]) -> bool:
    """Whether 60 rows tell a heart rate at their end and are of a mean quality of 0.5."""
    return window[-1].mean_hr_bpm > 0 and float(np.mean([row.quality for row in window])) >= TRUSTED_QUALITY


def _usable(rows: list[MetricsRow], segments: list[tuple[float, float, str]]) -> tuple[list[bool], list[bool]]:
    calm: list[bool] = []
    other: list[bool] = []
    for start_s, end_s, label in segments:
        for low_s in np.arange(start_s, end_s - 60 + 1e-6, 60):
            told = usable(rows[int(low_s) : int(low_s) + 60])
            (calm if label.startswith(("base", "relax")) else other).append(told)
    return calm, other


def _rank_correlation(quality: FloatArray, acceleration: FloatArray, fs_hz: int) -> float:
    """Spearman's, of 10 s means of quality and of the acceleration's standard deviation within each second."""
    seconds = min(len(quality), len(acceleration) // fs_hz) // STILL_S * STILL_S
    moving = acceleration[: seconds * fs_hz].reshape(seconds, fs_hz).std(axis=1)
    means = [values[:seconds].reshape(-1, STILL_S).mean(axis=1) for values in (quality, moving)]
    ranks = [values.argsort().argsort() for values in means]
    return float(np.corrcoef(ranks[0], ranks[1])[0, 1])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.pulses", description=__doc__)
    parser.add_argument("--no-peers", action="store_true", help="Rolig only")
    parser.add_argument("--no-wrist", action="store_true", help="bidmc only")
    chosen = parser.parse_args()
    if not names("bidmc"):
        print(f"no recordings in {DATA}: set ROLIG_DATA to a folder with bidmc and stress-predict")
        return 0
    warnings.simplefilter("ignore")
    compare({"Rolig live": rolig, **({} if chosen.no_peers else peers())})
    per_record()
    if not chosen.no_wrist and names("stress-predict"):
        wrist()
    return 0


if __name__ == "__main__":
    sys.exit(main())
