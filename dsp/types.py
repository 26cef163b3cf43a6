"""The values that flow through the pipeline.

Time is a sample index on the recording's grid; `t_s = index / fs_hz` counts from the recording's first sample.
"""

import enum
import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
ComplexArray = NDArray[np.complex128]

NAN = math.nan

TRUSTED_QUALITY = 0.5
"""A beat, its timing or a second of signal of at least this quality is trusted. Each detector defines what its 0.5
stands for."""
CONFIDENT_BREATHING = 0.5
"""A breathing rate of at least this confidence is shown and used."""
LONGEST_RR_MS = 3000.0
"""A longer interval (20 bpm) is a gap: nothing is known about it, and no window of a measure reaches across it. A
choice, not tuned."""
CREDIBLE_RANGE = 0.40
"""An interval further than this share off the minute's median is an artefact whatever its kind: before the classifier
knows a heart it lets a missed beat through, and one such doubles as a very calm minute. Chosen on bench.state's people
(docs/decisions/0006); breathing alone moves intervals by more than 20 %."""
METRICS_WINDOW_S = 60.0
"""The window of every live measure but coherence: the shortest that HRV stands in (Shaffer et al. 2020)."""


class SignalKind(enum.StrEnum):
    """What a heart signal is; the value is its word in files and on the command line."""

    ECG = "ecg"
    PPG = "ppg"

    @property
    def label(self) -> str:
        return self.name

    @property
    def unit(self) -> str:
        """What its samples are in: microvolts at the electrode, or counts of light."""
        return "uV" if self is SignalKind.ECG else "count"


class Contact(enum.Flag):
    """What is loose. `Contact.GOOD` means nothing is."""

    GOOD = 0
    POSITIVE_OFF = enum.auto()
    NEGATIVE_OFF = enum.auto()
    FINGER_OFF = enum.auto()
    SENSOR_GONE = enum.auto()


@dataclass(frozen=True, slots=True, eq=False)
class SampleBlock:
    """Consecutive samples of one signal.

    `values` is float64 of shape (n,): microvolts for ECG, counts for PPG; NaN in slots whose sample was lost.
    `lost` counts those slots. `contact` holds for the whole block.
    """

    first_index: int
    fs_hz: float
    values: FloatArray
    lost: int = 0
    contact: Contact = Contact.GOOD


@dataclass(frozen=True, slots=True, eq=False)
class SideBlock:
    """Consecutive samples of a signal beside the heart's, number `signal` of its sensor's; the grid is its own, but
    `first_index / fs_hz` is on the heart signal's time line.

    `values` is float64 of shape (n,), in the signal's own unit; NaN where there is none.
    """

    signal: int
    first_index: int
    fs_hz: float
    values: FloatArray


@dataclass(frozen=True, slots=True)
class Beat:
    """An R-peak (ECG) or the foot-to-peak upslope's steepest point (PPG), located below one sample.

    `quality` runs from 0 to 1; below 0.5 the beat should not be trusted to be one. `timing`, likewise, says how far its
    place can be trusted to some ms, as RMSSD asks: a pulse may be real and its place poor. `likeness`: how like the
    wearer's own beats its waveform is, 1 for the same shape and size, towards 0 and below for another (an ectopic or
    paced beat, an artefact). `place_sd_ms`: by how much its place may be off, as a standard deviation. Both NaN where
    nothing is known. `paced`: a pacemaker makes the beats of late. `placed_by`: what told its place, a number;
    places by different ones are not to be compared to some ms.
    """

    sample_index: float
    t_s: float
    quality: float
    timing: float = 1.0
    likeness: float = NAN
    place_sd_ms: float = NAN
    paced: bool = False
    placed_by: int = 0


