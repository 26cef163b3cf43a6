"""Is a computer or charger plugged into the gadget port?

The kernel's UDC state (Documentation/ABI/stable/sysfs-class-udc) can stay "configured" after the cable is pulled on
dwc2, and does not show a charger without data, so a VBUS-sense pin decides where there is one.
"""

from pathlib import Path
from typing import Final

from drivers.buses import InputPin
from drivers.errors import BusError

UDC_FOLDER: Final = Path("/sys/class/udc")
_DETACHED: Final = "not attached"


class UsbPort:
    """`udc_folder` holds one folder a controller, each with a file `state`. `vbus` is active while 5 V is there."""

    def __init__(self, udc_folder: Path = UDC_FOLDER, vbus: InputPin | None = None) -> None:
        self._udc_folder = udc_folder
        self._vbus = vbus

    def connected(self) -> bool:
        """True when USB power is seen. Without a VBUS pin and without a gadget controller: False."""
        if self._vbus is not None:
            try:
                return bool(self._vbus.value)
            except OSError as error:
                raise BusError(f"VBUS pin: {error}") from error
        return any(state != _DETACHED for state in self.states().values())

    def states(self) -> dict[str, str]:
        """The state of each gadget controller by its name, such as {"3f980000.usb": "configured"}."""
        return {path.parent.name: _read_state(path) for path in sorted(self._udc_folder.glob("*/state"))}

    def close(self) -> None:
        if self._vbus is not None:
            self._vbus.close()


def _read_state(path: Path) -> str:
    try:
        return path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return _DETACHED  # the controller went away between listing and reading
    except OSError as error:
        raise BusError(f"{path}: {error}") from error
