"""What is known of one second before anything is judged: the reading, the rest that it is held against, a move."""

from dataclasses import dataclass

from dsp.state.rate_course import StepWatch
from dsp.state.readings import Reading, ReadingWindow, readable
from dsp.state.rest import Anchor, RestReading
from dsp.types import Contact, StateInputs

ARTEFACT_LIMIT_PCT = 5.0
"""Plain artefacts above which the state is unsure: a missed beat or an ectopic looks like calm."""


@dataclass(frozen=True, slots=True)
class Observed:
    """One second. `reading` is None where it cannot be read, `rest` before one was read. `moving`: heart rate has
    leapt. `beats_come`: there is contact and a signal, whether it can be read or not."""

    t_s: float
    quality: float
    irregular_rhythm: bool
    beats_come: bool
    reading: Reading | None = None
    rest: RestReading | None = None
    moving: bool = False


class Observer:
    """Turns each second's `StateInputs` into what is judged, by no threshold of the state's. `rest` as in
    `StateEstimator`."""

    def __init__(self, rest: RestReading | None = None) -> None:
        self.anchor = Anchor(rest)
        self._window = ReadingWindow()
        self._steps = StepWatch()

    def update(self, inputs: StateInputs) -> Observed:
        """Call once for every whole second."""
        self._steps.update(inputs)
        reading = self._window.update(inputs)
        self.anchor.add(inputs)
        rest = self.anchor.rest
        if reading is not None and (reading.artefact_pct > ARTEFACT_LIMIT_PCT or not readable(inputs)):
            reading = None
        if reading is not None:
            self.anchor.follow(reading)
        return Observed(
            inputs.t_s,
            inputs.quality,
            inputs.irregular_rhythm,
            inputs.contact == Contact.GOOD and inputs.quality > 0,
            reading,
            rest,
            self._steps.moving,
        )
