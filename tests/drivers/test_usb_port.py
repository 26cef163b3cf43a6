from pathlib import Path

import pytest

from drivers.usb_port import UsbPort
from tests.driver_helpers import MakeBoard


@pytest.fixture
def udc(tmp_path: Path) -> Path:
    controller = tmp_path / "3f980000.usb"
    controller.mkdir()
    return controller / "state"


@pytest.mark.parametrize(
    ("state", "connected"),
    [
        ("not attached", False),
        ("powered", True),
        ("default", True),
        ("addressed", True),
        ("configured", True),
        ("suspended", True),
    ],
)
def test_udc_state(udc: Path, tmp_path: Path, state: str, connected: bool) -> None:
    udc.write_text(state + "\n")
    port = UsbPort(tmp_path)
    assert port.connected() is connected
    assert port.states() == {"3f980000.usb": state}


def test_without_a_gadget_controller_nothing_is_connected(tmp_path: Path) -> None:
    assert UsbPort(tmp_path).connected() is False
    assert UsbPort(tmp_path / "missing").connected() is False


def test_vbus_decides_against_a_state_that_stays_configured(udc: Path, tmp_path: Path, make_board: MakeBoard) -> None:
    udc.write_text("configured\n")
    board = make_board()
    port = UsbPort(tmp_path, board.input_pin(board.wiring.vbus_gpio))
    assert port.connected() is False
    board.plug_usb(True)
    assert port.connected() is True
    board.plug_usb(False)
    assert port.connected() is False
    port.close()


def test_vbus_sees_a_charger_without_data(udc: Path, tmp_path: Path, make_board: MakeBoard) -> None:
    udc.write_text("not attached\n")
    board = make_board()
    port = UsbPort(tmp_path, board.input_pin(board.wiring.vbus_gpio))
    board.plug_usb(True)
    assert port.connected() is True
    port.close()
