"""Does a pulse detector's quality tell the truth? Clean pulses with a wrist's artefacts added, and artefacts alone.

    python -m bench.pulse_mixtures [--every N]

Reads `bidmc` and `stress-predict` from the folder ROLIG_DATA (default ../shared/data). The truth is the R-peaks' rate.
Artefacts are the wrists' most moving stretches of 480 s, as they are (another person's pulse included) and as noise:
their spectrum smoothed over 0.5 Hz, phases drawn anew, their strength over time kept. SNR: a pulse's SD over the
median second's of the artefact; 99 is none. A 60 s window is usable as in bench/pulses.py, its heart rate right within
3 bpm or 5 %.
"""

import argparse
import sys
from collections.abc import Iterator

import edfio
import numpy as np

from bench.pulses import live, read_bidmc
from bench.recordings import DATA, FloatArray, names
from dsp.hrv import hrv_snapshot
from dsp.intervals import classify

FS_HZ = 64
STRETCH_S = 480
SNRS_DB = (99, 12, 6, 0, -6)
SMOOTH_HZ = 0.5
HIGH_PASS_S = 3.0


def artefacts(count: int = 24) -> list[FloatArray]:
    """The most moving stretches, by the mean of the acceleration's SD within each second, that do not overlap."""
    found = []
    for name in names("stress-predict"):
        ppg, motion = edfio.read_edf(DATA / "stress-predict" / f"{name}.edf").signals[:2]
        rate = round(motion.sampling_frequency)
        seconds = min(len(motion.data) // rate, len(ppg.data) // FS_HZ)
        moving = motion.data[: seconds * rate].reshape(seconds, rate).std(axis=1)
        for start in range(0, seconds - STRETCH_S, 60):
            stretch = ppg.data[start * FS_HZ : (start + STRETCH_S) * FS_HZ]
            found.append((float(moving[start : start + STRETCH_S].mean()), name, start, stretch))
    chosen: list[tuple[float, str, int, FloatArray]] = []
    for candidate in sorted(found, key=lambda f: -f[0]):
        if all(candidate[1] != c[1] or abs(candidate[2] - c[2]) >= STRETCH_S for c in chosen):
            chosen.append(candidate)
    return [stretch / np.median(stretch.reshape(-1, FS_HZ).std(axis=1)) for *_, stretch in chosen[:count]]


def as_noise(artefact: FloatArray, random: np.random.Generator) -> FloatArray:
    """Noise of the artefact's smoothed spectrum and of its strength over time, without any pulse it held."""
    strength = np.sqrt(np.convolve(artefact**2, np.ones(FS_HZ) / FS_HZ, "same")) + 1e-9
    taps = np.hanning(round(SMOOTH_HZ * len(artefact) / FS_HZ))
    power = np.convolve(np.abs(np.fft.rfft(artefact / strength)) ** 2, taps / taps.sum(), "same")
    phases = np.exp(2j * np.pi * random.random(len(power)))
    return np.asarray(np.fft.irfft(np.sqrt(power) * phases, len(artefact)) * strength)


def plain_noises(random: np.random.Generator) -> dict[str, FloatArray]:
    size = STRETCH_S * FS_HZ
    hz = np.fft.rfftfreq(size, 1 / FS_HZ)
    shapes = {
        "white": np.ones(hz.size),
        "pink": np.where(hz > 0.3, np.maximum(hz, 0.3) ** -0.5, 0.0),
        "brown": np.where(hz > 0.3, np.maximum(hz, 0.3) ** -1.0, 0.0),
        "0.5 to 4 Hz": ((hz > 0.5) & (hz < 4)).astype(np.float64),
    }
    return {name: np.fft.irfft(np.fft.rfft(random.normal(size=size)) * shape) for name, shape in shapes.items()}


def finger(name: str) -> tuple[FloatArray, FloatArray]:
    """A record's PPG at the wrists' rate, high-passed as they are, its SD 1; and its R-peaks."""
    ppg, fs_hz, beats_s = read_bidmc(name)
    t_s = np.arange(0, len(ppg) / fs_hz, 1 / FS_HZ)
    dense = np.interp(t_s, np.arange(len(ppg)) / fs_hz, ppg)
    taps = np.hanning(round(HIGH_PASS_S * FS_HZ) + 1)
    dense = dense - np.convolve(dense, taps / taps.sum(), "same")
    return dense / dense.std(), beats_s


def windows(ppg: FloatArray) -> Iterator[tuple[int, float, float, float]]:
    """Start, heart rate, RMSSD and mean quality of each 60 s."""
    beats, _, quality = live(ppg, FS_HZ, 1.0)
    intervals = classify(beats)
    for start in range(0, len(ppg) // FS_HZ - 59, 60):
        hrv = hrv_snapshot(intervals, start + 60.0)
        yield start, hrv.mean_hr_bpm, hrv.rmssd_ms, float(np.mean(quality[start : start + 60]))


def mixtures(stretches: list[FloatArray], every: int) -> list[tuple[float, float, float]]:
    """Print how it goes at each SNR; return mean quality, error (bpm) and rate of all windows with a heart rate."""
    told: list[tuple[float, float, float]] = []
    for snr_db in SNRS_DB:
        found = []
        for at, name in enumerate(names("bidmc")[::every]):
            ppg, beats_s = finger(name)
            size = min(len(ppg), len(stretches[0]))
            added = 0.0 if snr_db == 99 else stretches[at % len(stretches)][:size] * 10 ** (-snr_db / 20)
            for start, hr_bpm, _, quality in windows(ppg[:size] + added):
                true_s = beats_s[(beats_s >= start) & (beats_s < start + 60)]
                if len(true_s) > 20:
                    rate_bpm = 60 / float(np.mean(np.diff(true_s)))
                    found.append((quality, abs(hr_bpm - rate_bpm), rate_bpm))
        usable = [f for f in found if f[0] >= 0.5 and np.isfinite(f[1])]
        print(f"  {snr_db:4d} dB {len(usable) / len(found):6.2f} of {len(found):3d} usable, right {right(usable):.3f}")
        told += [f for f in found if np.isfinite(f[1])]
    return told


def right(found: list[tuple[float, float, float]]) -> float:
    return float(np.mean([error <= max(3.0, 0.05 * rate) for _, error, rate in found])) if found else float("nan")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.pulse_mixtures", description=__doc__)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="of the finger records only every Nth")
    every = parser.parse_args().every
    if not names("bidmc") or not names("stress-predict"):
        print(f"no recordings in {DATA}: set ROLIG_DATA to a folder with bidmc and stress-predict")
        return 0
    random = np.random.default_rng(3)
    moving = artefacts()
    noise = [as_noise(stretch, random) for stretch in moving]
    told = []
    for label, stretches in (("a wrist's artefacts added", moving), ("the same as noise", noise)):
        print(label)
        told += mixtures(stretches, every)
    print("all windows with a heart rate, by mean quality: share, right")
    for low in (0.0, 0.3, 0.5, 0.7, 0.9):
        above = [f for f in told if f[0] >= low]
        print(f"  from {low:.1f} {len(above) / max(1, len(told)):6.2f} {right(above):6.3f}")
    print("no pulse at all: share of windows with a heart rate, with quality >= 0.5")
    groups = {"artefacts as noise": noise[::every]} | {k: [v] for k, v in plain_noises(random).items()}
    for label, signals in groups.items():
        found = [(np.isfinite(hr), quality >= 0.5) for signal in signals for _, hr, _, quality in windows(signal)]
        print(
            f"  {label:20s} {np.mean([f[0] for f in found]):.3f} {np.mean([f[1] for f in found]):.3f} of {len(found)}"
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
