"""Synthetic hearts whose every beat is known, under what a wearer's ECG meets in life: one function a circumstance."""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from bench.ecg_variants import Random
from bench.random_ecg import Wave, add_wave, random_complex, random_ectopic
from dsp.types import FloatArray

FS_HZ = 250.0
DURATION_S = 150.0
RAIL_UV = 5000.0
_PIECE_S = 1.5


@dataclass(frozen=True, slots=True)
class Stressed:
    """An ECG in uV (NaN: lost) and its R-peaks, of which some are not `normal`. `number` counts the heart's beats;
    those that cannot be seen are left out."""

    ecg_uv: FloatArray
    fs_hz: float
    beats_s: FloatArray
    normal: np.ndarray
    number: np.ndarray

    @property
    def t_s(self) -> FloatArray:
        return np.arange(len(self.ecg_uv)) / self.fs_hz

    def plus(self, added_uv: FloatArray) -> "Stressed":
        return replace(self, ecg_uv=self.ecg_uv + added_uv)

    def seen(self, ecg_uv: FloatArray, kept: np.ndarray) -> "Stressed":
        """As `ecg_uv` has it, in which only the beats `kept` are to be seen."""
        return Stressed(ecg_uv, self.fs_hz, self.beats_s[kept], self.normal[kept], self.number[kept])


@dataclass(frozen=True, slots=True)
class Shapes:
    normal: tuple[Wave, ...]
    ectopic: tuple[Wave, ...]


def draw_shapes(rng: Random) -> Shapes:
    """A narrow complex with P and T waves, of either polarity, and a wide one."""
    waves = [*random_complex(rng, wide=False), (rng.uniform(0.05, 0.15), -0.16, 0.02), (0.25, 0.27, 0.045)]
    side = rng.choice([-1.0, 1.0])
    return Shapes(tuple((side * height, at_s, width_s) for height, at_s, width_s in waves), random_ectopic(rng))


def draw_intervals(rng: Random, rr_s: float, duration_s: float) -> FloatArray:
    """Beat times with breathing and with differences that are independent: RMSSD is about 25 ms."""
    times_s, at_s = [], rng.uniform(0.3, 0.9)
    while at_s < duration_s - 0.3:
        times_s.append(at_s)
        at_s += rr_s + 0.03 * math.sin(2 * math.pi * 0.22 * at_s) + rng.normal(0.0, 0.009)
    return np.array(times_s)


def drawn(
    rng: Random,
    shapes: Shapes,
    beats_s: FloatArray,
    ectopic: np.ndarray | None = None,
    *,
    fs_hz: float = FS_HZ,
    noise_uv: float = 8.0,
) -> Stressed:
    """The heart that beats at `beats_s`."""
    wide = np.zeros(len(beats_s), dtype=bool) if ectopic is None else ectopic
    ecg_uv = rng.normal(0.0, noise_uv, round(DURATION_S * fs_hz))
    for at_s, is_wide in zip(beats_s.tolist(), wide.tolist(), strict=True):
        for height, after_s, width_s in shapes.ectopic if is_wide else shapes.normal:
            add_wave(ecg_uv, fs_hz, at_s + after_s, 1000.0 * height, width_s)
    return Stressed(ecg_uv, fs_hz, beats_s, ~wide, np.arange(len(beats_s)))


def plain(rng: Random, fs_hz: float = FS_HZ, rr_s: float = 0.8, noise_uv: float = 8.0) -> Stressed:
    beats_s = draw_intervals(rng, rr_s, DURATION_S)
    return drawn(rng, draw_shapes(rng), beats_s, fs_hz=fs_hz, noise_uv=noise_uv)


def qrs_power_uv2(ecg: Stressed) -> float:
    """As the NSTDB has it (Moody, Muldrow & Mark 1984): an eighth of the squared peak to peak of a QRS complex."""
    reach = round(0.06 * ecg.fs_hz)
    places = np.round(ecg.beats_s * ecg.fs_hz).astype(int)
    complexes = ecg.ecg_uv[places[places > reach][:, None] + np.arange(-reach, reach)]
    return float(np.median(np.ptp(complexes, axis=1)) ** 2 / 8.0)


