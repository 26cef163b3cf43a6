"""Intervals, HRV, breathing and coherence against references and known truth, and what the pipeline costs.

    python -m bench.hrv [--quick]

Reads `rr-reference`, `rr-day`, `breathing`, `bidmc`, `mitdb` and `nstdb-noise` from the folder ROLIG_DATA (default
../shared/data); what is simulated needs none of them. --quick takes every sixth record.
"""

import argparse
import csv
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import edfio
import numpy as np
import scipy.integrate
import scipy.interpolate
import scipy.signal

from bench.simulated_rr import RRHeart, beat_times_of_rmssd, random_heart, with_artefacts
from dsp.beat_pipeline import BeatPipeline
from dsp.hrv.intervals import beats_of_rr, classify
from dsp.hrv.spectrum import HF_HZ, LF_HZ
from dsp.hrv.time_domain import hrv_all, hrv_nn
from dsp.pipeline import Pipeline
from dsp.rpeak.detector import RPeakDetector
from dsp.types import Beat, FloatArray, IntervalKind, MetricsRow, RRInterval, SampleBlock, SignalKind

DATA = Path(os.environ.get("ROLIG_DATA", "../shared/data"))
BLOCK_S = 0.020


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="every sixth record")
    step = 6 if parser.parse_args().quick else 1
    artefacts(minutes=5 if step > 1 else 20)
    paced_breathing()
    if not DATA.is_dir():
        print(f"No recordings: {DATA} is not a folder (set ROLIG_DATA); the rest is left out.")
        return 0
    reference()
    ordinary_days(step)
    fibrillation_and_noise()
    recorded_breathing(step)
    cost()
    return 0


def artefacts(minutes: int) -> None:
    """True RMSSD 5 to 80 ms, paced at 6, 10 and 14/min, 5 % of the beats spoilt: errors of the live rows."""
    print("\nArtefacts: 5 % missed, extra, ectopic and misplaced beats; live rows beside those of the clean beats")
    print(
        "RMSSD ms | uncorrected % | RMSSD error % median, p95 | within 1 SD % | RSA error % median, p95 | empty % "
        "| +50 % high, %"
    )
    pooled: list[float] = []
    for rmssd_ms in (5.0, 10.0, 20.0, 40.0, 80.0):
        pairs: list[tuple[MetricsRow, MetricsRow]] = []
        raw: list[float] = []
        for number in range(3 * minutes):
            rng = np.random.default_rng(number)
            heart = random_heart(rng, (6.0, 10.0, 14.0)[number % 3])
            clean = beat_times_of_rmssd(heart, 130, rmssd_ms, seed=number)
            spoilt = with_artefacts(clean, 0.05, rng)
            raw.append(100 * (rmssd_of(np.diff(spoilt)) / rmssd_of(np.diff(clean)) - 1))
            pairs += zip(beat_rows(clean, heart.pace)[90::5], beat_rows(spoilt, heart.pace)[90::5], strict=False)
        rmssd = np.array([100 * (b.rmssd_ms / a.rmssd_ms - 1) for a, b in pairs])
        rsa = np.array([100 * (b.rsa_ms / a.rsa_ms - 1) for a, b in pairs])
        told = [abs(b.rmssd_ms - a.rmssd_ms) <= b.rmssd_sd_ms for a, b in pairs if not np.isnan(b.rmssd_ms)]
        pooled += np.abs(rmssd).tolist()
        print(
            f"{rmssd_ms:8.0f} | {np.median(raw):+8.0f} | {median_and_p95(rmssd)} | {100 * np.mean(told):5.1f} "
            f"| {median_and_p95(rsa)} | {100 * np.mean(np.isnan(rmssd)):5.1f} | {100 * np.mean(rmssd > 50):5.2f}"
        )
    print(f"all      | median RMSSD error {np.nanmedian(pooled):.1f} %")


def rmssd_of(rr_ms: FloatArray) -> float:
    return float(np.sqrt(np.mean(np.diff(rr_ms) ** 2)))


def median_and_p95(errors: FloatArray) -> str:
    known = np.abs(errors[~np.isnan(errors)])
    return f"{np.median(known):6.1f} {np.percentile(known, 95):6.1f}" if len(known) else "     -      -"


