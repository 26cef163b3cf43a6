"""Variability as Rolig reckons it, beside neurokit2 in its defaults and the PhysioNet toolbox's published settings.

    python -m bench.hrv_settings [--quick]

Windows of 300 s every 30 s, the toolbox's own, of `rr-reference` and of the annotators' beats of `mitdb`, each moved
onto its recording's median beat, in the folder ROLIG_DATA (default ../shared/data): no detector has a part in it. The
toolbox itself is MATLAB; what stands under its name is re-done here (`bench.physionet_toolbox`). neurokit2 runs as it
comes but for `normalize=False`, without which its powers have no unit. Before these, the test patterns that EC57 asks
for (4.3.3), which need no recordings. --quick takes every sixth recording.
"""

import argparse
import json
import math
import sys
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from functools import cache

import neurokit2 as nk
import numpy as np

from bench import physionet_toolbox
from bench.hrv_reference import KINDS, PACED, read_reference
from bench.recordings import DATA, names, read
from dsp.hrv.intervals import beats_of_rr, classify
from dsp.hrv.time_domain import hrv_all, hrv_nn
from dsp.types import NAN, FloatArray

WINDOW_S, STEP_S = 300.0, 30.0
PATTERNS = (
    ("TP2", 35.0, 0.25, "HF"),
    ("TP3", 70.0, 0.10, "LF"),
    ("TP4", 280.0, 0.033333, "VLF"),
    ("TP5", 140.0, 0.000278, "none"),
)
"""Deviation in ms, frequency in Hz, and the band that has to hold deviation^2 / 2 ms^2; the others hold nothing."""
PATTERN_S = 3600.0
PATTERN_RR_S = 0.8


@dataclass(frozen=True, slots=True)
class WindowValues:
    """Of one window, NaN where there is no support."""

    rmssd_ms: float = NAN
    sdnn_ms: float = NAN
    pnn50_pct: float = NAN
    lf_ms2: float = NAN
    hf_ms2: float = NAN
    lf_hf: float = NAN


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """A recording's intervals: `t_s` (n,) of their closing beats, `rr_ms` (n,); `truth` of windows by their ends."""

    t_s: FloatArray
    rr_ms: FloatArray
    truth: dict[float, tuple[str, WindowValues]]


ByEnd = dict[float, WindowValues]
"""By the end of the window, in s."""


@dataclass(frozen=True, slots=True)
class MethodsTold:
    """A recording's windows as every method has them, by its name."""

    truth: dict[float, tuple[str, WindowValues]]
    told: dict[str, ByEnd]


Method = Callable[[Series], ByEnd]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="every sixth recording")
    step = 6 if parser.parse_args().quick else 1
    patterns()
    if not DATA.is_dir():
        print(f"No recordings: {DATA} is not a folder (set ROLIG_DATA).")
        return 0
    agreement("rr-reference, all windows", [asked(series) for series in list(reference_series())[::step]])
    hearts = [asked(series) for name in names("mitdb")[::step] if (series := heart(name)).truth]
    agreement("mitdb, annotators' beats, windows in normal rhythm (less than 5 % left out)", hearts, KINDS[0])
    against_annotators(hearts)
    return 0


# --- the programs


def ours(series: Series) -> ByEnd:
    """Of the intervals of each window alone, classed with all that were before them, as in a session."""
    intervals = classify(beats_of_rr(series.rr_ms.tolist()))
    shift_s = series.t_s[0] - intervals[0].t_s
    told: ByEnd = {}
    for end_s in ends_s(series.t_s):
        inside = [i for i in intervals if end_s - WINDOW_S <= i.t_s + shift_s < end_s]
        found = hrv_nn(inside)
        told[end_s] = values_of(
            found.time.rmssd_ms, found.time.sdnn_ms, found.time.pnn50_pct, found.lf_ms2, found.hf_ms2
        )
    return told


