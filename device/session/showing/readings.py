"""What the sensor last told, and for how long that holds."""

import math
from collections import deque
from dataclasses import dataclass, field

from device.session.showing.heart_wave import heart_wave
from device.session.showing.trace import LiveTrace
from dsp.types import Contact, MetricsRow, RRInterval

BEATS_FOR_CONTACT = 3
BEATS_WITHIN_S = 5.0
RATE_FROM_S, RATE_BEATS = 15.0, 10
ROW_HOLDS_S = 3.0
INTERVALS_KEPT = 120
CHATTER_S = 1.0


@dataclass(slots=True)
class SensorReadings:
    """What the sensor last told."""

    contact: Contact = Contact.GOOD
    contact_since_s: float = -math.inf
    beat_s: float = -math.inf
    intervals: deque[RRInterval] = field(default_factory=lambda: deque(maxlen=INTERVALS_KEPT))
    row: MetricsRow | None = None
    row_s: float = -math.inf
    trace: LiveTrace = field(default_factory=LiveTrace)
    good_beats_s: deque[float] = field(default_factory=lambda: deque(maxlen=BEATS_FOR_CONTACT))
    _steady_since_s: float | None = None
    _loose_since_s: float | None = None

    def note_contact(self, contact: Contact, t_s: float) -> None:
        """`contact` is another than before. Good contact of less than `CHATTER_S` in between is none: what chatters is
        loose since it began to."""
        before_s, was_good = self.contact_since_s, not self.contact
        self.contact, self.contact_since_s = contact, t_s
        if not contact:
            return
        if self._loose_since_s is None or (was_good and t_s - before_s >= CHATTER_S):
            self._loose_since_s = t_s
        self.contact_since_s = self._loose_since_s

    def find_contact(self) -> None:
        """Begin anew to look for contact."""
        self.good_beats_s.clear()
        self._steady_since_s = None
        self.row = None

    def look(self, t_s: float) -> None:
        """Note since when the sensor has been readable: contact is good and beats were found in the last seconds."""
        beats = self.good_beats_s
        if self.contact or len(beats) < BEATS_FOR_CONTACT or t_s - beats[0] > BEATS_WITHIN_S:
            self._steady_since_s = None
        elif self._steady_since_s is None:
            self._steady_since_s = t_s

    def steady_s(self, t_s: float) -> float:
        """For how long the sensor had been readable at the last look, going on to `t_s`."""
        return 0.0 if self._steady_since_s is None else t_s - self._steady_since_s

    def take_row(self, row: MetricsRow, t_s: float) -> None:
        self.row, self.row_s = row, t_s

    def forget(self) -> None:
        """The sensor is gone: what it told before says nothing of now."""
        self.row = None
        self.intervals.clear()

    def row_now(self, t_s: float) -> MetricsRow | None:
        """The metrics of the last second; None where they came too long ago to be shown as of now."""
        return self.row if t_s - self.row_s <= ROW_HOLDS_S else None

    def hr_bpm(self, t_s: float) -> float:
        """The metrics row's mean heart rate; before there is one, that of the last `RATE_BEATS` intervals, none older
        than `RATE_FROM_S`; NaN without any, in an irregular rhythm, and where rows no longer come."""
        if self.row is not None and self.row_now(t_s) is None:
            return math.nan
        if self.row is not None and not math.isnan(self.row.mean_hr_bpm):
            return self.row.mean_hr_bpm
        newest = list(self.intervals)[-RATE_BEATS:]
        rr_ms = [i.rr_ms for i in newest if i.t_s > t_s - RATE_FROM_S]
        if not rr_ms or (self.row is not None and self.row.irregular_rhythm):
            return math.nan
        return 60000.0 * len(rr_ms) / sum(rr_ms)

    def wave(self, t_s: float) -> tuple[float, ...]:
        """The heart rate of the last seconds, drawn from beats."""
        return heart_wave(self.intervals, t_s)