def beat_rows(times_ms: FloatArray, pace: float | None = None) -> list[MetricsRow]:
    pipeline = BeatPipeline()
    if pace is not None:
        pipeline.set_pace(0.0, pace)
    beats = [Beat(t, t / 1000, 1.0) for t in times_ms.tolist()]
    return [row for beat in beats for row in pipeline.push(beat).rows]


def paced_breathing() -> None:
    """A heart that follows a slow pace: the rate, the swing and the coherence that the rows tell."""
    print("\nSlow breathing, simulated, intervals alone, no guide told: error of the rate over all 60 s windows")
    print("pace | noise | worst, mean error /min | empty % | coherence | RSA error %")
    for pace in (4.5, 5.5, 6.0, 6.5, 7.0):
        for noise in (0.0, 0.2):
            heart = RRHeart(850.0, pace, noise, 0.1)
            times = beat_times_of_rmssd(heart, 240, 30.0, seed=1)
            swing_ms = float(
                np.median([np.ptp(part) for part in np.array_split(np.diff(times), round(240 * pace / 60))])
            )
            rows = beat_rows(times)[70:]
            errors = np.abs([row.breaths_per_min - pace for row in rows])
            ratio = np.nanmedian([row.coherence for row in rows])
            rsa = 100 * (np.nanmedian([row.rsa_ms for row in rows]) / swing_ms - 1)
            print(
                f"{pace:4.1f} | {noise:5.1f} | {np.nanmax(errors):6.3f} {np.nanmean(errors):6.3f} "
                f"| {100 * np.mean(np.isnan(errors)):5.1f} | {ratio:6.2f} | {rsa:+5.1f}"
            )


def reference() -> None:
    """`hrv_all` beside the plain formulas and scipy's Welch; the share that is marked."""
    print("\nrr-reference: hrv_all minus plain; LF and HF over scipy's Welch with our settings; share marked")
    print(
        "series                 | RMSSD ms | SDNN ms | pNN50 % | HR bpm | LF ratio | HF ratio | marked % | NN RMSSD ms"
    )
    for name, entry in json.loads((DATA / "rr-reference" / "reference.json").read_text()).items():
        intervals = classify(beats_of_rr(np.loadtxt(DATA / "rr-reference" / entry["file"]).tolist()))
        summary, plain, (lf, hf) = hrv_all(intervals), entry["plain"], welch_by_scipy(intervals)
        ours = summary.time
        print(
            f"{name:22} | {ours.rmssd_ms - plain['rmssd']:8.4f} | {ours.sdnn_ms - plain['sdnn_ddof1']:7.4f} "
            f"| {ours.pnn50_pct - plain['pnn50']:7.4f} | {ours.mean_hr_bpm - 60_000 / plain['mean_rr']:6.4f} "
            f"| {summary.lf_ms2 / lf:8.4f} | {summary.hf_ms2 / hf:8.4f} "
            f"| {marked_pct(intervals):8.2f} | {hrv_nn(intervals).time.rmssd_ms:.1f}"
        )


def welch_by_scipy(intervals: Sequence[RRInterval]) -> list[float]:
    t_s = np.array([i.t_s for i in intervals])
    even = scipy.interpolate.CubicSpline(t_s, [i.rr_ms for i in intervals], bc_type="natural")
    values = even(np.arange(t_s[0], t_s[-1], 0.25))
    f, p = scipy.signal.welch(values, 4.0, "hann", nperseg=480, nfft=4096, detrend="constant")
    bands = [(f >= low) & (f < high) for low, high in (LF_HZ, HF_HZ)]
    return [float(scipy.integrate.trapezoid(p[band], f[band])) for band in bands]


def marked_pct(intervals: Sequence[RRInterval]) -> float:
    return 100 * float(np.mean([i.kind is not IntervalKind.NORMAL for i in intervals]))


def ordinary_days(step: int) -> None:
    """People in normal rhythm, first eight hours: marked, empty, and wrongly called irregular."""
    print("\nrr-day, the first eight hours | marked % | rows empty % | called irregular %")
    for path in sorted((DATA / "rr-day").glob("*.txt"))[::step]:
        rr = np.loadtxt(path)
        rr = rr[np.cumsum(rr) < 8 * 3.6e6]
        rows = beat_rows(np.concatenate(([0.0], np.cumsum(rr))))
        intervals = classify(beats_of_rr(rr.tolist()))
        empty = np.mean(np.isnan([row.rmssd_ms for row in rows]))
        irregular = np.mean([row.irregular_rhythm for row in rows])
        print(f"{path.stem:29} | {marked_pct(intervals):8.2f} | {100 * empty:12.1f} | {100 * irregular:6.2f}")


