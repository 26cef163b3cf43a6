"""The tables of an export, a row a column: its name, where in a session's summary it comes from, what it means.

Left out on purpose: the waveform, which can tell people apart, and every name, free text and machine identity.
"""

from dataclasses import dataclass
from typing import Literal

from device.recording.format.metrics import METRICS, STATE_WORDS
from device.recording.format.summary_keys import (
    AFTER,
    BEFORE,
    CHECK_IN_ANSWERS,
    HRV_NUMBERS,
    PLAN_NUMBERS,
    PRACTICE_NUMBERS,
    STATE_SECONDS,
    TRANSFER_NUMBERS,
    TRIAL_NUMBERS,
)
from dsp.types import IntervalKind

Kind = Literal["text", "number", "count", "truth", "time"]
_UNITS = {
    "_ms": "ms",
    "_s": "s",
    "_pct": "%",
    "_bpm": "bpm",
    "_ms2": "ms^2",
    "_hz": "Hz",
    "minutes": "min",
    "_per_min": "1/min",
}


@dataclass(frozen=True, slots=True)
class Column:
    """`path` is where the value stands in summary.json, empty where it is reckoned or read elsewhere."""

    name: str
    kind: Kind
    meaning: str
    path: tuple[str, ...] = ()
    stated_unit: str = ""

    @property
    def unit(self) -> str:
        """Empty for a text, and for a number without one."""
        of_name = next((unit for suffix, unit in _UNITS.items() if self.name.endswith(suffix)), "")
        return self.stated_unit or of_name


def _plain(name: str, kind: Kind, meaning: str) -> Column:
    return Column(name, kind, meaning, (name,))


def _part(prefix: str, part: str, names: tuple[str, ...], kind: Kind, meaning: str) -> tuple[Column, ...]:
    return tuple(Column(prefix + name, kind, meaning, (part, name)) for name in names)


SESSION = Column("session", "text", "pseudonym of the session")
SESSIONS = (
    SESSION,
    Column("started_shifted", "time", "local start, moved by whole weeks and cut to the hour"),
    Column("kind", "text", "session, the guide alone (help or evening), or a reading in the morning"),
    _plain("signal", "text", "ecg or ppg"),
    _plain("source", "text", "sensor, simulated or replay"),
    _plain("software", "text", "program and version"),
    _plain("algorithm", "text", "version of the signal processing"),
    _plain("clock_trust", "text", "how far its date was known: unknown, saved, set, synchronised or file"),
    _plain("length_s", "number", "length of the recording"),
    _plain("end_reason", "text", "why it ended"),
    _plain("recovered", "truth", "closed after a power cut"),
    _plain("beats", "count", "beats found"),
    *(
        Column(f"intervals_{kind}", "count", "intervals of that kind", ("intervals", kind.value))
        for kind in IntervalKind
    ),
    _plain("lost_samples", "count", "samples lost"),
    _plain("late_samples", "count", "samples taken more than 1 ms after their slot"),
    _plain("measured_rate_hz", "number", "the sensor's rate, against the machine's clock"),
    _plain("contact_pct", "number", "share of time with good contact"),
    *_part("", "hrv_nn", HRV_NUMBERS, "number", "of the NN intervals of the whole session"),
    *_part("all_", "hrv_all", HRV_NUMBERS, "number", "of all intervals of the whole session, as measured"),
    Column("rest_ln_rmssd", "number", "ln of RMSSD in ms in the last minute of rest, NN only; of ppg from 18 ms"),
    Column("rest_mean_hr_bpm", "number", "heart rate in the last minute of rest"),
    Column("posture", "text", "of a morning reading, as the wearer says: lying, sitting or standing"),
    Column("morning_ln_rmssd", "number", "ln of RMSSD in ms of a morning reading's last two minutes, NN only"),
    Column("morning_mean_hr_bpm", "number", "heart rate in the same two minutes"),
    *(Column(f"state_{n}_s", "number", "seconds in that state", ("state_s", n)) for n in STATE_SECONDS),
    _plain("irregular_s", "number", "seconds whose intervals were irregularly irregular"),
    _plain("paced_s", "number", "seconds in whose last minute a pacemaker made a fifth of the beats or more"),
    *_part("", "practice", PRACTICE_NUMBERS, "number", "as in summary.json, practice"),
    *_part("plan_", "plan", PLAN_NUMBERS, "count", "the plan's, where it was followed"),
    Column("trial_arm", "text", "what the experiment of one's own drew: resonance, fast or quiet", ("trial", "arm")),
    *_part("trial_", "trial", TRIAL_NUMBERS, "count", "of that experiment: seed, number of its day from 0, minutes"),
    *_part("transfer_", "transfer", TRANSFER_NUMBERS, "number", "of a minute without a guide, as in summary.json"),
    *(Column(f"{what}_{when}", "count", "check-in, 1 to 5") for when in (BEFORE, AFTER) for what in CHECK_IN_ANSWERS),
)
LEFT_OUT = {
    "version": "of the file, not of the session",
    "started_utc": "a date; started_shifted stands for it",
    "boot_id": "a machine's",
    "started_boottime_s": "a machine's",
    "check_ins": "its answers are columns; when they were given is in the events",
}
"""What of summary.json is in no column of `SESSIONS`, and why."""
BEATS = (
    SESSION,
    Column("t_s", "number", "time of the beat from the session's first sample"),
    Column("quality", "number", "0 to 1; below 0.5 not to be trusted"),
    Column("rr_ms", "number", "the interval that ends with this beat, as measured"),
    Column("rr_kind", "text", "normal, ectopic, missed, extra, long_short or unreadable"),
    Column("rr_timed", "truth", "false: a true pulse interval timed too poorly for variability; not in RMSSD and SDNN"),
    Column("rr_number", "count", "two intervals are neighbours if their numbers differ by one"),
    Column("rr_sd_ms", "number", "by how much it may be off, as one standard deviation"),
    Column("rr_doubt", "number", "chance that it is normal though its kind says not, or the other way round"),
)
_CODED = {
    "contact": Column("contact", "count", next(metric.meaning for metric in METRICS if metric.name == "contact")),
    "irregular": Column("irregular", "truth", "irregularly irregular rhythm"),
    "state": Column("state", "text", ", ".join(STATE_WORDS.values())),
}
METRICS_TABLE = (
    SESSION,
    Column("t_s", "number", "end of the second that the row is about"),
    *(Column(m.name, "number", m.meaning, stated_unit=m.unit) for m in METRICS if m.name not in _CODED),
    *_CODED.values(),
    Column("paced", "truth", "a pacemaker makes the rhythm"),
)
EVENTS = (
    SESSION,
    Column("note", "count", "number of the note in the session; a note has a row for each of its keys"),
    Column("t_s", "number", "time from the session's first sample"),
    Column("duration_s", "number", "how long it lasted; 0 for a moment"),
    Column("event", "text", "phase, pace, posture, check_in, plan, trial, contact, state, lost, rate, fault, end, ..."),
    Column("key", "text", "what of it, such as the name of a phase; none where there is nothing to tell"),
    Column("value", "text", "as noted: docs/recording-format.md has the words and keys"),
)
TABLES = {"sessions": SESSIONS, "beats": BEATS, "metrics": METRICS_TABLE, "events": EVENTS}
