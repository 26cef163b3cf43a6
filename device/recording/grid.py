"""The recording's grid: samples without holes, and values that hold until the next."""

import math
from collections import deque
from typing import Generic, TypeVar

import numpy as np

from device.recording.format.annotation import Annotation
from device.recording.format.vocabulary import LOST, compose
from dsp.types import Contact, FloatArray

Value = TypeVar("Value")
_SAME_S = 1e-6
_JOIN_S = 1.0


class SampleBuffer:
    """Samples on their grid; skipped slots are filled with NaN. `end` counts from the recording's first sample."""

    def __init__(self, first_index: int) -> None:
        self._first_index = first_index
        self._parts: deque[FloatArray] = deque()
        self.end = 0

    def push(self, first_index: int, values: FloatArray) -> int:
        """Returns how many slots were skipped. ValueError where `first_index` lies in the past."""
        missing = first_index - self._first_index - self.end
        if missing < 0:
            raise ValueError(f"a block begins at {first_index}, {-missing} samples before the end of the last")
        if missing:
            self._parts.append(np.full(missing, np.nan))
        self._parts.append(values)
        self.end += missing + len(values)
        return missing

    def take(self, count: int) -> FloatArray:
        """The oldest `count` samples, NaN for those that have not come."""
        taken = np.full(count, np.nan)
        filled = 0
        while filled < count and self._parts:
            part = self._parts.popleft()
            use = min(len(part), count - filled)
            taken[filled : filled + use] = part[:use]
            filled += use
            if use < len(part):
                self._parts.appendleft(part[use:])
        return taken


class SideSlots:
    """Values of a side signal by their slot in the recording; a slot that was taken is past."""

    def __init__(self, fs_hz: float) -> None:
        self._fs_hz = fs_hz
        self._values: dict[int, float] = {}
        self._taken = 0

    def put(self, t_s: float, value: float) -> None:
        """The value for the slot that `t_s` is in, unless it is unknown or comes too late."""
        slot = math.floor(t_s * self._fs_hz + _SAME_S)
        if slot >= self._taken and not math.isnan(value):
            self._values[slot] = value

    def take(self, count: int) -> FloatArray:
        """The next `count` slots, NaN where nothing was put."""
        slots = range(self._taken, self._taken + count)
        self._taken += count
        return np.array([self._values.pop(slot, math.nan) for slot in slots])


class HeldValues(Generic[Value]):
    """Values in order of time, each good for less than `hold_s`."""

    def __init__(self, hold_s: float) -> None:
        self._hold_s = hold_s
        self._waiting: deque[tuple[float, Value]] = deque()
        self._latest: tuple[float, Value] | None = None

    def push(self, t_s: float, value: Value) -> None:
        self._waiting.append((t_s, value))

    def at(self, t_s: float) -> Value | None:
        """The latest value up to `t_s`; `t_s` may not run backwards from call to call."""
        while self._waiting and self._waiting[0][0] <= t_s + _SAME_S:
            self._latest = self._waiting.popleft()
        if self._latest is None or self._latest[0] <= t_s - self._hold_s + _SAME_S:
            return None
        return self._latest[1]


class LostSamples:
    """Annotations of lost samples; losses less than a second apart become one annotation with their count."""

    def __init__(self, fs_hz: float) -> None:
        self._fs_hz = fs_hz
        self._first = self._last = self._count = 0

    def push(self, start: int, missing: int, values: FloatArray) -> list[Annotation]:
        """`missing` slots skipped from `start` on, then `values`, NaN where lost."""
        lost = np.flatnonzero(np.isnan(values)) + missing
        count = missing + len(lost)
        end = start + missing + len(values)
        done = []
        if count:
            first = start if missing else start + int(lost[0])
            last = start + (int(lost[-1]) if len(lost) else missing - 1)
            if self._count and first - self._last > _JOIN_S * self._fs_hz:
                done = self.finish()
            if not self._count:
                self._first = first
            self._last = last
            self._count += count
        elif self._count and end - self._last > _JOIN_S * self._fs_hz:
            done = self.finish()
        return done

    def finish(self) -> list[Annotation]:
        """The annotation of a loss that had not ended yet."""
        if not self._count:
            return []
        span_s = (self._last - self._first + 1) / self._fs_hz
        note = Annotation(self._first / self._fs_hz, compose(LOST, n=self._count), span_s)
        self._count = 0
        return [note]


CONTACT_BACK_S = 1.0


class ContactNotes:
    """When something came loose and when all was good again. It is good again after a second without anything loose,
    from that second's beginning: an electrode that chatters is loose all the while, and costs one note."""

    def __init__(self) -> None:
        self._told: Contact | None = None
        self._good_since_s: float | None = None

    def push(self, t_s: float, contact: Contact) -> list[tuple[float, Contact]]:
        """The changes that are certain by now, in order of time. `contact` holds from `t_s`."""
        if contact or self._told is None or not self._told:
            self._good_since_s = None
            told = contact if not self._told else self._told | contact
            if told == self._told:
                return []
            self._told = told
            return [(t_s, told)]
        if self._good_since_s is None:
            self._good_since_s = t_s
        return self._good(t_s)

    def finish(self, t_s: float) -> list[tuple[float, Contact]]:
        """What is left when the recording ends at `t_s`."""
        return self._good(t_s)

    def _good(self, t_s: float) -> list[tuple[float, Contact]]:
        since_s = self._good_since_s
        if since_s is None or t_s - since_s < CONTACT_BACK_S:
            return []
        self._told, self._good_since_s = Contact.GOOD, None
        return [(since_s, Contact.GOOD)]
