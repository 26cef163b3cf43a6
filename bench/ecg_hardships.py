"""What happens to an ECG on a body that moves: a recording with known beats, made harder at random so that what can
still be read of them stays known."""

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np

from bench.ecg_variants import Random, part, qrs_size_uv, smooth
from bench.random_ecg import add_wave
from bench.recordings import AnnotatedEcg
from dsp.types import FloatArray

_AT_BEAT_S = 0.06


def hardened(rng: Random, recording: AnnotatedEcg) -> AnnotatedEcg:
    """Half of the recording under one or two hardships."""
    half = recording.duration_s / 2.0
    start_s = rng.uniform(0.0, half)
    changed = part(recording, start_s, start_s + half)
    kinds: tuple[Callable[[Random, AnnotatedEcg], AnnotatedEcg], ...] = (
        with_steps,
        with_steps,
        with_short_waves,
        with_tremor,
        with_sudden_sizes,
        on_a_rail,
        wandering_into_a_rail,
        with_tall_t_waves,
        with_tall_t_waves,
        with_angular_hum,
        with_lost_pieces,
    )
    for kind in rng.choice(len(kinds), rng.integers(1, 3), replace=False).tolist():
        changed = kinds[kind](rng, changed)
    return changed


def walk(rng: Random, t_s: FloatArray, shortest_s: float = 0.010, least_variety: float = 0.1) -> FloatArray:
    """What steps do to an electrode, of unit standard deviation: one to three waves each, alike but not the same; their
    sizes vary by `least_variety` and more, as a standard deviation of the logarithm."""
    out, fs_hz = np.zeros(len(t_s)), 1.0 / (t_s[1] - t_s[0])
    waves = [
        (
            rng.choice([-1.0, 1.0]) * rng.uniform(0.3, 1.0),
            rng.uniform(0.0, 0.25),
            math.exp(rng.uniform(math.log(shortest_s), math.log(0.12))),
        )
        for _ in range(rng.integers(1, 4))
    ]
    cadence_hz, unevenness, variety = rng.uniform(1.2, 3.0), rng.uniform(0.01, 0.08), rng.uniform(least_variety, 0.5)
    at_s = 0.0
    while at_s < t_s[-1]:
        size = math.exp(rng.normal(0.0, variety))
        for height, after_s, width_s in waves:
            add_wave(out, fs_hz, at_s + after_s, size * height, width_s * math.exp(rng.normal(0.0, 0.1)))
        at_s += max(0.2, rng.normal(1.0, unevenness)) / cadence_hz
    return np.asarray((out - out.mean()) / (out.std() + 1e-12))


def with_steps(rng: Random, recording: AnnotatedEcg) -> AnnotatedEcg:
    """From 14 to -9 dB (Moody, Muldrow & Mark 1984: an eighth of the squared peak to peak over the noise power), now
    and then or throughout."""
    t_s = _times_s(recording)
    level_uv = qrs_size_uv(recording) / math.sqrt(8.0) * 10.0 ** (-rng.uniform(-9.0, 14.0) / 20.0)
    spell = np.sin(2 * np.pi * t_s / rng.uniform(30.0, 120.0)) > rng.choice([-2.0, 0.0])
    return replace(recording, ecg_uv=recording.ecg_uv + level_uv * spell * walk(rng, t_s))


def with_short_waves(rng: Random, recording: AnnotatedEcg) -> AnnotatedEcg:
    """Clicks a few milliseconds long, of any size."""
    ecg_uv, size_uv = recording.ecg_uv.copy(), qrs_size_uv(recording)
    at_s, every_s = 0.0, rng.uniform(0.5, 4.0)
    while at_s < recording.duration_s:
        height_uv = rng.choice([-1.0, 1.0]) * size_uv * math.exp(rng.uniform(-1.0, 2.5))
        add_wave(ecg_uv, recording.fs_hz, at_s, height_uv, rng.uniform(0.001, 0.005))
        at_s += rng.exponential(every_s)
    return replace(recording, ecg_uv=ecg_uv)


def with_tremor(rng: Random, recording: AnnotatedEcg) -> AnnotatedEcg:
    """A limb that shakes at 3 to 12 Hz, its pace and its size never quite the same, the size sometimes nearly so,
    throughout or in spells."""
    t_s = _times_s(recording)
    drift = smooth(rng.normal(size=len(t_s)), 0.5 * recording.fs_hz)
    turns = math.exp(rng.uniform(math.log(3.0), math.log(12.0))) * t_s + rng.uniform(0.0, 0.6) * drift / drift.std()
    size = np.abs(smooth(rng.normal(size=len(t_s)), 0.4 * recording.fs_hz))
    size = (size / size.mean()) ** rng.choice([1.0, 0.3])
    shaking = size * (
        np.sin(2 * np.pi * turns) + rng.uniform(0.0, 0.5) * np.sin(4 * np.pi * turns + rng.uniform(0.0, 6.0))
    )
    spell = np.sin(2 * np.pi * t_s / rng.uniform(20.0, 90.0)) > rng.choice([-2.0, 0.0])
    level_uv = qrs_size_uv(recording) * math.exp(rng.uniform(math.log(0.05), math.log(1.5)))
    return replace(recording, ecg_uv=recording.ecg_uv + level_uv * spell * shaking)


