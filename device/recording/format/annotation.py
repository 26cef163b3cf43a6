"""A text at a time: what an EDF+ annotation is, whoever reads or writes the file."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Annotation:
    """`onset_s` in recording time; `duration_s` is None for a moment."""

    onset_s: float
    text: str
    duration_s: float | None = None
