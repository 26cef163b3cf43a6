"""`rolig diagnose` against the device's server: after a press, as logs are."""

import threading
from pathlib import Path

import pytest

from device.cli import main
from host.errors import HostError
from host.link.device import Patience
from host.upkeep.diagnose import diagnose
from tests.usb_helpers import served

PAGE = ("Rolig diagnostics 1\n" + "board: Raspberry Pi Zero 2 W\n" * 2000).encode()
QUICK = Patience(first_contact_s=2.0, allow_poll_s=0.02, allow_s=0.3)


def test_the_page_comes_whole_into_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    output = tmp_path / "page.txt"
    with served(tmp_path, tmp_path, diagnostics=lambda: PAGE) as cable:
        assert main(["diagnose", "-o", str(output), "--port", str(cable.host)]) == 0
        assert main(["diagnose", "-o", str(tmp_path), "--port", str(cable.host)]) == 2
    assert output.read_bytes() == PAGE
    told = capsys.readouterr()
    assert "read it before you send it" in told.out
    assert len(told.err.splitlines()) == 1


def test_it_waits_for_the_press(tmp_path: Path) -> None:
    pressed = threading.Event()
    with served(tmp_path, tmp_path, allowed=pressed.is_set, diagnostics=lambda: PAGE) as cable:
        with pytest.raises(HostError, match="Share"):
            diagnose(str(cable.host), patience=QUICK)
        pressed.set()
        assert diagnose(str(cable.host), patience=QUICK) == PAGE


def test_a_device_without_one_says_so(tmp_path: Path) -> None:
    with served(tmp_path, tmp_path) as cable, pytest.raises(HostError, match="makes no diagnostics"):
        diagnose(str(cable.host), patience=QUICK)
