"""By what names a session leaves."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SessionNames:
    """Pseudonyms of wearer and session; `day` is how many days after the first dated session, None for one without a
    date."""

    wearer: str
    session: str
    day: int | None
