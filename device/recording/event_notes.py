"""The session's events as annotations, and back."""

from device.recording.format.annotation import Annotation
from device.recording.format.summary_keys import CHECK_IN_ANSWERS, PLAN_NUMBERS, TRIAL_NUMBERS
from device.recording.format.vocabulary import CHECK_IN, FAULT, PACE, PHASE, PLAN, POSTURE, TRIAL, Note, compose
from device.session.events import (
    ArmDrawn,
    CheckIn,
    Event,
    PaceChanged,
    Phase,
    PhaseChanged,
    PlanFollowed,
    PostureTold,
    SensorFault,
)


def event_note(event: Event) -> Annotation | None:
    """None for what samples and rows tell already: contact, states, and the end, which is closing."""
    match event:
        case PhaseChanged():
            text = compose(PHASE, name=event.phase.value)
        case PaceChanged():
            text = compose(PACE, breaths_per_min=round(event.breaths_per_min, 5), cause=event.cause)
        case CheckIn():
            answers = {name: getattr(event, name) for name in CHECK_IN_ANSWERS}
            text = compose(CHECK_IN, when=event.when, **answers)
        case PostureTold():
            text = compose(POSTURE, name=event.posture.value)
        case PlanFollowed():
            text = compose(PLAN, **{name: getattr(event, name) for name in PLAN_NUMBERS})
        case ArmDrawn():
            text = compose(TRIAL, **{name: getattr(event, name) for name in TRIAL_NUMBERS}, arm=event.arm)
        case SensorFault():
            text = compose(FAULT, text=event.text)
        case _:
            return None
    return Annotation(max(0.0, event.t_s), text)


def phase_of(note: Note, onset_s: float) -> tuple[float, Phase]:
    return onset_s, Phase(note.fields["name"])


def check_in_of(note: Note, onset_s: float) -> CheckIn:
    answers = {name: int(note.fields[name]) for name in CHECK_IN_ANSWERS if name in note.fields}
    return CheckIn(onset_s, note.fields["when"], **answers)
