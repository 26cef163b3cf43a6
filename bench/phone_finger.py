"""Pulses that a phone's camera saw at 30 frames a second, against the intervals of a chest strap (phone-finger).

    python -m bench.phone_finger [--no-peers]

Reads `phone-finger` from the folder ROLIG_DATA (default ../shared/data). The strap's clock is not the phone's:
its beats are laid end to end and shifted by the lag with most matches, then least deviation; only what both saw is
scored. "trusted": intervals whose two beats are real by their quality; "well timed": those whose places are trusted as
well, which alone the device's RMSSD takes; "told": that RMSSD, second by second, against the strap's same minute.
"""

import argparse
import sys
import warnings
from pathlib import Path

import numpy as np

from bench.pulse_scores import MIN_INTERVALS, NEARLY_ALL, PulseScore, pairs, scored_at
from bench.pulses import PulseFinder, live_rows, peers, rolig, rolig_timing
from bench.recordings import DATA
from dsp.types import METRICS_WINDOW_S, TRUSTED_QUALITY, FloatArray

LAGS_S = np.arange(-15.0, 15.001, 0.02)
SETTLED_S = 2.0
PhonePulse = tuple[FloatArray, float, FloatArray]


def read(path: Path) -> PhonePulse:
    """The camera's light on an even grid of its mean rate, that rate, and the strap's beats from its first one on."""
    t_s, light = np.loadtxt(path, delimiter=",", skiprows=1, unpack=True)
    fs_hz = (len(t_s) - 1) / (t_s[-1] - t_s[0])
    rr_ms = np.loadtxt(path.with_name(f"{path.stem}.rr.txt"))
    even = np.interp(np.arange(len(t_s)) / fs_hz, t_s - t_s[0], light)
    return even, float(fs_hz), np.concatenate(([0.0], np.cumsum(rr_ms) / 1000))


def lag_s(found_s: FloatArray, true_s: FloatArray) -> float:
    fits = []
    for start_s in LAGS_S:
        matched = pairs(found_s - start_s, true_s)
        if len(matched):
            off_s = found_s[matched[:, 0]] - true_s[matched[:, 1]]
            fits.append((len(matched), float(np.mean(np.abs(off_s - np.median(off_s)))), float(np.median(off_s))))
    if not fits:
        return 0.0
    most = max(fit[0] for fit in fits)
    return min((fit for fit in fits if fit[0] >= NEARLY_ALL * most), key=lambda fit: fit[1])[2]


def score(detect: PulseFinder, recording: PhonePulse) -> PulseScore:
    light, fs_hz, true_s = recording
    found_s, quality = detect(light, fs_hz)
    lag = lag_s(found_s, true_s)
    low_s, high_s = max(true_s[0] + lag, SETTLED_S), min(true_s[-1] + lag, len(light) / fs_hz - 0.5)
    inside = (found_s >= low_s - 0.15) & (found_s <= high_s + 0.15)
    both = true_s[(true_s + lag >= low_s) & (true_s + lag <= high_s)]
    return scored_at(lag, found_s[inside], both, None if quality is None else quality[inside])


def told_rmssd_errors_ms(recording: PhonePulse, lag: float) -> FloatArray:
    """How far off RMSSD is in each second that tells it. Shape (seconds,), empty where it is never told."""
    light, fs_hz, true_s = recording
    errors_ms = []
    for row in live_rows(light, fs_hz):
        minute = (true_s + lag > row.t_s - METRICS_WINDOW_S) & (true_s + lag <= row.t_s)
        if minute.sum() > MIN_INTERVALS and np.isfinite(row.rmssd_ms):
            rr_ms = 1000 * np.diff(true_s[minute])
            errors_ms.append(abs(row.rmssd_ms - float(np.sqrt(np.mean(np.diff(rr_ms) ** 2)))))
    return np.array(errors_ms)


def show(label: str, scores: list[PulseScore]) -> None:
    hits, wrong = sum(s.hits for s in scores), sum(s.missed + s.false for s in scores)
    mae_ms = np.median([s.interval_errors_ms.mean() for s in scores if len(s.interval_errors_ms)])
    print(
        f"{label:20}{2 * hits / (2 * hits + wrong):7.4f}{mae_ms:10.2f}"
        f"{np.nanmedian([s.rmssd_error_ms for s in scores]):10.2f}"
        f"{np.median([s.trusted_errors_ms.mean() for s in scores if len(s.trusted_errors_ms)]):12.2f}"
        f"{np.nanmedian([s.trusted_rmssd_error_ms for s in scores]):10.2f}",
        flush=True,
    )


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.phone_finger", description=__doc__)
    parser.add_argument("--no-peers", action="store_true", help="Rolig only")
    chosen = parser.parse_args()
    recordings = {path.stem: read(path) for path in sorted((DATA / "phone-finger").glob("*.csv"))}
    if not recordings:
        print(f"no recordings in {DATA}: set ROLIG_DATA to a folder with phone-finger")
        return 0
    warnings.simplefilter("ignore")
    print(f"phone-finger, {len(recordings)} records; medians of records (goals: F1 .92, 9 ms, 6 ms)")
    print(f"{'':20}{'F1':>7}{'MAE ms':>10}{'RMSSD ms':>10}{'trusted MAE':>12}{'RMSSD':>10}")
    ours = {name: score(rolig, recording) for name, recording in recordings.items()}
    show("Rolig live", list(ours.values()))
    timed = {name: score(rolig_timing, recording) for name, recording in recordings.items()}
    show("  well timed", list(timed.values()))
    told = {name: told_rmssd_errors_ms(recording, ours[name].lag_s) for name, recording in recordings.items()}
    means_ms = [float(errors_ms.mean()) for errors_ms in told.values() if len(errors_ms)]
    if means_ms:
        print(f"  told in {len(means_ms)} records: RMSSD off by {np.median(means_ms):.2f} ms in the median one")
    for label, detect in ({} if chosen.no_peers else peers()).items():
        show(label, [score(detect, recording) for recording in recordings.values()])
    print("record by record: F1, missed, false, interval MAE ms, RMSSD error ms, share marked low;")
    print("    of the well timed intervals how many, MAE, RMSSD error; seconds with RMSSD told, its error")
    for name, s in ours.items():
        beats = rolig(*recordings[name][:2])[1]
        low = np.mean(beats < TRUSTED_QUALITY) if beats is not None else np.nan
        print(
            f"{name:6}{s.f1:7.4f}{s.missed:5d}{s.false:5d}{s.interval_errors_ms.mean():8.2f}{s.rmssd_error_ms:8.2f}{low:8.2f}"
            f"{len(timed[name].trusted_errors_ms):8d}{_mean(timed[name].trusted_errors_ms):8.2f}"
            f"{timed[name].trusted_rmssd_error_ms:8.2f}{len(told[name]):8d}{_mean(told[name]):8.2f}"
        )
    return 0


def _mean(values: FloatArray) -> float:
    return float(values.mean()) if len(values) else float("nan")


if __name__ == "__main__":
    sys.exit(main())
