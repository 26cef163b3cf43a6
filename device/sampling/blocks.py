"""From the sampler's messages to sample blocks on the session's grid."""

import math

import numpy as np

from device.recording.format.session_info import SideInfo, SignalInfo
from device.sampling.sampler import SampleMessage
from device.sampling.session_clock import Timeline
from drivers.frontend import LOST, FrontEndInfo, HeartSignal, LeadsOff, SideSignal
from dsp.types import Contact, SampleBlock, SideBlock, SignalKind

# The drivers know nothing of dsp, and dsp nothing of drivers: here the words of one become those of the other.
KINDS = {HeartSignal.ECG: SignalKind.ECG, HeartSignal.PPG: SignalKind.PPG}
_CONTACTS = {
    LeadsOff.POSITIVE: Contact.POSITIVE_OFF,
    LeadsOff.NEGATIVE: Contact.NEGATIVE_OFF,
    LeadsOff.FINGER: Contact.FINGER_OFF,
}
GAP_BLOCK_S = 1.0
LONGEST_FILLED_S = 60.0


def signal_of_front_end(info: FrontEndInfo) -> SignalInfo:
    """What a front end delivers, as the recording declares it."""
    side = tuple(SideInfo(s.label, s.fs_hz, s.unit, *_ends(s)) for s in info.side)
    return SignalInfo(KINDS[info.kind], info.fs_hz, info.unit, *_ends(info), info.name, side)


def _ends(signal: FrontEndInfo | SideSignal) -> tuple[float, float]:
    ends = (signal.min_count * signal.units_per_count, signal.max_count * signal.units_per_count)
    return min(ends), max(ends)


class Assembler:
    """Counts become the front end's unit, and NaN where a sample could not be read; skipped slots become NaN, in blocks
    of at most a second, and no more than the last minute of them: after a night without a sensor the index jumps.

    A chip that was away begins its count anew, as does its sampler; it is placed by the time. Where the word of that
    was dropped, as a full pipe drops it, an index that goes back tells.
    """

    def __init__(self, info: FrontEndInfo, timeline: Timeline) -> None:
        self._info = info
        self._timeline = timeline
        self._next: int | None = None
        self._counted = 0  # where the front end's own count stands
        self._first = 0  # where the latest message was placed
        self._side_origins: dict[int, tuple[int, int]] = {}
        self._away = False
        self.late = 0
        self.lost = 0

    def blocks(self, message: SampleMessage) -> list[SampleBlock]:
        """The message's samples as blocks, after blocks for what is missing before them."""
        if not len(message.counts):
            self._away |= bool(message.fault)
            return []
        self.late += message.late
        anew = self._info.clock == "chip" and (self._away or message.first_index < self._counted)
        self._counted = message.first_index + len(message.counts)
        first = self._timeline.place(message.first_index, len(message.counts), message.newest_ns, anew)
        self._first = first
        out = self._gap(first)
        values = message.counts.astype(np.float64) * self._info.units_per_count
        unread = message.counts == LOST
        values[unread] = np.nan
        lost = int(unread.sum())
        self.lost += lost
        out.append(SampleBlock(first, self._info.fs_hz, values, lost, contact_of(message.leads_off)))
        self._next, self._away = first + len(values), False
        return out

    def pause(self) -> None:
        """The sensor is switched off on purpose: nothing is missing between what was and what comes."""
        self._next, self._away = None, True

    def side_blocks(self, message: SampleMessage) -> list[SideBlock]:
        """The side samples of the message that `blocks` placed last, in order of their signals and of time."""
        found: dict[int, dict[int, float]] = {}
        for sample in message.side:
            value = sample.count * self._info.side[sample.signal].units_per_count
            found.setdefault(sample.signal, {})[self._side_index(sample.signal, self._first + sample.beside)] = value
        out = []
        for signal, values in sorted(found.items()):
            start = min(values)
            filled = np.array([values.get(index, np.nan) for index in range(start, max(values) + 1)])
            out.append(SideBlock(signal, start, self._info.side[signal].fs_hz, filled))
        return out

    def _side_index(self, signal: int, heart_index: int) -> int:
        """Where a side sample stands on its own grid. It is counted from the signal's first: samples that come evenly
        would else, by rounding, fall into one slot twice and into the next not at all."""
        rate = self._info.side[signal].fs_hz / self._info.fs_hz
        heart, own = self._side_origins.setdefault(signal, (heart_index, math.floor(heart_index * rate)))
        return own + round((heart_index - heart) * rate)

    def _gap(self, first: int) -> list[SampleBlock]:
        if self._next is None or first <= self._next:
            return []
        contact = Contact.SENSOR_GONE if self._away else Contact.GOOD
        self.lost += first - self._next
        step = max(1, round(GAP_BLOCK_S * self._info.fs_hz))
        starts = range(max(self._next, first - round(LONGEST_FILLED_S * self._info.fs_hz)), first, step)
        return [self._nothing(start, min(step, first - start), contact) for start in starts]

    def _nothing(self, start: int, count: int, contact: Contact) -> SampleBlock:
        return SampleBlock(start, self._info.fs_hz, np.full(count, np.nan), count, contact)


def contact_of(leads_off: LeadsOff) -> Contact:
    contact = Contact.GOOD
    for lead, meaning in _CONTACTS.items():
        if lead in leads_off:
            contact |= meaning
    return contact
