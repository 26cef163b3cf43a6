import configparser
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

import pytest

from device.system.gadget import REBIND, ask_to_rebind
from device.system.systemd import POWER_OFF_STATUS, RESTART_STATUS

SYSTEMD = Path(__file__).parents[2] / "systemd"
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd-analyze here")


class UnitParser(configparser.ConfigParser):
    """Keys keep their capitals."""

    def optionxform(self, optionstr: str) -> str:
        return optionstr


def section(unit: str, name: str) -> configparser.SectionProxy:
    parser = UnitParser(interpolation=None, strict=False, delimiters=("=",), comment_prefixes=("#",))
    parser.read(SYSTEMD / unit)
    return parser[name]


def test_the_service_can_set_the_clock_but_nothing_else_and_reaches_no_network() -> None:
    service = section("rolig.service", "Service")
    assert service["CapabilityBoundingSet"] == service["AmbientCapabilities"] == "CAP_SYS_TIME"
    assert service["PrivateNetwork"] == "yes"
    assert service["RestrictAddressFamilies"] == "AF_UNIX"


def test_the_exit_codes_that_switch_off_and_start_anew_are_the_firmwares() -> None:
    service = section("rolig.service", "Service")
    assert service["SuccessExitStatus"] == f"{POWER_OFF_STATUS} {RESTART_STATUS}"
    assert service["Restart"] == "always", "an end without a fault leaves the device dark as well"
    assert service["RestartPreventExitStatus"] == f"2 {POWER_OFF_STATUS}"
    assert f'"$EXIT_STATUS" = {POWER_OFF_STATUS} ]' in service["ExecStopPost"]


def test_sessions_are_for_the_service_alone() -> None:
    service = section("rolig.service", "Service")
    assert service["StateDirectoryMode"] == "0700"
    assert service["UMask"] == "0077"


@needs_systemd
@pytest.mark.parametrize("unit", ["rolig.service", "rolig-gadget.service", "rolig-gadget-rebind.service"])
def test_exposure_is_small(unit: str) -> None:
    told = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=30", str(SYSTEMD / unit)],
        capture_output=True,
        text=True,
        check=False,
        env={"SYSTEMD_COLORS": "0", "SYSTEMD_PAGER": "cat", "PATH": "/usr/bin:/bin"},
    )
    if "--offline" in told.stderr:
        pytest.skip("this systemd-analyze is too old to look at a file")
    if unit == "rolig.service":
        assert told.returncode == 0, told.stdout.splitlines()[-1]
    else:  # runs for a moment as root and speaks to nobody; it is bound to be freer
        assert "Overall exposure level" in told.stdout


@needs_systemd
def test_systemd_finds_nothing_to_say_about_the_units(tmp_path: Path) -> None:
    """But for the programs, which are not installed where the test runs."""
    units = []
    for name in ("rolig.service", "rolig-gadget.service", "rolig-gadget-rebind.service", "rolig-gadget-rebind.path"):
        lines = (SYSTEMD / name).read_text(encoding="utf-8").splitlines()
        units.append(tmp_path / name)
        units[-1].write_text("\n".join("ExecStart=/bin/true" if "ExecStart=" in line else line for line in lines))
    told = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    ours = [line for line in told.stderr.splitlines() if "rolig" in line and "ExecStop" not in line]
    assert [line for line in ours if "is not executable" not in line] == []


@dataclass(frozen=True, slots=True)
class Gadget:
    """The gadget script on plain folders in place of configfs and sysfs, with a modprobe that does nothing."""

    folder: Path
    controllers: Path
    environment: dict[str, str]

    def __call__(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [SYSTEMD / "rolig-gadget", *arguments], env=self.environment, capture_output=True, text=True, check=False
        )


@pytest.fixture
def gadget(tmp_path: Path) -> Gadget:
    for folder in ("configfs/usb_gadget", "udc", "bin"):
        (tmp_path / folder).mkdir(parents=True)
    modprobe = tmp_path / "bin" / "modprobe"
    modprobe.write_text("#!/bin/sh\n")
    modprobe.chmod(0o755)
    environment = {
        "PATH": f"{tmp_path / 'bin'}:/usr/bin:/bin",
        "ROLIG_CONFIGFS": str(tmp_path / "configfs"),
        "ROLIG_UDC_FOLDER": str(tmp_path / "udc"),
    }
    return Gadget(tmp_path / "configfs" / "usb_gadget" / "rolig", tmp_path / "udc", environment)


