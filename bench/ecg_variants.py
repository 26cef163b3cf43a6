"""The same heart in other circumstances: a recording with known beats, changed at random so that they stay known."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bench.random_ecg import add_wave, random_complex
from bench.recordings import AnnotatedEcg
from dsp.types import FloatArray

Random = np.random.Generator
NOISE_HZ = 360.0  # of the noises handed in
LEAST_HZ = 100.0  # that the detector takes
_QRS_S = 0.06  # half a QRS complex


def variant(rng: Random, recording: AnnotatedEcg, noises: dict[str, FloatArray]) -> AnnotatedEcg:
    """Half of the recording, faster or slower, with other waves, ectopic beats, leads and noise."""
    half = recording.duration_s / 2.0
    start_s = rng.uniform(0.0, half)
    changed = part(recording, start_s, start_s + half)
    changes: tuple[tuple[float, Callable[[Random, AnnotatedEcg], AnnotatedEcg]], ...] = (
        (0.4, with_ectopics),
        (0.35, resized),
        (0.3, with_atrial_waves),
        (0.4, other_lead),
        (0.5, at_another_pace),
    )
    for share, change in changes:
        if rng.random() < share:
            changed = change(rng, changed)
    changed = noisy(rng, changed, noises)
    return interrupted(rng, changed) if rng.random() < 0.15 else changed


def part(recording: AnnotatedEcg, start_s: float, end_s: float) -> AnnotatedEcg:
    """From `start_s` to `end_s`, which become 0 and their difference."""
    start, stop = round(start_s * recording.fs_hz), round(end_s * recording.fs_hz)
    start_s, end_s = start / recording.fs_hz, stop / recording.fs_hz
    inside = (recording.beats_s > start_s) & (recording.beats_s < end_s)
    return replace(
        recording,
        name=f"{recording.name} varied",
        ecg_uv=recording.ecg_uv[start:stop].copy(),
        beats_s=recording.beats_s[inside] - start_s,
        flutter_s=tuple((low - start_s, high - start_s) for low, high in recording.flutter_s),
    )


def smooth(signal: FloatArray, width: float) -> FloatArray:
    """Gaussian smoothing; `width` in samples."""
    half = round(4 * width)
    taps = np.exp(-0.5 * (np.arange(-half, half + 1) / width) ** 2)
    return np.convolve(signal, taps / taps.sum(), "same")


def qrs_size_uv(recording: AnnotatedEcg) -> float:
    """The median peak to peak of the QRS complexes."""
    reach = round(_QRS_S * recording.fs_hz)
    places = np.round(recording.beats_s * recording.fs_hz).astype(int)
    places = places[(places >= reach) & (places < len(recording.ecg_uv) - reach)]
    if not len(places):
        return 1000.0
    complexes = recording.ecg_uv[places[:, None] + np.arange(-reach, reach + 1)]
    return float(np.median(np.ptp(complexes, axis=1)))


def at_another_pace(rng: Random, recording: AnnotatedEcg) -> AnnotatedEcg:
    """Played faster or slower: the rate and the width of the complexes change together."""
    slowest = max(0.72, LEAST_HZ / recording.fs_hz)
    pace = float(np.exp(rng.uniform(np.log(slowest), np.log(1.4))))
    return replace(
        recording,
        fs_hz=recording.fs_hz * pace,
        beats_s=recording.beats_s / pace,
        flutter_s=tuple((low / pace, high / pace) for low, high in recording.flutter_s),
    )


def other_lead(rng: Random, recording: AnnotatedEcg) -> AnnotatedEcg:
    """Filtered so that complexes are wide, P and T waves tall, or everything sharp."""
    ecg_uv, fs_hz = recording.ecg_uv - recording.ecg_uv[0], recording.fs_hz
    kind = rng.integers(3)
    if kind == 0:
        changed = smooth(ecg_uv, rng.uniform(0.008, 0.024) * fs_hz)
    elif kind == 1:
        decay_s = rng.uniform(0.03, 0.12)
        taps = np.exp(-np.arange(round(8 * decay_s * fs_hz)) / (decay_s * fs_hz))
        leaky = np.convolve(ecg_uv, taps / taps.sum())[: len(ecg_uv)]
        changed = leaky - smooth(leaky, 0.5 * fs_hz)
    else:
        share, width_s = rng.uniform(0.0, 0.6), max(0.004, 0.6 / fs_hz)
        changed = share * ecg_uv + 0.02 * fs_hz * np.gradient(smooth(ecg_uv, width_s * fs_hz))
    return replace(recording, ecg_uv=changed)


def between_leads(rng: Random, one: AnnotatedEcg, other: AnnotatedEcg) -> AnnotatedEcg:
    """What an electrode somewhere between two leads of the same heart hears: any sum of both, each at its own size."""
    sizes_uv = qrs_size_uv(one), qrs_size_uv(other)
    angle = rng.uniform(0.0, 2 * np.pi)
    mixed = np.cos(angle) * one.ecg_uv / sizes_uv[0] + np.sin(angle) * other.ecg_uv / sizes_uv[1]
    return replace(one, name=f"{one.name} between", ecg_uv=float(np.mean(sizes_uv)) * mixed)


def turned(rng: Random, recording: AnnotatedEcg) -> AnnotatedEcg:
    """Every frequency's phase turned by the same angle: complexes of other shapes, whose envelope is what it was."""
    slow = smooth(recording.ecg_uv, 0.3 * recording.fs_hz)
    spectrum = np.fft.rfft(recording.ecg_uv - slow) * np.exp(1j * rng.uniform(0.0, 2 * np.pi))
    return replace(recording, ecg_uv=slow + np.fft.irfft(spectrum, len(slow)))