def steps(rng: Random, t_s: FloatArray, cadence_hz: float = 1.8) -> FloatArray:
    """Of a walk, unit power: each a blow and the swing of the electrode after it, alike but not the same."""
    out, fs_hz = np.zeros(len(t_s)), 1.0 / (t_s[1] - t_s[0])
    blow_s, swing_s = rng.uniform(0.012, 0.03), rng.uniform(0.05, 0.12)
    side = rng.choice([-1.0, 1.0])
    at_s = rng.uniform(0.0, 0.5)
    while at_s < t_s[-1]:
        size = side * math.exp(rng.normal(0.0, 0.25))
        add_wave(out, fs_hz, at_s, size, blow_s * math.exp(rng.normal(0.0, 0.1)))
        add_wave(out, fs_hz, at_s + 2.0 * swing_s, -0.7 * size, swing_s)
        at_s += rng.normal(1.0, 0.025) / cadence_hz
    return np.asarray((out - out.mean()) / out.std())


def with_steps(rng: Random, snr_db: float) -> Stressed:
    ecg = plain(rng)
    return ecg.plus(math.sqrt(qrs_power_uv2(ecg) / 10.0 ** (snr_db / 10.0)) * steps(rng, ecg.t_s))


def steps_alone(rng: Random) -> Stressed:
    t_s = np.arange(round(DURATION_S * FS_HZ)) / FS_HZ
    walk_uv = 500.0 * steps(rng, t_s) + rng.normal(0.0, 8.0, len(t_s))
    return Stressed(walk_uv, FS_HZ, np.empty(0), np.empty(0, dtype=bool), np.empty(0, dtype=int))


def with_spikes(rng: Random, size_uv: float) -> Stressed:
    ecg = plain(rng)
    hit = rng.random(len(ecg.ecg_uv)) < 0.7 / ecg.fs_hz
    return ecg.plus(hit * size_uv * rng.choice([-1.0, 1.0], len(hit)))


def on_a_rail(rng: Random) -> Stressed:
    """Off for seconds, the amplifier at one of its ends; then settling, the beats of another size."""
    ecg = plain(rng)
    ecg_uv, t_s = ecg.ecg_uv.copy(), ecg.t_s
    kept = np.ones(len(ecg.beats_s), dtype=bool)
    off_s = rng.uniform(8.0, 14.0)
    while off_s < DURATION_S - 12.0:
        on_s = off_s + rng.uniform(1.5, 6.0)
        rail_uv, settling_s = RAIL_UV * rng.choice([-1.0, 1.0]), rng.uniform(0.1, 0.6)
        after = t_s >= on_s
        ecg_uv[after] *= rng.uniform(0.6, 1.6)
        ecg_uv[after] += rail_uv * np.exp(-(t_s[after] - on_s) / settling_s)
        ecg_uv[(t_s >= off_s) & ~after] = rail_uv
        kept &= (ecg.beats_s < off_s - 0.06) | (ecg.beats_s > on_s + 0.06)
        off_s = on_s + rng.uniform(8.0, 20.0)
    return ecg.seen(np.clip(ecg_uv, -RAIL_UV, RAIL_UV), kept)


def wander_into_the_rail(rng: Random) -> Stressed:
    ecg = plain(rng)
    wander_uv = 1.3 * RAIL_UV * np.sin(2 * np.pi * rng.uniform(0.1, 0.3) * ecg.t_s + rng.uniform(0.0, 6.0))
    ecg_uv = np.clip(ecg.ecg_uv + wander_uv, -RAIL_UV, RAIL_UV)
    cut = np.abs(ecg_uv[np.round(ecg.beats_s * FS_HZ).astype(int)]) >= 0.99 * RAIL_UV
    return ecg.seen(ecg_uv, ~cut)


def with_pauses(rng: Random, pause_s: float) -> Stressed:
    """The heart stands still now and then; the muscles do not."""
    beats_s = draw_intervals(rng, 0.8, DURATION_S)
    for number in range(14, len(beats_s), 14):
        beats_s[number:] += pause_s
    return drawn(rng, draw_shapes(rng), beats_s[beats_s < DURATION_S - 0.3], noise_uv=20.0)


def tall_t_waves(rng: Random) -> Stressed:
    narrow = (1.0, 0.0, rng.uniform(0.008, 0.013))
    shapes = Shapes((narrow, (-0.2, 0.025, 0.012), (0.1, -0.16, 0.02), (1.5, 0.26, rng.uniform(0.035, 0.055))), ())
    return drawn(rng, shapes, draw_intervals(rng, 60.0 / 90.0, DURATION_S))


