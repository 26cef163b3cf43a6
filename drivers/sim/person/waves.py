"""What the beats look like at the skin: ECG in mV and pulse wave, drawn on a fixed grid in chunks.

A chunk depends on the body's seed and the chunk's number only, so waveforms do not depend on how they are read.
"""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from drivers.sim.arrays import FloatArray
from drivers.sim.person.physiology import STEP_S, Physiology, TrueBeat
from drivers.sim.person.wearer import Disturbances

GRID_HZ: Final = 1000
CHUNK: Final = 100  # small: drawing one must not hold up the next sample
LOOKAHEAD_S: Final = 0.5  # a P wave comes before its R wave
_LOOKBACK_S: Final = 1.5
_ECG_STREAM: Final = 1
_PPG_STREAM: Final = 2
_SCHEDULE_STREAM: Final = 3
_HUM_LOOSE: Final = 40.0  # an open electrode picks up far more of the mains
_RAIL_MV: Final = 2.5
_SETTLING_S: Final = 0.4  # the amplifier's high pass comes back from the rail
_ELECTRODES: Final = ("positive", "negative", "both")

# (centre s, height mV, width s, moves with the square root of RR), P, Q, R, S, T
_NORMAL_WAVES: Final = np.array(
    [
        (-0.165, 0.12, 0.022, 1.0),
        (-0.026, -0.10, 0.008, 0.0),
        (0.0, 1.10, 0.0105, 0.0),
        (0.027, -0.22, 0.009, 0.0),
        (0.27, 0.28, 0.045, 1.0),
    ]
)
_ECTOPIC_WAVES: Final = np.array([(0.0, 1.30, 0.034, 0.0), (0.075, -0.45, 0.030, 0.0), (0.30, -0.35, 0.060, 1.0)])
# (centre s after the foot, height, width s, moves with the square root of RR): systolic and dicrotic wave
_PULSE_WAVES: Final = np.array([(0.17, 1.0, 0.062, 0.0), (0.42, 0.38, 0.095, 1.0)])
UPSLOPE_S: Final = 0.17 - 0.062  # from the foot to the steepest point of the systolic wave, a Gaussian's flank


def _gaussians(t_s: FloatArray, beats: list[TrueBeat], scale: list[float], waves: FloatArray) -> FloatArray:
    """Sum over `beats` of the `waves` of each, at the times `t_s`, each beat scaled by its own factor."""
    total = np.zeros(t_s.shape)
    for beat, factor in zip(beats, scale, strict=True):
        stretch = math.sqrt(min(max(beat.rr_s, 0.4), 1.4)) - 1.0
        for centre_s, height, width_s, moves in waves:
            middle_s = beat.t_s + centre_s * (1.0 + moves * stretch)
            first, last = np.searchsorted(t_s, (middle_s - 5.0 * width_s, middle_s + 5.0 * width_s))
            if first < last:
                z = (t_s[first:last] - middle_s) / width_s
                total[first:last] += factor * height * np.exp(-0.5 * z * z)
    return total


