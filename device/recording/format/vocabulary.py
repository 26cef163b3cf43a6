"""The text of a session's annotations: a word, then `key=value` pairs. `docs/recording-format.md` lists them.

Values hold no spaces, but for `text`, which comes last and runs to the end. A key without support is left out.
"""

import math
from dataclasses import dataclass, field
from datetime import UTC

from device.recording.format.annotation import Annotation
from device.recording.format.session_info import SessionInfo
from dsp.types import NAN, Beat, Contact, IntervalKind, RRInterval, WearerState

BEAT, RR, PPI = "beat", "rr", "ppi"
LOST, CONTACT, PHASE, PACE, STATE = "lost", "contact", "phase", "pace", "state"
CHECK_IN, POSTURE, FAULT, CLOCK, INFO, RATE = "check_in", "posture", "fault", "clock", "info", "rate"
PLAN, TRIAL = "plan", "trial"
END, RECOVERED, UNVERIFIED = "end", "recovered", "unverified"

REST = "rest"
"""The phase, by its name in `phase`, in which the wearer's rest is read."""
ALONE = ("help", "evening")
"""The phases, and kinds of session, that are the guide alone."""
MORNING = "morning"
"""The phase, and kind of session, that is a morning reading."""
SUMMARY = "summary"
"""The phase that follows what was finished."""
LONGEST_MS, LARGEST_COUNT = 1e9, 2**31 - 1
"""Beyond these an interval, or a number of anything, is damaged."""
SMALLEST_DOUBT = 0.0005
"""A smaller one is not recorded."""
SLOWEST_PACE, FASTEST_PACE = 1.0, 60.0
_CONTACT_WORDS = {
    Contact.POSITIVE_OFF: "positive_off",
    Contact.NEGATIVE_OFF: "negative_off",
    Contact.FINGER_OFF: "finger_off",
    Contact.SENSOR_GONE: "sensor_gone",
}


@dataclass(frozen=True, slots=True)
class Note:
    """An annotation's text, parsed."""

    word: str
    fields: dict[str, str] = field(default_factory=dict)


def compose(word: str, **fields: object) -> str:
    """The text of a note; None and NaN are left out."""
    parts = [word]
    for key, value in fields.items():
        if value is None or (isinstance(value, float) and math.isnan(value)):
            continue
        text = str(value)
        parts.append(f"{key}={text if key == 'text' else text.replace(' ', '_')}")
    return " ".join(parts)


def parse_note(text: str) -> Note:
    """The reverse of `compose`. Any text parses; a text of another form gives a word outside the list."""
    head, has_text, free = text.partition(" text=")
    word, *pairs = head.split(" ")
    fields = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    return Note(word, fields | {"text": free} if has_text else fields)


def info_note(info: SessionInfo) -> Annotation:
    """What the header has no room for."""
    signal = info.signal
    about_signal: dict[str, object] = {}
    if signal is not None:
        about_signal = {"kind": signal.kind, "fs_hz": f"{signal.fs_hz:.6f}", "sensor": signal.sensor or None}
    text = compose(INFO, software=info.software, algorithm=info.algorithm, source=info.source, **about_signal)
    return Annotation(0.0, text)


def clock_note(info: SessionInfo) -> Annotation:
    """When sample 0 was, and how far that can be trusted."""
    started = info.started and f"{info.started.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"
    boottime_s = None if info.started_boottime_s is None else round(info.started_boottime_s, 3)
    trust = info.clock_trust.value
    text = compose(CLOCK, trust=trust, started_utc=started, boottime_s=boottime_s, boot_id=info.boot_id or None)
    return Annotation(0.0, text)


def beat_note(beat: Beat) -> Annotation:
    return Annotation(beat.t_s, compose(BEAT, q=f"{beat.quality:.3f}"))


def interval_note(interval: RRInterval, of_pulse: bool = False) -> Annotation:
    """Between pulses it is called a pulse interval: it also contains the changes of the pulse's transit time."""
    text = compose(
        PPI if of_pulse else RR,
        ms=f"{interval.rr_ms:.3f}",
        kind=interval.kind.value,
        n=interval.number,
        timed=None if interval.timed else 0,
        sd=None if math.isnan(interval.sd_ms) else f"{interval.sd_ms:.2f}",
        doubt=None if interval.doubt < SMALLEST_DOUBT else f"{interval.doubt:.4f}",
    )
    return Annotation(interval.t_s, text)


def beat_of(note: Note, onset_s: float, fs_hz: float) -> Beat:
    return Beat(onset_s * fs_hz, onset_s, quality_of(note))


def quality_of(note: Note) -> float:
    """Of a beat, NaN where it was not known. Raises KeyError, and ValueError for what is no quality."""
    quality = float(note.fields["q"])
    if quality < 0.0 or quality > 1.0:
        raise ValueError(f"a quality of {quality}")
    return quality


def interval_of(note: Note, onset_s: float) -> RRInterval:
    """Raises KeyError, ValueError: also where a damaged digit makes it longer than any session."""
    fields = note.fields
    rr_ms, number = float(fields["ms"]), int(fields["n"])
    if not 0.0 < rr_ms <= LONGEST_MS or abs(number) > LARGEST_COUNT:
        raise ValueError(f"an interval of {rr_ms} ms, number {number}")
    sd_ms = float(fields["sd"]) if "sd" in fields else NAN
    doubt = float(fields.get("doubt", "0"))
    if sd_ms < 0 or not 0 <= doubt <= 1:
        raise ValueError(f"an interval off by {sd_ms} ms, of a doubt of {doubt}")
    timed = fields.get("timed") != "0"
    return RRInterval(onset_s, rr_ms, IntervalKind(fields["kind"]), number, timed, sd_ms, doubt)


def contact_note(t_s: float, contact: Contact) -> Annotation:
    words = [word for flag, word in _CONTACT_WORDS.items() if flag in contact]
    return Annotation(t_s, compose(CONTACT, off=",".join(words) or "none"))


def contact_of(note: Note) -> Contact:
    """A word that is not known here, from a newer version, is something loose: it counts as no signal at all."""
    told = note.fields["off"].split(",")
    unknown = set(told) - {"none", *_CONTACT_WORDS.values()}
    contact = Contact.SENSOR_GONE if unknown else Contact.GOOD
    for flag, word in _CONTACT_WORDS.items():
        if word in told:
            contact |= flag
    return contact


def state_note(t_s: float, state: WearerState) -> Annotation:
    return Annotation(t_s, compose(STATE, kind=state.kind.value, settling=int(state.settling)))


def pace_of(note: Note, onset_s: float) -> tuple[float, float]:
    """(time_s, breaths_per_min), NaN where the guide stops. ValueError for what no guide leads at."""
    breaths_per_min = float(note.fields.get("breaths_per_min", "nan"))
    if not (math.isnan(breaths_per_min) or SLOWEST_PACE <= breaths_per_min <= FASTEST_PACE):
        raise ValueError(f"a pace of {breaths_per_min} breaths per minute")
    return onset_s, breaths_per_min
