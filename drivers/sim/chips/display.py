"""An OLED panel as seen from luma's serial interface: interprets the bytes and keeps the picture.

What the SSD1309 has and lacks beside the SSD1306 (a command lock, no charge pump) is from u8glib's and others'
start-up sequences for it, not from luma, which sends it the SSD1306's.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_WIDTH: Final = 128
_PAGES: Final = 8
_RAM_COLUMNS: Final = {"ssd1306": 128, "ssd1309": 128, "sh1106": 132}
_FIRST_COLUMN: Final = {"ssd1306": 0, "ssd1309": 0, "sh1106": 2}
_ARGUMENTS: Final = {  # command bytes that take arguments, SSD1306 table 9-1 and SH1106 command table
    0x20: 1, 0x21: 2, 0x22: 2, 0x81: 1, 0x8D: 1, 0xA8: 1, 0xAD: 1, 0xD3: 1, 0xD5: 1, 0xD9: 1, 0xDA: 1, 0xDB: 1,
    0xFD: 1,
}  # fmt: skip
# The SH1106 has no addressing mode or windows; luma sends it 0x20 without the argument. To the SSD1309, which has no
# charge pump, the setting of one is two commands that change nothing that lasts.
_WITHOUT: Final = {"ssd1306": (), "ssd1309": (0x8D,), "sh1106": (0x20, 0x21, 0x22)}


class SimDisplay:
    """Takes `command(*bytes)` and `data(bytes)` as luma's serial interfaces do.

    `unplugged` makes every transfer fail as a missing I2C device does. `received` counts bytes of pictures, `transfers`
    all transfers. The panel's columns begin at `first_column` of the controller's memory.
    """

    def __init__(self, controller: str = "ssd1306", first_column: int | None = None) -> None:
        self.controller = controller
        self.first_column = _FIRST_COLUMN[controller] if first_column is None else first_column
        self.unplugged = False
        self.received = self.transfers = 0
        self.power_cycle()

    def power_cycle(self) -> None:
        """Forget everything, as after being unplugged and plugged in again."""
        self.powered = False
        self.contrast = 0x7F
        self._ram: NDArray[np.uint8] = np.zeros((_PAGES, _RAM_COLUMNS[self.controller]), dtype=np.uint8)
        self._columns = (0, _WIDTH - 1)
        self._pages = (0, _PAGES - 1)
        self._column = 0
        self._page = 0

    def command(self, *sent: int) -> None:
        self._check()
        queue = list(sent)
        while queue:
            code = queue.pop(0)
            count = 0 if code in _WITHOUT[self.controller] else _ARGUMENTS.get(code, 0)
            arguments, queue = queue[:count], queue[count:]
            self._execute(code, arguments)

    def _execute(self, code: int, arguments: list[int]) -> None:
        if code in (0xAE, 0xAF):
            self.powered = code == 0xAF
        elif code == 0x81:
            self.contrast = arguments[0]
        elif code == 0x21 and arguments:
            self._columns = (arguments[0], arguments[1])
            self._column = arguments[0]
        elif code == 0x22 and arguments:
            self._pages = (arguments[0], arguments[1])
            self._page = arguments[0]
        elif code & 0xF0 == 0xB0:
            self._page = code & 0x07
        elif code & 0xF0 == 0x00:
            self._column = (self._column & 0xF0) | (code & 0x0F)
        elif code & 0xF0 == 0x10:
            self._column = (self._column & 0x0F) | (code & 0x0F) << 4

    def data(self, sent: list[int] | bytes | bytearray) -> None:
        self._check()
        left = bytes(sent)
        while left:
            left = left[self._write(left) :]
        self.received += len(sent)

    def _write(self, values: bytes) -> int:
        """Takes what fits before the column wraps, and returns how much that is. The SH1106's does not wrap."""
        wraps = self.controller != "sh1106"
        taken = min(len(values), max(1, self._columns[1] + 1 - self._column)) if wraps else len(values)
        row = self._ram[self._page, self._column : self._column + taken]
        row[:] = np.frombuffer(values, np.uint8, len(row))
        self._column += taken
        if wraps and self._column > self._columns[1]:
            self._column = self._columns[0]
            self._page = self._page + 1 if self._page < self._pages[1] else self._pages[0]
        return taken

    def cleanup(self) -> None:
        """Nothing to release."""

    def image(self) -> Image.Image:
        """What the panel shows, mode "1"; black while it is off."""
        if not self.powered:
            return Image.new("1", (_WIDTH, 8 * _PAGES))
        first = self.first_column
        pages = self._ram[:, first : first + _WIDTH]
        bits = np.unpackbits(pages[:, None, :], axis=1, bitorder="little")
        return Image.fromarray(bits.reshape(8 * _PAGES, _WIDTH) * np.uint8(255)).convert("1")

    def _check(self) -> None:
        self.transfers += 1
        if self.unplugged:
            raise OSError(121, "Remote I/O error")
