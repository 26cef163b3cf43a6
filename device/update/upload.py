"""An update on its way in: its head is checked before the wearer is asked, the rest stored while they allow it.

Sans I/O on the line: the server hands in parts, and tells what is answered. Every part may come twice.
"""

import hashlib
import platform
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path

from device.system.files import WritableFile
from device.update import signature
from device.update.format import (
    BASE,
    MOST_ARCHIVE_BYTES,
    MOST_HEAD_BYTES,
    Head,
    Manifest,
    NotAnUpdateError,
    is_newer,
    parse_head,
)
from device.update.versions import UPLOAD, AskFirstError, BadArchiveError, Versions

OFFERED_S = 10.0
"""Unasked for so long, an offer is over: a host that waits asks every second."""
SPARE_BYTES = 8 << 20
"""Left for sessions, and for what a file takes beyond its bytes."""


class Fault(IntEnum):
    """SMP's own codes (Zephyr, mgmt_defines.h), as the server answers them."""

    CARD = 1
    NO_ROOM = 2
    BAD_INPUT = 3
    NOT_NEWER = 6
    NOT_FOR_THIS = 8
    CORRUPT = 9


class RefusedUpdateError(Exception):
    """The text is one line for whoever offered it."""

    def __init__(self, fault: Fault, why: str) -> None:
        super().__init__(why)
        self.fault = fault


@dataclass(frozen=True, slots=True)
class Uploaded:
    """What is here of an update, whole and checked."""

    manifest: Manifest
    archive: bytes