def fibrillation_and_noise() -> None:
    """From the ECG, live: what is said of seconds of fibrillation, and of noise without beats."""
    print("\nFibrillation, from the ECG | of its seconds called irregular % | with HRV %")
    for name in ("201", "203"):
        with (DATA / "mitdb" / f"{name}.rhythm.csv").open(newline="") as file:
            changes = [(float(row["time_s"]), row["rhythm"]) for row in csv.DictReader(file)]
        starts = [t_s for t_s, _ in changes]
        rows = [
            row
            for row in live_rows(DATA / "mitdb" / f"{name}.edf", "ECG")
            if changes[max(0, int(np.searchsorted(starts, row.t_s)) - 1)][1] == "AFIB"
        ]
        irregular = 100 * np.mean([row.irregular_rhythm for row in rows])
        print(f"{name:26} | {irregular:6.1f} | {100 * np.mean([has_hrv(row) for row in rows]):6.1f}")
    print("Noise alone | seconds with any HRV number %")
    for name in ("bw", "ma"):
        rows = live_rows(DATA / "nstdb-noise" / f"{name}.edf", "")
        print(f"{name:11} | {100 * np.mean([has_hrv(row) for row in rows]):6.1f}")


def has_hrv(row: MetricsRow) -> bool:
    return not np.isnan([row.mean_hr_bpm, row.rmssd_ms, row.sdnn_ms, row.rsa_ms, row.coherence]).all()


def recorded_breathing(step: int) -> None:
    """From ECG and PPG, live, no guide told: the rate where it is given, beside the respiration signal's."""
    print(
        "\nBreathing, from the raw signal | windows answered % | MAE /min | within 2 /min % | off by over 5, of all % "
        "| medians: ours, reference"
    )
    for name in ("physio1", "physio2", "bio_resting_5min", "bio_resting_8min"):
        path = DATA / "breathing" / f"{name}.edf"
        times_s, rates = respiration_rates(path)
        print_breathing(f"{name} ECG", *rate_errors(live_rows(path, "ECG"), times_s, rates))
    for label in ("ECG", "PPG"):
        errors: list[float] = []
        asked = 0
        for path in sorted((DATA / "bidmc").glob("*.edf"))[::step]:
            times_s, rates = annotated_rates(path.with_suffix(".breaths.csv"))
            found, all_of_them, _ = rate_errors(live_rows(path, label), times_s, rates)
            errors += found
            asked += all_of_them
        print_breathing(f"bidmc {label}", errors, asked, "")
    breathing_of_beat_lists(step)


def breathing_of_beat_lists(step: int) -> None:
    """The same from intervals alone: from reference beats, and from R-peaks of a person who breathes slowly."""
    path = DATA / "breathing" / "physio1.edf"
    signal = next(s for s in edfio.read_edf(path).signals if "ECG" in s.label)
    detector = RPeakDetector(signal.sampling_frequency)
    found = [b for block in blocks(signal.data * 1000, signal.sampling_frequency) for b in detector.push(block)]
    rows = beat_rows(np.array([1000 * beat.t_s for beat in found]))
    print_breathing("physio1, R-peaks alone", *rate_errors(rows, *respiration_rates(path)))
    errors: list[float] = []
    asked = 0
    for path in sorted((DATA / "bidmc").glob("*.beats.csv"))[::step]:
        with path.open(newline="") as file:
            beats_ms = np.array([1000 * float(row["time_s"]) for row in csv.DictReader(file)])
        truth = annotated_rates(path.with_name(path.name.replace(".beats.", ".breaths.")))
        told, windows, _ = rate_errors(beat_rows(beats_ms), *truth)
        errors += told
        asked += windows
    print_breathing("bidmc, R-peaks alone", errors, asked, "")


