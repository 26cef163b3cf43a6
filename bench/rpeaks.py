"""R-peak detectors: on hearts left out of the fit, then side by side: accuracy, timing, cost, honesty about noise.

    python -m bench.rpeaks [--records 101,208] [--quick] [--no-peers]

Reads `mitdb`, `mitdb-second`, `wearable`, `ludb`, `bidmc`, `nstdb-119` and `nstdb-noise` from the folder ROLIG_DATA
(default ../shared/data). Left out: each recording by the network of bench/rpeak_folds.npz that saw no recording of that
heart or wearer. --quick takes every fourth record and the fast peers.
"""

import argparse
import sys
import time
import warnings
from collections.abc import Callable, Sequence
from importlib.util import find_spec

import numpy as np

from bench import fit_rpeaks
from bench import rpeak_training as training
from bench.recordings import DATA, AnnotatedEcg, Pool, match, names, read
from bench.rpeak_network import read_folds
from dsp.rpeak.detector import RPeakDetector, find_rpeaks
from dsp.types import TRUSTED_QUALITY, Beat, FloatArray, SampleBlock

COST_FS_HZ = 500.0
BLOCK_S = 0.020
Detector = Callable[[FloatArray, float], FloatArray]


def live(ecg_uv: FloatArray, fs_hz: float) -> tuple[list[Beat], list[float]]:
    """Our beats in blocks of 20 ms, and how long after each R-peak its last block had come."""
    size = max(1, round(BLOCK_S * fs_hz))
    blocks = [SampleBlock(first, fs_hz, ecg_uv[first : first + size]) for first in range(0, len(ecg_uv), size)]
    detector = RPeakDetector(fs_hz)
    beats: list[Beat] = []
    latencies_s: list[float] = []
    for block in blocks:
        known = detector.push(block)
        if known:
            end_s = (block.first_index + len(block.values)) / fs_hz
            latencies_s += [end_s - beat.t_s for beat in known]
            beats += known
    return beats + detector.finish(), latencies_s


def peers(quick: bool) -> dict[str, Detector]:
    """The open detectors; neurokit2's emrich2023 only where ts2vg is installed."""
    import biosppy.signals.ecg as biosppy_ecg
    import neurokit2 as nk
    from ecgdetectors import Detectors
    from sleepecg.heartbeats import detect_heartbeats
    from wfdb.processing import gqrs_detect, xqrs_detect

    def neurokit(method: str) -> Detector:
        def detect(ecg_uv: FloatArray, fs_hz: float) -> FloatArray:
            clean = nk.ecg_clean(ecg_uv, sampling_rate=int(fs_hz), method=method)
            found = nk.ecg_peaks(clean, sampling_rate=int(fs_hz), method=method)[1]["ECG_R_Peaks"]
            return np.asarray(found) / fs_hz

        return detect

    def gqrs(ecg_uv: FloatArray, fs_hz: float) -> FloatArray:
        counts = np.round(ecg_uv / 5.0).astype(int)
        return np.asarray(gqrs_detect(d_sig=counts, fs=fs_hz, adc_gain=200, adc_zero=0)) / fs_hz

    fast: dict[str, Detector] = {
        "sleepecg": lambda ecg_uv, fs_hz: detect_heartbeats(ecg_uv, fs_hz) / fs_hz,
        "neurokit2 default": neurokit("neurokit"),
    }
    if quick:
        return fast
    return {
        "wfdb gqrs": gqrs,
        "wfdb xqrs": lambda ecg_uv, fs_hz: xqrs_detect(ecg_uv / 1000.0, fs_hz, verbose=False) / fs_hz,
        **({"neurokit2 emrich2023": neurokit("emrich2023")} if find_spec("ts2vg") else {}),
        "neurokit2 kalidas2017": neurokit("kalidas2017"),
        "biosppy hamilton": lambda ecg_uv, fs_hz: (
            biosppy_ecg.correct_rpeaks(
                ecg_uv, biosppy_ecg.hamilton_segmenter(ecg_uv, fs_hz)["rpeaks"], fs_hz, tol=0.05
            )["rpeaks"]
            / fs_hz
        ),
        "py-ecg-detectors swt": lambda ecg_uv, fs_hz: np.array(Detectors(fs_hz).swt_detector(ecg_uv)) / fs_hz,
        **fast,
    }