class IntervalKind(enum.StrEnum):
    NORMAL = "normal"
    ECTOPIC = "ectopic"
    MISSED = "missed"
    EXTRA = "extra"
    LONG_SHORT = "long_short"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class RRInterval:
    """The time between two successive beats, as measured; never corrected.

    `t_s` is the closing beat's time. `number` grows by one from interval to interval and by more across a gap, so
    two intervals are adjacent exactly when their numbers differ by one. Not `timed`: heart rate may be read from it,
    variability may not. `sd_ms` is by how much it may be off, as a standard deviation, NaN where unknown; `doubt` the
    chance that it is normal though its kind says not, or the other way round. `own`: both its beats are known by their
    shape to be the wearer's own.
    """

    t_s: float
    rr_ms: float
    kind: IntervalKind
    number: int
    timed: bool = True
    sd_ms: float = NAN
    doubt: float = 0.0
    own: bool = False


@dataclass(frozen=True, slots=True)
class HrvSnapshot:
    """Time-domain HRV of the NN intervals of the last `window_s` seconds; NaN where there is no support."""

    t_s: float
    window_s: float
    nn_count: int
    spoilt_pct: float
    mean_hr_bpm: float = NAN
    sdnn_ms: float = NAN
    rmssd_ms: float = NAN
    pnn50_pct: float = NAN
    sdnn_sd_ms: float = NAN
    rmssd_sd_ms: float = NAN


class BreathKind(enum.StrEnum):
    INHALE = "inhale"
    EXHALE = "exhale"


@dataclass(frozen=True, slots=True)
class BreathPhase:
    """Where the guide is: `progress` runs from 0 to 1 within the inhale or the exhale."""

    kind: BreathKind
    progress: float
    breaths_per_min: float


class StateKind(enum.StrEnum):
    CALM = "calm"
    NEUTRAL = "neutral"
    ALARM = "alarm"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class WearerState:
    """`arousal` runs from 0 (calm) to 1 (on guard), NaN when unsure. `settling`: neutral, but clearly quieter than
    today's rest."""

    kind: StateKind
    confidence: float
    since_s: float
    arousal: float = NAN
    settling: bool = False


@dataclass(frozen=True, slots=True)
class StateInputs:
    """What the state may look at, once a second. `intervals` are those classified since the last second.

    `pace_breaths_per_min` is the guide's pace, NaN while breathing is free. `irregular_rhythm`: the rhythm is
    irregularly irregular, or a pacemaker's, and so unreadable for HRV. `hrv` covers the last 60 s. `tracked_hr_bpm`:
    the last minute's heart rate by the period that the detector follows, NaN where it is unsure or the intervals deny
    it.
    """

    t_s: float
    intervals: tuple[RRInterval, ...]
    hrv: HrvSnapshot
    quality: float
    contact: Contact
    irregular_rhythm: bool
    rsa_ms: float = NAN
    breaths_per_min: float = NAN
    breath_confidence: float = NAN
    pace_breaths_per_min: float = NAN
    tracked_hr_bpm: float = NAN


@dataclass(frozen=True, slots=True)
class MetricsRow:
    """One second of a session: everything from samples up to the whole second `t_s`; NaN where unsupported.

    `paced_rhythm`: a pacemaker made a part of the last minute's beats, so their variability is not the heart's.
    """

    t_s: float
    mean_hr_bpm: float = NAN
    rmssd_ms: float = NAN
    sdnn_ms: float = NAN
    rsa_ms: float = NAN
    coherence: float = NAN
    breaths_per_min: float = NAN
    breath_confidence: float = NAN
    quality: float = 0.0
    contact: Contact = Contact.GOOD
    irregular_rhythm: bool = False
    state: WearerState | None = None
    rmssd_sd_ms: float = NAN
    sdnn_sd_ms: float = NAN
    rsa_sd_ms: float = NAN
    paced_rhythm: bool = False


@dataclass(slots=True)
class Output:
    """What one push through the pipeline brought out, each list in time order."""

    beats: list[Beat] = field(default_factory=list)
    intervals: list[RRInterval] = field(default_factory=list)
    rows: list[MetricsRow] = field(default_factory=list)
