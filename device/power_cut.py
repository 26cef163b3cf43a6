"""What systemd calls when all else has ended (systemd-shutdown(8)): where the Pi is switched off, not started again,
the battery board takes the power away. A halted Pi would go on drawing current."""

import contextlib
import sys
from collections.abc import Callable, Sequence

from device.config import Config, load_config, runtime_config
from device.errors import RoligError
from drivers.board import RealBoard, WiredBoard
from drivers.errors import DriverError

CUT_AFTER_S = 5
"""Nothing is written any more by now; what is left to the kernel takes less than a second."""


def main(arguments: Sequence[str], make_board: Callable[[Config], WiredBoard] | None = None) -> int:
    """`arguments` are systemd's: "poweroff", "reboot", "halt" or "kexec"."""
    if list(arguments) != ["poweroff"]:
        return 0
    try:
        # The file of a flashed card lies on a partition that is no longer mounted.
        kept = runtime_config()
        config = load_config(kept if kept.exists() else None)
        if config.wiring.power_board == "none":
            return 0
        board = (make_board or _real)(config)
        with contextlib.closing(board.open_power_board()) as opened:
            opened.cut_after(CUT_AFTER_S)
    except (DriverError, RoligError) as error:
        print(f"rolig: the battery goes on feeding the Pi: {error}", file=sys.stderr)
        return 1
    return 0


def _real(config: Config) -> WiredBoard:
    return RealBoard(config.wiring, lambda: 0.0)
