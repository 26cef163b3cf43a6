"""Random ECGs with known beats, to teach the detector hearts that no database has: any polarity, tall or absent P
waves, waves of fibrillating or fluttering atria, wide and paced complexes, alternating sizes, ectopic beats of several
shapes, bigeminy, runs, pauses, standstill, fibrillation."""

from dataclasses import dataclass

import numpy as np

from dsp.types import FloatArray

Wave = tuple[float, float, float]  # height re the R-peak, seconds from it, width in seconds


@dataclass(frozen=True, slots=True)
class EcgHeart:
    """How one heart beats: each kind of beat is a sum of Gaussians."""

    normal: tuple[Wave, ...]
    ectopics: tuple[tuple[Wave, ...], ...]
    rr_s: float
    variation: float
    ectopic_share: float
    run_on: float  # probability that an ectopic beat is followed by another
    every: int  # normal beats between ectopic ones; 0: at random
    pauses: float  # probability of a standstill after a beat
    alternating: float  # share by which every other beat is higher
    atrial: Wave | None  # a wave that comes at a period of its own: height, period in seconds, width in seconds


def random_heart(rng: np.random.Generator) -> EcgHeart:
    rhythm = rng.choice(["regular", "fibrillation", "ectopic"], p=[0.4, 0.25, 0.35])
    rr_s = float(np.exp(rng.uniform(np.log(0.3), np.log(1.6))))
    polarity = rng.choice([-1.0, 1.0])
    normal = random_complex(rng, wide=rng.random() < 0.35)
    atrial = None
    if rhythm != "fibrillation":
        p_height = rng.choice([rng.uniform(0.03, 0.2), rng.uniform(0.1, 0.6)])
        p_wave = (p_height, -rng.uniform(0.11, 0.24), rng.uniform(0.011, 0.026))
        if rng.random() < 0.1:
            atrial = (p_wave[0], rng.uniform(0.5, 0.9), p_wave[2])
        else:
            normal.append(p_wave)
    elif rng.random() < 0.6:
        atrial = (rng.uniform(0.02, 0.25), rng.uniform(0.12, 0.28), rng.uniform(0.02, 0.035))
    if rng.random() < 0.07:
        start_s = min(at_s - 2.0 * width_s for _, at_s, width_s in normal)
        for ahead_s in (0.0, rng.uniform(0.1, 0.2))[: rng.integers(1, 3)]:
            size = rng.uniform(0.2, 3.0) * rng.choice([-1.0, 1.0])
            normal.append((size, start_s - ahead_s, rng.uniform(0.001, 0.003)))
    shorter = min(1.0, np.sqrt(rr_s / 0.8))
    t_height = rng.uniform(-0.4, 0.6) * rng.choice([1.0, 1.5]) if rng.random() < 0.85 else rng.uniform(0.8, 1.8)
    normal.append((t_height, rng.uniform(0.2, 0.34) * shorter, rng.uniform(0.03, 0.07) * shorter))
    return EcgHeart(
        normal=tuple((polarity * height, at_s, width_s) for height, at_s, width_s in normal),
        ectopics=tuple(random_ectopic(rng) for _ in range(rng.integers(1, 4))),
        rr_s=rr_s,
        variation=rng.uniform(0.12, 0.3) if rhythm == "fibrillation" else rng.uniform(0.005, 0.04),
        ectopic_share=rng.uniform(0.03, 0.35) if rhythm == "ectopic" or rng.random() < 0.2 else 0.0,
        run_on=rng.choice([0.0, 0.45, 0.9], p=[0.4, 0.4, 0.2]),
        every=rng.choice([0, 1, 2, 3], p=[0.8, 0.08, 0.07, 0.05]),
        pauses=rng.uniform(0.01, 0.08) if rng.random() < 0.2 else 0.0,
        alternating=rng.uniform(0.1, 0.6) if rng.random() < 0.1 else 0.0,
        atrial=atrial,
    )


def random_ectopic(rng: np.random.Generator) -> tuple[Wave, ...]:
    """A wide complex of either sign and any size with a T wave against it."""
    size = rng.choice([-1.0, 1.0]) * np.exp(rng.uniform(np.log(0.3), np.log(4.0)))
    waves = [*random_complex(rng, wide=True), (-rng.uniform(0.2, 0.8), rng.uniform(0.22, 0.35), 0.06)]
    return tuple((size * height, at_s, width_s) for height, at_s, width_s in waves)