def resized(rng: Random, recording: AnnotatedEcg) -> AnnotatedEcg:
    """Some beats lower or higher than the others, and a size that drifts."""
    fs_hz, count = recording.fs_hz, len(recording.ecg_uv)
    gain = np.exp(rng.uniform(0.0, 0.4) * np.sin(2 * np.pi * np.arange(count) / fs_hz * rng.uniform(0.03, 0.3)))
    chosen = recording.beats_s[rng.random(len(recording.beats_s)) < rng.uniform(0.02, 0.4)]
    for at_s in chosen.tolist():
        factor = np.exp(rng.uniform(np.log(0.3), np.log(2.0)))
        add_wave(gain, fs_hz, at_s, gain[min(count - 1, round(at_s * fs_hz))] * (factor - 1.0), rng.uniform(0.04, 0.1))
    slow = smooth(recording.ecg_uv, 0.15 * fs_hz)
    return replace(recording, ecg_uv=slow + gain * (recording.ecg_uv - slow))


def with_small_complexes(rng: Random, recording: AnnotatedEcg) -> AnnotatedEcg:
    """Most QRS complexes, or all, a few or many times lower than they were, and what lies between them as it was: a
    lead across the heart's axis, in which some beats, or the T waves, stand higher than the others' R-peaks."""
    fs_hz = recording.fs_hz
    gain = np.ones(len(recording.ecg_uv))
    usual, width_s = rng.uniform(np.log(0.06), np.log(0.7)), rng.uniform(0.025, 0.05)
    chosen = recording.beats_s[rng.random(len(recording.beats_s)) < rng.choice([1.0, rng.uniform(0.4, 1.0)])]
    for at_s in chosen.tolist():
        add_wave(gain, fs_hz, at_s, float(np.exp(usual + rng.normal(0.0, 0.15))) - 1.0, width_s)
    slow = smooth(recording.ecg_uv, 0.15 * fs_hz)
    return replace(recording, ecg_uv=slow + np.maximum(gain, 0.03) * (recording.ecg_uv - slow))


def with_atrial_waves(rng: Random, recording: AnnotatedEcg) -> AnnotatedEcg:
    """P waves before the beats, at a rate of their own, or as flutter; perhaps T waves besides."""
    ecg_uv, fs_hz, beats_s = recording.ecg_uv.copy(), recording.fs_hz, recording.beats_s
    size_uv = qrs_size_uv(recording)
    height_uv = size_uv * rng.uniform(0.05, 0.5) * rng.choice([-1.0, 1.0])
    width_s = rng.uniform(0.012, 0.03)
    kind = rng.integers(3)
    if kind == 0:
        ahead_s = rng.uniform(0.12, 0.24)
        times_s = beats_s[1:][np.diff(beats_s) > ahead_s + 0.2] - ahead_s
    else:
        period_s = rng.uniform(0.45, 0.9) if kind == 1 else rng.uniform(0.17, 0.28)
        steps = period_s * (1.0 + 0.03 * rng.normal(size=round(recording.duration_s / period_s)))
        times_s = np.cumsum(steps)
        height_uv *= 1.0 if kind == 1 else 0.5
    for at_s in times_s.tolist():
        add_wave(ecg_uv, fs_hz, at_s, height_uv * rng.uniform(0.8, 1.2), width_s)
    if rng.random() < 0.4:
        height_uv = size_uv * rng.uniform(-0.7, 0.9)
        after_s, width_s = rng.uniform(0.2, 0.32), rng.uniform(0.025, 0.06)
        for at_s in beats_s.tolist():
            add_wave(ecg_uv, fs_hz, at_s + after_s, height_uv, width_s)
    return replace(recording, ecg_uv=ecg_uv)


