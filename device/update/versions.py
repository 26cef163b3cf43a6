"""The versions on the card: how one is unpacked, tried, proven and removed. After any cut of the power there is the
version that was, or the whole new one on trial.
"""

import io
import lzma
import py_compile
import re
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path, PurePosixPath

from device.system.files import FileSystem, OsFileSystem
from device.system.plain_file import read_plain
from device.update import choice
from device.update.choice import Chosen
from device.update.format import Manifest, is_newer, order_of

NEW = "new.part"
UPLOAD = "upload.part"
DIGEST = "archive.sha256"
MOST_FILES = 5000
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]{0,99}", re.ASCII)


_UNREADABLE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
    OSError,
)


class BadArchiveError(ValueError):
    """The archive holds what a version does not."""


class AskFirstError(Exception):
    """The wearer has not allowed it, or no longer does."""


class Versions:
    """Those in `folder`. `running` is the version of this process; in `uncounted` lie the starts that the card did not
    keep. Methods may raise OSError."""

    def __init__(
        self, folder: Path, running: str, files: FileSystem | None = None, uncounted: Path | None = None
    ) -> None:
        self._uncounted = uncounted
        self.folder = folder
        self.running = running
        self.files = files or OsFileSystem()
        self._was: Chosen | None = None

    def choice(self) -> Chosen:
        return choice.load(self.folder)

    def on_trial(self) -> bool:
        """Whether this process has still to show that it comes up."""
        now = self.choice()
        return now.version == self.running and (not now.proven or now.starts > 0)

    def prove(self) -> None:
        """This process is up, and its version is what the next start takes."""
        if self._uncounted is not None:
            with suppress(OSError):
                self._uncounted.unlink(missing_ok=True)
        if self.on_trial():
            choice.save(self.files, self.folder, replace(self.choice(), starts=0, proven=True))

    def way_back_untold(self) -> bool:
        """Whether a version newer than this one was left again, and the wearer has not read so yet."""
        now = self.choice()
        return is_newer(now.failed, self.running) and not now.told

    def way_back_read(self) -> None:
        choice.save(self.files, self.folder, replace(self.choice(), told=True))

    def tidy(self) -> None:
        """Removes what is neither chosen, nor gone back to, nor runs; no version while the choice cannot be read. Not
        while an update comes in."""
        if not self.folder.is_dir():
            return
        now = choice.read(self.folder)
        for path in sorted(self.folder.iterdir()):
            wanted = now is None or path.name in (now.version, now.before, self.running)
            old = order_of(path.name) is not None and not wanted
            if old or path.name in (NEW, UPLOAD):
                self._remove(path)

    def take(self, manifest: Manifest, archive: bytes, go_on: Callable[[], bool]) -> None:
        """Unpack the version, and have the next start try it. `archive` was checked against `manifest`, and that
        against its signature. `go_on` is asked before each file and before the choice: the wearer may stop it, or the
        cable may go. Raises BadArchiveError, AskFirstError; what was unpacked is gone then."""
        if self.digest(self.choice().version) == bytes.fromhex(manifest.sha256):
            return  # the answer to the first was lost
        self.leave_waiting()
        try:
            self._unpack(manifest, archive, go_on)
            _ask(go_on)
        except Exception:
            for path in (self.folder / NEW, self.folder / manifest.version):
                with suppress(OSError):
                    self._remove(path)
            raise
        before = self.running if choice.is_there(self.folder, self.running) else ""
        self._was = self.choice()
        choice.save(self.files, self.folder, Chosen(manifest.version, before))

    def leave_waiting(self) -> None:
        """What was set for the next start is not tried after all. Nothing to do once it `shall_start`."""
        was, self._was = self._was, None
        if was is not None:
            choice.save(self.files, self.folder, was)

    def shall_start(self) -> None:
        """What was set for the next start stays: that start comes now."""
        self._was = None

    def digest(self, version: str) -> bytes | None:
        """The SHA-256 of the archive that a version came in; None for the package's own."""
        try:
            return bytes.fromhex(read_plain(self.folder / version / DIGEST, 100).decode("ascii"))
        except (OSError, ValueError):
            return None

    def _unpack(self, manifest: Manifest, archive: bytes, go_on: Callable[[], bool]) -> None:
        new, place = self.folder / NEW, self.folder / manifest.version
        for path in (new, place):
            self._remove(path)
        self.files.make_folder(new)
        self._write(new / DIGEST, manifest.sha256.encode("ascii"))
        folders = {new}
        for name, content in _contents(archive, manifest.unpacked):
            _ask(go_on)
            path = new.joinpath(*name.parts)
            self._write_in(folders, path, content)
            if path.suffix == ".py":
                compiled = path.parent / "__pycache__" / f"{path.stem}.{sys.implementation.cache_tag}.pyc"
                self._write_in(folders, compiled, _compiled(path, place.joinpath(*name.parts)))
        for folder in sorted(folders, reverse=True):
            self.files.sync_folder(folder)
        self.files.rename(new, place)
        self.files.sync_folder(self.folder)

    def _write_in(self, folders: set[Path], path: Path, content: bytes) -> None:
        for folder in reversed([path.parent, *path.parent.parents]):
            if folder not in folders and any(known in folder.parents for known in folders):
                self.files.make_folder(folder)
                folders.add(folder)
        self._write(path, content)

    def _write(self, path: Path, content: bytes) -> None:
        file = self.files.create(path)
        try:
            file.write_at(0, content)
            file.sync()
        finally:
            file.close()

    def _remove(self, path: Path) -> None:
        if path.is_dir() and not path.is_symlink():
            for inner in sorted(path.iterdir()):
                self._remove(inner)
            self.files.remove_folder(path)
        elif path.exists() or path.is_symlink():
            self.files.remove(path)


def _ask(go_on: Callable[[], bool]) -> None:
    if not go_on():
        raise AskFirstError


def _compiled(path: Path, place: Path) -> bytes:
    """For this Python, as it will lie at `place`. What Python itself would write there is not synced, and a cut of the
    power could leave half of it. Raises BadArchiveError for what this Python does not understand."""
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder, "made.pyc")
        try:
            by_hash = py_compile.PycInvalidationMode.UNCHECKED_HASH
            py_compile.compile(str(path), str(made), str(place), doraise=True, invalidation_mode=by_hash)
        except (py_compile.PyCompileError, ValueError) as error:
            raise BadArchiveError(f"{path.name} is not for this Python") from error
        return made.read_bytes()


def _contents(archive: bytes, unpacked: int) -> list[tuple[PurePosixPath, bytes]]:
    """All files, their names checked before any of them becomes a path."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            entries = [entry for entry in opened.infolist() if not entry.is_dir()]
            names = [PurePosixPath(entry.filename) for entry in entries]
            if len(entries) > MOST_FILES or sum(entry.file_size for entry in entries) != unpacked:
                raise BadArchiveError("its files are not those that its manifest tells of")
            if len(set(names)) != len(names) or any(
                name.is_absolute() or not name.parts or not all(map(_NAME.fullmatch, name.parts)) for name in names
            ):
                raise BadArchiveError("a file in it has a name that it may not have")
            if PurePosixPath("device/__init__.py") not in names:
                raise BadArchiveError("there is no application in it")
            return [(name, opened.read(entry)) for name, entry in zip(names, entries, strict=True)]
    except BadArchiveError:
        raise
    except _UNREADABLE as error:
        raise BadArchiveError(f"its archive cannot be read: {error}") from error