class Upload:
    """Used from the server's thread; `offered` from the appliance's, too. `allowed`, of a version, is asked
    before anything of it is stored, and all the time that it is unpacked; `key` is the file of the public key."""

    def __init__(
        self,
        versions: Versions,
        allowed: Callable[[str], bool],
        key: Path = signature.KEY,
        machine: Callable[[], str] = platform.machine,
        monotonic_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._versions = versions
        self._allowed = allowed
        self._key = key
        self._machine = machine
        self._monotonic_s = monotonic_s
        self._guard = threading.Lock()
        self._offer = ""
        self._offered_s = 0.0
        self._busy = False
        self._begun = b""
        self._head: Head | None = None
        self._total = self._at = 0
        self._file: WritableFile | None = None
        with suppress(OSError):  # what a cut of the power left
            versions.tidy()

    def offered(self) -> str:
        """The version that a computer offers just now, "" where none does."""
        with self._guard:
            if not self._busy and self._monotonic_s() - self._offered_s > OFFERED_S:
                self._offer = ""
            return self._offer

    def keep_offered(self) -> None:
        """The host is busy with what it offered."""
        with self._guard:
            self._offered_s = self._monotonic_s()

    def part(self, offset: int, data: bytes, total: int | None) -> int:
        """Take in a part; how much is here now, which is where the next one begins. `total`, the file's length, comes
        with the first. Raises RefusedUpdateError, AskFirstError."""
        self.keep_offered()
        if offset == 0:
            self._first(data, total)
        elif not self._total:
            raise RefusedUpdateError(Fault.BAD_INPUT, "an update begins at its beginning")
        elif offset == self._at:
            self._add(data)
        return self._at

    def uploaded(self) -> Manifest | None:
        """What is here whole."""
        return self._head.manifest if self._head is not None and self._file and self._at == self._total else None

    def take(self) -> None:
        """Have the next start try what is here whole. Raises RefusedUpdateError, AskFirstError."""
        if self.uploaded() is None:
            raise RefusedUpdateError(Fault.BAD_INPUT, "no whole update is here")
        self._need_yes()
        self._busy = True
        try:
            whole = self._whole()
            self._versions.take(whole.manifest, whole.archive, lambda: self._allowed(whole.manifest.version))
        except AskFirstError:
            self._offer_it()
            raise
        except BadArchiveError as error:
            self.drop()
            raise RefusedUpdateError(Fault.CORRUPT, str(error)) from error
        except OSError as error:
            raise RefusedUpdateError(Fault.CARD, f"the card could not take it: {error.strerror or error}") from error
        finally:
            self.keep_offered()
            self._busy = False

    def drop(self) -> None:
        """Forget what is here, and that it was offered."""
        self._forget()
        with self._guard:
            self._offer = ""

    def _forget(self) -> None:
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
        with suppress(OSError):
            self._versions.files.remove(self._staged)
        self._begun, self._head, self._file, self._total, self._at = b"", None, None, 0, 0

    @property
    def _staged(self) -> Path:
        return self._versions.folder / UPLOAD

    def _first(self, data: bytes, total: int | None) -> None:
        if total is None or not data or not len(data) <= total <= MOST_ARCHIVE_BYTES + MOST_HEAD_BYTES:
            raise RefusedUpdateError(Fault.BAD_INPUT, "its length is missing, or none that an update has")
        same = self._head is not None and total == self._total and self._begun[: len(data)] == data[: len(self._begun)]
        if same and self._file is not None:
            self._need_yes()
            return  # a cable was pulled, or the answer was lost: it goes on where it was
        self._forget()  # the offer stays: a host that waits for the wearer asks so each second
        self._total = total
        self._add(data)

    def _add(self, data: bytes) -> None:
        if self._at + len(data) > self._total:
            self.drop()
            raise RefusedUpdateError(Fault.BAD_INPUT, "it is longer than it says")
        if self._file is None:
            self._add_to_head(data)
            return
        self._need_yes()
        self._store(data)

    def _add_to_head(self, data: bytes) -> None:
        begun = self._begun + data
        head = self._parsed(begun)
        if head is None:
            if len(begun) > MOST_HEAD_BYTES or len(begun) == self._total:
                self.drop()
                raise RefusedUpdateError(Fault.BAD_INPUT, "it ends before its signature")
            self._begun, self._at = begun, len(begun)
            return
        self._check(head)
        self._head = head
        self._offer_it()
        self._need_yes()
        self._begun, self._at = begun[: head.length], 0
        try:
            self._versions.files.make_folder(self._versions.folder)
            self._file = self._versions.files.create(self._staged)
        except OSError as error:
            raise self._card_failed(error) from error
        self._store(begun)

    def _store(self, data: bytes) -> None:
        assert self._file is not None
        try:
            self._file.write_at(self._at, data)
        except OSError as error:
            raise self._card_failed(error) from error
        self._at += len(data)
        if self._at == self._total:
            self._whole()

    def _card_failed(self, error: OSError) -> RefusedUpdateError:
        self.drop()
        return RefusedUpdateError(Fault.CARD, f"the card could not take it: {error.strerror or error}")

    def _parsed(self, data: bytes) -> Head | None:
        try:
            return parse_head(data)
        except NotAnUpdateError as error:
            self.drop()
            raise RefusedUpdateError(Fault.BAD_INPUT, str(error)) from error

    def _check(self, head: Head) -> None:
        """All that can be told from the head. The signature first: what it does not vouch for is not looked at."""
        try:
            self._check_signature(head)
            self._check_fit(head)
        except RefusedUpdateError:
            self.drop()
            raise

    def _check_signature(self, head: Head) -> None:
        try:
            signed = signature.is_signed(head.signed, head.signature, self._key)
        except signature.NoKeyError as error:
            raise RefusedUpdateError(Fault.NOT_FOR_THIS, str(error)) from error
        if not signed:
            raise RefusedUpdateError(Fault.CORRUPT, "its signature is not one that this device trusts")

    def _check_fit(self, head: Head) -> None:
        manifest, running = head.manifest, self._versions.running
        if manifest.size != self._total - head.length:
            raise RefusedUpdateError(Fault.BAD_INPUT, "its length is not the one it was signed with")
        if not is_newer(manifest.version, running):
            same = "the same as" if manifest.version == running else "older than"
            raise RefusedUpdateError(
                Fault.NOT_NEWER, f"version {manifest.version} is {same} the one that runs ({running})"
            )
        if manifest.base > BASE:
            raise RefusedUpdateError(Fault.NOT_FOR_THIS, "it needs a newer system: flash the card anew")
        if manifest.machines and self._machine() not in manifest.machines:
            raise RefusedUpdateError(Fault.NOT_FOR_THIS, f"it is not for this machine ({self._machine()})")
        needed = manifest.size + 2 * manifest.unpacked + SPARE_BYTES
        folder = self._versions.folder
        try:
            free = self._versions.files.free_bytes(folder if folder.is_dir() else folder.parent)
        except OSError as error:
            raise RefusedUpdateError(Fault.CARD, f"the card does not answer: {error.strerror or error}") from error
        if free < needed:
            raise RefusedUpdateError(
                Fault.NO_ROOM,
                f"the card has {free >> 20} MB free, and it needs {needed >> 20}: pull and delete sessions",
            )

    def _need_yes(self) -> None:
        """To the very version that is here: another may have come in since the wearer saw one."""
        assert self._head is not None
        if not self._allowed(self._head.manifest.version):
            self._offer_it()
            raise AskFirstError

    def _offer_it(self) -> None:
        assert self._head is not None
        with self._guard:
            self._offer, self._offered_s = self._head.manifest.version, self._monotonic_s()

    def _whole(self) -> Uploaded:
        """What was stored, read back and compared with what was signed."""
        assert self._head is not None
        assert self._file is not None
        manifest = self._head.manifest
        try:
            self._file.sync()
            with self._staged.open("rb") as file:
                file.seek(self._head.length)
                archive = file.read(manifest.size + 1)
        except OSError as error:
            raise self._card_failed(error) from error
        if hashlib.sha256(archive).hexdigest() != manifest.sha256:
            self.drop()
            raise RefusedUpdateError(Fault.CORRUPT, "what arrived is not what was signed")
        return Uploaded(manifest, archive)