def ours() -> dict[str, Detector]:
    return {
        "Rolig live": lambda ecg_uv, fs_hz: np.array([beat.t_s for beat in live(ecg_uv, fs_hz)[0]]),
        "Rolig bulk": lambda ecg_uv, fs_hz: np.array([beat.t_s for beat in find_rpeaks(ecg_uv, fs_hz)]),
    }


def cost_s_per_hour(detect: Detector, recordings: Sequence[AnnotatedEcg]) -> float:
    """CPU seconds an hour of ECG takes at 500 Hz."""
    spent_s = heard_s = 0.0
    for recording in recordings:
        t_s = np.arange(0.0, recording.duration_s, 1.0 / COST_FS_HZ)
        grid_s = np.arange(len(recording.ecg_uv)) / recording.fs_hz
        ecg_uv = np.interp(t_s, grid_s, recording.ecg_uv)
        start_s = time.process_time()
        detect(ecg_uv, COST_FS_HZ)
        spent_s += time.process_time() - start_s
        heard_s += recording.duration_s
    return spent_s / heard_s * 3600.0


def accuracy(detectors: dict[str, Detector], folder: str, recordings: Sequence[AnnotatedEcg]) -> None:
    """Where reference beats sit on another lead's peak or were found by vote, an offset a recording is none of the
    detector's, and is taken off before 40 ms are asked for."""
    print(f"\n{folder}, {len(recordings)} records, {sum(len(r.beats_s) for r in recordings)} beats; cost at 500 Hz")
    print(f"{'':24}    Se   PPV     F1  errors   F1 at 40 ms  jitter ms  CPU s/h")
    for name, detect in detectors.items():
        wide, narrow = Pool(), Pool()
        for recording in recordings:
            found_s = detect(recording.ecg_uv, recording.fs_hz)
            score = match(found_s, recording, 0.150)
            wide.add(score)
            offset_ms = 0.0 if folder == "mitdb" or not score.hits else float(np.median(score.errors_ms))
            narrow.add(match(found_s - offset_ms / 1000.0, recording, 0.040))
        cost_s = cost_s_per_hour(detect, recordings[:: max(1, len(recordings) // 4)])
        print(
            f"{name:24}{wide.sensitivity_pct:6.2f}{wide.precision_pct:6.2f}{wide.f1_pct:7.2f}"
            f"{wide.missed + wide.false:8d}{narrow.f1_pct:12.2f}{wide.jitter_ms:12.2f}{cost_s:11.2f}",
            flush=True,
        )


def left_out() -> None:
    print("\nRolig on hearts and wearers left out of the fit")
    fit_rpeaks.score(training.recordings(), read_folds())


def per_record(recordings: Sequence[AnnotatedEcg]) -> None:
    print("\nRolig, record by record: missed, false, F1 at 150 and 40 ms, beats marked low")
    latencies_s: list[float] = []
    low = count = 0
    for recording in recordings:
        beats, late_s = live(recording.ecg_uv, recording.fs_hz)
        latencies_s += [late for late, beat in zip(late_s, beats, strict=False) if beat.t_s > 3.0]
        found_s = np.array([beat.t_s for beat in beats])
        wide, narrow = Pool(), Pool()
        wide.add(match(found_s, recording, 0.150))
        narrow.add(match(found_s, recording, 0.040))
        marked = sum(beat.quality < TRUSTED_QUALITY for beat in beats)
        low, count = low + marked, count + len(beats)
        print(
            f"{recording.name:8}{wide.missed:6d}{wide.false:6d}{wide.f1_pct:8.2f}{narrow.f1_pct:8.2f}"
            f"{100 * marked / max(1, len(beats)):7.1f} %"
        )
    print(f"marked low in all: {100 * low / max(1, count):.2f} % (goal at most 3)")
    spread = ", ".join(f"{p} %: {1000 * np.percentile(latencies_s, p):.0f}" for p in (0, 5, 50, 95, 99, 100))
    print(f"latency from R-peak to the end of the block that brought the beat, ms: {spread}")


def stress(detectors: dict[str, Detector]) -> None:
    recordings = [read("nstdb-119", name) for name in names("nstdb-119")]
    labels = [recording.name[4:].replace("_", "-") for recording in recordings]
    print(f"\nnstdb-119, F1 by SNR in dB\n{'':24}   all" + "".join(f"{int(label):7d}" for label in labels))
    for name, detect in detectors.items():
        everything, cells = Pool(), []
        for recording in recordings:
            score = match(detect(recording.ecg_uv, recording.fs_hz), recording, 0.150)
            alone = Pool()
            alone.add(score)
            everything.add(score)
            cells.append(f"{alone.f1_pct:7.2f}")
        print(f"{name:24}{everything.f1_pct:6.2f}{''.join(cells)}", flush=True)
    caught = errors = 0
    for recording, label in zip(recordings, labels, strict=True):
        if int(label) <= 0:
            beats = find_rpeaks(recording.ecg_uv, recording.fs_hz)
            score = match(np.array([beat.t_s for beat in beats]), recording, 0.150)
            wrong_s = np.concatenate((score.missed_s, score.false_s))
            caught += sum(nearest_quality(beats, t_s) < TRUSTED_QUALITY for t_s in wrong_s.tolist())
            errors += len(wrong_s)
    print(f"errors at 0 and -6 dB where quality is low: {100 * caught / errors:.1f} % of {errors} (goal 90)")


def nearest_quality(beats: list[Beat], t_s: float) -> float:
    """The quality of the beat nearest in time."""
    times_s = np.array([beat.t_s for beat in beats])
    return beats[int(np.argmin(np.abs(times_s - t_s)))].quality


def noise_only() -> None:
    print("\npure noise: beats found, beats with quality, seconds with quality (goal at most 5 %)")
    for name in names("nstdb-noise"):
        recording = read("nstdb-noise", name)
        detector = RPeakDetector(recording.fs_hz)
        second = round(recording.fs_hz)
        beats, good = [], 0
        for first in range(0, len(recording.ecg_uv), second):
            beats += detector.push(SampleBlock(first, recording.fs_hz, recording.ecg_uv[first : first + second]))
            good += detector.quality >= TRUSTED_QUALITY
        trusted = sum(beat.quality >= TRUSTED_QUALITY for beat in beats)
        print(f"{name:8}{len(beats):8d}{trusted:8d}{100 * good / recording.duration_s:8.2f} %")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.rpeaks", description=__doc__)
    parser.add_argument("--records", default="", help="mitdb records, separated by commas; default: all")
    parser.add_argument("--quick", action="store_true", help="every fourth record, fast peers only")
    parser.add_argument("--no-peers", action="store_true", help="Rolig only")
    chosen = parser.parse_args()
    available = names("mitdb")
    if not available:
        print(f"no recordings in {DATA}: set ROLIG_DATA to a folder with mitdb, nstdb-119 and nstdb-noise")
        return 0
    wanted = chosen.records.split(",") if chosen.records else available[:: 4 if chosen.quick else 1]
    unknown = sorted(set(wanted) - set(available))
    if unknown:
        print(f"--records: {', '.join(unknown)} not in {DATA / 'mitdb'}; there are {', '.join(available)}")
        return 2
    warnings.simplefilter("ignore")
    recordings = [read("mitdb", name) for name in wanted]
    detectors = ours() | ({} if chosen.no_peers else peers(chosen.quick))
    if not (chosen.records or chosen.quick):
        left_out()
    accuracy(detectors, "mitdb", recordings)
    for folder in () if chosen.records else ("mitdb-second", "wearable", "ludb"):
        some = names(folder)[:: 4 if chosen.quick else 1]
        if some:
            accuracy(detectors, folder, [training.reference(folder, name) for name in some])
    per_record(recordings)
    stress(detectors)
    noise_only()
    return 0


if __name__ == "__main__":
    sys.exit(main())
