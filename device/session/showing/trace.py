"""The live trace: the newest seconds of signal as one vertical stroke per pixel column, swept like a monitor."""

import math
from dataclasses import dataclass

import numpy as np

from dsp.types import SampleBlock

COLUMNS = 128
SWEEP_S = 3.2
GAP_COLUMNS = 6


@dataclass(frozen=True, slots=True)
class TraceColumn:
    """The lowest and highest value in one column, on a scale from 0 (the sweep's lowest) to 1."""

    low: float
    high: float


class LiveTrace:
    """Feed it sample blocks; `columns()` is what the screen shows. A column without samples is None."""

    def __init__(self) -> None:
        self._low = np.full(COLUMNS, math.nan)
        self._high = np.full(COLUMNS, math.nan)
        self._column = 0

    def add(self, block: SampleBlock) -> None:
        samples_per_column = block.fs_hz * SWEEP_S / COLUMNS
        at = ((block.first_index + np.arange(len(block.values))) / samples_per_column).astype(np.int64)
        for column in np.unique(at):
            values = block.values[at == column]
            values = values[np.isfinite(values)]
            if len(values):
                self._put(int(column), float(values.min()), float(values.max()))

    def columns(self, inverted: bool = False) -> tuple[TraceColumn | None, ...]:
        """The sweep from left to right, with a gap ahead of the newest column; `inverted`: upside down."""
        low, high = self._low.copy(), self._high.copy()
        ahead = (self._column + 1 + np.arange(GAP_COLUMNS)) % COLUMNS
        low[ahead] = high[ahead] = math.nan
        if np.isnan(low).all():
            return (None,) * COLUMNS
        if inverted:
            low, high = -high, -low
        bottom, top = float(np.nanmin(low)), float(np.nanmax(high))
        span = max(top - bottom, 1e-9)
        return tuple(
            None if math.isnan(a) else TraceColumn((a - bottom) / span, (b - bottom) / span)
            for a, b in zip(low.tolist(), high.tolist(), strict=True)
        )

    def _put(self, column: int, low: float, high: float) -> None:
        place = column % COLUMNS
        if column != self._column or math.isnan(self._low[place]):
            self._low[place], self._high[place] = low, high
        else:
            self._low[place] = min(self._low[place], low)
            self._high[place] = max(self._high[place], high)
        self._column = column
