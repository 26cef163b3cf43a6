"""What the R-peak score is fitted on: the recordings, the same hearts in other circumstances, random hearts, and
signals without a heart."""

import csv
import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

import numpy as np

from bench.ecg_hardships import hardened, walk, with_steps, with_tremor
from bench.ecg_variants import (
    NOISE_HZ,
    between_leads,
    noisy,
    part,
    smooth,
    turned,
    variant,
    with_ectopics,
    with_rising_and_falling,
    with_small_complexes,
)
from bench.random_ecg import random_ecg
from bench.recordings import DATA, AnnotatedEcg, match, names, outside, read
from dsp.rpeak.detector import find_rpeaks
from dsp.types import FloatArray

FS_HZ = 360.0
FOLDS = 4
WEIGHTS = {"mitdb": 1.0, "mitdb-second": 0.7, "bidmc": 0.5, "wearable": 1.0, "ludb": 1.0}
VARIED = ("mitdb", "mitdb-second", "bidmc", "wearable")  # each once in other circumstances in each stage ...
HARDENED = ("mitdb", "mitdb-second", "wearable")  # ... once in hardship ...
MOVED = ("mitdb", "mitdb-second", "bidmc")  # ... and so often with electrode motion in each stage
MOTIONS = 2
LEADS = 2  # between those that were recorded, so many of each heart in each stage
RANDOM_HEARTS = 150  # in each stage
TONES = 70  # in each stage
WALKS = 80  # in each stage, and as many random hearts on one
HISS_HZ = (100.0, 128.0, 200.0, 250.0, 360.0, 500.0, 1000.0)
HISSES = 15  # at each rate, in each stage
NOISY_SPAN = 43_200  # samples: two minutes, every other one, from minute 5


@dataclass(frozen=True, slots=True)
class Item:
    """`fold`: the part of the cross-validation that leaves its heart out; -1: no heart in it, never left out."""

    kind: str
    recording: AnnotatedEcg
    weight: float
    fold: int


def training_items(stage: int) -> Iterator[Item]:
    """The recordings, and variants, random hearts and tones that are others in each stage."""
    yield from recordings()
    yield from _variants(stage)
    yield from _in_hardship(stage)
    yield from _with_electrode_motion(stage)
    yield from _with_ectopic_beats(stage)
    yield from _with_small_complexes(stage)
    yield from _on_a_walk(stage)
    yield from _between_leads(stage)
    yield from _in_another_shape(stage)
    yield from _shaking(stage)
    yield from _random(stage)
    yield from heartless(stage)
    yield from _no_heart()


def heartless(stage: int) -> Iterator[Item]:
    """Tones, steps and noise, others in each stage."""
    yield _tones(stage)
    yield _steps(stage)
    yield from _hiss(stage)


def fold_of(folder: str, name: str) -> int:
    """A heart's leads, and its mixtures with noise, lie in one fold, and so do the recordings of one wearer."""
    if folder in {"mitdb", "mitdb-second", "nstdb-119"}:
        return [heart[:3] for heart in names("mitdb")].index(name[:3]) % FOLDS
    if folder in {"wearable", "ludb"}:
        return int(name.partition("_")[0]) % FOLDS
    return names(folder).index(name) % FOLDS


@cache
def reference(folder: str, name: str) -> AnnotatedEcg:
    """A recording and what is known of its beats. Reference beats that sit on another lead's peak are moved, all alike;
    where the reference is in doubt or ends, nothing counts."""
    recording = read(folder, name)
    if folder == "mitdb-second":
        found_s = np.array([beat.t_s for beat in find_rpeaks(recording.ecg_uv, recording.fs_hz)])
        errors_ms = match(found_s, recording, 0.150).errors_ms
        return replace(recording, beats_s=recording.beats_s + float(np.median(errors_ms)) / 1000.0)
    unknown: tuple[tuple[float, float], ...] = ()
    path = DATA / folder / f"{name}.spans.csv"
    if path.exists():
        with path.open(newline="", encoding="utf-8") as file:
            unknown = tuple((float(row["start_s"]), float(row["end_s"])) for row in csv.DictReader(file))
    if folder == "ludb":
        first_s, last_s = recording.beats_s[[0, -1]].tolist()
        unknown = ((-1.0, first_s - 0.3), (last_s + 0.3, recording.duration_s + 1.0))
    if not unknown:
        return recording
    return replace(recording, beats_s=outside(recording.beats_s, unknown), flutter_s=(*recording.flutter_s, *unknown))


def _hearts(folders: tuple[str, ...]) -> Iterator[tuple[int, AnnotatedEcg, int]]:
    """Numbered: every recording of the folders, and its fold."""
    number = 0
    for folder in folders:
        for name in names(folder):
            yield number, reference(folder, name), fold_of(folder, name)
            number += 1


def recordings() -> Iterator[Item]:
    for folder, weight in WEIGHTS.items():
        for _, recording, fold in _hearts((folder,)):
            yield Item(folder, recording, weight, fold)
    for _, recording, fold in _hearts(("nstdb-119",)):
        yield Item("nstdb", recording, 0.6, fold)


