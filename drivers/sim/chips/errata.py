"""What is known of a chip beyond its register map, as each model says it of its own chip."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Erratum:
    """A quirk that the model has, by a name that its test carries too, in words, and where it is known from."""

    name: str
    says: str
    source: str