def paced(rng: Random) -> Stressed:
    """Every beat wide, after a spike of 1 ms; with two leads, another spike before the P wave."""
    ecg = drawn(
        rng,
        Shapes((), random_ectopic(rng)),
        beats_s := np.arange(0.5, DURATION_S - 0.4, 60.0 / 70.0),
        np.ones(len(beats_s), dtype=bool),
        fs_hz=500.0,
    )
    spikes_uv = np.zeros(len(ecg.ecg_uv))
    for ahead_s in (0.06, 0.21)[: rng.integers(1, 3)]:
        spikes_uv[np.round((beats_s - ahead_s) * ecg.fs_hz).astype(int)] = RAIL_UV
    return ecg.plus(spikes_uv)


def square_hum(rng: Random) -> Stressed:
    ecg = plain(rng)
    return ecg.plus(rng.uniform(100.0, 500.0) * np.sign(np.sin(2 * np.pi * 50.03 * ecg.t_s + 0.1)))


def lost_pieces(rng: Random) -> Stressed:
    """Up to a second and a half at a time."""
    ecg = plain(rng)
    ecg_uv, kept = ecg.ecg_uv.copy(), np.ones(len(ecg.beats_s), dtype=bool)
    at_s = rng.uniform(3.0, 6.0)
    while at_s < DURATION_S:
        gone_s = rng.uniform(0.05, _PIECE_S)
        ecg_uv[round(at_s * FS_HZ) : round((at_s + gone_s) * FS_HZ)] = np.nan
        kept &= (ecg.beats_s < at_s - 0.06) | (ecg.beats_s > at_s + gone_s + 0.06)
        at_s += gone_s + rng.uniform(2.0, 8.0)
    return ecg.seen(ecg_uv, kept)


def with_ectopics(rng: Random, every: int, run: int = 1) -> Stressed:
    """After `every` normal beats `run` early wide ones, and a pause."""
    beats_s = draw_intervals(rng, 0.8, DURATION_S)
    ectopic = np.arange(len(beats_s)) % (every + run) >= every
    moved_s, early_s = beats_s.copy(), rng.uniform(0.15, 0.3)
    turn = np.arange(len(beats_s)) % (every + run) - every + 1
    moved_s[ectopic] -= early_s * turn[ectopic] ** 0.5
    return drawn(rng, draw_shapes(rng), moved_s, ectopic)


def runs_of_tall_beats(rng: Random) -> Stressed:
    """Wide beats four times as high as the narrow ones before and after them."""
    beats_s = draw_intervals(rng, 0.8, DURATION_S)
    shapes = draw_shapes(rng)
    sized = max(abs(height) for height, _, _ in shapes.ectopic)
    tall = tuple((4.0 * height / sized, at_s, width_s) for height, at_s, width_s in shapes.ectopic)
    return drawn(rng, replace(shapes, ectopic=tall), beats_s, np.arange(len(beats_s)) % 30 >= 22)


def small_beats(rng: Random) -> Stressed:
    """A tenth of the usual height, in ordinary noise."""
    ecg = plain(rng, noise_uv=80.0)
    return replace(ecg, ecg_uv=0.1 * ecg.ecg_uv)


ROWS: dict[str, Callable[[Random], Stressed]] = {
    "plain": plain,
    "steps 1.8/s, 6 dB": lambda rng: with_steps(rng, 6.0),
    "steps 1.8/s, 0 dB": lambda rng: with_steps(rng, 0.0),
    "steps 1.8/s, -6 dB": lambda rng: with_steps(rng, -6.0),
    "steps alone": steps_alone,
    "spikes of 3 mV": lambda rng: with_spikes(rng, 3000.0),
    "spikes of 10 mV": lambda rng: with_spikes(rng, 10_000.0),
    "spikes of 30 mV": lambda rng: with_spikes(rng, 30_000.0),
    "on a rail for seconds": on_a_rail,
    "wander into the rail": wander_into_the_rail,
    "pauses of 4 s": lambda rng: with_pauses(rng, 4.0),
    "pauses of 8 s": lambda rng: with_pauses(rng, 8.0),
    "T 1.5 times R, 90/min": tall_t_waves,
    "paced, spikes of 5 mV": paced,
    "square hum": square_hum,
    "lost pieces": lost_pieces,
    "bigeminy": lambda rng: with_ectopics(rng, 1),
    "trigeminy": lambda rng: with_ectopics(rng, 2),
    "couplets": lambda rng: with_ectopics(rng, 5, 2),
    "an ectopic in 10": lambda rng: with_ectopics(rng, 9),
    "runs four times as high": runs_of_tall_beats,
    "beats of 0.1 mV": small_beats,
}
