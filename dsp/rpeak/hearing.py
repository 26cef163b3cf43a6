"""What the last seconds sounded like: a causal temporal convolution over the filter bank, one state for 32 ms.

Residual layers that each look twice as far back as the one before (van den Oord et al. 2016, arXiv 1609.03499; Bai,
Kolter & Koltun 2018, arXiv 1803.01271) reach 4 s back. Everything goes in relative to the highest envelope of the last
three seconds, so that scale does not matter. What it listens for was fitted with the score, by bench/fit_hearing.py, in
single precision, and it is heard in that: double takes twice as long.
"""

import math

import numpy as np

from dsp.rpeak.candidates import AHEAD_S
from dsp.rpeak.features import LOUDEST, QUIETEST
from dsp.rpeak.filters import BANDS, BandTrace
from dsp.rpeak.network import Floats, Layer, Network, fitted
from dsp.types import FloatArray

STEP = 4  # grid points a state
LOOK = 28  # the state that a candidate is given has heard so many grid points past it, ...
_LOUDEST_OF_S = 3.0
_STEEPNESS = 3.0  # of the compression of signed inputs: the size of a QRS complex is 1
INPUTS = 3 * len(BANDS)
_SILENT_BLOCKS = 125  # before the start, as it was fitted
_LEVELS = math.exp(2 * QUIETEST), math.exp(2 * LOUDEST)


def look(grid_hz: float) -> int:
    """... or, where grid points lie further apart, as many as there are when it is decided."""
    return min(LOOK, round(AHEAD_S * grid_hz))


class Hearing:
    """Writes `BandTrace.heard`: (C + STEP,) at each grid point: the latest state that is complete there, and at which
    of STEP places after its last point it is."""

    def __init__(self, grid_hz: float, network: Network | None = None) -> None:
        self._first, *self._layers = (_single(layer) for layer in (network or fitted()).hearing)
        self._back = round(_LOUDEST_OF_S * grid_hz)
        self._width = len(self._first.bias)
        self._places = np.eye(STEP)
        silence = np.tile(np.repeat((0.0, QUIETEST), (2 * len(BANDS), len(BANDS))), (_SILENT_BLOCKS, STEP))
        self._block = np.zeros((1, STEP * INPUTS), np.float32)
        self._pasts = [np.zeros((2 * 2**n, self._width), np.float32) for n in range(len(self._layers))]
        self._state = self._listen(silence.astype(np.float32))[-1:]
        self._start = self._block, tuple(self._pasts), self._state
        self.forget()

    def forget(self) -> None:
        """Nothing was heard before what comes."""
        self._points = 0  # heard since the start
        self._waiting = np.empty((0, INPUTS), np.float32)
        self._block, pasts, self._state = self._start
        self._pasts = list(pasts)

    def extend(self, trace: BandTrace, begin: int, end: int) -> None:
        """Hear the grid points from `begin` up to `end`, which follow those heard before."""
        if begin == end:
            return
        heard = np.concatenate((self._waiting, self.inputs(trace, begin, end)))
        steps = len(heard) // STEP
        self._waiting = heard[steps * STEP :]
        states = self._state
        if steps:
            states = np.concatenate((states, self._listen(heard[: steps * STEP].reshape(steps, -1))))
            self._state = states[-1:]
        complete = np.arange(self._points + 1, self._points + 1 + end - begin)
        place = complete % STEP
        self._points += end - begin
        number = complete // STEP
        trace.heard[begin:end, : self._width] = states[number - number[-1] - 1 + len(states)]
        trace.heard[begin:end, self._width :] = self._places[place]

    def inputs(self, trace: BandTrace, begin: int, end: int) -> Floats:
        """(end - begin, INPUTS): what the filters give with its sign, and each band's level."""
        loudest = sliding_max(trace.energy[begin - self._back : end], self._back + 1)[:, None]
        inputs = np.empty((end - begin, INPUTS), np.float32)
        signed, levels = inputs[:, : 2 * len(BANDS)], inputs[:, 2 * len(BANDS) :]
        np.multiply(trace.signed[begin:end], _STEEPNESS / np.sqrt(loudest), out=signed)
        _compress(signed)
        levels[:] = np.clip(trace.bands[begin:end, : len(BANDS)] / loudest, *_LEVELS)
        np.log(levels, out=levels)
        levels *= 0.5
        return inputs

    def _listen(self, blocks: Floats) -> Floats:
        blocks = np.concatenate((self._block, blocks))
        self._block = blocks[-1:]
        count = len(blocks) - 1
        state = self._first(np.concatenate((blocks[:-1], blocks[1:]), axis=1))
        np.tanh(state, out=state)
        for number, layer in enumerate(self._layers):
            reach = 2**number
            past = np.concatenate((self._pasts[number], state))
            self._pasts[number] = past[count:]
            added = layer(np.concatenate((past[:count], past[reach : reach + count], state), axis=1))
            state += np.tanh(added, out=added)
        return state


def sliding_max(values: FloatArray, width: int) -> FloatArray:
    """The highest of each `width` consecutive values, by spans that double."""
    span = 1
    while 2 * span <= width:
        values = np.maximum(values[:-span], values[span:])
        span *= 2
    rest = width - span
    return np.maximum(values[: len(values) - rest], values[rest:]) if rest else values


def _single(layer: Layer) -> Layer:
    return Layer(layer.weights.astype(np.float32), layer.bias.astype(np.float32))


def _compress(values: Floats) -> None:
    """The inverse hyperbolic sine, in place; numpy's own takes several times as long."""
    sizes = np.abs(values)
    sizes += np.sqrt(sizes * sizes + np.float32(1.0))
    np.copysign(np.log(sizes, out=sizes), values, out=values)
