"""rolig setup: switch on the buses that the wiring needs, and radios and what else takes power off for who wants it."""

import argparse
import difflib
import sys
from pathlib import Path

from device.cli.config import add_config_option
from device.config import load_config
from device.errors import UsageError
from device.system import boot_config

RADIO_QUESTION = (
    "Switch Wi-Fi and Bluetooth off? Nothing then reaches the device by radio, and SSH over Wi-Fi no longer works:\n"
    "logs come over USB, whose port is the computer's then and takes no keyboard, so that 'rolig setup --radios on'\n"
    "needs the card in another computer's reader, with --boot-folder."
)
POWER_QUESTION = "Save power: the Pi's own LED, audio, camera and DSI display off?"
HDMI_HOW = (
    "HDMI takes the most, and its line is not ours to change: where no screen is ever plugged in, make\n"
    "'dtoverlay=vc4-kms-v3d' in config.txt into 'dtoverlay=vc4-kms-v3d,nohdmi'."
)
NO_GADGET = (
    "The USB ports of this board cannot be plugged into a computer. Take the logs with a card reader, or over the\n"
    "UART: 'sudo raspi-config', Interface Options, Serial Port (login shell: no, hardware: yes), and in\n"
    '/etc/rolig/rolig.toml, under [usb]: port = "/dev/serial0".'
)

LAPTOP_RULE = (
    'ACTION!="remove", SUBSYSTEMS=="usb", ATTRS{idVendor}=="1d6b", ATTRS{idProduct}=="0104", ATTRS{product}=="Rolig", '
    'ENV{ID_MM_DEVICE_IGNORE}="1", TAG+="uaccess"'
)
LAPTOP_HOW = (
    "# For a Linux computer that pulls logs: ModemManager leaves the device alone, and its port needs no group.\n"
    "# rolig setup --laptop | sudo tee /etc/udev/rules.d/60-rolig.rules && sudo udevadm control --reload"
)


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "setup",
        description="Write what the configured wiring needs into one marked block of config.txt, after showing it. "
        f"The file as it was is kept as {boot_config.KEPT}. Takes effect when the Pi restarts.",
        epilog="A card in this computer: rolig setup --boot-folder /media/me/bootfs --model 'Raspberry Pi Zero 2 W'",
    )
    add_config_option(parser)
    parser.add_argument("--boot-folder", type=Path, metavar="DIR", help="where config.txt is (default: /boot/firmware)")
    parser.add_argument("--model", metavar="NAME", help="which Raspberry Pi (default: what this one says it is)")
    parser.add_argument(
        "--radios", choices=("off", "on", "keep"), help="Wi-Fi and Bluetooth (default: asked; keep with --yes)"
    )
    parser.add_argument(
        "--power",
        choices=("save", "full", "keep"),
        help="the Pi's LED, audio, camera and DSI display off, or as they were (default: asked; keep with --yes)",
    )
    parser.add_argument(
        "--laptop", action="store_true", help="print the udev rule for a Linux computer that pulls logs"
    )
    parser.add_argument("--undo", action="store_true", help="take the block out again")
    parser.add_argument("--dry-run", action="store_true", help="show what would change, and change nothing")
    parser.add_argument("--yes", action="store_true", help="write without asking")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    if args.laptop:
        print(f"{LAPTOP_HOW}\n{LAPTOP_RULE}")
        return 0
    if not (args.yes or args.dry_run or sys.stdin.isatty()):
        raise UsageError("setup asks before it writes, and this is no terminal: give --yes, or --dry-run")
    folder = boot_config.find_boot_folder(args.boot_folder)
    before = boot_config.read_boot_config(folder)
    after = boot_config.without_block(before) if args.undo else _with_lines(args, before)
    if after == before:
        print(f"{folder / boot_config.CONFIG}: nothing to change")
        return 0
    _show_change(folder / boot_config.CONFIG, before, after)
    if args.dry_run or not (args.yes or _asked("Write this?")):
        print("Nothing was changed.")
        return 0
    boot_config.write_boot_config(folder, after)
    print(f"Written; the file as it was is {folder / boot_config.KEPT}. Restart the Pi: sudo reboot")
    return 0


def _with_lines(args: argparse.Namespace, before: str) -> str:
    model = args.model or boot_config.read_model()
    if not model:
        raise UsageError("this is no Raspberry Pi: say which one it is for, as --model 'Raspberry Pi Zero 2 W'")
    if not boot_config.has_gadget_port(model):
        print(NO_GADGET)
    wiring = load_config(args.config).wiring
    radios_off, saving = _radios_off(args, before), _saving(args, before)
    if saving and boot_config.hdmi_is_on(before):
        print(HDMI_HOW)
    return boot_config.with_block(before, boot_config.boot_lines(wiring, model, radios_off, saving))


def _radios_off(args: argparse.Namespace, before: str) -> bool:
    now_off = boot_config.radios_are_off(before)
    if args.radios in ("off", "on"):
        return bool(args.radios == "off")
    if args.radios == "keep" or args.yes or args.dry_run or now_off:
        return now_off
    return _asked(RADIO_QUESTION)


def _saving(args: argparse.Namespace, before: str) -> bool:
    now_saving = boot_config.saves_power(before)
    if args.power in ("save", "full"):
        return bool(args.power == "save")
    if args.power == "keep" or args.yes or args.dry_run or now_saving:
        return now_saving
    return _asked(POWER_QUESTION)


def _show_change(path: Path, before: str, after: str) -> None:
    print(f"{path}:")
    for line in difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=1):
        if not line.startswith(("---", "+++", "@@")):
            print(f"  {line}".encode(errors="replace").decode())


def _asked(question: str) -> bool:
    try:
        return input(f"{question} [y/N] ").strip().lower() in ("y", "yes", "j", "ja")
    except EOFError:
        return False
