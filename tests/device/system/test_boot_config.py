import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.cli import main
from device.errors import RoligError
from device.system.boot_config import KEPT, boot_lines, has_gadget_port, with_block, without_block
from drivers.wiring import Wiring
from tests.full_disk import contents, room_for

ZERO_2 = "Raspberry Pi Zero 2 W Rev 1.0"
AS_SHIPPED = """# For more options and information see
# http://rptl.io/configtxt
dtparam=audio=on
camera_auto_detect=1

[cm5]
dtoverlay=dwc2,dr_mode=host

[all]
"""


@pytest.fixture
def boot(tmp_path: Path) -> Path:
    (tmp_path / "config.txt").write_text(AS_SHIPPED)
    return tmp_path


def setup(boot: Path, *options: str, model: str = ZERO_2) -> int:
    return main(["setup", "--boot-folder", str(boot), "--model", model, *options])


def config(boot: Path) -> str:
    return (boot / "config.txt").read_text()


@pytest.mark.parametrize(
    ("model", "gadget"),
    [
        (ZERO_2, True),
        ("Raspberry Pi Zero W Rev 1.1", True),
        ("Raspberry Pi 4 Model B Rev 1.5", True),
        ("Raspberry Pi 5 Model B Rev 1.0", True),
        ("Raspberry Pi 3 Model A Plus Rev 1.0", True),
        ("Raspberry Pi Compute Module 4 Rev 1.0", True),
        ("Raspberry Pi 3 Model B Rev 1.2", False),
        ("Raspberry Pi 3 Model B Plus Rev 1.3", False),
        ("Raspberry Pi 2 Model B Rev 1.1", False),
        ("Raspberry Pi Model B Rev 2", False),
    ],
)
def test_which_boards_can_be_a_usb_device(model: str, gadget: bool) -> None:
    assert has_gadget_port(model) is gadget
    assert ("dtoverlay=dwc2,dr_mode=peripheral" in boot_lines(Wiring(), model, False)) is gadget


@pytest.mark.parametrize(
    ("wiring", "has", "has_not"),
    [
        (Wiring(), ["dtparam=spi=on", "dtparam=i2c_arm=on"], ["dtoverlay=spi1-1cs"]),
        (Wiring(display_link="spi"), ["dtparam=spi=on", "dtoverlay=spi1-1cs"], []),
        (Wiring(display_link="spi", display_spi_device=1, lo_plus_gpio=6, vbus_gpio=None), ["dtoverlay=spi1-2cs"], []),
        (Wiring(sensor_spi_bus=1), ["dtoverlay=spi1-1cs"], ["dtparam=spi=on"]),
        (Wiring(i2c_bus=0), ["dtparam=i2c_vc=on"], ["dtparam=i2c_arm=on"]),
        (
            Wiring(i2c_bus=0, power_board="pisugar3"),
            ["dtparam=i2c_vc=on", "dtparam=i2c_arm=on"],
            ["dtparam=i2c_arm_baudrate=400000"],
        ),
    ],
)
def test_each_bus_that_is_wired_is_switched_on(wiring: Wiring, has: list[str], has_not: list[str]) -> None:
    lines = boot_lines(wiring, ZERO_2, radios_off=False)
    assert set(has) <= set(lines)
    assert not set(has_not) & set(lines)


def test_written_once_and_the_original_kept(boot: Path) -> None:
    assert setup(boot, "--yes") == 0
    once = config(boot)
    assert once.startswith(AS_SHIPPED)
    assert "[all]\ndtparam=spi=on\ndtparam=i2c_arm=on\n" in once[len(AS_SHIPPED) :]
    assert (boot / KEPT).read_text() == AS_SHIPPED
    assert setup(boot, "--yes") == 0
    assert config(boot) == once
    assert (boot / KEPT).read_text() == AS_SHIPPED
    assert sorted(path.name for path in boot.iterdir()) == ["config.txt", KEPT]


