"""rolig sessions: what is on the card."""

import argparse
import json
from pathlib import Path
from typing import Any

from device.cli.config import add_config_option
from device.config import load_config
from device.errors import UsageError
from device.recording.ending.recovery import recover
from device.recording.format.names import SUMMARY, SUMS
from device.recording.store import Store
from device.system.plain_file import read_plain
from device.usb.view import LogView, NoSuchLogError

_MOST_BYTES = 1 << 20


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "sessions",
        help="list the recorded sessions",
        description="List the sessions in the store, oldest first. --recover closes those that a power cut left open "
        "(the appliance does so by itself when it starts). --delete removes one for good, as a whole, from this store "
        "alone; what it taught the device of its wearer stays in profile.json.",
    )
    add_config_option(parser)
    parser.add_argument("--store", type=Path, metavar="DIR", help="the store (default: the configured one)")
    parser.add_argument("--recover", action="store_true", help="close sessions that were left open")
    parser.add_argument("--delete", metavar="NAME", help="delete this finished session")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    root = args.store or Path(load_config(args.config).store.folder)
    if not root.is_dir():
        raise UsageError(f"{root}: there is no such folder")
    store = Store(root)
    if args.delete is not None:
        return _delete(root, args.delete)
    faults = 0
    if args.recover:
        for found in recover(store):
            faults += found.fault is not None
            print(f"{found.name}: {found.fault or f'closed, {found.records} s kept'}")
    sessions = store.sessions()
    for folder, finished in sessions:
        if finished:
            print(_line(folder))
    for folder, finished in sessions:
        if not finished:
            print(f"{folder.name}  not closed")
    return 1 if faults else 0


def _delete(root: Path, name: str) -> int:
    view = LogView(root)
    try:
        view.delete(name, bytes.fromhex(view.find(f"{name}/{SUMS}").sha256))
    except NoSuchLogError:
        raise UsageError(f"{root}: there is no finished session {name!r}") from None
    print(f"{name}: deleted")
    return 0


def _line(folder: Path) -> str:
    try:
        summary: dict[str, Any] = json.loads(read_plain(folder / SUMMARY, _MOST_BYTES))
        hr_bpm = summary["hrv_nn"]["mean_hr_bpm"]
        heart = "heart rate unknown" if hr_bpm is None else f"{hr_bpm:.0f} bpm"
        return f"{folder.name}  {summary['length_s'] / 60.0:.1f} min  {heart}  {summary['end_reason']}"
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return f"{folder.name}  no readable summary"
