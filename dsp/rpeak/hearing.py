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
_ROOM = 4  # times what is remembered, until it is moved up (speed alone)
_LEVELS = math.exp(2 * QUIETEST), math.exp(2 * LOUDEST)


def look(grid_hz: float) -> int:
    """... or, where grid points lie further apart, as many as there are when it is decided."""
    return min(LOOK, round(AHEAD_S * grid_hz))


class Hearing:
    """Hears grid points in their order, and tells what it had heard by one of the latest."""

    def __init__(self, grid_hz: float, network: Network | None = None) -> None:
        self._first, *self._layers = (_single(layer) for layer in (network or fitted()).hearing)
        self._back = round(_LOUDEST_OF_S * grid_hz)
        self._look = look(grid_hz)
        self._width = len(self._first.bias)
        self._places = np.eye(STEP)
        self.remember(0)
        silence = np.tile(np.repeat((0.0, QUIETEST), (2 * len(BANDS), len(BANDS))), (_SILENT_BLOCKS, STEP))
        self._block = np.zeros((1, STEP * INPUTS), np.float32)
        self._pasts = [np.zeros((2 * 2**n, self._width), np.float32) for n in range(len(self._layers))]
        state = self._listen(silence.astype(np.float32))[-1]
        self._start = self._block, tuple(self._pasts), state
        self.forget()

    def remember(self, points: int) -> None:
        """From its next start on it can tell of so many of the latest grid points."""
        self._kept = points // STEP + 2

    def forget(self) -> None:
        """Nothing was heard before what comes."""
        self._points = 0  # heard since the start
        self._waiting = np.empty((0, INPUTS), np.float32)
        self._block, pasts, state = self._start
        self._pasts = list(pasts)
        self._states = np.empty((_ROOM * self._kept, self._width), np.float32)
        self._states[0] = state
        self._end = 1  # states in it

    def extend(self, trace: BandTrace, begin: int, end: int) -> None:
        """Hear the grid points from `begin` up to `end`, at least one, which follow those heard before."""
        self._points += end - begin
        heard = np.concatenate((self._waiting, self.inputs(trace, begin, end)))
        steps = len(heard) // STEP
        self._waiting = heard[steps * STEP :]
        if steps:
            self._keep(self._listen(heard[: steps * STEP].reshape(steps, -1)))

    def _keep(self, states: Floats) -> None:
        if self._end + len(states) > len(self._states):
            old = self._states[max(0, self._end - self._kept) : self._end]
            self._states = np.empty((_ROOM * (self._kept + len(states)), self._width), np.float32)
            self._states[: len(old)] = old
            self._end = len(old)
        self._states[self._end : self._end + len(states)] = states
        self._end += len(states)

    def at(self, points_ago: int) -> FloatArray:
        """(HEARD,) of a candidate that lies so many grid points before the last one heard: the latest state that is
        complete `look` points behind it, and at which of STEP places after its last point that is."""
        complete = self._points - points_ago + self._look
        state = self._states[self._end - 1 - (self._points // STEP - complete // STEP)]
        return np.concatenate((state, self._places[complete % STEP]), dtype=float)

    def inputs(self, trace: BandTrace, begin: int, end: int) -> Floats:
        """(end - begin, INPUTS): what the filters give with its sign, and each band's level."""
        loudest = sliding_max(trace.energy[begin - self._back : end], self._back + 1)[:, None]
        inputs = np.empty((end - begin, INPUTS), np.float32)
        sizes, levels = inputs[:, : 2 * len(BANDS)], inputs[:, 2 * len(BANDS) :]
        signed = (trace.signed[begin:end] * (_STEEPNESS / np.sqrt(loudest))).astype(np.float32)
        # The inverse hyperbolic sine; numpy's own takes several times as long.
        np.sqrt(signed * signed + np.float32(1.0), out=sizes)
        sizes += np.abs(signed)
        ratios = trace.bands[begin:end, : len(BANDS)] / loudest
        np.minimum(np.maximum(ratios, _LEVELS[0], out=ratios), _LEVELS[1], out=ratios)
        np.sqrt(ratios, out=levels)
        np.log(inputs, out=inputs)
        np.copysign(sizes, signed, out=sizes)
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
    """The highest of each `width` consecutive values; of so many at once that all have a stretch in common (after van
    Herk 1992, doi 10.1016/0167-8655(92)90069-C)."""
    found = []
    for first in range(0, len(values) - width + 1, width):
        part = values[first : first + 2 * width - 1]
        count = len(part) - width + 1
        before = np.maximum.accumulate(part[count - 1 :: -1])[::-1]
        after = np.maximum.accumulate(part[width - 1 :])
        np.maximum(after, np.maximum.reduce(part[count - 1 : width]), out=after)
        found.append(np.maximum(before, after, out=after))
    return found[0] if len(found) == 1 else np.concatenate(found)


def _single(layer: Layer) -> Layer:
    return Layer(layer.weights.astype(np.float32), layer.bias.astype(np.float32))