def test_dry_run_shows_and_changes_nothing(boot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert setup(boot, "--dry-run", "--radios", "off") == 0
    assert "+dtoverlay=disable-wifi" in capsys.readouterr().out
    assert config(boot) == AS_SHIPPED
    assert not (boot / KEPT).exists()


def test_undo_gives_back_what_was_there(boot: Path) -> None:
    setup(boot, "--yes")
    assert setup(boot, "--undo", "--yes") == 0
    assert config(boot) == AS_SHIPPED


def test_radios_stay_as_they_were_chosen_until_chosen_again(boot: Path) -> None:
    setup(boot, "--yes", "--radios", "off")
    assert "dtoverlay=disable-wifi\ndtoverlay=disable-bt\n" in config(boot)
    setup(boot, "--yes")
    assert "disable-wifi" in config(boot)
    setup(boot, "--yes", "--radios", "on")
    assert "disable-" not in config(boot)


def test_a_board_without_gadget_port_is_told_about_the_uart(boot: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert setup(boot, "--yes", model="Raspberry Pi 3 Model B Rev 1.2") == 0
    said = capsys.readouterr().out
    assert "card reader" in said
    assert "/dev/serial0" in said
    assert "dr_mode=peripheral" not in config(boot)


def test_switching_the_radios_off_comes_with_a_word_on_ssh(
    boot: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal("y\nn\nn\n"))
    setup(boot)
    assert "SSH over Wi-Fi no longer works" in capsys.readouterr().out


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("answers", "after"),
    [
        ("y\nn\ny\n", "radios off"),
        ("n\nn\nja\n", "radios on"),
        ("n\ny\ny\n", "saving"),
        ("n\nn\nn\n", "as shipped"),
        ("", "as shipped"),
    ],
)
def test_a_terminal_is_asked_about_the_radios_and_before_writing(
    boot: Path, monkeypatch: pytest.MonkeyPatch, answers: str, after: str
) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(answers))
    assert setup(boot) == 0
    assert (config(boot) == AS_SHIPPED) is (after == "as shipped")
    assert ("disable-wifi" in config(boot)) is (after == "radios off")
    assert ("dtparam=audio=off" in config(boot)) is (after == "saving")


def test_power_is_saved_until_chosen_otherwise_and_hdmi_s_line_is_the_owner_s(
    boot: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = AS_SHIPPED + "dtoverlay=vc4-kms-v3d\n"
    (boot / "config.txt").write_text(text)
    setup(boot, "--yes", "--power", "save")
    assert "dtoverlay=vc4-kms-v3d,nohdmi" in capsys.readouterr().out
    assert config(boot).startswith(text)
    assert "dtparam=act_led_trigger=none\n" in config(boot)
    setup(boot, "--yes", "--radios", "off")
    assert "dtparam=act_led_trigger=none\n" in config(boot)
    setup(boot, "--yes", "--power", "full")
    assert "act_led" not in config(boot)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--boot-folder", "/nowhere", "--model", ZERO_2, "--yes"], "no config.txt in /nowhere"),
        (["--model", ZERO_2], "no terminal: give --yes"),
    ],
)
def test_a_request_at_fault_is_one_line(
    options: list[str], says: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert main(["setup", *options]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert said.count("\n") == 1


def test_a_damaged_block_is_left_to_the_owner() -> None:
    with pytest.raises(RoligError, match="has no '# rolig: end'"):
        with_block("# rolig: begin, made by 'rolig setup'\ndtparam=spi=on\n", [])


@settings(deadline=None)
@given(st.lists(st.text(alphabet="ab=#[] ", max_size=20), max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_nothing_outside_the_block_is_touched(lines: list[str], newline: str) -> None:
    text = newline.join(lines)
    marked = with_block(text, ["dtparam=spi=on"])
    assert without_block(marked).rstrip("\r\n") == text.rstrip("\r\n")
    assert without_block(marked).startswith(text)
    assert with_block(marked, ["dtparam=spi=on"]) == marked


def test_where_the_card_is_full_the_file_of_before_stays_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.txt").write_text("dtparam=audio=on\n")
    before = contents(tmp_path)
    with room_for(10):
        assert main(["setup", "--boot-folder", str(tmp_path), "--model", "Raspberry Pi Zero 2 W", "--yes"]) == 2
    assert capsys.readouterr().err == f"rolig: {tmp_path}/config.txt: cannot be written: File too large\n"
    assert contents(tmp_path) == before