def random_complex(rng: np.random.Generator, wide: bool) -> list[Wave]:
    """A QRS complex: R, and perhaps Q, S and a second R."""
    width_s = rng.uniform(0.007, 0.014) * (rng.uniform(2.0, 4.5) if wide else 1.0)
    waves: list[Wave] = [(1.0, 0.0, width_s)]
    if rng.random() < 0.8:
        waves.append(
            (-(rng.uniform(0.0, 0.9) ** 1.5), rng.uniform(1.6, 3.0) * width_s, width_s * rng.uniform(0.8, 1.6))
        )
    if rng.random() < 0.6:
        waves.append((-(rng.uniform(0.0, 0.7) ** 2), -rng.uniform(1.6, 2.6) * width_s, width_s * rng.uniform(0.8, 1.3)))
    if rng.random() < 0.2:
        waves.append((rng.uniform(0.3, 0.9), rng.uniform(2.0, 3.5) * width_s, width_s))
    return waves


def random_ecg(
    rng: np.random.Generator, fs_hz: float, duration_s: float, noises: list[FloatArray]
) -> tuple[FloatArray, FloatArray]:
    """An ECG in uV with some of the `noises` in it, and its R-peak times in seconds."""
    heart = random_heart(rng)
    ecg_uv = np.zeros(round(duration_s * fs_hz))
    breathing_hz, breathing_depth = rng.uniform(0.15, 0.35), rng.uniform(0.0, 0.25)
    drift = rng.choice([0.005, 0.03], p=[0.7, 0.3])
    size, run, since = 1.0, False, 0
    beats_s: list[float] = []
    t_s = rng.uniform(0.1, 2.5)
    while t_s < duration_s - 0.3:
        breath = np.sin(2 * np.pi * breathing_hz * t_s)
        due = heart.ectopic_share > 0.0 and 0 < heart.every <= since
        ectopic = due or rng.random() < (heart.run_on if run else heart.ectopic_share)
        since = 0 if ectopic else since + 1
        run = ectopic and heart.run_on > 0.0
        size *= np.exp(rng.normal(0.0, drift))
        shape = heart.ectopics[rng.integers(len(heart.ectopics))] if ectopic else heart.normal
        alternate = 1.0 + heart.alternating * (len(beats_s) % 2)
        for height, at_s, width_s in shape:
            factor = 1000.0 * size * alternate * (1.0 + breathing_depth * breath)
            add_wave(ecg_uv, fs_hz, t_s + at_s, factor * height, width_s)
        beats_s.append(t_s)
        rr_s = heart.rr_s * (1.0 + heart.variation * rng.normal() + 0.05 * breath)
        if run:
            rr_s *= rng.uniform(0.45, 0.9)
        elif ectopic:
            rr_s *= rng.choice([1.0, 1.4])
        elif rng.random() < 0.8 * heart.ectopic_share:
            rr_s *= rng.uniform(0.5, 0.8)
        elif rng.random() < 0.006:
            rr_s *= rng.uniform(2.0, 3.0)
        elif rng.random() < heart.pauses:
            rr_s += rng.uniform(2.0, 9.0)
        t_s += max(0.26, rr_s)
    if heart.atrial is not None:
        height, period_s, width_s = heart.atrial
        t_s = 0.0
        while t_s < duration_s:
            add_wave(ecg_uv, fs_hz, t_s, 1000.0 * height * rng.uniform(0.7, 1.3), width_s)
            t_s += period_s * rng.uniform(0.9, 1.1)
    level_uv = 1000.0 * np.exp(rng.uniform(np.log(0.01), np.log(0.35)))
    for noise in noises:
        if rng.random() < 0.6:
            start = rng.integers(0, len(noise) - len(ecg_uv))
            part = noise[start : start + len(ecg_uv)]
            ecg_uv += level_uv * rng.uniform(0.2, 1.0) * (part - part.mean()) / part.std()
    return ecg_uv + rng.normal(0.0, rng.uniform(1.0, 20.0), len(ecg_uv)), np.array(beats_s)


def add_wave(signal: FloatArray, fs_hz: float, at_s: float, height: float, width_s: float) -> None:
    low = max(0, int((at_s - 4 * width_s) * fs_hz))
    high = max(low, min(len(signal), int((at_s + 4 * width_s) * fs_hz) + 2))
    t_s = np.arange(low, high) / fs_hz - at_s
    signal[low:high] += height * np.exp(-0.5 * (t_s / width_s) ** 2)
