"""From the sampler's messages to sample blocks on the session's grid."""

import numpy as np

from device.recording.format.session_info import SignalInfo
from device.sampling.sampler import SampleMessage
from device.sampling.session_clock import Timeline
from drivers.frontend import FrontEndInfo, HeartSignal, LeadsOff
from dsp.types import Contact, SampleBlock, SignalKind

# The drivers know nothing of dsp, and dsp nothing of drivers: here the words of one become those of the other.
KINDS = {HeartSignal.ECG: SignalKind.ECG, HeartSignal.PPG: SignalKind.PPG}
_CONTACTS = {
    LeadsOff.POSITIVE: Contact.POSITIVE_OFF,
    LeadsOff.NEGATIVE: Contact.NEGATIVE_OFF,
    LeadsOff.FINGER: Contact.FINGER_OFF,
}
GAP_BLOCK_S = 1.0
LONGEST_GAP_S = 60.0


def signal_of_front_end(info: FrontEndInfo) -> SignalInfo:
    """What a front end delivers, as the recording declares it."""
    ends = sorted((info.min_count * info.units_per_count, info.max_count * info.units_per_count))
    return SignalInfo(KINDS[info.kind], info.fs_hz, info.unit, ends[0], ends[1], info.name)


class Assembler:
    """Counts become the front end's unit; skipped slots become NaN, in blocks of at most a second, and no more than
    the last minute of them: after a night without a sensor the index jumps.

    A chip that was away begins its count anew, as does its sampler; it is placed by the time. Where the word of that
    was dropped, as a full pipe drops it, an index that goes back tells.
    """

    def __init__(self, info: FrontEndInfo, timeline: Timeline) -> None:
        self._info = info
        self._timeline = timeline
        self._next: int | None = None
        self._counted = 0  # where the front end's own count stands
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
        out = self._gap(first)
        values = message.counts.astype(np.float64) * self._info.units_per_count
        out.append(SampleBlock(first, self._info.fs_hz, values, 0, contact_of(message.leads_off)))
        self._next, self._away = first + len(values), False
        return out

    def _gap(self, first: int) -> list[SampleBlock]:
        if self._next is None or first <= self._next:
            return []
        contact = Contact.SENSOR_GONE if self._away else Contact.GOOD
        self.lost += first - self._next
        step = max(1, round(GAP_BLOCK_S * self._info.fs_hz))
        starts = range(max(self._next, first - round(LONGEST_GAP_S * self._info.fs_hz)), first, step)
        return [self._nothing(start, min(step, first - start), contact) for start in starts]

    def _nothing(self, start: int, count: int, contact: Contact) -> SampleBlock:
        return SampleBlock(start, self._info.fs_hz, np.full(count, np.nan), count, contact)


def contact_of(leads_off: LeadsOff) -> Contact:
    contact = Contact.GOOD
    for lead, meaning in _CONTACTS.items():
        if lead in leads_off:
            contact |= meaning
    return contact
