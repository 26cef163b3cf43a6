"""The chips of the default wiring behind /dev/spidev0.0 and /dev/i2c-1: `chips.py spi` or `chips.py i2c`.

The converter and the panel are the models that the unit tests use; what is real here is the kernel's side of the
device files, and python3-spidev, python3-smbus2 and luma on top of them.
"""

import errno
import shutil
import struct
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from cuse import Action, CuseDevice, IoctlPlan

from drivers.sim.board import SimBoard
from drivers.sim.chips.display import SimDisplay
from drivers.sim.person.body import Body
from drivers.sim.person.wearer import random_body

BENCH = Path("/run/bench")
PANEL_ADDRESS = 0x3C
COMMANDS, PICTURE = 0x00, 0x40  # the SSD1306's control byte
TRANSFER = struct.Struct("<QQIIHBBBBBx")  # struct spi_ioc_transfer
SPI_MESSAGE, SPI_TYPE = 0, ord("k")
I2C_SLAVE, I2C_FUNCS, I2C_RDWR, I2C_SMBUS = 0x0703, 0x0705, 0x0707, 0x0720
SMBUS_DATA = struct.Struct("<BBxxIQ")  # struct i2c_smbus_ioctl_data
RDWR_DATA = struct.Struct("<QIxxxx")
MESSAGE = struct.Struct("<HHHxxQ")
READ_BYTE, BLOCK_SIZES, BLOCK = (1, 1), (6, 8), 34
FUNCTIONS = 0x0EFF0009  # I2C and everything that SMBus emulates on it


class SpiBus:
    """spidev's ioctls over something with `xfer2`; mode, word length and clock are taken and given back."""

    def __init__(self, xfer2: Callable[[list[int]], list[int]]) -> None:
        self._xfer2 = xfer2
        self._settings: dict[int, bytes] = {}

    def plan(self, _handle: int, command: int, argument: int) -> IoctlPlan:
        number, kind, size, writes = command & 0xFF, command >> 8 & 0xFF, command >> 16 & 0x3FFF, command >> 30 & 1
        if kind != SPI_TYPE:
            raise OSError(errno.ENOTTY, "not spidev's")
        if number != SPI_MESSAGE:
            if writes:
                self._settings[number] = yield argument, size
                return Action()
            known = self._settings.get(number, b"")
            return Action(((argument, size),), lambda: [known.ljust(size, b"\0")[:size]])
        described = yield argument, size
        sent, places = [], []
        for tx, rx, length, *_ in TRANSFER.iter_unpack(described):
            sent.append((yield tx, length))
            places.append((rx, length))
        return Action(tuple(places), lambda: [bytes(self._xfer2(list(data))) for data in sent])


class PanelBus:
    """i2c-dev's ioctls with the panel as the one chip on the bus."""

    def __init__(self, panel: SimDisplay, picture_shown: Callable[[SimDisplay], None]) -> None:
        self._panel = panel
        self._picture_shown = picture_shown
        self._address: dict[int, int] = {}

    def plan(self, handle: int, command: int, argument: int) -> IoctlPlan:
        if command == I2C_SLAVE:
            self._address[handle] = argument
            return Action()
        if command == I2C_FUNCS:
            return Action(((argument, 8),), lambda: [FUNCTIONS.to_bytes(8, "little")])
        if command == I2C_SMBUS:
            return (yield from self._smbus(handle, argument))
        if command == I2C_RDWR:
            return (yield from self._messages(argument))
        raise OSError(errno.ENOTTY, "not i2c-dev's")

    def _smbus(self, handle: int, argument: int) -> IoctlPlan:
        reading, register, size, data = SMBUS_DATA.unpack((yield argument, SMBUS_DATA.size))
        _only_the_panel(self._address.get(handle, 0))
        if (reading, size) == READ_BYTE:
            return Action(((data, 1),), lambda: [b"\x00"])
        if not reading and size in BLOCK_SIZES:
            block = yield data, BLOCK
            return Action((), lambda: self._take(register, block[1 : 1 + block[0]]))
        raise OSError(errno.EOPNOTSUPP, "the panel does not do that")

    def _messages(self, argument: int) -> IoctlPlan:
        place, count = RDWR_DATA.unpack((yield argument, RDWR_DATA.size))
        taken = []
        for address, flags, length, buffer in MESSAGE.iter_unpack((yield place, count * MESSAGE.size)):
            _only_the_panel(address)
            if flags & 1:
                raise OSError(errno.EOPNOTSUPP, "the panel cannot be read")
            taken.append((yield buffer, length))
        return Action((), lambda: [b"" for data in taken if self._take(data[0], data[1:])])

    def _take(self, control: int, sent: bytes) -> list[bytes]:
        if control == COMMANDS:
            self._panel.command(*sent)
            self._note_light()
        elif control == PICTURE:
            self._panel.data(sent)
            self._picture_shown(self._panel)
        return []

    def _note_light(self) -> None:
        """Whether the panel shines, as a file that is there or not."""
        lit = BENCH / "lit"
        if self._panel.powered and not lit.exists():
            lit.touch()
        elif not self._panel.powered:
            lit.unlink(missing_ok=True)


def _only_the_panel(address: int) -> None:
    if address != PANEL_ADDRESS or (BENCH / "display-unplugged").exists():
        raise OSError(errno.EREMOTEIO, "nothing answers")


class Screenshots:
    """The panel's picture as a file, at most twice a second, and when the first one came."""

    def __init__(self) -> None:
        self._next_s = 0.0

    def __call__(self, panel: SimDisplay) -> None:
        now_s = time.monotonic()
        if panel.received and not (BENCH / "first-picture").exists():
            (BENCH / "first-picture").write_text(f"{now_s:.2f}\n")
        if now_s >= self._next_s:
            self._next_s = now_s + 0.5
            fresh = BENCH / "screen.new"
            panel.image().save(fresh, "PPM")
            fresh.replace(BENCH / "screen.pbm")


def main(which: str) -> None:
    BENCH.mkdir(exist_ok=True)
    plan: Callable[[int, int, int], IoctlPlan]
    if which == "spi":
        started_s = time.monotonic()
        body = Body(1, random_body(np.random.default_rng(1)), None)
        board = SimBoard(body, lambda: time.monotonic() - started_s)
        name, group = "spidev0.0", "spi"
        plan = SpiBus(board.open_spi(0, 0, 1_000_000).xfer2).plan
    else:
        name, group = "i2c-1", "i2c"
        plan = PanelBus(SimDisplay(), Screenshots()).plan
    device = CuseDevice(name, plan)
    path = Path("/dev") / name
    while not path.exists():
        time.sleep(0.05)
    shutil.chown(path, "root", group)
    path.chmod(0o660)
    (BENCH / f"{which}-ready").touch()
    device.serve()


if __name__ == "__main__":
    main(sys.argv[1])
