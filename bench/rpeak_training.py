"""What the R-peak score is fitted on: the recordings, and the same hearts made harder in known ways."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from bench.random_ecg import random_ecg
from bench.recordings import FloatArray, Recording, names, read

FS_HZ = 360.0
RANDOM_HEARTS = 120
FOLDS = 4
NOISY_SPAN = 43_200  # samples: two minutes, every other one, from minute 5


@dataclass(frozen=True, slots=True)
class Item:
    """`fold`: the part of the cross-validation that leaves its heart out; -1: no heart in it, never left out."""

    kind: str
    recording: Recording
    weight: float
    fold: int


def training_items() -> list[Item]:
    return [*_recordings(), *_with_electrode_motion(), *_other_leads(), *_interrupted(), *_random(), *_no_heart()]


def _folds() -> dict[str, int]:
    return {name: number % FOLDS for number, name in enumerate(names("mitdb"))}


def _recordings() -> Iterator[Item]:
    for name, fold in _folds().items():
        yield Item("mitdb", read("mitdb", name), 1.0, fold)
    for name in names("nstdb-119"):
        yield Item("nstdb", read("nstdb-119", name), 0.6, _folds()["119"])
    for number, name in enumerate(names("bidmc")[::3]):
        yield Item("bidmc", read("bidmc", name), 0.5, number % FOLDS)


def electrode_motion_uv() -> FloatArray:
    """What was added to record 119, at the scale of 6 dB SNR; zero outside the noisy spans."""
    return (read("nstdb-119", "119e_6").ecg_uv - read("mitdb", "119").ecg_uv) / 4.0


def _part(recording: Recording, start: int, stop: int, ecg_uv: FloatArray) -> Recording:
    """`ecg_uv` stands in for samples `start` to `stop` of the recording."""
    start_s, stop_s = start / recording.fs_hz, stop / recording.fs_hz
    inside = (recording.beats_s > start_s) & (recording.beats_s < stop_s)
    spans = tuple((low - start_s, high - start_s) for low, high in recording.flutter_s)
    return replace(recording, ecg_uv=ecg_uv, beats_s=recording.beats_s[inside] - start_s, flutter_s=spans)


def _with_electrode_motion() -> Iterator[Item]:
    """The first half of each record with electrode motion at SNRs from about -6 to 18 dB."""
    rng = np.random.default_rng(0)
    noise = electrode_motion_uv()
    for number, (name, fold) in enumerate(_folds().items()):
        if name == "119":
            continue
        recording = read("mitdb", name)
        ecg_uv = recording.ecg_uv
        size = np.percentile(np.abs(ecg_uv - np.median(ecg_uv)), 99) / 1000.0
        gain = (1.0, 0.5, 2.0, 0.25, 4.0)[number % 5]
        noisy = ecg_uv + size * gain * np.roll(noise, rng.integers(0, 20) * NOISY_SPAN)
        half = len(ecg_uv) // 2
        yield Item("motion", _part(recording, 0, half, noisy[:half]), 0.6, fold)


def _smooth(signal: FloatArray, width: float) -> FloatArray:
    """Gaussian smoothing; `width` in samples."""
    half = round(4 * width)
    taps = np.exp(-0.5 * (np.arange(-half, half + 1) / width) ** 2)
    return np.convolve(signal, taps / taps.sum(), "same")


def _other_leads() -> Iterator[Item]:
    """Half of each record filtered so that complexes are wide, P and T waves tall, or everything sharp."""
    for number, (name, fold) in enumerate(_folds().items()):
        recording = read("mitdb", name)
        half = len(recording.ecg_uv) // 2
        start = half * ((number // 2) % 2)
        ecg_uv = recording.ecg_uv[start : start + half] - recording.ecg_uv[start]
        changed = (_smoothed_little, _smoothed_much, _integrated, _differentiated)[number % 4](ecg_uv)
        yield Item("lead", _part(recording, start, start + half, changed), 0.5, fold)


def _smoothed_little(ecg_uv: FloatArray) -> FloatArray:
    return _smooth(ecg_uv, 0.014 * FS_HZ)


def _smoothed_much(ecg_uv: FloatArray) -> FloatArray:
    return _smooth(ecg_uv, 0.022 * FS_HZ)


def _integrated(ecg_uv: FloatArray) -> FloatArray:
    taps = np.exp(-np.arange(round(0.6 * FS_HZ)) / (0.06 * FS_HZ))
    leaky = np.convolve(ecg_uv, taps / taps.sum())[: len(ecg_uv)]
    return leaky - _smooth(leaky, 0.5 * FS_HZ)


def _differentiated(ecg_uv: FloatArray) -> FloatArray:
    return 0.3 * ecg_uv + 0.02 * FS_HZ * np.gradient(_smooth(ecg_uv, 0.004 * FS_HZ))


def _interrupted() -> Iterator[Item]:
    """A third of each record, contact lost for 1.4 s every 11 s, its size changed each time."""
    length, every, gone = 200_000, round(11 * FS_HZ), round(1.4 * FS_HZ)
    for number, (name, fold) in enumerate(_folds().items()):
        recording = read("mitdb", name)
        start = number % 3 * length
        ecg_uv = recording.ecg_uv[start : start + length].copy()
        part = _part(recording, start, start + length, ecg_uv)
        for round_, first in enumerate(range(3600, len(ecg_uv), every)):
            ecg_uv[first : first + gone] = np.nan
            ecg_uv[first:] *= (0.4, 2.5)[round_ % 2]
        there = ~np.isnan(ecg_uv)
        places = np.round(part.beats_s * FS_HZ).astype(int)
        margin = round(0.05 * FS_HZ)
        readable = there[np.maximum(places - margin, 0)] & there[np.minimum(places + margin, len(there) - 1)]
        yield Item("interrupted", replace(part, beats_s=part.beats_s[readable]), 0.5, fold)


def _random() -> Iterator[Item]:
    rng = np.random.default_rng(7)
    noises = [_motion_only(), *(read("nstdb-noise", name).ecg_uv for name in names("nstdb-noise"))]
    for number in range(RANDOM_HEARTS):
        ecg_uv, beats_s = random_ecg(rng, FS_HZ, 90.0, noises)
        yield Item("random", Recording(f"random {number}", ecg_uv, FS_HZ, beats_s, ()), 0.5, number % FOLDS)


def _motion_only() -> FloatArray:
    noise = electrode_motion_uv()
    starts = range(round(300 * FS_HZ), len(noise) - NOISY_SPAN, 2 * NOISY_SPAN)
    return np.concatenate([noise[start : start + NOISY_SPAN] for start in starts])


def _no_heart() -> Iterator[Item]:
    """Signals without a beat in them."""
    rng = np.random.default_rng(5)
    count = round(300 * FS_HZ)
    white = rng.normal(0.0, 50.0, count)
    walk = np.cumsum(white)
    jumps = np.repeat(rng.choice([-5000.0, 5000.0], 2000), rng.integers(40, 400, 2000))[: 2 * count]
    hum = 100.0 * np.sin(2 * np.pi * 50.0 * np.arange(count) / FS_HZ)
    signals = {
        **{name: read("nstdb-noise", name).ecg_uv[: 3 * count] for name in names("nstdb-noise")},
        "motion": _motion_only()[: 2 * count],
        "white": white,
        "walk": walk - _smooth(walk, FS_HZ),
        "jumps": jumps,
        "noisy jumps": jumps[:count] + white,
        "hum": hum + 0.02 * white,
    }
    for name, signal in signals.items():
        yield Item("none", Recording(name, signal, FS_HZ, np.empty(0), ()), 0.03, -1)