def _variants(stage: int) -> Iterator[Item]:
    """Each heart in other circumstances, which are others in each stage."""
    noises = _noises()
    for number, recording, fold in _hearts(VARIED):
        yield Item("variant", variant(np.random.default_rng((stage, number, 0)), recording, noises), 0.5, fold)


def _in_hardship(stage: int) -> Iterator[Item]:
    """Half of each recording as a body that moves spoils it."""
    for number, recording, fold in _hearts(HARDENED):
        yield Item("hardship", hardened(np.random.default_rng((stage, number, 1)), recording), 0.5, fold)


def _with_electrode_motion(stage: int) -> Iterator[Item]:
    """Thirds of each recording with electrode motion and nothing else."""
    noise = electrode_motion()
    for number, recording, fold in _hearts(MOVED):
        for draw in range(MOTIONS):
            rng = np.random.default_rng((stage, number, 2, draw))
            yield Item("motion", with_rising_and_falling(rng, _a_third(rng, recording), noise), 0.6, fold)


def _with_ectopic_beats(stage: int) -> Iterator[Item]:
    """A third of each recording in which some beats are early, wide and of another size, and nothing else."""
    for number, recording, fold in _hearts(MOVED):
        rng = np.random.default_rng((stage, number, 3))
        yield Item("ectopic", with_ectopics(rng, _a_third(rng, recording)), 0.5, fold)


def _with_small_complexes(stage: int) -> Iterator[Item]:
    """A third of each recording in which most complexes, or all, are low, with some of its noise."""
    noises = _noises()
    for number, recording, fold in _hearts(VARIED):
        rng = np.random.default_rng((stage, number, 4))
        some = with_small_complexes(rng, _a_third(rng, recording))
        if rng.random() < 0.5:
            some = with_ectopics(rng, some)
        if rng.random() < 0.3:
            some = noisy(rng, some, noises)
        yield Item("small", some, 0.5, fold)


def _on_a_walk(stage: int) -> Iterator[Item]:
    """A third of each recording with steps and nothing else, and random hearts with them."""
    for number, recording, fold in _hearts(VARIED):
        rng = np.random.default_rng((stage, number, 5))
        yield Item("walk", with_steps(rng, _a_third(rng, recording)), 0.5, fold)
    rng = np.random.default_rng((stage, 19))
    noises = list(_noises().values())
    for number in range(WALKS):
        ecg_uv, beats_s = random_ecg(rng, FS_HZ, 90.0, noises)
        heart = AnnotatedEcg(f"random walk {number}", ecg_uv, FS_HZ, beats_s, ())
        yield Item("walk", with_steps(rng, heart), 0.5, number % FOLDS)


def _between_leads(stage: int) -> Iterator[Item]:
    """Leads that nobody recorded, made of the two that there are of a heart; some with ectopic beats and noise."""
    noises = _noises()
    for number, recording, fold in _hearts(("mitdb",)):
        (other,) = (name for name in names("mitdb-second") if name.startswith(recording.name))
        second = reference("mitdb-second", other)
        for draw in range(LEADS):
            rng = np.random.default_rng((stage, number, 6, draw))
            half_s = recording.duration_s / 2.0
            start_s = rng.uniform(0.0, half_s)
            one, two = (part(lead, start_s, start_s + half_s) for lead in (recording, second))
            some = between_leads(rng, one, two)
            if rng.random() < 0.3:
                some = with_ectopics(rng, some)
            if rng.random() < 0.3:
                some = noisy(rng, some, noises)
            yield Item("between", some, 0.6, fold)
    for number, recording, fold in _hearts(("ludb",)):
        person, _, lead = recording.name.partition("_")
        if lead == "ii":
            second = reference("ludb", f"{person}_v2")
            for draw in range(LEADS):
                rng = np.random.default_rng((stage, number, 7, draw))
                yield Item("between", between_leads(rng, recording, second), 1.0, fold)


def _in_another_shape(stage: int) -> Iterator[Item]:
    """A third of each recording whose complexes have another shape."""
    for number, recording, fold in _hearts(VARIED):
        rng = np.random.default_rng((stage, number, 8))
        yield Item("turned", turned(rng, _a_third(rng, recording)), 0.5, fold)


def _shaking(stage: int) -> Iterator[Item]:
    """A third of each recording on a limb that trembles."""
    for number, recording, fold in _hearts(VARIED):
        rng = np.random.default_rng((stage, number, 9))
        yield Item("tremor", with_tremor(rng, _a_third(rng, recording)), 0.5, fold)


def _a_third(rng: np.random.Generator, recording: AnnotatedEcg) -> AnnotatedEcg:
    start_s = rng.uniform(0.0, recording.duration_s / 1.5)
    return part(recording, start_s, start_s + recording.duration_s / 3.0)


def _noises() -> dict[str, FloatArray]:
    return {"motion": electrode_motion(), **{name: read("nstdb-noise", name).ecg_uv for name in names("nstdb-noise")}}


def electrode_motion() -> FloatArray:
    """The noisy spans of what was added to record 119, in uV."""
    noise = read("nstdb-119", "119e_6").ecg_uv - read("mitdb", "119").ecg_uv
    starts = range(round(300 * NOISE_HZ), len(noise) - NOISY_SPAN, 2 * NOISY_SPAN)
    return np.concatenate([noise[start : start + NOISY_SPAN] for start in starts])


