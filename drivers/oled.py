"""128x64 one-colour OLED (SSD1306, SSD1309 or SH1106) through luma.oled.

luma brings the controllers' start-up sequences. Its `display` packs pixel by pixel in Python and through a Pillow
call that is going away; here whole pages are packed at once, and frames that did not change are not sent.
"""

from typing import Any, Final

import numpy as np
from luma.oled.device import sh1106, ssd1306, ssd1309
from PIL import Image

from drivers.errors import BusError, DriverError
from drivers.wiring import DisplayController

WIDTH: Final = 128
HEIGHT: Final = 64
_PAGES: Final = HEIGHT // 8
_COLUMNADDR: Final = 0x21  # SSD1306 datasheet, table 9-1
_PAGEADDR: Final = 0x22
_SH1106_PAGE: Final = 0xB0  # SH1106 datasheet, Set Page Address
_SH1106_COLUMN_LOW: Final = 0x00
_SH1106_COLUMN_HIGH: Final = 0x10


def pack_pages(image: Image.Image) -> bytes:
    """A one-bit image as GDDRAM pages: a byte holds 8 rows of one column, least significant bit on top."""
    pixels = np.asarray(image.convert("1"), dtype=np.uint8).reshape(_PAGES, 8, WIDTH)
    return np.packbits(pixels, axis=1, bitorder="little").tobytes()


class _Windowed:
    """In horizontal addressing mode: one window, then all pages in one transfer."""

    command: Any
    data: Any
    preprocess: Any

    def display(self, image: Image.Image) -> None:
        self.command(_COLUMNADDR, 0, WIDTH - 1, _PAGEADDR, 0, _PAGES - 1)
        self.data(list(pack_pages(self.preprocess(image))))


class Ssd1306(_Windowed, ssd1306):  # type: ignore[misc]  # luma has no types
    """The small panels', 0.96 inch."""


class Ssd1309(_Windowed, ssd1309):  # type: ignore[misc]
    """The large panels', 2.42 inch: the same memory and windows, without a charge pump of its own."""


class Sh1106(sh1106):  # type: ignore[misc]  # luma has no types
    """SH1106, which has page addressing only: a command and a transfer a page. The panel's 128 columns begin at
    `column_offset` of the controller's 132: most modules centre them (2), some begin at 0 or 4."""

    def __init__(self, link: Any, *, column_offset: int = 2, **options: Any) -> None:
        self._column = _SH1106_COLUMN_LOW | column_offset
        super().__init__(link, **options)

    def display(self, image: Image.Image) -> None:
        pages = pack_pages(self.preprocess(image))
        for page in range(_PAGES):
            self.command(_SH1106_PAGE | page, self._column, _SH1106_COLUMN_HIGH)
            self.data(list(pages[page * WIDTH : (page + 1) * WIDTH]))


CONTROLLERS: Final[dict[DisplayController, Any]] = {"ssd1306": Ssd1306, "ssd1309": Ssd1309, "sh1106": Sh1106}


class Oled:
    """A display that is written to only when something changed. All methods may raise BusError.

    After a BusError the next `show` sends its frame whatever was shown before; a panel that lost power must be
    opened again.
    """

    size: Final = (WIDTH, HEIGHT)

    def __init__(self, device: Any) -> None:
        self._device = device
        self._shown: bytes | None = None

    def show(self, image: Image.Image) -> bool:
        """Show a 128x64 image; False when it is what the panel already shows."""
        if image.size != self.size:
            raise ValueError(f"the display takes {WIDTH}x{HEIGHT} pixels, not {image.size[0]}x{image.size[1]}")
        frame = image.convert("1")
        pixels = frame.tobytes()
        if pixels == self._shown:
            return False
        self._shown = None
        self._call("display", frame)
        self._shown = pixels
        return True

    def contrast(self, level: int) -> None:
        """Brightness, 0 to 255."""
        if not 0 <= level <= 255:
            raise ValueError(f"contrast runs from 0 to 255, not {level}")
        self._call("contrast", level)

    def off(self) -> None:
        """Panel off; its memory is kept."""
        self._call("hide")

    def on(self) -> None:
        self._call("show")

    def close(self) -> None:
        """Clear the panel, switch it off and release its bus and pins; a panel that is gone is no error here."""
        try:
            self._call("hide")
            self._call("clear")
        except BusError:
            pass
        finally:
            self._device.persist = True  # leaves only the link to luma's cleanup
            self._call("cleanup")

    def _call(self, name: str, *arguments: Any) -> None:
        try:
            getattr(self._device, name)(*arguments)
        except DriverError:
            raise
        except Exception as error:  # luma's own, and whatever the libraries beneath it raise
            raise BusError(f"display: {error}") from error
