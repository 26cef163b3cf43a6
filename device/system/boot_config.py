"""The Pi's boot configuration: the lines this device needs, in one marked block of config.txt.

Everything outside the block is left as it was, byte for byte, and the file as it was before the first change is kept
beside it. Source: the Raspberry Pi documentation of config.txt, and the overlays' README of the firmware.
"""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from device.errors import RoligError, UsageError, unwritable
from device.system.files import OsFileSystem, write_atomically
from drivers.power_boards import POWER_BOARDS
from drivers.wiring import Wiring

BOOT_FOLDERS: Final = (Path("/boot/firmware"), Path("/boot"))  # bookworm and later; before
CONFIG: Final = "config.txt"
KEPT: Final = "config.txt.before-rolig"
MODEL_FILE: Final = Path("/proc/device-tree/model")
RADIOS_OFF: Final = ("dtoverlay=disable-wifi", "dtoverlay=disable-bt")
SAVING: Final = (
    "dtparam=act_led_trigger=none",
    "dtparam=audio=off",
    "camera_auto_detect=0",
    "display_auto_detect=0",
)
KMS: Final = re.compile(r"^dtoverlay=vc4-kms-v3d\r?$", re.MULTILINE)
_I2C_PARAMETERS: Final = {1: "i2c_arm", 0: "i2c_vc"}
_GADGET: Final = "dtoverlay=dwc2,dr_mode=peripheral"
_BEGIN: Final = "# rolig: begin, made by 'rolig setup'"
_END: Final = "# rolig: end"
_BLOCK: Final = re.compile(rf"{re.escape(_BEGIN)}.*?{re.escape(_END)}\r?\n?", re.DOTALL)
# Their USB ports hang behind a hub chip, so they are hosts only.
_NO_GADGET: Final = re.compile(r"Raspberry Pi (Model B|2 Model B|3 Model B)")


def read_model(path: Path = MODEL_FILE) -> str:
    """What the board calls itself, such as "Raspberry Pi Zero 2 W Rev 1.0"; empty where nothing says."""
    try:
        return path.read_bytes().rstrip(b"\0\n").decode("utf-8", "replace")
    except OSError:
        return ""


def has_gadget_port(model: str) -> bool:
    """Whether a computer can see this board as a USB device."""
    return _NO_GADGET.match(model) is None


def boot_lines(wiring: Wiring, model: str, radios_off: bool, saving: bool = False) -> list[str]:
    """What config.txt must say for this wiring on this board, and for who wants radios off or power saved."""
    lines = []
    boards = {row.i2c_bus for name, row in POWER_BOARDS.items() if name == wiring.power_board}
    chip_enables: dict[int, int] = {}
    for bus, device, used in (
        (wiring.sensor_spi_bus, wiring.sensor_spi_device, True),
        (wiring.display_spi_bus, wiring.display_spi_device, wiring.display_link == "spi"),
    ):
        if used:
            chip_enables[bus] = max(chip_enables.get(bus, 0), device + 1)
    if 0 in chip_enables:
        lines.append("dtparam=spi=on")
    if 1 in chip_enables:
        lines.append(f"dtoverlay=spi1-{chip_enables[1]}cs")
    for bus, dtparam in _I2C_PARAMETERS.items():
        if bus == wiring.i2c_bus:
            lines += [f"dtparam={dtparam}=on", f"dtparam={dtparam}_baudrate=400000"]
        elif bus in boards:  # at the kernel's own 100 kHz
            lines.append(f"dtparam={dtparam}=on")
    if has_gadget_port(model):
        lines.append(_GADGET)
    return lines + list(RADIOS_OFF if radios_off else ()) + list(SAVING if saving else ())


def radios_are_off(text: str) -> bool:
    """Whether our block switches Wi-Fi and Bluetooth off."""
    block = _BLOCK.search(text)
    return block is not None and RADIOS_OFF[0] in block.group()


def saves_power(text: str) -> bool:
    """Whether our block switches LED, audio, camera and DSI off."""
    block = _BLOCK.search(text)
    return block is not None and SAVING[0] in block.group()


def hdmi_is_on(text: str) -> bool:
    """Whether the line that Raspberry Pi OS ships leaves HDMI on. It stands outside our block: its owner's."""
    return KMS.search(text) is not None


def with_block(text: str, lines: Sequence[str]) -> str:
    """`text` with our block at its end, for every board ([all]); the same again changes nothing."""
    newline = "\r\n" if "\r\n" in text else "\n"
    rest = without_block(text)
    if rest and not rest.endswith("\n"):
        rest += newline
    return rest + newline.join([_BEGIN, "[all]", *lines, _END, ""])


def without_block(text: str) -> str:
    """`text` as it was without our block. Raises RoligError where the block has lost its end."""
    rest = _BLOCK.sub("", text)
    if _BEGIN in rest:
        raise RoligError(f"{CONFIG}: the line {_BEGIN!r} has no {_END!r} after it: put it right by hand")
    return rest


def find_boot_folder(asked: Path | None) -> Path:
    """The folder that holds config.txt. Raises UsageError."""
    for folder in (asked,) if asked is not None else BOOT_FOLDERS:
        if (folder / CONFIG).is_file():
            return folder
    where = asked if asked is not None else " or ".join(map(str, BOOT_FOLDERS))
    raise UsageError(f"no {CONFIG} in {where}: give the card's boot folder with --boot-folder")


def read_boot_config(folder: Path) -> str:
    try:
        return (folder / CONFIG).read_bytes().decode("utf-8", "surrogateescape")
    except OSError as error:
        raise UsageError(f"{folder / CONFIG}: cannot be read: {error.strerror}") from error


def write_boot_config(folder: Path, text: str) -> None:
    """Replace config.txt in one rename, once the first original is kept beside it: a Pi without it may not start.
    Raises UsageError."""
    path, kept = folder / CONFIG, folder / KEPT
    try:
        if not kept.exists():
            write_atomically(OsFileSystem(), kept, path.read_bytes())
        write_atomically(OsFileSystem(), path, text.encode("utf-8", "surrogateescape"))
    except PermissionError:
        raise UsageError(f"{path}: no permission to write: sudo rolig setup") from None
    except OSError as error:
        raise unwritable(path, error) from error
