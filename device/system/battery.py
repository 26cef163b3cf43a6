"""The battery's charge, from the kernel's fuel gauge."""

import logging
from pathlib import Path

log = logging.getLogger(__name__)


def charge_pct(gauge: Path) -> float:
    """What the file `gauge` holds. Raises OSError, and ValueError where that is no share in per cent."""
    pct = float(gauge.read_text(encoding="ascii"))
    if not 0.0 <= pct <= 100.0:
        raise ValueError(f"{pct:g} is no share in per cent")
    return pct


class Battery:
    """`gauge` is a file that holds the charge in per cent, None where there is no gauge."""

    def __init__(self, gauge: Path | None, low_pct: int) -> None:
        self._gauge = gauge
        self._low_pct = low_pct

    def is_low(self) -> bool:
        """Whether the gauge says `low_pct` per cent or less. One that cannot be read says nothing."""
        if self._gauge is None:
            return False
        try:
            return charge_pct(self._gauge) <= self._low_pct
        except (OSError, ValueError) as error:
            log.debug("battery gauge: %s", error)
            return False
