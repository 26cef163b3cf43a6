"""Having the USB gadget bound anew, which only root may do: a file that is touched, and a unit that waits for it."""

import logging
import os
from pathlib import Path

REBIND = "rebind-gadget"  # named in systemd/rolig-gadget-rebind.path
log = logging.getLogger(__name__)


def ask_to_rebind() -> None:
    """Outside the service there is no folder for it, and nobody who would."""
    folder = os.environ.get("RUNTIME_DIRECTORY")
    if folder is None:
        return
    try:
        Path(folder, REBIND).write_bytes(b"")
    except OSError as error:
        log.warning("the gadget cannot be bound anew: %s", error)
