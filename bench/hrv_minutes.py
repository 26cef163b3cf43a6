"""The RMSSD and heart rate that the wearer is shown, by kind of minute, beside what other programs make of it.

    python -m bench.hrv_minutes [--quick] [--no-peers]

Reads `mitdb`, `mitdb-second` and `wearable` from the folder ROLIG_DATA (default ../shared/data). Each recording's
R-peaks are found by the network of bench/rpeak_folds.npz that saw no recording of that heart or wearer; the rules
behind the beats are those shipped. --quick takes every sixth record.
"""

import argparse
import sys
import warnings
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from bench.fit_rpeaks import left_out
from bench.hrv_reference import KINDS, WINDOW_S, Minute, read_reference
from bench.recordings import DATA, AnnotatedEcg, names, read
from dsp.pipeline import Pipeline
from dsp.types import NAN, FloatArray, SampleBlock, SignalKind

FOLDERS = ("mitdb", "mitdb-second", "wearable")
ACTIVITIES = {"klud": "rest", "ruky": "moving arms", "chodza": "walking", "drepy": "squatting", "beh": "running"}
BLOCK_S = 10.0


@dataclass(frozen=True, slots=True)
class Told:
    """What a program says of one window; NaN where it says nothing. `*_sd_ms`: the uncertainty it states."""

    rmssd_ms: float
    sdnn_ms: float
    mean_hr_bpm: float
    rmssd_sd_ms: float = NAN
    sdnn_sd_ms: float = NAN


Teller = Callable[[str, AnnotatedEcg, list[float]], list[Told]]
"""Of a folder's recording, and the ends of its windows."""


def ours(folder: str, recording: AnnotatedEcg, ends_s: list[float]) -> list[Told]:
    """From the live rows; how the samples are cut into blocks changes none of them."""
    pipeline = Pipeline(SignalKind.ECG, recording.fs_hz, detector=left_out(folder, recording))
    size = round(BLOCK_S * recording.fs_hz)
    rows = [
        row
        for first in range(0, len(recording.ecg_uv), size)
        for row in pipeline.push(SampleBlock(first, recording.fs_hz, recording.ecg_uv[first : first + size])).rows
    ]
    at = {row.t_s: row for row in rows}
    found = [at[end_s] for end_s in ends_s]
    return [
        Told(
            row.rmssd_ms,
            row.sdnn_ms,
            row.mean_hr_bpm,
            row.rmssd_sd_ms,
            row.sdnn_sd_ms,
        )
        for row in found
    ]


def of_beats(detect: Callable[[FloatArray, float], FloatArray]) -> Teller:
    """From a whole recording's beats at once: all intervals that close within the window."""

    def tell(_folder: str, recording: AnnotatedEcg, ends_s: list[float]) -> list[Told]:
        t_s = np.sort(detect(recording.ecg_uv, recording.fs_hz))
        told = []
        for end_s in ends_s:
            rr_ms = 1000.0 * np.diff(t_s[(t_s > end_s - WINDOW_S) & (t_s <= end_s)])
            if len(rr_ms) < 3:
                told.append(Told(NAN, NAN, NAN))
                continue
            rmssd_ms = float(np.sqrt(np.mean(np.diff(rr_ms) ** 2)))
            told.append(Told(rmssd_ms, float(rr_ms.std(ddof=1)), float(60_000 / rr_ms.mean())))
        return told

    return tell


def peers() -> dict[str, Teller]:
    """Open programs as they come, and with the correction of artefacts by Lipponen & Tarvainen that neurokit2 calls
    Kubios."""
    import biosppy.signals.ecg as biosppy_ecg
    import neurokit2 as nk
    import sleepecg

    def corrected(detect: Callable[[FloatArray, float], FloatArray]) -> Callable[[FloatArray, float], FloatArray]:
        def repaired(ecg_uv: FloatArray, fs_hz: float) -> FloatArray:
            peaks = np.unique(np.round(detect(ecg_uv, fs_hz) * fs_hz).astype(int))
            if len(peaks) < 12:
                return peaks / fs_hz
            _, clean = nk.signal_fixpeaks(peaks, sampling_rate=fs_hz, method="Kubios", iterative=True)
            return np.asarray(clean) / fs_hz

        return repaired

    def neurokit(ecg_uv: FloatArray, fs_hz: float) -> FloatArray:
        clean = nk.ecg_clean(ecg_uv, sampling_rate=int(fs_hz))
        return np.asarray(nk.ecg_peaks(clean, sampling_rate=int(fs_hz))[1]["ECG_R_Peaks"]) / fs_hz

    def sleep(ecg_uv: FloatArray, fs_hz: float) -> FloatArray:
        return np.asarray(sleepecg.detect_heartbeats(ecg_uv, fs_hz)) / fs_hz

    def hamilton(ecg_uv: FloatArray, fs_hz: float) -> FloatArray:
        found = biosppy_ecg.hamilton_segmenter(ecg_uv, fs_hz)["rpeaks"]
        return np.asarray(biosppy_ecg.correct_rpeaks(ecg_uv, found, fs_hz, tol=0.05)["rpeaks"]) / fs_hz

    return {
        "neurokit2": of_beats(neurokit),
        "neurokit2, Kubios": of_beats(corrected(neurokit)),
        "sleepecg": of_beats(sleep),
        "sleepecg, Lipponen": of_beats(corrected(sleep)),
        "biosppy, Lipponen": of_beats(corrected(hamilton)),
    }