def neurokit(series: Series) -> ByEnd:
    """`hrv_time` and `hrv_frequency` of the window's beats; it corrects nothing unless it is asked to."""
    told: ByEnd = {}
    for end_s in ends_s(series.t_s):
        rr_ms = series.rr_ms[(series.t_s >= end_s - WINDOW_S) & (series.t_s < end_s)]
        peaks = np.round(np.concatenate(([0.0], np.cumsum(rr_ms)))).astype(int)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            time, bands = nk.hrv_time(peaks, 1000), nk.hrv_frequency(peaks, 1000, normalize=False)
        first = [float(time[name].iloc[0]) for name in ("HRV_RMSSD", "HRV_SDNN", "HRV_pNN50")]
        powers = [float(bands[name].iloc[0]) for name in ("HRV_LF", "HRV_HF")]
        told[end_s] = values_of(*first, *powers)
    return told


def toolbox(series: Series) -> ByEnd:
    """Its numbers as they come, unscaled power among them."""
    return {end_s: values_of(*values) for end_s, (*values, _) in toolbox_windows(series).items()}


def toolbox_density(series: Series) -> ByEnd:
    """Its power alone, as a density."""
    return {
        end_s: WindowValues(lf_ms2=lf * mean_s, hf_ms2=hf * mean_s)
        for end_s, (*_, lf, hf, mean_s) in toolbox_windows(series).items()
    }


@cache
def toolbox_windows(series: Series) -> dict[float, physionet_toolbox.Found]:
    found = physionet_toolbox.windows(series.t_s, series.rr_ms / 1000, ends_s(series.t_s))
    return {start_s + WINDOW_S: values for start_s, values in found}


OURS = "Rolig"
METHODS: dict[str, Method] = {
    OURS: ours,
    "neurokit2": neurokit,
    "PhysioNet toolbox, re-done": toolbox,
    "  the same, as a density": toolbox_density,
}


def asked(series: Series) -> MethodsTold:
    return MethodsTold(series.truth, {name: method(series) for name, method in METHODS.items()})


def values_of(rmssd_ms: float, sdnn_ms: float, pnn50_pct: float, lf_ms2: float, hf_ms2: float) -> WindowValues:
    return WindowValues(rmssd_ms, sdnn_ms, pnn50_pct, lf_ms2, hf_ms2, lf_ms2 / hf_ms2 if hf_ms2 else NAN)


def ends_s(t_s: FloatArray) -> list[float]:
    """Of whole windows from 0 s on; of a shorter series, one that holds all of it."""
    whole = np.arange(WINDOW_S, t_s[-1] + 1e-6, STEP_S).tolist()
    return whole or [WINDOW_S]


# --- the recordings


def reference_series() -> Iterator[Series]:
    for entry in json.loads((DATA / "rr-reference" / "reference.json").read_text()).values():
        rr_ms = np.loadtxt(DATA / "rr-reference" / entry["file"])
        yield Series(np.cumsum(rr_ms) / 1000, rr_ms, {})


def heart(name: str) -> Series:
    recording = read("mitdb", name)
    found = read_reference("mitdb", name, recording.ecg_uv, recording.fs_hz)
    truth = {
        minute.t_s: (minute.kind, WindowValues(minute.rmssd_ms, minute.sdnn_ms))
        for minute in found.minutes(int(STEP_S), WINDOW_S)
        if not PACED & set(found.symbols)
    }
    return Series(found.t_s[1:], 1000 * np.diff(found.t_s), truth)


# --- the tables


def agreement(title: str, every: list[MethodsTold], kind: str | None = None) -> None:
    """How Rolig's numbers lie beside the others' of the same windows."""
    pairs: dict[str, list[tuple[WindowValues, WindowValues]]] = defaultdict(list)
    for recording in every:
        for name, told in recording.told.items():
            for end_s, theirs in told.items() if name != OURS else ():
                if kind is None or recording.truth.get(end_s, ("", None))[0] == kind:
                    pairs[name].append((recording.told[OURS][end_s], theirs))
    print(f"\n{title}, {len(every)} recordings:\nRolig minus the other, % of the other (pNN50: points)")
    print("                           | windows | measure   | median | limits (2.5 and 97.5 % of the windows)")
    for name, both in pairs.items():
        for field in fields(WindowValues):
            apart = differences(field.name, both)
            if len(apart):
                low, middle, high = np.percentile(apart, (2.5, 50, 97.5))
                print(f"{name:26} | {len(apart):7d} | {field.name:9} | {middle:+6.1f} | {low:+7.1f} to {high:+7.1f}")


