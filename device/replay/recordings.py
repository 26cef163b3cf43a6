"""A recording in memory: samples of one signal, or beats."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

import numpy as np

from dsp.types import Beat, Contact, FloatArray, SampleBlock, SignalKind


@dataclass(frozen=True, slots=True, eq=False)
class SampledSignal:
    """`values` is float64 of shape (n,): uV for ECG, the file's own unit for PPG; NaN where a sample is missing.

    `contacts` holds (first index, contact) changes in order; contact is good before the first. A session of our own
    also tells its front end (`sensor`), its guide's (time_s, breaths_per_min) changes, and where its rest began.
    """

    kind: SignalKind
    label: str
    fs_hz: float
    values: FloatArray
    contacts: tuple[tuple[int, Contact], ...] = ()
    started: datetime | None = None
    sensor: str = ""
    pace: tuple[tuple[float, float], ...] = ()
    rest_s: float | None = None
    remarks: tuple[str, ...] = ()
    """What was found out, assumed or lost in reading, each a clause for the user."""
    missing_told: int = 0
    """Of the missing samples, those that `remarks` tell of already, or a session of our own in its events."""

    @property
    def duration_s(self) -> float:
        return len(self.values) / self.fs_hz

    def blocks(self, block_ms: float) -> Iterator[SampleBlock]:
        """The signal as blocks of `block_ms` (at least one sample), cut where the contact changes as well."""
        step = max(1, round(block_ms * self.fs_hz / 1000.0))
        changes = [*self.contacts, (len(self.values), Contact.GOOD)]
        contact, start = Contact.GOOD, 0
        for change_index, next_contact in changes:
            for first in range(start, change_index, step):
                values = self.values[first : min(first + step, change_index)]
                yield SampleBlock(first, self.fs_hz, values, int(np.count_nonzero(np.isnan(values))), contact)
            contact, start = next_contact, max(start, change_index)


@dataclass(frozen=True, slots=True)
class BeatList:
    """Beats found by others; their quality is 1 where the file gives none. No interval spans one of `breaks_s`, in
    order; `remarks` as in `SampledSignal`."""

    beats: list[Beat] = field(default_factory=list)
    started: datetime | None = None
    breaks_s: tuple[float, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def duration_s(self) -> float:
        return self.beats[-1].t_s if self.beats else 0.0


Recording = SampledSignal | BeatList
