"""The tables that ANSI/AAMI EC57 asks for, hearts left out of the fit first, and how minutes of HRV agree and repeat.

    python -m bench.ec57 [--records 101,208] [--quick] [--annotations DIR] [--no-minutes]

Reads `mitdb` without the records of paced hearts, `mitdb-second`, `nstdb-119` and `bidmc` from the folder ROLIG_DATA
(default ../shared/data). Every record's reference and detections are written as WFDB annotations, `atr` and `rolig`,
into DIR (default build/ec57), for PhysioNet's own programs. --quick takes every fourth record.
"""

import argparse
import csv
import shutil
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np
import wfdb
import wfdb.processing

from bench import minutes
from bench import rpeak_training as training
from bench.beat_by_beat import LEARNING_S, WINDOW_S, RecordTally, average, compare, gross
from bench.fit_rpeaks import left_out, run
from bench.recordings import DATA, AnnotatedEcg, names, outside
from dsp.rpeak.detector import BULK_S, find_rpeaks
from dsp.types import FloatArray

PACED = frozenset({"102", "104", "107", "217"})
"""EC57 leaves out of MIT-BIH what has paced beats."""
NOISE_FOLDER = "nstdb-119"
FOLDERS = ("mitdb", "mitdb-second", NOISE_FOLDER)
"""Of the last, the number behind the `e` is the ratio of signal to noise in dB."""
ANNOTATIONS = Path("build/ec57")
NOT_APPLICABLE = """
Other tables of the standard, and why they are not here. Rolig says of no beat or rhythm what it is called:
ventricular and supraventricular beats (bxb)    not classed
couplets and runs of them (rxr)                 not classed
ventricular flutter and fibrillation (epicmp)   not told; their spans are left out above
atrial fibrillation (epicmp)                    "irregular" is a reason to be unsure, no finding
changes of ST (epicmp, plotstm)                 not measured
heart rate (mxm) and variability (4.3.3)        below by minutes; test patterns: python -m bench hrv_settings"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", metavar="NAMES", help="of mitdb, with commas; no other folder is read then")
    parser.add_argument("--quick", action="store_true", help="every fourth record")
    parser.add_argument("--annotations", type=Path, default=ANNOTATIONS, metavar="DIR", help="(default: build/ec57)")
    parser.add_argument("--no-minutes", action="store_true", help="the tables of beats alone")
    chosen = parser.parse_args()
    if not names("mitdb"):
        print(f"no recordings in {DATA}: set ROLIG_DATA to a folder with mitdb")
        return 1
    step = 4 if chosen.quick else 1
    wanted = None if chosen.records is None else chosen.records.split(",")
    print(_who_counted())
    for folder in FOLDERS if wanted is None else FOLDERS[:1]:
        records = [training.reference(folder, name) for name in _records(folder, wanted, step)]
        if not records:
            print(f"\n{folder}: no recordings")
            continue
        beats(folder, records, chosen.annotations / folder)
    print(NOT_APPLICABLE)
    if not chosen.no_minutes:
        skipped = PACED if wanted is None else frozenset(names("mitdb")) - frozenset(wanted)
        hearts = minutes.ecg_hearts(skipped, step, partial(left_out, "mitdb"))
        minutes.table("ECG, mitdb, hearts left out of the fit", list(hearts))
        minutes.table("ECG, mitdb (in sample)", list(minutes.ecg_hearts(skipped, step)))
        if wanted is None:
            minutes.table("Pulse, bidmc, against R-peaks (limits set on these)", list(minutes.pulse_hearts(step)))
    return 0


def _records(folder: str, wanted: list[str] | None, step: int) -> list[str]:
    every = [name for name in names(folder) if name[:3] not in PACED]
    if folder == NOISE_FOLDER:
        every.sort(key=snr_db, reverse=True)
    return [name for name in every if wanted is None or name in wanted][::step]


def snr_db(name: str) -> int:
    """Of a record of the noise stress test, from its name: 119e06, 119e_6."""
    return int(name.partition("e")[2].replace("_", "-"))


def _who_counted() -> str:
    if shutil.which("bxb"):
        return (
            "bxb is on this machine: run it on the annotations (bxb -r NAME -a atr rolig); counted here is as it does."
        )
    return (
        "Counted here, as bxb and sumstats document it: no bxb is on this machine and Debian has no package of it. "
        f"Beside it stands wfdb {wfdb.__version__}'s compare_annotations."
    )


def beats(folder: str, records: Sequence[AnnotatedEcg], annotations: Path) -> None:
    """Left out by record, gross and average; then the device's own network, which saw these hearts."""
    print(f"\n{folder}, hearts left out of the fit: from minute {LEARNING_S / 60:g}, within {WINDOW_S * 1000:g} ms")
    print("Record       TP     FN     FP   QRS Se   QRS +P  RR rms ms | wfdb: TP     FN     FP")
    tallies, theirs = [], []
    for recording in records:
        found_s = run(left_out(folder, recording, BULK_S), recording)
        write_annotations(annotations, folder, recording, found_s)
        tallies.append(compare(found_s, recording))
        theirs.append(by_wfdb(found_s, recording))
        _print(tallies[-1], theirs[-1])
    _print(gross(tallies), tuple(np.sum(theirs, axis=0).tolist()))
    _print_average(tallies)
    own = [compare(np.array([b.t_s for b in find_rpeaks(r.ecg_uv, r.fs_hz)]), r) for r in records]
    print(f"{folder}, in sample (the device's network, which was fitted on these hearts too)")
    _print(gross(own), None)
    _print_average(own)