@dataclass(frozen=True, slots=True)
class Scored:
    """One window of one recording: what it was like, the reference, and what was told."""

    folder: str
    name: str
    minute: Minute
    told: Told


def score(teller: Teller, step: int) -> list[Scored]:
    scored = []
    for folder in FOLDERS:
        for name in names(folder)[::step]:
            recording = read(folder, name)
            minutes = list(read_reference(folder, name, recording.ecg_uv, recording.fs_hz).minutes())
            told = teller(folder, recording, [minute.t_s for minute in minutes])
            scored += [Scored(folder, name, m, t) for m, t in zip(minutes, told, strict=True)]
    return scored


def groups(scored: list[Scored]) -> dict[str, list[Scored]]:
    """First leads, second leads, the wearable as a whole and by activity; the first two by kind of minute."""
    found: dict[str, list[Scored]] = {}
    for kind in KINDS:
        for folder in FOLDERS[:2]:
            found[f"{folder} {kind}"] = [s for s in scored if s.folder == folder and s.minute.kind == kind]
    worn = [s for s in scored if s.folder == "wearable"]
    found["wearable"] = worn
    for word, activity in ACTIVITIES.items():
        found[f"wearable {activity}"] = [s for s in worn if s.name.endswith(word)]
    return {group: members for group, members in found.items() if members}


HEAD = (
    "windows of 60 s, one every 5 s     | windows | RMSSD given % | off > 20 % | of it high | HR off > 5 % "
    "| within 1 SD: RMSSD, SDNN %"
)


def line(group: str, scored: list[Scored]) -> str:
    given = [s for s in scored if not np.isnan(s.told.rmssd_ms)]
    error = errors([(s.told.rmssd_ms, s.minute.rmssd_ms) for s in given])
    rate = errors([(s.told.mean_hr_bpm, s.minute.mean_hr_bpm) for s in scored])
    rmssd = covered([(s.told.rmssd_ms, s.minute.rmssd_ms, s.told.rmssd_sd_ms) for s in scored])
    sdnn = covered([(s.told.sdnn_ms, s.minute.sdnn_ms, s.told.sdnn_sd_ms) for s in scored])
    return (
        f"{group:34} | {len(scored):7d} | {100 * len(given) / len(scored):13.1f} | {share(abs(error) > 0.2):>10} "
        f"| {share(error > 0.2):>10} | {share(abs(rate) > 0.05):>12} | {rmssd:>5} {sdnn:>5}"
    )


def errors(pairs: list[tuple[float, float]]) -> FloatArray:
    """Relative errors of (told, true), where both are known."""
    both = np.array(pairs).reshape(-1, 2)
    both = both[np.isfinite(both).all(axis=1) & (both[:, 1] > 0)]
    return np.asarray(both[:, 0] / both[:, 1] - 1.0)


def covered(triples: list[tuple[float, float, float]]) -> str:
    known = np.array(triples).reshape(-1, 3)
    known = known[np.isfinite(known).all(axis=1)]
    return share(abs(known[:, 0] - known[:, 1]) <= known[:, 2])


def share(which: np.ndarray) -> str:
    return f"{100 * which.mean():.2f}" if len(which) else "-"


def tables(step: int = 1, *, with_peers: bool = True) -> None:
    """The table of each program, ours first."""
    tellers: dict[str, Teller] = {"Rolig": ours}
    if with_peers:
        warnings.simplefilter("ignore")
        tellers |= peers()
    for program, teller in tellers.items():
        print(f"\n{program}\n{HEAD}")
        for group, members in groups(score(teller, step)).items():
            print(line(group, members), flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="every sixth record")
    parser.add_argument("--no-peers", action="store_true", help="Rolig only")
    chosen = parser.parse_args()
    if not any(names(folder) for folder in FOLDERS):
        print(f"no recordings in {DATA}: set ROLIG_DATA to a folder with {', '.join(FOLDERS)}")
        return 0
    tables(6 if chosen.quick else 1, with_peers=not chosen.no_peers)
    return 0


if __name__ == "__main__":
    sys.exit(main())
