"""What tells of a computer or a charger at the gadget port: a wire to its 5 V, and the controller's state.

The kernel's UDC state (Documentation/ABI/stable/sysfs-class-udc) is no witness by itself: on dwc2 it may stay
"configured" after the cable was pulled (raspberrypi/linux issue 5532) or hang at "not attached" with a cable in (5942),
and a charger without data never shows. So the 5 V are sensed; what follows from both is the interlock's to say.
"""

from pathlib import Path
from typing import Final

from drivers.buses import InputPin
from drivers.errors import BusError

UDC_FOLDER: Final = Path("/sys/class/udc")
DETACHED: Final = "not attached"


class UsbPort:
    """`udc_folder` holds one folder a controller, each with a file `state`. `vbus` is active while 5 V is there."""

    def __init__(self, udc_folder: Path = UDC_FOLDER, vbus: InputPin | None = None) -> None:
        self._udc_folder = udc_folder
        self._vbus = vbus

    def powered(self) -> bool | None:
        """Whether the wire sees 5 V; None where there is none."""
        if self._vbus is None:
            return None
        try:
            return bool(self._vbus.value)
        except OSError as error:
            raise BusError(f"VBUS pin: {error}") from error

    def connected(self) -> bool:
        """What the port says of itself: the wire's word, else the controllers'."""
        powered = self.powered()
        return any(state != DETACHED for state in self.states().values()) if powered is None else powered

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
        return DETACHED  # the controller went away between listing and reading
    except OSError as error:
        raise BusError(f"{path}: {error}") from error