def _random(stage: int) -> Iterator[Item]:
    rng = np.random.default_rng((stage, 7))
    noises = list(_noises().values())
    for number in range(RANDOM_HEARTS):
        ecg_uv, beats_s = random_ecg(rng, FS_HZ, 90.0, noises)
        yield Item("random", AnnotatedEcg(f"random {number}", ecg_uv, FS_HZ, beats_s, ()), 0.5, number % FOLDS)


def _tones(stage: int) -> Item:
    """Pure tones from 1 to 30 Hz, steady or wavering, smooth or pointed; contact is lost between them."""
    rng = np.random.default_rng((stage, 11))
    t_s = np.arange(round(16 * FS_HZ)) / FS_HZ
    lost = np.full(round(1.5 * FS_HZ), np.nan)
    pieces = []
    for _ in range(TONES):
        wobble = rng.choice([0.0, 0.1]) * np.sin(2 * np.pi * rng.uniform(0.1, 0.5) * t_s)
        turns = np.exp(rng.uniform(0.0, np.log(30.0))) * (t_s + wobble) + rng.uniform()
        tone = np.sin(2 * np.pi * turns)
        if rng.random() < 0.25:
            tone = np.arcsin(tone)
        size_uv = np.exp(rng.uniform(np.log(10.0), np.log(5000.0)))
        noise = rng.choice([0.0, 0.001, 0.01, 0.05]) * rng.normal(size=len(t_s))
        pieces += [size_uv * (tone + noise), lost]
    return Item("tone", AnnotatedEcg("tones", np.concatenate(pieces), FS_HZ, np.empty(0), ()), 0.2, -1)


def _steps(stage: int) -> Item:
    """Walks of a minute on electrodes that hear no heart: half of them of waves slower than a QRS complex, half of such
    as might be one, whose sizes alone are not a heart's."""
    rng = np.random.default_rng((stage, 17))
    t_s = np.arange(round(60 * FS_HZ)) / FS_HZ
    lost = np.full(round(1.5 * FS_HZ), np.nan)
    pieces = []
    for number in range(WALKS):
        size_uv = math.exp(rng.uniform(math.log(50.0), math.log(3000.0)))
        noise_uv = size_uv * rng.choice([0.002, 0.02, 0.1]) * rng.normal(size=len(t_s))
        shortest_s, least_variety = ((0.035, 0.1), (0.010, 0.2))[number % 2]
        pieces += [size_uv * walk(rng, t_s, shortest_s, least_variety) + noise_uv, lost]
    return Item("steps", AnnotatedEcg("steps", np.concatenate(pieces), FS_HZ, np.empty(0), ()), 0.5, -1)


def _hiss(stage: int) -> Iterator[Item]:
    """Random noise of any colour and any size at every rate, some of it lost, in pieces with contact lost between."""
    for number, fs_hz in enumerate(HISS_HZ):
        rng = np.random.default_rng((stage, 13, number))
        lost = np.full(round(1.5 * fs_hz), np.nan)
        pieces = []
        for _ in range(HISSES):
            count = round(16 * fs_hz)
            white = rng.normal(size=count) if rng.random() < 0.7 else rng.uniform(-1.0, 1.0, count)
            hz = np.fft.rfftfreq(count, 1.0 / fs_hz)
            slope = rng.choice([0.0, 0.0, 0.5, 1.0]) * rng.uniform(0.5, 1.5)
            coloured = np.fft.irfft(np.fft.rfft(white) * np.maximum(hz, 0.3) ** -slope, count)
            coloured[rng.random(count) < rng.choice([0.0, 0.0, rng.uniform(0.0, 0.5)])] = np.nan
            pieces += [np.exp(rng.uniform(np.log(1.0), np.log(5000.0))) * coloured / np.nanstd(coloured), lost]
        yield Item(
            "hiss", AnnotatedEcg(f"hiss at {fs_hz:.0f} Hz", np.concatenate(pieces), fs_hz, np.empty(0), ()), 0.2, -1
        )


def _no_heart() -> Iterator[Item]:
    """Signals without a beat in them."""
    rng = np.random.default_rng(5)
    count = round(300 * FS_HZ)
    white = rng.normal(0.0, 50.0, count)
    walk = np.cumsum(white)
    jumps = np.repeat(rng.choice([-5000.0, 5000.0], 2000), rng.integers(40, 400, 2000))[: 2 * count]
    hum = 100.0 * np.sin(2 * np.pi * 50.0 * np.arange(count) / FS_HZ)
    signals = {
        **{name: noise[: 3 * count] for name, noise in _noises().items()},
        "white": white,
        "walk": walk - smooth(walk, FS_HZ),
        "jumps": jumps,
        "noisy jumps": jumps[:count] + white,
        "hum": hum + 0.02 * white,
    }
    for name, signal in signals.items():
        yield Item("none", AnnotatedEcg(name, signal, FS_HZ, np.empty(0), ()), 0.06, -1)
