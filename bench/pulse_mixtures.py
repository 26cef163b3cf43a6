"""Does a pulse detector's quality tell the truth? Clean pulses with a wrist's artefacts or a steady rhythm added, and
artefacts alone.

    python -m bench.pulse_mixtures [--every N]

Reads `bidmc` and `stress-predict` from the folder ROLIG_DATA (default ../shared/data). The truth is the R-peaks' rate.
Artefacts are the wrists' most moving stretches of 480 s, as they are (another person's pulse included) and as noise:
their spectrum smoothed, phases drawn anew, their strength over time kept. Smoothed over 0.5 Hz, that noise still beats
at the pulse of the wrist it is made of, which the last table shows; over 3 Hz it does not. SNR: a pulse's SD over the
median second's of the artefact; 99 is none. A 60 s window is usable as in bench/pulses.py, its heart rate right within
3 bpm or 5 %, and wrong, where a rhythm is added, beyond 10 %. Rhythms are made: a sine, a swing with two overtones, a
sine whose pace wanders by 2 % and its size by 20 %, and thumps, each with the finger's SD at 0 dB.
"""

import argparse
import sys
from dataclasses import dataclass, replace

import edfio
import numpy as np

from bench.pulses import live_rows, read_bidmc, usable
from bench.recordings import DATA, names
from dsp.types import NAN, TRUSTED_QUALITY, FloatArray

FS_HZ = 64
STRETCH_S = 480
SNRS_DB = (99, 12, 6, 0, -6)
SMOOTH_HZ = 3.0
PULSE_KEPT_HZ = 0.5
NOISES = 4
HIGH_PASS_S = 3.0
RHYTHMS = (
    *(("sine", per_minute, 0) for per_minute in (70, 90, 110, 130, 150, 180)),
    ("sine", 110, -6),
    ("sine", 150, -6),
    *((kind, per_minute, 0) for kind in ("swing", "wandering", "thumps") for per_minute in (110, 150)),
)
"""Kind, rate a minute, and the finger's power over its, in dB."""
WANDER_S = 8.0
WRONG = 0.10


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


