"""What the live pipeline costs, block in to metrics row out with the state, beside peers that are run live.

    python -m bench.cost [--quick]

CPU seconds per hour of 500 Hz ECG, all in this one run, each the least of several passes, since what else the machine
does only ever adds. Reads `breathing/physio2` from ROLIG_DATA (default ../shared/data); where that is absent the ECG
is simulated. The peers have no live mode: they are given the last 10 s every second.
"""

import argparse
import functools
import sys
import time
import warnings
from collections.abc import Callable, Sequence

import numpy as np

from bench.live_sampling import stolen_text
from bench.recordings import DATA, read
from bench.rpeaks import peers
from device.wearer.estimator import Occasion, SessionEstimator
from drivers.sim.person.body import Body
from dsp.pipeline import Pipeline
from dsp.rpeak.detector import RPeakDetector, find_rpeaks
from dsp.state.profile import Profile
from dsp.types import FloatArray, SampleBlock, SignalKind

FS_HZ = 500.0
BLOCK = 10
WINDOW_S = 10
PEER_S = 120.0
Pass = Callable[[], object]


def ecg_uv() -> tuple[str, FloatArray]:
    """Ten minutes of ECG at 500 Hz, and where they come from."""
    if (DATA / "breathing" / "physio2.edf").exists():
        recording = read("breathing", "physio2")
        return "breathing/physio2", recording.ecg_uv[:: round(recording.fs_hz / FS_HZ)]
    return f"simulated, for want of {DATA}", 1000.0 * Body(1).ecg_mv(np.arange(0.0, 600.0, 1.0 / FS_HZ))


def cost_s_per_hour(run: Pass, heard_s: float, passes: int) -> float:
    """CPU seconds of this thread for an hour of signal, from the quickest pass."""
    spent_s = []
    for _ in range(passes):
        start_s = time.thread_time()
        run()
        spent_s.append(time.thread_time() - start_s)
    return 3600.0 * min(spent_s) / heard_s


def pipeline(blocks: Sequence[SampleBlock], state: bool) -> Pass:
    def run() -> None:
        estimator = SessionEstimator(Profile(), lambda: Occasion("ad8232"))
        estimator.begin()
        chain = Pipeline(SignalKind.ECG, FS_HZ, state=estimator if state else None)
        for block in blocks:
            chain.push(block)

    return run


def detector(blocks: Sequence[SampleBlock]) -> Pass:
    def run() -> None:
        chain = RPeakDetector(FS_HZ)
        for block in blocks:
            chain.push(block)

    return run


def sliding(detect: Callable[[FloatArray, float], FloatArray], values: FloatArray) -> Pass:
    """A peer, live: each second over the last ten."""
    second, window = round(FS_HZ), round(WINDOW_S * FS_HZ)

    def run() -> None:
        for end in range(window, len(values) + 1, second):
            detect(values[end - window : end], FS_HZ)

    return run


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.cost", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="two passes instead of five")
    passes = 2 if parser.parse_args().quick else 5
    warnings.simplefilter("ignore")
    origin, values = ecg_uv()
    blocks = [SampleBlock(at, FS_HZ, values[at : at + BLOCK]) for at in range(0, len(values), BLOCK)]
    whole_s = len(values) / FS_HZ
    some = values[: round(PEER_S * FS_HZ)]
    print(f"\nCPU s per hour of ECG at 500 Hz ({origin}, {whole_s / 60:.0f} min); {stolen_text()}")
    rows: list[tuple[str, Pass, float, str]] = [
        ("Rolig live, 20 ms blocks to rows with state", pipeline(blocks, state=True), whole_s, "<= 5"),
        ("  the same without the state", pipeline(blocks, state=False), whole_s, ""),
        ("  the detector of it", detector(blocks), whole_s, ""),
        ("Rolig detector in bulk", lambda: find_rpeaks(values, FS_HZ), whole_s, "<= 0.3"),
    ]
    for name, detect in peers(quick=True).items():
        rows.append((f"{name} live, sliding 10 s", sliding(detect, some), PEER_S, ""))
        rows.append((f"{name} in bulk", functools.partial(detect, values, FS_HZ), whole_s, ""))
    for name, run, heard_s, goal in rows:
        print(f"{name:46} | {cost_s_per_hour(run, heard_s, passes):8.2f} | {goal}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