def by_wfdb(found_s: FloatArray, recording: AnnotatedEcg) -> tuple[int, int, int]:
    """(hits, missed, false) by wfdb's compare_annotations on the same beats."""
    reference = recording.beats_s[recording.beats_s >= LEARNING_S]
    test = outside(np.sort(found_s), recording.flutter_s)
    test = test[test >= LEARNING_S]
    fs_hz = recording.fs_hz
    if not len(reference) or not len(test):
        return 0, len(reference), len(test)
    compared = wfdb.processing.compare_annotations(
        np.round(reference * fs_hz).astype(int), np.round(test * fs_hz).astype(int), round(WINDOW_S * fs_hz)
    )
    return compared.tp, compared.fn, compared.fp


def write_annotations(out: Path, folder: str, recording: AnnotatedEcg, found_s: FloatArray) -> None:
    """`atr`, `rolig` and a header with the rate."""
    out.mkdir(parents=True, exist_ok=True)
    fs_hz, length = recording.fs_hz, len(recording.ecg_uv)
    with (DATA / folder / f"{recording.name}.beats.csv").open(newline="", encoding="utf-8") as file:
        rows = sorted((round(float(row["time_s"]) * fs_hz), row["symbol"] or "N") for row in csv.DictReader(file))
    test = np.unique(np.clip(np.round(found_s * fs_hz), 0, length - 1).astype(int))
    (out / f"{recording.name}.hea").write_text(f"{recording.name} 0 {fs_hz:g} {length}\n", encoding="ascii")
    at, symbols = [max(0, sample) for sample, _ in rows], [symbol for _, symbol in rows]
    wfdb.wrann(recording.name, "atr", np.array(at), symbol=symbols, fs=fs_hz, write_dir=str(out))
    wfdb.wrann(recording.name, "rolig", test, symbol=["N"] * len(test), fs=fs_hz, write_dir=str(out))


def _print(tally: RecordTally, theirs: Sequence[int] | None) -> None:
    beside = "" if theirs is None else f" | {theirs[0]:8d} {theirs[1]:6d} {theirs[2]:6d}"
    print(
        f"{tally.name:9} {tally.hits:6d} {tally.missed:6d} {tally.false:6d} {tally.sensitivity_pct:8.2f} "
        f"{tally.predictivity_pct:8.2f} {tally.rms_rr_ms:10.2f}{beside}",
        flush=True,
    )


def _print_average(tallies: Sequence[RecordTally]) -> None:
    sensitivity, predictivity, rms = average(tallies)
    print(f"{'Average':30} {sensitivity:8.2f} {predictivity:8.2f} {rms:10.2f}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
