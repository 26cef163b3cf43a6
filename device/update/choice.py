"""Which version the service starts: one small file, replaced whole, beside the versions' folders.

A version is on trial until it has been up for some seconds; each start is written down before it is made. One that does
not come up is left for the version before, at last for the package's own.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from device.system.files import FileSystem, write_atomically
from device.system.plain_file import read_plain
from device.update.format import is_newer, order_of

FOLDER = "versions"
"""In the store, beside the sessions."""
CHOICE = "choice.json"
STARTS_ON_TRIAL = 2
STARTS_WHEN_PROVEN = 5
"""Of one that was up before, as it ages on a card, or is switched off at once again and again."""
_MOST_BYTES = 4096
_MOST_STARTS = 1000


@dataclass(frozen=True, slots=True)
class Chosen:
    """`version` "" is the package's own, `before` what is gone back to. `starts`: those since it was last up.
    `proven`: it was up once. `failed`: the one that did not come up, the last time that any did not."""

    version: str = ""
    before: str = ""
    starts: int = 0
    proven: bool = False
    failed: str = ""


def load(folder: Path) -> Chosen:
    """The package's own where there is none, or none that can be read."""
    with suppress(OSError, ValueError, TypeError, KeyError, RecursionError):
        told = json.loads(read_plain(folder / CHOICE, _MOST_BYTES))
        choice = Chosen(**told) if isinstance(told, dict) else Chosen()
        names = (choice.version, choice.before, choice.failed)
        if (
            all(isinstance(name, str) and (not name or order_of(name)) for name in names)
            and type(choice.starts) is int
            and 0 <= choice.starts <= _MOST_STARTS
            and type(choice.proven) is bool
        ):
            return choice
    return Chosen()


def save(files: FileSystem, folder: Path, choice: Chosen) -> None:
    """Raises OSError."""
    write_atomically(files, folder / CHOICE, json.dumps(asdict(choice)).encode())


def is_there(folder: Path, version: str) -> bool:
    """Whether the version has its folder. It comes under its name when it is whole."""
    return bool(version) and (folder / version / "device" / "__init__.py").is_file()


def choose(files: FileSystem, folder: Path, base: str, say: Callable[[str], None]) -> str:
    """The version to start now, "" for the package's own, which is version `base`. Called once a start."""
    choice = load(folder)
    if not is_newer(choice.version, base):
        return ""
    starts = STARTS_WHEN_PROVEN if choice.proven else STARTS_ON_TRIAL
    if is_there(folder, choice.version) and choice.starts < starts:
        try:
            save(files, folder, replace(choice, starts=choice.starts + 1))
        except OSError as error:
            say(f"{folder}: {error.strerror or error}")
            if not choice.proven:  # who could not be counted could fall for ever
                return _startable(folder, choice.before, base)
        return choice.version
    back = _startable(folder, choice.before, base)
    say(f"version {choice.version} did not come up; back to {back or base}")
    try:
        save(files, folder, Chosen(back, "", int(bool(back)), bool(back), choice.version))
    except OSError as error:
        say(f"{folder}: {error.strerror or error}")
    return back


def _startable(folder: Path, version: str, base: str) -> str:
    return version if is_newer(version, base) and is_there(folder, version) else ""