def with_sudden_sizes(rng: Random, recording: AnnotatedEcg) -> AnnotatedEcg:
    """Everything a few times larger or smaller from one second to the next, as where another turn of the body or
    another lead is heard."""
    t_s = _times_s(recording)
    log_gain = np.zeros(len(t_s))
    at_s = rng.uniform(5.0, 20.0)
    while at_s < recording.duration_s:
        log_gain[t_s >= at_s] = rng.uniform(-1.0, 1.0)
        at_s += rng.uniform(5.0, 30.0)
    gain = np.exp(smooth(log_gain, rng.uniform(0.05, 0.4) * recording.fs_hz))
    slow = smooth(recording.ecg_uv, 0.3 * recording.fs_hz)
    return replace(recording, ecg_uv=slow + gain * (recording.ecg_uv - slow))


def on_a_rail(rng: Random, recording: AnnotatedEcg) -> AnnotatedEcg:
    """Off now and then, the amplifier at one of its ends; then it settles, and the size may be another."""
    ecg_uv, t_s = recording.ecg_uv.copy(), _times_s(recording)
    rail_uv = qrs_size_uv(recording) * rng.uniform(1.5, 6.0)
    kept = np.ones(len(recording.beats_s), dtype=bool)
    off_s = rng.uniform(5.0, 20.0)
    while off_s < recording.duration_s:
        on_s = off_s + rng.uniform(0.2, 6.0)
        side, after = rng.choice([-1.0, 1.0]), t_s >= on_s
        ecg_uv[after] *= math.exp(rng.uniform(-0.5, 0.5))
        ecg_uv[after] += side * rail_uv * np.exp(-(t_s[after] - on_s) / rng.uniform(0.05, 0.8))
        ecg_uv[(t_s >= off_s) & ~after] = side * rail_uv
        kept &= (recording.beats_s < off_s - _AT_BEAT_S) | (recording.beats_s > on_s + _AT_BEAT_S)
        off_s = on_s + rng.uniform(6.0, 40.0)
    return replace(recording, ecg_uv=np.clip(ecg_uv, -rail_uv, rail_uv), beats_s=recording.beats_s[kept])


def wandering_into_a_rail(rng: Random, recording: AnnotatedEcg) -> AnnotatedEcg:
    t_s = _times_s(recording)
    rail_uv = qrs_size_uv(recording) * rng.uniform(1.0, 5.0)
    swing = np.sin(2 * np.pi * rng.uniform(0.05, 0.6) * t_s + rng.uniform(0.0, 6.0))
    middle_uv = np.median(recording.ecg_uv[np.isfinite(recording.ecg_uv)])
    ecg_uv = np.clip(recording.ecg_uv - middle_uv + rng.uniform(0.7, 1.8) * rail_uv * swing, -rail_uv, rail_uv)
    cut = np.abs(ecg_uv[_places(recording)]) >= 0.99 * rail_uv
    return replace(recording, ecg_uv=ecg_uv, beats_s=recording.beats_s[~cut])


def with_tall_t_waves(rng: Random, recording: AnnotatedEcg) -> AnnotatedEcg:
    ecg_uv, beats_s = recording.ecg_uv.copy(), recording.beats_s
    height_uv = qrs_size_uv(recording) * rng.choice([-1.0, 1.0]) * rng.uniform(0.5, 2.0)
    after_s, width_s = rng.uniform(0.2, 0.32), rng.uniform(0.03, 0.07)
    following_s = np.append(np.diff(beats_s), 1.0)
    for at_s, rr_s in zip(beats_s.tolist(), following_s.tolist(), strict=True):
        sooner = min(1.0, math.sqrt(rr_s / 0.8))
        add_wave(ecg_uv, recording.fs_hz, at_s + after_s * sooner, height_uv * rng.uniform(0.9, 1.1), width_s * sooner)
    return replace(recording, ecg_uv=ecg_uv)


def with_angular_hum(rng: Random, recording: AnnotatedEcg) -> AnnotatedEcg:
    """Mains hum with its odd harmonics."""
    hz, size_uv = rng.choice([50.0, 60.0]) * rng.uniform(0.999, 1.001), qrs_size_uv(recording)
    hum = np.sin(2 * np.pi * hz * _times_s(recording))
    return replace(
        recording, ecg_uv=recording.ecg_uv + size_uv * rng.uniform(0.02, 0.5) * np.clip(4.0 * hum, -1.0, 1.0)
    )


def with_lost_pieces(rng: Random, recording: AnnotatedEcg) -> AnnotatedEcg:
    ecg_uv, kept = recording.ecg_uv.copy(), np.ones(len(recording.beats_s), dtype=bool)
    at_s = rng.uniform(3.0, 10.0)
    while at_s < recording.duration_s:
        gone_s = math.exp(rng.uniform(math.log(0.02), math.log(2.5)))
        ecg_uv[round(at_s * recording.fs_hz) : round((at_s + gone_s) * recording.fs_hz)] = np.nan
        kept &= (recording.beats_s < at_s - _AT_BEAT_S) | (recording.beats_s > at_s + gone_s + _AT_BEAT_S)
        at_s += gone_s + rng.uniform(1.0, 15.0)
    return replace(recording, ecg_uv=ecg_uv, beats_s=recording.beats_s[kept])


def _times_s(recording: AnnotatedEcg) -> FloatArray:
    return np.arange(len(recording.ecg_uv)) / recording.fs_hz


def _places(recording: AnnotatedEcg) -> np.ndarray:
    places = np.round(recording.beats_s * recording.fs_hz).astype(int)
    return np.asarray(np.clip(places, 0, len(recording.ecg_uv) - 1))
