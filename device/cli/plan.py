"""rolig plan: what the eight weeks hold today, from the card or from a folder that was pulled."""

import argparse
from datetime import date
from pathlib import Path

from device.cli.config import add_config_option
from device.config import load_config
from device.errors import UsageError
from device.recording.format.names import PROFILE
from device.wearer.memory import Memory
from device.wearer.plan import days_of, plan_on
from device.wearer.practised import finished_sessions, practised_in
from device.wearer.profile_store import read_memory
from device.wearer.weeks import WeeksSoFar


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "plan",
        description="Show the plan on this day: eight weeks, three minutes first, longer only while tension does not "
        "rise. It counts days of practice and nothing else. plan = false in the configuration, or the device's menu, "
        "turns it off.",
    )
    add_config_option(parser)
    parser.add_argument("--store", type=Path, metavar="DIR", help="the store, or a folder that rolig pull filled")
    parser.set_defaults(run=_run)


def _run(args: argparse.Namespace) -> int:
    config = load_config(args.config)
    root = args.store or Path(config.store.folder)
    if args.store is not None and not root.is_dir():
        raise UsageError(f"{root}: there is no such folder")
    kept = read_memory(root / PROFILE)
    if not (config.session.plan if kept is None else kept.preferences.plan):
        print("The plan is off in the configuration." if kept is None else "The plan is off in the device's menu.")
        return 0
    days = days_of(weeks_in(root, kept).sessions)
    said = [] if days else ["Nothing is practised yet: a good time to begin, whenever it suits you."]
    print("\n".join([*plan_on(date.today().toordinal(), days).in_words(), *said]))
    return 0


def weeks_in(root: Path, kept: Memory | None) -> WeeksSoFar:
    """What the device remembers, where its profile lies beside the sessions; else what the sessions tell."""
    if kept is not None and kept.weeks is not None:
        return kept.weeks
    return WeeksSoFar.of(practised_in(finished_sessions(root)))
