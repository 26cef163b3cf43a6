"""128x64 one-colour OLED (SSD1306, SSD1309 or SH1106) through luma.oled.

luma brings the controllers' start-up sequences. Its `display` packs pixel by pixel in Python and through a Pillow
call that is going away, and sends every frame whole; here whole pages are packed at once, and of a frame only the
columns that changed are sent.
"""

from typing import Any, Final

import numpy as np
from luma.oled.device import sh1106, ssd1306, ssd1309
from numpy.typing import NDArray
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
_JOINED_COLUMNS: Final = 12
"""So many unchanged columns between two changed ones are sent along: another window costs about as much."""
_FRAMES_A_REFRESH: Final = 32
"""After so many frames a whole page is sent again, the next one in turn: what a disturbed line got wrong goes away."""


def pack_pages(image: Image.Image) -> NDArray[np.uint8]:
    """A one-bit image as GDDRAM pages, shape (8, 128): a byte holds 8 rows of one column, least significant on top."""
    pixels = np.asarray(image.convert("1"), dtype=np.uint8).reshape(_PAGES, 8, WIDTH)
    return np.packbits(pixels, axis=1, bitorder="little").reshape(_PAGES, WIDTH)


class _Windowed:
    """In horizontal addressing mode: a window, then its bytes in one transfer."""

    command: Any
    data: Any
    preprocess: Any

    def display(self, image: Image.Image) -> None:
        self._window(0, _PAGES - 1, 0, pack_pages(self.preprocess(image)).tobytes())

    def put(self, page: int, column: int, values: bytes) -> None:
        """Columns of one page, from `column` on."""
        self._window(page, page, column, values)

    def _window(self, first_page: int, last_page: int, column: int, values: bytes) -> None:
        last_column = column + len(values) // (last_page - first_page + 1) - 1
        self.command(_COLUMNADDR, column, last_column, _PAGEADDR, first_page, last_page)
        self.data(list(values))


class Ssd1306(_Windowed, ssd1306):  # type: ignore[misc]  # luma has no types
    """The small panels', 0.96 inch."""


class Ssd1309(_Windowed, ssd1309):  # type: ignore[misc]
    """The large panels', 2.42 inch: the same memory and windows, without a charge pump of its own."""


class Sh1106(sh1106):  # type: ignore[misc]  # luma has no types
    """SH1106, which has page addressing only: a command and a transfer a page. The panel's 128 columns begin at
    `column_offset` of the controller's 132: most modules centre them (2), some begin at 0 or 4."""

    def __init__(self, link: Any, *, column_offset: int = 2, **options: Any) -> None:
        self._column = column_offset
        super().__init__(link, **options)

    def display(self, image: Image.Image) -> None:
        for page, values in enumerate(pack_pages(self.preprocess(image))):
            self.put(page, 0, values.tobytes())

    def put(self, page: int, column: int, values: bytes) -> None:
        """Columns of one page, from `column` on."""
        at = self._column + column
        self.command(_SH1106_PAGE | page, _SH1106_COLUMN_LOW | at & 0x0F, _SH1106_COLUMN_HIGH | at >> 4)
        self.data(list(values))


CONTROLLERS: Final[dict[DisplayController, Any]] = {"ssd1306": Ssd1306, "ssd1309": Ssd1309, "sh1106": Sh1106}


def windows(changed: NDArray[np.bool_]) -> list[tuple[int, int, int]]:
    """What to send so that every changed byte is in it: (page, first column, end). `changed` has shape (8, 128)."""
    found = []
    for page in np.flatnonzero(changed.any(axis=1)).tolist():
        columns = np.flatnonzero(changed[page])
        for run in np.split(columns, np.flatnonzero(np.diff(columns) > _JOINED_COLUMNS) + 1):
            found.append((page, int(run[0]), int(run[-1]) + 1))
    return found


class Oled:
    """A display that is written to only where something changed. All methods may raise BusError.

    After a BusError the next `show` sends its frame whatever was shown before; a panel that lost power must be
    opened again.
    """

    size: Final = (WIDTH, HEIGHT)

    def __init__(self, device: Any) -> None:
        self._device = device
        self._shown: NDArray[np.uint8] | None = None
        self._sent = 0

    def show(self, image: Image.Image) -> bool:
        """Show a 128x64 image; False when it is what the panel already shows."""
        if image.size != self.size:
            raise ValueError(f"the display takes {WIDTH}x{HEIGHT} pixels, not {image.size[0]}x{image.size[1]}")
        pages, shown = pack_pages(self._call("preprocess", image.convert("1"))), self._shown
        if shown is not None and np.array_equal(pages, shown):
            return False
        changed = np.ones(pages.shape, bool) if shown is None else pages != shown
        self._sent += 1
        if self._sent % _FRAMES_A_REFRESH == 0:
            changed[self._sent // _FRAMES_A_REFRESH % _PAGES] = True
        self._shown = None
        for page, first, end in windows(changed):
            self._call("put", page, first, pages[page, first:end].tobytes())
        self._shown = pages
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

    def _call(self, name: str, *arguments: Any) -> Any:
        try:
            return getattr(self._device, name)(*arguments)
        except DriverError:
            raise
        except Exception as error:  # luma's own, and whatever the libraries beneath it raise
            raise BusError(f"display: {error}") from error