@pytest.mark.skipif(shutil.which("systemd-id128") is None, reason="no systemd-id128 here")
def test_the_gadget_is_one_serial_port_with_our_name(gadget: Gadget) -> None:
    (gadget.controllers / "3f980000.usb").mkdir()
    for _ in range(2):
        told = gadget("start")
        assert (told.returncode, told.stderr) == (0, "")
    strings = gadget.folder / "strings" / "0x409"
    assert (strings / "product").read_text() == "Rolig\n"
    assert (strings / "serialnumber").read_text().startswith("rolig-")
    assert (gadget.folder / "configs" / "c.1" / "acm.usb0").resolve() == gadget.folder / "functions" / "acm.usb0"
    assert (gadget.folder / "UDC").read_text() == "3f980000.usb\n"


@pytest.mark.skipif(shutil.which("systemd-id128") is None, reason="no systemd-id128 here")
def test_stopped_it_lets_go_of_the_controller_and_can_start_again(gadget: Gadget) -> None:
    (gadget.controllers / "3f980000.usb").mkdir()
    gadget("start")
    assert gadget("stop").returncode == 0
    assert (gadget.folder / "UDC").read_text().strip() == ""
    assert gadget("start").returncode == 0
    assert (gadget.folder / "UDC").read_text() == "3f980000.usb\n"


def test_without_a_controller_the_gadget_says_so(gadget: Gadget) -> None:
    told = gadget("start")
    assert told.returncode == 1
    assert told.stderr.startswith("rolig-gadget: no USB gadget controller: 'rolig setup'")
    assert told.stderr.count("\n") == 1
    assert not gadget.folder.exists()


def test_stopping_what_never_started_is_no_fault(gadget: Gadget) -> None:
    assert gadget("stop").returncode == 0


@pytest.mark.skipif(shutil.which("systemd-id128") is None, reason="no systemd-id128 here")
def test_bound_anew_it_has_the_same_controller(gadget: Gadget) -> None:
    (gadget.controllers / "3f980000.usb").mkdir()
    assert gadget("rebind").returncode == 0
    assert not gadget.folder.exists()
    gadget("start")
    told = gadget("rebind")
    assert (told.returncode, told.stderr) == (0, "")
    assert (gadget.folder / "UDC").read_text() == "3f980000.usb\n"


@pytest.mark.parametrize("by", ["gadget", "driver"])
def test_a_port_that_another_gadget_or_driver_has_taken_is_told_in_one_line(gadget: Gadget, by: str) -> None:
    controller = gadget.controllers / "3f980000.usb"
    controller.mkdir()
    if by == "gadget":
        (gadget.folder.parent / "stick").mkdir()
        (gadget.folder.parent / "stick" / "UDC").write_text("3f980000.usb\n")
    else:
        (controller / "function").write_text("g_ether\n")
    told = gadget("start")
    assert told.returncode == 1
    name = "stick" if by == "gadget" else "g_ether"
    assert told.stderr.startswith(f"rolig-gadget: the USB port is taken by '{name}'")
    assert told.stderr.count("\n") == 1
    assert not gadget.folder.exists()


def test_the_file_that_asks_for_binding_anew_is_the_one_that_is_watched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert section("rolig-gadget-rebind.path", "Path")["PathChanged"] == f"/run/rolig/{REBIND}"
    assert section("rolig.service", "Service")["RuntimeDirectory"] == "rolig"
    assert section("rolig-gadget-rebind.service", "Service")["ExecStart"] == "/usr/lib/rolig/rolig-gadget rebind"
    monkeypatch.setenv("RUNTIME_DIRECTORY", str(tmp_path))
    ask_to_rebind()
    assert (tmp_path / REBIND).exists()


def test_the_chips_watchdog_is_fed_by_systemd_within_what_a_pi_can_wait() -> None:
    assert 0 < int(section("watchdog.conf", "Manager")["RuntimeWatchdogSec"]) < 15