def differences(measure: str, both: list[tuple[WindowValues, WindowValues]]) -> FloatArray:
    a, b = (np.array([getattr(values, measure) for values in side]) for side in zip(*both, strict=True))
    known = np.isfinite(a) & np.isfinite(b) & ((b > 0) | (measure == "pnn50_pct"))
    apart: FloatArray = a[known] - b[known]
    return apart if measure == "pnn50_pct" else np.asarray(100 * apart / b[known])


def against_annotators(hearts: list[MethodsTold]) -> None:
    """RMSSD and SDNN beside those of the intervals between beats that annotators call normal."""
    print(f"\nmitdb, {len(hearts)} recordings, paced ones left out: each minus what annotators' normal beats give, %")
    print("Rolig's is a session's summary, which withholds nothing (what the wearer is shown: bench.hrv_minutes)")
    print("kind of window      |                            | given % | RMSSD median, limits     | SDNN median, limits")
    for kind in KINDS[:3]:
        for name in list(METHODS)[:3]:
            errors: dict[str, list[float]] = {"rmssd_ms": [], "sdnn_ms": []}
            windows = given = 0
            for recording in hearts:
                for end_s, (of_kind, truth) in recording.truth.items():
                    if of_kind != kind or not math.isfinite(truth.rmssd_ms):
                        continue
                    windows += 1
                    mine = recording.told[name].get(end_s, WindowValues())
                    given += math.isfinite(mine.rmssd_ms)
                    for measure, apart in errors.items():
                        apart.append(100 * (getattr(mine, measure) / getattr(truth, measure) - 1))
            told_of = " | ".join(middle_and_limits(np.array(apart)) for apart in errors.values())
            print(f"{kind:19} | {name:26} | {100 * given / max(1, windows):7.1f} | {told_of}")


def middle_and_limits(errors: FloatArray) -> str:
    known = errors[np.isfinite(errors)]
    if not len(known):
        return f"{'-':>24}"
    low, middle, high = np.percentile(known, (2.5, 50, 97.5))
    return f"{middle:+6.1f} {low:+6.1f} to {high:+7.1f}"


def patterns() -> None:
    """EC57's, of one hour: an interval of 0.8 s whose length swings with the time that it begins at."""
    print("EC57 4.3.3, test patterns: power in ms^2, all intervals as measured; expected: deviation^2 / 2 in its band")
    print("pattern | deviation ms | at Hz    | expected       |       LF |       HF | SDNN ms, expected")
    for name, deviation_ms, at_hz, band in PATTERNS:
        found = hrv_all(classify(beats_of_rr(pattern(deviation_ms, at_hz).tolist())))
        expected = f"{deviation_ms**2 / 2:.1f} in {band}" if band != "none" else "0 in all"
        powers = f"{found.lf_ms2:8.1f} | {found.hf_ms2:8.1f}"
        print(
            f"{name:7} | {deviation_ms:12.0f} | {at_hz:8.6f} | {expected:14} | {powers} "
            f"| {found.time.sdnn_ms:.1f}, {deviation_ms / math.sqrt(2):.1f}"
        )


def pattern(deviation_ms: float, at_hz: float) -> FloatArray:
    t_s, rr_ms = 0.0, []
    while t_s < PATTERN_S:
        rr_ms.append(1000 * PATTERN_RR_S + deviation_ms * math.sin(2 * math.pi * at_hz * t_s))
        t_s += rr_ms[-1] / 1000
    return np.array(rr_ms)


if __name__ == "__main__":
    sys.exit(main())
