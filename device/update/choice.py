"""Which version the service starts: one small file, replaced whole, beside the versions' folders.

A version is on trial until it has been up for some seconds; each start is written down before it is made. One that does
not come up is left for the version before, at last for the package's own.
"""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, fields, replace
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
UNCOUNTED = "uncounted-starts"
"""In the service's folder in memory: a version and its starts since the power came on that the card did not keep."""
_MOST_BYTES = 4096
_MOST_STARTS = 1000


@dataclass(frozen=True, slots=True)
class Chosen:
    """`version` "" is the package's own, `before` what is gone back to. `starts`: those since it was last up.
    `proven`: it was up once. `failed`: the one that did not come up, the last time that any did not; `told`: the wearer
    knows of it."""

    version: str = ""
    before: str = ""
    starts: int = 0
    proven: bool = False
    failed: str = ""
    told: bool = False


def load(folder: Path) -> Chosen:
    """The package's own where there is none, or none that can be read."""
    return read(folder) or Chosen()


def read(folder: Path) -> Chosen | None:
    """None where there is one that cannot be read, for now or for ever. What it holds beyond the fields here is a newer
    version's, and passed over."""
    try:
        told = json.loads(read_plain(folder / CHOICE, _MOST_BYTES))
    except FileNotFoundError:
        return Chosen()
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(told, dict):
        return None
    choice = Chosen(**{field.name: told[field.name] for field in fields(Chosen) if field.name in told})
    names = (choice.version, choice.before, choice.failed)
    if (
        all(isinstance(name, str) and (not name or order_of(name)) for name in names)
        and type(choice.starts) is int
        and 0 <= choice.starts <= _MOST_STARTS
        and type(choice.proven) is bool
        and type(choice.told) is bool
    ):
        return choice
    return None


def save(files: FileSystem, folder: Path, choice: Chosen) -> None:
    """Raises OSError."""
    write_atomically(files, folder / CHOICE, json.dumps(asdict(choice)).encode())


def is_there(folder: Path, version: str) -> bool:
    """Whether the version has its folder. It comes under its name when it is whole."""
    return bool(version) and (folder / version / "device" / "__init__.py").is_file()


def choose(
    files: FileSystem, folder: Path, base: str, say: Callable[[str], None], uncounted: Path | None = None
) -> str:
    """The version to start now, "" for the package's own, which is version `base`. Called once a start. Where the card
    does not keep that, the file `uncounted` does, in memory."""
    choice = load(folder)
    if not is_newer(choice.version, base):
        return ""
    starts = STARTS_WHEN_PROVEN if choice.proven else STARTS_ON_TRIAL
    back = _startable(folder, choice.before, base)
    if is_there(folder, choice.version) and choice.starts < starts:
        start, kept = choice.version, replace(choice, starts=choice.starts + 1)
        otherwise = start if choice.proven else back
    else:
        say(f"version {choice.version} did not come up; back to {back or base}")
        start, kept = back, Chosen(back, "", int(bool(back)), bool(back), choice.version)
        otherwise = back
    try:
        save(files, folder, kept)
    except OSError as error:
        say(f"{folder}: {error.strerror or error}")
    else:
        return start
    if not otherwise or _count_in_memory(uncounted, otherwise):
        return otherwise
    say(f"version {otherwise} did not come up; back to {base}")
    return ""


def _count_in_memory(uncounted: Path | None, version: str) -> bool:
    """Whether `version` may have one more start that the card does not keep. Who cannot be counted at all could fall
    for ever."""
    if uncounted is None:
        return False
    starts = 0
    with suppress(OSError, ValueError):
        name, told = read_plain(uncounted, _MOST_BYTES).decode("ascii").split()
        starts = int(told) if name == version else 0
    with suppress(OSError):
        uncounted.write_text(f"{version} {starts + 1}\n", encoding="ascii")
        return starts < STARTS_WHEN_PROVEN
    return False


def _startable(folder: Path, version: str, base: str) -> str:
    return version if is_newer(version, base) and is_there(folder, version) else ""