class Waves:
    """Draws chunks of ECG and pulse from what `Physiology` has lived through."""

    def __init__(self, seed: int, physiology: Physiology, disturbances: Disturbances) -> None:
        self._seed = seed
        self._body = physiology
        self._dist = disturbances

    def ecg_chunk(self, number: int) -> FloatArray:
        """CHUNK + 1 values in mV: the last is the next chunk's first."""
        t_s, volume = self._times(number)
        beats = self._beats(t_s)
        noise = self._noise(number, _ECG_STREAM)
        size = [1.0 + 0.06 * self._volume_at(beat.t_s) for beat in beats]
        normal = [(beat, s) for beat, s in zip(beats, size, strict=True) if not beat.ectopic]
        odd = [(beat, s) for beat, s in zip(beats, size, strict=True) if beat.ectopic]
        ecg = _gaussians(t_s, [b for b, _ in normal], [s for _, s in normal], _NORMAL_WAVES)
        if odd:
            ecg += _gaussians(t_s, [b for b, _ in odd], [s for _, s in odd], _ECTOPIC_WAVES)
        hum = self._dist.hum_mv * np.sin(2.0 * math.pi * self._dist.hum_hz * t_s)
        ecg += hum + self._dist.noise_mv * noise
        ecg += self._dist.wander_mv * (volume + 0.8 * self._slow(t_s))
        ecg += self._dist.motion_mv * self._motion(t_s)
        ecg += self._settling(t_s)
        loose = self._loose(t_s, _ELECTRODES)
        return np.where(loose, np.clip(_RAIL_MV + _HUM_LOOSE * hum, -_RAIL_MV, _RAIL_MV), ecg)

    def ppg_chunk(self, number: int) -> FloatArray:
        """CHUNK + 1 values, about 0 in diastole and 1 at the systolic peak; NaN where there is no finger."""
        t_s, volume = self._times(number)
        beats = self._beats(t_s)
        delayed = [TrueBeat(self.pulse_foot_s(beat), beat.rr_s, False) for beat in beats]
        size = [(1.0 - 0.08 * self._volume_at(b.t_s)) * math.sqrt(min(max(b.rr_s / 0.85, 0.2), 1.5)) for b in beats]
        pulse = _gaussians(t_s, delayed, size, _PULSE_WAVES)
        pulse += 0.15 * volume + 0.1 * self._slow(t_s) + self._dist.pulse_noise * self._noise(number, _PPG_STREAM)
        pulse += 2.0 * self._motion(t_s)
        return np.where(self._loose(t_s, ("finger",)), np.nan, pulse)

    def pulse_foot_s(self, beat: TrueBeat) -> float:
        """When the beat's pulse begins to rise in the finger; breathing shifts the transit a little."""
        return beat.t_s + self._body.profile.pulse_transit_s * (1.0 + 0.015 * self._volume_at(beat.t_s))

    def _times(self, number: int) -> tuple[FloatArray, FloatArray]:
        first = number * CHUNK
        t_s = np.arange(first, first + CHUNK + 1) / GRID_HZ
        self._body.advance_to(float(t_s[-1]) + LOOKAHEAD_S)
        low = int(t_s[0] / STEP_S)
        high = int(t_s[-1] / STEP_S) + 3
        volume = self._body.volume[low:high]
        grid_s = (low + np.arange(len(volume))) * STEP_S
        return t_s, np.interp(t_s, grid_s, volume)

    def _beats(self, t_s: FloatArray) -> list[TrueBeat]:
        return self._body.beats_between(float(t_s[0]) - _LOOKBACK_S, float(t_s[-1]) + LOOKAHEAD_S)

    def _volume_at(self, t_s: float) -> float:
        return self._body.volume[min(int(t_s / STEP_S), len(self._body.volume) - 1)]

    def _noise(self, number: int, stream: int) -> FloatArray:
        now, after = (np.random.default_rng((self._seed, stream, n)) for n in (number, number + 1))
        return np.append(now.standard_normal(CHUNK), after.standard_normal())

    def _slow(self, t_s: FloatArray) -> FloatArray:
        """Wander that never repeats: incommensurable slow sines with phases of this body's own."""
        phase = np.random.default_rng((self._seed, _SCHEDULE_STREAM)).uniform(0.0, 2.0 * math.pi, 3)
        slow_hz = np.array([0.031, 0.083, 0.171])
        return np.asarray(np.sin(2.0 * math.pi * slow_hz[:, None] * t_s + phase[:, None]).mean(axis=0))

    def _motion(self, t_s: FloatArray) -> FloatArray:
        """Bursts of movement, at most one in each 10 s, the same for ECG and pulse."""
        total = np.zeros(t_s.shape)
        if self._dist.motion_per_min <= 0.0:
            return total
        slots = range(max(0, int(t_s[0] // 10.0) - 1), int(t_s[-1] // 10.0) + 1)
        for slot in slots:
            rng = np.random.default_rng((self._seed, _SCHEDULE_STREAM, slot))
            if rng.uniform() < self._dist.motion_per_min / 6.0:
                start_s, length_s = 10.0 * slot + rng.uniform(0.0, 8.0), rng.uniform(0.5, 3.0)
                window = np.sin(math.pi * np.clip((t_s - start_s) / length_s, 0.0, 1.0)) ** 2
                sway_hz = rng.uniform(0.5, 9.0, 5)
                sway = np.sin(2.0 * math.pi * sway_hz[:, None] * t_s + rng.uniform(0.0, 6.0, 5)[:, None])
                total += window * sway.sum(axis=0) * 0.5
        return total

    def _settling(self, t_s: FloatArray) -> FloatArray:
        total = np.zeros(t_s.shape)
        for _, end_s, name in self._dist.leads_off:
            if name in _ELECTRODES and end_s <= t_s[-1] < end_s + 20.0 * _SETTLING_S:
                total += np.where(t_s >= end_s, _RAIL_MV * np.exp(-np.maximum(t_s - end_s, 0.0) / _SETTLING_S), 0.0)
        return total

    def _loose(self, t_s: FloatArray, which: tuple[str, ...]) -> NDArray[np.bool_]:
        loose = np.zeros(t_s.shape, dtype=np.bool_)
        for start_s, end_s, name in self._dist.leads_off:
            if name in which:
                loose |= (t_s >= start_s) & (t_s < end_s)
        return loose
