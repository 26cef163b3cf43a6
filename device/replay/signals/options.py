"""Options that have nothing to decide in a file are refused: who gives one believes that it does something."""

from device.errors import UsageError


def refuse_options(what: str, *, signal: str | None = None, unit: str | None = None) -> None:
    """Raises UsageError where one of them is given for `what`, as "a FIT file", which holds a single list of beats in a
    unit of its own."""
    if signal is not None:
        raise UsageError(f"--signal {signal[:40]}: {what} has no signals to choose among; it is read without --signal")
    if unit is not None:
        raise UsageError(f"--unit {unit[:40]}: {what} has a unit of its own; it is read without --unit")
