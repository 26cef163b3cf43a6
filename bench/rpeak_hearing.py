"""The network that hears what was before a candidate, while it is fitted: in JAX, as dsp/rpeak/hearing.py runs it.

Stretches of signal go through the temporal convolution whole; each candidate in them is scored from the state that it
is given live and from its own features. Adam (Kingma & Ba 2015) with a cosine step size; dropout (Srivastava et al.
2014) of what is heard, so that the score does not lean on it alone; half of all stretches are turned upside down.
"""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from bench.rpeak_network import DEAF
from dsp.rpeak.features import FEATURES, QUIETEST
from dsp.rpeak.filters import BANDS, HEARD
from dsp.rpeak.hearing import INPUTS, LOOK, STEP
from dsp.rpeak.network import Layer, Network
from dsp.types import FloatArray

WIDTH = HEARD - STEP
REACHES = (1, 2, 4, 8, 16, 32)  # states back, once and twice
HIDDEN = (64, 32)
STRETCH, ADVANCE = 2500, 2000  # grid points heard at once, and how far the next stretch is; between them nothing is new
MOST = 96  # candidates of a stretch
BATCH = 24
STEP_SIZE, WARM_UP = 3e-3, 200
SHRINKAGE = 0.0005
KEPT, HEARING = 0.8, 0.9  # share of the state's numbers that are not dropped; of stretches whose state is not


@dataclass(frozen=True, slots=True)
class HeardRun:
    """One run through a signal of that kind, weight and fold: `inputs` (points, INPUTS) at each grid point; `at` (n,)
    of each candidate the point LOOK before the one up to which it is heard, `features` (n, len(DEAF)) its own
    features, `is_beat` (n,) whether it is one."""

    kind: str
    weight: float
    fold: int
    inputs: NDArray[np.float16]
    at: NDArray[np.int32]
    features: NDArray[np.float32]
    is_beat: NDArray[np.bool_]


class Passage(NamedTuple):
    """Candidates `first` up to `last` of run `number`, heard from grid point `begin`."""

    number: int
    begin: int
    first: int
    last: int


class Batch(NamedTuple):
    """(BATCH, STRETCH, INPUTS), (BATCH, MOST), (BATCH, MOST, len(DEAF)), and twice (BATCH, MOST)."""

    inputs: NDArray[np.float16]
    at: NDArray[np.int32]
    features: NDArray[np.float32]
    is_beat: NDArray[np.float32]
    weight: NDArray[np.float32]


class Weights(NamedTuple):
    """Pairs of weights and bias."""

    hearing: list[tuple[jax.Array, jax.Array]]
    score: list[tuple[jax.Array, jax.Array]]


class Descent(NamedTuple):
    """And the running means of the slopes and of their squares."""

    weights: Weights
    mean: Weights
    square: Weights


def fit(runs: Sequence[HeardRun], seed: int, passes: int) -> Network:
    """The network of the weighted logistic loss, by batches."""
    stretches = list(cut(runs))
    features = np.concatenate([run.features for run in runs])
    centre = features.mean(axis=0, dtype=np.float64)
    spread = features.std(axis=0, dtype=np.float64) + 1e-6
    rng = np.random.default_rng(seed)
    weights = _first_guess(jax.random.PRNGKey(seed))
    now = Descent(weights, jax.tree.map(jnp.zeros_like, weights), jax.tree.map(jnp.zeros_like, weights))
    batches = len(stretches) // BATCH
    advance = jax.jit(_advance, donate_argnums=0)

    def made(batch: NDArray[np.intp]) -> Batch:
        return _batch(runs, [stretches[k] for k in batch], centre, spread, rng)

    with ThreadPoolExecutor(1) as ahead:
        step = 0
        for _ in range(passes):
            order = rng.permutation(len(stretches))
            drawn = [order[k * BATCH : (k + 1) * BATCH] for k in range(batches)]
            coming = ahead.submit(made, drawn[0])
            for k in range(batches):
                batch = coming.result()
                if k + 1 < batches:
                    coming = ahead.submit(made, drawn[k + 1])
                step += 1
                size = STEP_SIZE * min(1.0, step / WARM_UP) * 0.5 * (1.0 + np.cos(np.pi * step / (passes * batches)))
                now = advance(now, float(step), size + 1e-5, batch)
    return _as_run(now.weights, centre, spread)


def cut(runs: Sequence[HeardRun]) -> Iterator[Passage]:
    """Stretches in which every candidate is heard after as long a time as there was."""
    before = STRETCH - ADVANCE
    for number, run in enumerate(runs):
        for begin in range(-before, len(run.inputs) - before if len(run.at) else -before, ADVANCE):
            ends = begin + before - LOOK + STEP - 1, begin + STRETCH - LOOK + STEP - 1
            first, last = np.searchsorted(run.at, ends).tolist()
            for some in range(first, last, MOST):
                yield Passage(number, begin, some, min(last, some + MOST))