def as_noise(artefact: FloatArray, random: np.random.Generator, smooth_hz: float = SMOOTH_HZ) -> FloatArray:
    """Noise of the artefact's smoothed spectrum (its logarithm's mean over `smooth_hz`) and strength over time."""
    strength = np.sqrt(np.convolve(artefact**2, np.ones(FS_HZ) / FS_HZ, "same")) + 1e-9
    taps = np.hanning(round(smooth_hz * len(artefact) / FS_HZ) // 2 * 2 + 1)
    power = np.log(np.abs(np.fft.rfft(artefact / strength)) ** 2 + 1e-12)
    power = np.convolve(np.pad(power, len(taps) // 2, mode="reflect"), taps / taps.sum(), "valid")
    phases = np.exp(2j * np.pi * random.random(len(power)))
    return np.asarray(np.fft.irfft(np.exp(power / 2) * phases, len(artefact)) * strength)


def plain_noises(random: np.random.Generator) -> dict[str, FloatArray]:
    size = STRETCH_S * FS_HZ
    hz = np.fft.rfftfreq(size, 1 / FS_HZ)
    shapes = {
        "white": np.ones(hz.size),
        "pink": np.where(hz > 0.3, np.maximum(hz, 0.3) ** -0.5, 0.0),
        "brown": np.where(hz > 0.3, np.maximum(hz, 0.3) ** -1.0, 0.0),
        "0.5 to 4 Hz": ((hz > 0.5) & (hz < 4)).astype(np.float64),
        "0.7 to 1.7 Hz": ((hz > 0.7) & (hz < 1.7)).astype(np.float64),
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


@dataclass(frozen=True, slots=True)
class MinuteTold:
    """60 s: what is told of them, the true rate, and what is told of the artefact alone (NaN: nothing)."""

    usable: bool
    quality: float
    trusted_seconds: float
    told_bpm: float
    true_bpm: float = NAN
    artefact_bpm: float = NAN

    @property
    def right(self) -> bool:
        return alike(self.told_bpm, self.true_bpm)


def alike(told_bpm: float, true_bpm: float) -> bool:
    return abs(told_bpm - true_bpm) <= max(3.0, 0.05 * true_bpm)


def windows(ppg: FloatArray) -> list[MinuteTold]:
    """What is told of each 60 s."""
    rows = live_rows(ppg, FS_HZ)
    found = []
    for start in range(0, len(rows) - 59, 60):
        minute = rows[start : start + 60]
        quality = np.array([row.quality for row in minute])
        told_bpm = minute[-1].mean_hr_bpm
        found.append(
            MinuteTold(usable(minute), float(quality.mean()), float(np.mean(quality >= TRUSTED_QUALITY)), told_bpm)
        )
    return found


def mixtures(stretches: list[FloatArray], every: int) -> list[MinuteTold]:
    """Print how it goes at each SNR; return all windows with a heart rate."""
    told: list[MinuteTold] = []
    alone = [[w.told_bpm for w in windows(stretch)] for stretch in stretches]
    for snr_db in SNRS_DB:
        found = []
        for at, name in enumerate(names("bidmc")[::every]):
            ppg, beats_s = finger(name)
            size = min(len(ppg), len(stretches[0]))
            added = 0.0 if snr_db == 99 else stretches[at % len(stretches)][:size] * 10 ** (-snr_db / 20)
            told_of = windows(ppg[:size] + added)
            if snr_db != 99:
                artefacts_bpm = alone[at % len(stretches)]
                told_of = [replace(w, artefact_bpm=bpm) for w, bpm in zip(told_of, artefacts_bpm, strict=False)]
            found += judged(told_of, beats_s)
        used = [w for w in found if w.usable]
        wrong = [w for w in used if not w.right]
        others = sum(alike(w.told_bpm, w.artefact_bpm) for w in wrong)
        print(
            f"  {snr_db:4d} dB {len(used) / len(found):6.2f} of {len(found):3d} usable, right {share_right(used):.3f};"
            f" {others} of {len(wrong)} wrong ones tell the artefact's own rate"
        )
        told += [w for w in found if np.isfinite(w.told_bpm)]
    return told


def rhythm(kind: str, per_minute: float, size: int, random: np.random.Generator) -> FloatArray:
    """A steady rhythm of one of four kinds, its SD 1; where it begins is drawn."""
    turns = per_minute / 60 * np.arange(size) / FS_HZ + random.random()
    made = np.sin(2 * np.pi * turns)
    if kind == "swing":
        made += sum(np.sin(2 * np.pi * (k * turns + random.random())) / 2 ** (k - 1) for k in (2, 3))
    elif kind == "wandering":
        taps = np.hanning(round(WANDER_S * FS_HZ))
        pace, strength = (np.convolve(random.normal(size=size), taps, "same") for _ in range(2))
        turns += 0.02 * per_minute / 60 * np.cumsum(pace / pace.std()) / FS_HZ
        made = (1 + 0.2 * strength / strength.std()) * np.sin(2 * np.pi * turns)
    elif kind == "thumps":
        made = np.exp(6 * (np.cos(2 * np.pi * turns) - 1))
    return np.asarray((made - made.mean()) / made.std())


def with_rhythms(random: np.random.Generator, every: int) -> None:
    """Print what is told of a finger and a steady rhythm together."""
    for kind, per_minute, snr_db in RHYTHMS:
        found = []
        for name in names("bidmc")[::every]:
            ppg, beats_s = finger(name)
            added = 10 ** (-snr_db / 20) * rhythm(kind, per_minute, len(ppg), random)
            found += judged(windows(ppg + added), beats_s)
        used = [w for w in found if w.usable]
        off = [w for w in used if abs(w.told_bpm / w.true_bpm - 1) > WRONG]
        rhythms_own = sum(alike(w.told_bpm, per_minute) for w in off)
        print(
            f"  {kind:10s}{per_minute:4d}/min {snr_db:3d} dB {len(used) / len(found):6.2f} of {len(found):3d} usable;"
            f" told and wrong {len(off) / len(found):.3f}, {rhythms_own} of {len(off)} tell the rhythm's own rate",
            flush=True,
        )


def judged(told: list[MinuteTold], beats_s: FloatArray) -> list[MinuteTold]:
    """Those of the windows in which the true rate is known, with it."""
    found = []
    for minute, window in enumerate(told):
        true_s = beats_s[(beats_s >= 60 * minute) & (beats_s < 60 * minute + 60)]
        if len(true_s) > 20:
            found.append(replace(window, true_bpm=60 / float(np.mean(np.diff(true_s)))))
    return found


def rate_bpm(found: list[MinuteTold]) -> float:
    """The median of what is told; NaN where nothing is."""
    told = [w.told_bpm for w in found if np.isfinite(w.told_bpm)]
    return float(np.median(told)) if told else NAN


def share_right(found: list[MinuteTold]) -> float:
    return float(np.mean([w.right for w in found])) if found else NAN


def no_pulse(label: str, signals: list[FloatArray], own_bpm: list[float] | None = None) -> None:
    """Print what is told of noise, and how much of it is the rate of what the noise was made of."""
    found = [windows(signal) for signal in signals]
    every = [w for of_one in found for w in of_one]
    told = np.mean([np.isfinite(w.told_bpm) for w in every])
    trusted, usable_ones, seconds = (
        np.mean(has)
        for has in zip(*[(w.quality >= TRUSTED_QUALITY, w.usable, w.trusted_seconds) for w in every], strict=True)
    )
    line = f"  {label:24s}{told:7.3f}{trusted:7.3f}{usable_ones:7.3f}{seconds:7.3f} of {len(every):3d}"
    if own_bpm is not None:
        rates = [(w.told_bpm, own) for of_one, own in zip(found, own_bpm, strict=True) for w in of_one]
        same = [alike(bpm, own) for bpm, own in rates if np.isfinite(bpm)]
        line += f"; {sum(same)} of {len(same)} rates are the wrist's own"
    print(line)


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
        above = [w for w in told if w.quality >= low]
        print(f"  from {low:.1f} {len(above) / max(1, len(told)):6.2f} {share_right(above):6.3f}")
    print("a steady rhythm added")
    with_rhythms(np.random.default_rng(5), every)
    print("no pulse at all: share of windows with a heart rate, mean quality >= 0.5, usable; of seconds quality >= 0.5")
    chosen = moving[::every]
    own_bpm = [rate_bpm(windows(stretch)) for stretch in chosen]
    for smooth_hz in (SMOOTH_HZ, PULSE_KEPT_HZ):
        made = [as_noise(stretch, random, smooth_hz) for stretch in chosen for _ in range(NOISES)]
        no_pulse(f"artefacts, over {smooth_hz:g} Hz", made, [own for own in own_bpm for _ in range(NOISES)])
    plain = [plain_noises(random) for _ in range(NOISES)]
    for label in plain[0]:
        no_pulse(label, [noises[label] for noises in plain])
    return 0


if __name__ == "__main__":
    sys.exit(main())
