"""The numbers that come once a second, one row each. From here come the EDF's signals, the columns of `rolig replay`
and of the export, and what the report's page is given.

A new metric is its computation (a field of `MetricsRow`), a row of `METRICS`, and a lane in
`host/report_page/plots.js`.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dsp.hrv.coherence import FFT_POINTS, WINDOW_S
from dsp.hrv.spectrum import RESAMPLE_HZ
from dsp.types import Contact, MetricsRow, StateKind, WearerState

COHERENCE_HOW = f"Hann {WINDOW_S:g} s at {RESAMPLE_HZ:g} Hz, zero-padded to {FFT_POINTS}"
STATE_CODES = {
    (StateKind.CALM, False): 1.0,
    (StateKind.NEUTRAL, False): 2.0,
    (StateKind.ALARM, False): 3.0,
    (StateKind.UNSURE, False): 4.0,
    (StateKind.NEUTRAL, True): 5.0,
}
_STATES = {code: state for state, code in STATE_CODES.items()}
STATE_WORDS = {int(code): "settling" if settling else kind.value for (kind, settling), code in STATE_CODES.items()}
IRREGULAR, PACED = 1.0, 2.0
"""Of the rhythm's signal."""
_OFF = "by how much {} may be off, as one standard deviation"
_ALL_CONTACTS = sum(contact.value for contact in Contact)


@dataclass(frozen=True, slots=True)
class Metric:
    """A number of a second, and in a few words its `meaning`. `name` is that of its column in tables and, unless `code`
    makes it, of its field in `MetricsRow`. In the EDF it is the signal `label`, in steps of `step`; `how` it is made
    stands in the header, where EDF has the filters. A replay's table shows `decimals`, and last what was `appended` to
    it later; the report's page is given what is `plotted`."""

    name: str
    label: str
    unit: str
    step: float
    meaning: str
    decimals: int = 3
    how: str = ""
    plotted: bool = False
    appended: bool = False
    code: Callable[[MetricsRow], float] | None = None

    def value(self, row: MetricsRow) -> float:
        return float(getattr(row, self.name)) if self.code is None else self.code(row)


def state_code(state: WearerState | None) -> float:
    if state is None:
        return math.nan
    return STATE_CODES[state.kind, state.settling and state.kind is StateKind.NEUTRAL]


def rhythm_code(row: MetricsRow) -> float:
    return PACED if row.paced_rhythm else float(row.irregular_rhythm)


METRICS = (
    Metric("mean_hr_bpm", "HR", "bpm", 0.01, "heart rate, the mean over the last 60 s", plotted=True),
    Metric("rmssd_ms", "RMSSD", "ms", 0.05, "of the normal, well timed intervals of the last 60 s"),
    Metric("sdnn_ms", "SDNN", "ms", 0.05, "of the normal, well timed intervals of the last 60 s"),
    Metric("rsa_ms", "RSA", "ms", 0.05, "swing of the intervals with the breath, peak to trough", plotted=True),
    Metric(
        "coherence",
        "Coherence",
        "",
        0.01,
        "power of the spectrum's peak against the rest",
        decimals=4,
        how=COHERENCE_HOW,
        plotted=True,
    ),
    Metric("breaths_per_min", "Breathing rate", "1/min", 0.01, "breathing as measured", plotted=True),
    Metric("breath_confidence", "Breathing conf", "", 0.0001, "how sure that is, 0 to 1", plotted=True),
    Metric("quality", "Quality", "", 0.0001, "of the signal, 0 to 1; below 0.5 is low", plotted=True),
    Metric(
        "contact",
        "Contact",
        "",
        1.0,
        "0 nothing loose; else the sum of 1 positive electrode, 2 negative electrode, 4 finger, 8 sensor gone",
        code=lambda row: float(row.contact.value),
    ),
    Metric(
        "irregular",
        "Irregular",
        "",
        1.0,
        "1 the rhythm is irregular, 2 a pacemaker makes it, 0 neither",
        code=rhythm_code,
    ),
    Metric(
        "arousal",
        "Arousal",
        "",
        0.0001,
        "0 calm to 1 on guard",
        decimals=4,
        code=lambda row: row.state.arousal if row.state else math.nan,
    ),
    Metric(
        "state",
        "State",
        "",
        1.0,
        ", ".join(f"{code} {word}" for code, word in STATE_WORDS.items()),
        plotted=True,
        code=lambda row: state_code(row.state),
    ),
    Metric("rmssd_sd_ms", "RMSSD SD", "ms", 0.05, _OFF.format("RMSSD"), appended=True),
    Metric("sdnn_sd_ms", "SDNN SD", "ms", 0.05, _OFF.format("SDNN"), appended=True),
    Metric("rsa_sd_ms", "RSA SD", "ms", 0.05, _OFF.format("RSA"), plotted=True, appended=True),
)
"""In the order of the EDF's signals."""
NUMBERS = tuple(metric for metric in METRICS if metric.code is None)


def row_of(t_s: float, values: Mapping[str, float]) -> MetricsRow | None:
    """The row back from its values by name; None for a second without one. A name that `values` lacks is unknown, as in
    a file older than the metric. A state's confidence and onset are not kept."""
    if math.isnan(values["quality"]):
        return None
    told = {metric.name: values.get(metric.name, math.nan) for metric in METRICS}
    return MetricsRow(
        t_s,
        **{metric.name: told[metric.name] for metric in NUMBERS},
        contact=contact_of_code(told["contact"]),
        irregular_rhythm=told["irregular"] == IRREGULAR,
        paced_rhythm=told["irregular"] == PACED,
        state=_state(told["state"], told["arousal"]),
    )


def contact_of_code(code: float) -> Contact:
    """A bit without a meaning here, from a newer version, is something loose: it counts as no signal at all. An unknown
    code counts as good."""
    if math.isnan(code):
        return Contact.GOOD
    known = Contact(int(code) & _ALL_CONTACTS)
    return known if int(code) == known.value else known | Contact.SENSOR_GONE


def _state(code: float, arousal: float) -> WearerState | None:
    if code not in _STATES:
        return None
    kind, settling = _STATES[code]
    return WearerState(kind, math.nan, math.nan, arousal, settling)