def _batch(
    runs: Sequence[HeardRun], stretches: list[Passage], centre: FloatArray, spread: FloatArray, rng: np.random.Generator
) -> Batch:
    inputs = np.zeros((BATCH, STRETCH, INPUTS), np.float16)
    signed = slice(0, 2 * len(BANDS))
    inputs[:, :, signed.stop :] = QUIETEST
    batch = Batch(
        inputs,
        np.zeros((BATCH, MOST), np.int32),
        np.zeros((BATCH, MOST, len(DEAF)), np.float32),
        np.zeros((BATCH, MOST), np.float32),
        np.zeros((BATCH, MOST), np.float32),
    )
    for row, (number, begin, first, last) in enumerate(stretches):
        run = runs[number]
        start, end = max(0, begin), min(len(run.inputs), begin + STRETCH)
        inputs[row, start - begin : end - begin] = run.inputs[start:end]
        if rng.random() < 0.5:
            inputs[row, :, signed] *= -1
        count = last - first
        batch.at[row, :count] = run.at[first:last] - begin
        batch.features[row, :count] = (run.features[first:last] - centre) / spread
        batch.is_beat[row, :count] = run.is_beat[first:last]
        batch.weight[row, :count] = run.weight
    return batch


def _first_guess(key: jax.Array) -> Weights:
    def layer(inputs: int, outputs: int, size: float = 1.0) -> tuple[jax.Array, jax.Array]:
        nonlocal key
        key, drawn = jax.random.split(key)
        return jax.random.normal(drawn, (inputs, outputs)) * (size / np.sqrt(inputs)), jnp.zeros(outputs)

    return Weights(
        [layer(2 * STEP * INPUTS, WIDTH), *(layer(3 * WIDTH, WIDTH, 0.7) for _ in REACHES)],
        [layer(HEARD + len(DEAF), HIDDEN[0]), layer(*HIDDEN), layer(HIDDEN[1], 1)],
    )


def _earlier(states: jax.Array, by: int) -> jax.Array:
    return jnp.pad(states, ((0, 0), (by, 0), (0, 0)))[:, : states.shape[1]]


def _states(weights: Weights, inputs: jax.Array) -> jax.Array:
    """(batch, points / STEP, WIDTH)"""
    blocks = inputs.reshape(inputs.shape[0], -1, STEP * INPUTS)
    (first, bias), *layers = weights.hearing
    state = jnp.tanh(jnp.concatenate((_earlier(blocks, 1), blocks), -1) @ first + bias)
    for (layer, bias), reach in zip(layers, REACHES, strict=True):
        looked = jnp.concatenate((_earlier(state, 2 * reach), _earlier(state, reach), state), -1)
        state = state + jnp.tanh(looked @ layer + bias)
    return state


def _loss(weights: Weights, batch: Batch, key: jax.Array) -> jax.Array:
    states = _states(weights, batch.inputs)
    complete = batch.at + LOOK - STEP + 1  # points heard before the state, and 0 to STEP - 1 more
    number = complete // STEP
    place = jax.nn.one_hot(complete - STEP * number, STEP)
    state = jnp.take_along_axis(states, jnp.clip(number, 0, states.shape[1] - 1)[..., None], axis=1)
    of_numbers, of_stretches = jax.random.split(key)
    state *= jax.random.bernoulli(of_numbers, KEPT, state.shape) / KEPT
    state *= jax.random.bernoulli(of_stretches, HEARING, state.shape[:1])[:, None, None]
    value = jnp.concatenate((state, place, batch.features), -1)
    for layer, bias in weights.score[:-1]:
        value = jnp.tanh(value @ layer + bias)
    last, bias = weights.score[-1]
    score = (value @ last + bias)[..., 0]
    wrong = batch.weight * (jax.nn.softplus(score) - batch.is_beat * score)
    shrinkage = sum((layer**2).sum() / len(layer) for layer, _ in (*weights.hearing, *weights.score))
    return wrong.sum() / jnp.maximum(batch.weight.sum(), 1e-6) + 0.5 * SHRINKAGE * shrinkage


def _advance(fit: Descent, step: float, size: float, batch: Batch) -> Descent:
    batch = batch._replace(inputs=batch.inputs.astype(jnp.float32))
    slopes = jax.grad(_loss)(fit.weights, batch, jax.random.PRNGKey(jnp.int32(step)))
    mean = jax.tree.map(lambda kept, slope: kept + 0.1 * (slope - kept), fit.mean, slopes)
    square = jax.tree.map(lambda kept, slope: kept + 0.001 * (slope * slope - kept), fit.square, slopes)

    def moved(value: jax.Array, kept: jax.Array, squared: jax.Array) -> jax.Array:
        return value - size * (kept / (1 - 0.9**step)) / (jnp.sqrt(squared / (1 - 0.999**step)) + 1e-8)

    return Descent(jax.tree.map(moved, fit.weights, mean, square), mean, square)


def _as_run(weights: Weights, centre: FloatArray, spread: FloatArray) -> Network:
    """With the inputs of the score in the order of FEATURES and as they come, not scaled."""
    first, bias = (np.asarray(part, float) for part in weights.score[0])
    own = first[HEARD:] / spread[:, None]
    ordered = np.empty((len(FEATURES), len(bias)))
    ordered[DEAF] = own
    ordered[[k for k in range(len(FEATURES)) if k not in DEAF]] = first[:HEARD]
    return Network(
        tuple(_layer(*pair) for pair in weights.hearing),
        ((Layer(ordered, bias - centre @ own), *(_layer(*pair) for pair in weights.score[1:])),),
    )


def _layer(weights: jax.Array, bias: jax.Array) -> Layer:
    return Layer(np.asarray(weights, float), np.asarray(bias, float))
