"""What the service starts (systemd/rolig-start): the version that is chosen, in a Python of its own.

Part of the package, whose version is the last resort; nothing here may fail, whatever lies on the card. It runs as the
service's user: nothing that this user can write is ever run by root.
"""

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NoReturn

from device.system.files import OsFileSystem
from device.update.choice import FOLDER, UNCOUNTED, choose, load
from device.update.versions import Versions
from device.versions import rolig_version

OWN = Path(__file__).parents[2]
STORE = "/var/lib/rolig"
VERSIONS = "ROLIG_VERSIONS"
"""The environment variable that tells what was started where the versions are; without it there are none."""
BASE_VERSION = "ROLIG_BASE"
"""And the one that tells the package's own."""
_RUN = "import sys; sys.path[0] = sys.argv.pop(1); from device.cli import main; sys.exit(main())"
_TRY = """import sys
sys.path[0] = sys.argv.pop(1)
try:
    from device.cli import main
    code = main()
except SystemExit as error:
    code = error.code
sys.exit(1 if code == 2 else code)
"""
"""The same for a version on trial: systemd does not start anew what ends with 2, and it could not be left."""


def command(arguments: Sequence[str], folder: Path = OWN, code: str = _RUN) -> list[str]:
    """`rolig` with `arguments` from the version in `folder`, by default the one of this process. Python writes nothing
    beside the code: what it would write is not synced."""
    return [sys.executable, "-s", "-B", "-c", code, str(folder), *arguments]


def installed_versions() -> Versions | None:
    """Those that this process was chosen from; None where it was started in another way."""
    folder = os.environ.get(VERSIONS)
    return Versions(Path(folder), rolig_version(), uncounted=_uncounted()) if folder else None


def _uncounted() -> Path | None:
    """None where this was not started as a service."""
    folder = os.environ.get("RUNTIME_DIRECTORY")
    return Path(folder, UNCOUNTED) if folder else None


def place(versions: Path, say: Callable[[str], None]) -> Path:
    """The folder to start from."""
    try:
        version = choose(OsFileSystem(), versions, rolig_version(), say, _uncounted())
    except Exception as error:  # whatever it is, the device has to start
        say(f"the choice of a version failed: {error!r}")
        version = ""
    return versions / version if version else OWN


def main(arguments: Sequence[str]) -> NoReturn:
    """Becomes `rolig` with `arguments`."""
    versions = Path(os.environ.get("STATE_DIRECTORY", STORE), FOLDER)
    folder = place(versions, lambda text: print(f"rolig: {text}", file=sys.stderr, flush=True))
    os.environ |= {VERSIONS: str(versions), BASE_VERSION: rolig_version()}
    on_trial = folder != OWN and not load(versions).proven
    os.execv(sys.executable, command(arguments, folder, _TRY if on_trial else _RUN))