def with_ectopics(rng: Random, recording: AnnotatedEcg) -> AnnotatedEcg:
    """Some beats replaced by wide ones that come earlier, of one or two shapes."""
    ecg_uv, fs_hz, beats_s = recording.ecg_uv.copy(), recording.fs_hz, recording.beats_s.copy()
    size_uv = qrs_size_uv(recording)
    shapes = [
        [*random_complex(rng, wide=True), (-rng.uniform(0.2, 0.8), rng.uniform(0.24, 0.35), 0.06)]
        for _ in range(rng.integers(1, 3))
    ]
    sizes = size_uv * rng.choice([-1.0, 1.0], len(shapes)) * np.exp(rng.uniform(-1.2, 1.8, len(shapes)))
    early = rng.uniform(0.0, 0.45)
    share = rng.uniform(0.02, 0.25)
    gone = np.zeros(len(ecg_uv))
    placed = []
    for number in range(1, len(beats_s) - 1):
        rr_s = beats_s[number] - beats_s[number - 1]
        if rng.random() < share and 0.4 < rr_s < 1.5:
            add_wave(gone, fs_hz, beats_s[number], 1.0, 0.06)
            add_wave(gone, fs_hz, beats_s[number] + 0.25, 1.0, 0.08)
            beats_s[number] -= min(early * rr_s * rng.uniform(0.8, 1.2), rr_s - 0.3)
            placed.append(beats_s[number])
    slow = smooth(ecg_uv, 0.3 * fs_hz)
    ecg_uv = slow + (ecg_uv - slow) * (1.0 - np.minimum(gone, 1.0))
    for at_s in placed:
        kind = rng.integers(len(shapes))
        for height, after_s, width_s in shapes[kind]:
            add_wave(ecg_uv, fs_hz, at_s + after_s, sizes[kind] * height, width_s)
    return replace(recording, ecg_uv=ecg_uv, beats_s=beats_s)


def noisy(rng: Random, recording: AnnotatedEcg, noises: dict[str, FloatArray]) -> AnnotatedEcg:
    """With some of the noises, throughout or in spells of minutes, and perhaps hum."""
    ecg_uv = recording.ecg_uv.copy()
    size_uv = qrs_size_uv(recording)
    t_s = np.arange(len(ecg_uv)) / recording.fs_hz
    for name, noise in noises.items():
        if rng.random() < (0.5 if name == "motion" else 0.2):
            added = _stretch(rng, t_s, noise)
            level = np.exp(rng.uniform(np.log(0.03), np.log(0.7)))
            spell = np.sin(2 * np.pi * t_s / rng.uniform(120.0, 480.0)) > rng.choice([-2.0, 0.0])
            ecg_uv += size_uv * level * spell * added / noise.std()
    if rng.random() < 0.1:
        ecg_uv += size_uv * rng.uniform(0.02, 0.3) * np.sin(2 * np.pi * rng.choice([50.0, 60.0]) * t_s)
    return replace(recording, ecg_uv=ecg_uv)


def with_rising_and_falling(rng: Random, recording: AnnotatedEcg, noise: FloatArray) -> AnnotatedEcg:
    """With `noise` whose RMS, 1 being the size of the QRS complexes, changes from minute to minute.

    Electrode motion in the NSTDB (Moody, Muldrow & Mark 1984) is 0.1 at 24 dB, 0.8 at 6 dB and 3 at -6 dB.
    """
    t_s = np.arange(len(recording.ecg_uv)) / recording.fs_hz
    added = _stretch(rng, t_s, noise)
    knots_s = np.arange(0.0, t_s[-1] + 60.0, 60.0)
    level = np.exp(np.interp(t_s, knots_s, rng.uniform(np.log(0.05), np.log(4.0), len(knots_s))))
    return replace(recording, ecg_uv=recording.ecg_uv + qrs_size_uv(recording) / noise.std() * level * added)


def _stretch(rng: Random, t_s: FloatArray, noise: FloatArray) -> FloatArray:
    """The noise from anywhere on, at the times `t_s`, a little faster or slower, of either sign."""
    at = t_s * NOISE_HZ * rng.uniform(0.9, 1.1) + rng.uniform(0.0, len(noise))
    return np.asarray(rng.choice([-1.0, 1.0]) * np.interp(at % len(noise), np.arange(len(noise)), noise))


def interrupted(rng: Random, recording: AnnotatedEcg) -> AnnotatedEcg:
    """Contact lost for 1.4 s now and then, and the size another after it."""
    ecg_uv, fs_hz = recording.ecg_uv.copy(), recording.fs_hz
    every, gone = round(rng.uniform(9.0, 30.0) * fs_hz), round(1.4 * fs_hz)
    for number, first in enumerate(range(every, len(ecg_uv), every)):
        ecg_uv[first : first + gone] = np.nan
        ecg_uv[first:] *= (0.4, 2.5)[number % 2]
    there = ~np.isnan(ecg_uv)
    places = np.round(recording.beats_s * fs_hz).astype(int)
    margin = round(0.05 * fs_hz)
    readable = there[np.maximum(places - margin, 0)] & there[np.minimum(places + margin, len(there) - 1)]
    return replace(recording, ecg_uv=ecg_uv, beats_s=recording.beats_s[readable])
