"""rolig serve: the log server on any serial port."""

import argparse
import threading
from pathlib import Path

from device.cli.config import add_config_option
from device.config import load_config
from device.errors import UsageError
from device.system.stop_signals import StopRequest
from device.usb.link import LinkError, serve


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "serve",
        description="Serve the finished sessions over MCUmgr SMP on a serial port or pty until stopped. This allows "
        "pulling without a press on the device.",
    )
    add_config_option(parser)
    parser.add_argument("--port", type=Path, required=True, metavar="TTY", help="the serial port or pty")
    parser.add_argument("--store", type=Path, metavar="DIR", help="the sessions (default: the configured store)")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    root = args.store or Path(load_config(args.config).store.folder)
    if not root.is_dir():
        raise UsageError(f"{root}: there is no such folder")
    ended = threading.Event()
    with StopRequest(on_request=ended.set):
        try:
            serve(args.port, root, ended)
        except LinkError as error:
            raise UsageError(f"{args.port}: cannot be opened: {error.strerror}") from error
    return 0
