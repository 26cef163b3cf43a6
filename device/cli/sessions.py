"""rolig sessions: what is on the card."""

import argparse
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from device.cli.config import add_config_option
from device.config import load_config
from device.errors import UsageError
from device.recording.ending.recovery import recover
from device.recording.format.names import SUMMARY, SUMS
from device.recording.format.printable import printable
from device.recording.format.summary_keys import own_date
from device.recording.store import Store
from device.system.plain_file import read_plain
from device.usb.view import LogView, NoSuchLogError
from device.wearer.practised import dates_beside

_MOST_BYTES = 1 << 20


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "sessions",
        description="List the sessions in the store, oldest first. --recover closes those that a power cut left open "
        "(the appliance does so by itself when it starts). --delete removes one for good, as a whole, from this store "
        "alone; what it taught the device of its wearer stays in profile.json.",
    )
    add_config_option(parser)
    parser.add_argument("--store", type=Path, metavar="DIR", help="the store (default: the configured one)")
    parser.add_argument("--json", action="store_true", help="the list as JSON, for programs")
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
            print(printable(f"{found.name}: {found.fault or f'closed, {found.records} s kept'}"))
    sessions = sorted(store.sessions(), key=lambda session: not session[1])  # those not closed come last
    dates = dates_beside(root)
    rows = [_row(folder, finished, dates.get(folder.name)) for folder, finished in sessions]
    if args.json:
        print(json.dumps([asdict(row) for row in rows], indent=1))
    elif rows:
        _print_table([row.cells() for row in rows])
    return 1 if faults else 0


def _delete(root: Path, name: str) -> int:
    view = LogView(root)
    try:
        view.delete(name, bytes.fromhex(view.find(f"{name}/{SUMS}").sha256))
    except NoSuchLogError:
        raise UsageError(f"{root}: there is no finished session {name!r}") from None
    print(f"{name}: deleted")
    return 0


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A session as its own summary tells it; None where it does not. `started` is local time; one that was `recovered`
    after a power cut has no reason of its own to have ended."""

    name: str
    finished: bool
    started: str | None = None
    length_s: float | None = None
    mean_hr_bpm: float | None = None
    end_reason: str | None = None
    recovered: bool | None = None

    def cells(self) -> tuple[str, ...]:
        if self.length_s is None:
            return self.name, "no readable summary" if self.finished else "not closed"
        return (
            self.name,
            "-" if self.started is None else self.started[:16].replace("T", " "),
            f"{self.length_s / 60.0:.1f} min",
            "-" if self.mean_hr_bpm is None else f"{self.mean_hr_bpm:.0f} bpm",
            self.end_reason or ("recovered" if self.recovered else "-"),
        )


HEADER = ("SESSION", "STARTED", "LENGTH", "HEART RATE", "ENDED")


def _row(folder: Path, finished: bool, told_later: str | None) -> SessionLine:
    if not finished:
        return SessionLine(folder.name, finished=False)
    try:
        summary: dict[str, Any] = json.loads(read_plain(folder / SUMMARY, _MOST_BYTES))
        hr_bpm, reason = summary["hrv_nn"]["mean_hr_bpm"], summary["end_reason"]
        at = told_later or own_date(summary)
        return SessionLine(
            folder.name,
            finished=True,
            started=None if at is None else datetime.fromisoformat(at).astimezone().isoformat(timespec="seconds"),
            length_s=float(summary["length_s"]),
            mean_hr_bpm=None if hr_bpm is None else float(hr_bpm),
            end_reason=None if reason is None else str(reason),
            recovered=bool(summary.get("recovered")),
        )
    except (OSError, OverflowError, ValueError, KeyError, TypeError, RecursionError):
        return SessionLine(folder.name, finished=True)


def _print_table(rows: Sequence[Sequence[str]]) -> None:
    whole = [row for row in (HEADER, *rows) if len(row) == len(HEADER)]
    widths = [max(len(row[column]) for row in whole) for column in range(len(HEADER))]
    widths[0] = max(len(row[0]) for row in (HEADER, *rows))
    for row in (HEADER, *rows):
        print(printable("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip()))
