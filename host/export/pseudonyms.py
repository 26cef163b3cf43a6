"""Names and dates for research that do not lead back to the wearer.

Everything is derived from a random key that stays in the wearer's own folder: exports of the same folder
agree with one another, and without the key they cannot be linked to the wearer.
"""

import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from host.copies.ordinary_file import read_ordinary
from host.copies.whole_file import OWNER_FILE, write_whole
from host.errors import HostError

KEY_FILE = ".export-key.json"
_KEY_BYTES = 32
_MOST_BYTES = 1 << 12
_LEAST_WEEKS, _WEEKS = 52, 520


@dataclass(frozen=True, slots=True)
class Pseudonyms:
    """The pseudonyms of one wearer's names and dates. Never pass the key on with an export."""

    key: bytes

    @classmethod
    def of_folder(cls, directory: Path) -> "Pseudonyms":
        """The key kept in the folder, made at the first export. Raises HostError if it cannot be read or
        kept.
        """
        path = directory / KEY_FILE
        try:
            if not path.exists():
                write_whole(path, json.dumps({"key": secrets.token_hex(_KEY_BYTES)}).encode(), mode=OWNER_FILE)
            key = bytes.fromhex(json.loads(read_ordinary(path, _MOST_BYTES))["key"])
        except OSError as error:
            why = error.strerror or error
            raise HostError(f"{path}: the key for pseudonyms cannot be read or kept: {why}") from error
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise HostError(f"{path}: the key for pseudonyms cannot be read: the file is damaged") from error
        if len(key) < _KEY_BYTES:
            raise HostError(f"{path}: the key for pseudonyms is too short")
        return cls(key)

    def wearer(self) -> str:
        """12 hexadecimal digits."""
        return self._digest("wearer").hex()[:12]

    def session(self, sums_sha256: str) -> str:
        """12 hexadecimal digits for the session with that hash of its SHA256SUMS."""
        return self._digest("session " + sums_sha256).hex()[:12]

    def shifted(self, started: datetime) -> datetime:
        """A date 1 to 11 years earlier, by whole weeks, the same for all of a wearer's sessions, cut to the
        hour.

        Intervals between sessions, weekdays and hours stay; the calendar does not.
        """
        weeks = _LEAST_WEEKS + int.from_bytes(self._digest("shift")[:8], "big") % _WEEKS
        local = started.astimezone().replace(tzinfo=None, minute=0, second=0, microsecond=0)
        return local - timedelta(weeks=weeks)

    def _digest(self, what: str) -> bytes:
        return hmac.digest(self.key, what.encode(), "sha256")
