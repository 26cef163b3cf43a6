"""The battery's charge, from the kernel's fuel gauge."""

import logging
from pathlib import Path

log = logging.getLogger(__name__)


def is_low(gauge: Path, low_pct: int) -> bool:
    """Whether the file `gauge` says `low_pct` per cent or less. A gauge that cannot be read says nothing."""
    try:
        return int(gauge.read_text(encoding="ascii")) <= low_pct
    except (OSError, ValueError) as error:
        log.debug("battery gauge: %s", error)
        return False