def print_breathing(name: str, errors: list[float], asked: int, medians: str) -> None:
    size = np.abs(errors)
    print(
        f"{name:30} | {100 * len(errors) / max(1, asked):6.1f} | {np.mean(size):6.2f} "
        f"| {100 * np.mean(size <= 2):6.1f} | {100 * np.sum(size > 5) / max(1, asked):6.2f} | {medians}"
    )


def rate_errors(rows: list[MetricsRow], times_s: FloatArray, rates: FloatArray) -> tuple[list[float], int, str]:
    """Errors where a rate is given, of how many windows with a reference, and both medians."""
    rows = [row for row in rows if row.t_s >= 66]
    true = np.interp([row.t_s for row in rows], times_s, rates)
    found = [(row.breaths_per_min, rate) for row, rate in zip(rows, true, strict=True) if not np.isnan(rate)]
    given = [(ours, rate) for ours, rate in found if not np.isnan(ours)]
    medians = (
        f"{np.median([ours for ours, _ in given]):.2f} {np.median([rate for _, rate in found]):.2f}" if given else ""
    )
    return [ours - rate for ours, rate in given], len(found), medians


def respiration_rates(path: Path) -> tuple[FloatArray, FloatArray]:
    """The spectral peak of the respiration signal over each 60 s."""
    signal = next(s for s in edfio.read_edf(path).signals if "Resp" in s.label)
    factor = round(signal.sampling_frequency / 25)
    values = signal.data[: len(signal.data) // factor * factor].reshape(-1, factor).mean(axis=1)
    times_s = np.arange(60.0, len(values) // 25 + 1)
    peaks = []
    for end_s in times_s:
        part = scipy.signal.detrend(values[int(end_s - 60) * 25 : int(end_s) * 25])
        f, p = scipy.signal.periodogram(part, 25.0, "hann", nfft=2**16)
        band = (f > 0.05) & (f < 0.6)
        peaks.append(60 * f[band][p[band].argmax()])
    return times_s, np.array(peaks)


def annotated_rates(path: Path) -> tuple[FloatArray, FloatArray]:
    """Breaths a minute over each 60 s, from the annotated breaths."""
    with path.open(newline="") as file:
        breaths = np.array([float(row["time_s"]) for row in csv.DictReader(file)])
    times_s = np.arange(60.0, breaths[-1])
    rates = []
    for end_s in times_s:
        part = breaths[(breaths > end_s - 60) & (breaths <= end_s)]
        rates.append(60 * (len(part) - 1) / (part[-1] - part[0]) if len(part) > 2 else np.nan)
    return times_s, np.array(rates)


def live_rows(path: Path, label: str) -> list[MetricsRow]:
    """The rows of the first signal whose label holds `label`, live in blocks of 20 ms or one sample."""
    signal = next(s for s in edfio.read_edf(path).signals if label in s.label)
    scale = 1000.0 if signal.physical_dimension == "mV" and label != "PPG" else 1.0
    pipeline = Pipeline(SignalKind.PPG if label == "PPG" else SignalKind.ECG, signal.sampling_frequency)
    return [
        row for block in blocks(signal.data * scale, signal.sampling_frequency) for row in pipeline.push(block).rows
    ]


def blocks(values: FloatArray, fs_hz: float) -> Iterator[SampleBlock]:
    size = max(1, round(BLOCK_S * fs_hz))
    for first in range(0, len(values), size):
        yield SampleBlock(first, fs_hz, values[first : first + size])


def cost() -> None:
    """CPU seconds per hour of ECG at 500 Hz in 20 ms blocks: the whole pipeline, and what the detector takes of it."""
    signal = next(s for s in edfio.read_edf(DATA / "breathing" / "physio2.edf").signals if "ECG" in s.label)
    prepared = list(blocks(signal.data[::2] * 1000, 500.0))
    hours = len(prepared) * BLOCK_S / 3600
    pipeline, detector = Pipeline(SignalKind.ECG, 500.0), RPeakDetector(500.0)
    started = time.process_time()
    for block in prepared:
        pipeline.push(block)
    whole = time.process_time() - started
    for block in prepared:
        detector.push(block)
    alone = time.process_time() - started - whole
    print("\nCost, 500 Hz in 20 ms blocks, CPU s per hour | block to row | the detector of it")
    print(f"{'':44} | {whole / hours:6.2f} | {alone / hours:6.2f}")


if __name__ == "__main__":
    sys.exit(main())
