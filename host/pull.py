"""`rolig pull`: bring what is new from the device to a folder, verified.

What was done is on disk, so the work can stop anywhere (a pulled plug, Ctrl-C) and go on where it was.
"""

import asyncio
import contextlib
import errno
import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from device.recording.format.names import INDEX, SUMS
from host.copies import session_folder
from host.copies.whole_file import made_folder
from host.errors import HostError, SessionError, told_count
from host.link.device import Device, Patience, RefusedError
from host.link.finder import find_port
from host.link.index import RemoteFile, RemoteSession, parse_index
from host.link.line import NOT_SHARED, SHARE, Line
from host.pull_screen import PullScreen, megabytes

_OTHER_TIME = (
    "The device keeps its own time: this computer's is too far from the last one it trusted. If this computer is "
    'right, end "Share" on the device, allow it again, and pull once more.'
)
_DOWNLOADS = 3  # of one file whose hash does not come out right


@dataclass(slots=True)
class PullResult:
    """What a pull did. `spoilt`: here already, but not with the files that the device has; `left_out`: what the device
    sends of it is not whole. `seconds` is the time spent bringing over `received` bytes."""

    pulled: list[str] = field(default_factory=list)
    present: list[str] = field(default_factory=list)
    spoilt: list[str] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    received: int = 0
    seconds: float = 0.0
    reconnected: int = 0
    asked_again: int = 0

    def in_words(self) -> str:
        speed = megabytes(self.received / self.seconds) if self.seconds else "0.0 MB"
        new = f"{told_count(len(self.pulled))} pulled and verified"
        if self.received:
            new += f" ({megabytes(self.received)} in {self.seconds:.1f} s, {speed}/s)"
        said = [new, f"{len(self.present)} already here"]
        if self.spoilt:
            said.append(f"{len(self.spoilt)} not whole here")
        if self.left_out:
            said.append(f"{len(self.left_out)} not whole on the device")
        if self.deleted:
            said.append(f"{len(self.deleted)} deleted from the device")
        if self.reconnected:
            said.append(f"reconnected {self.reconnected} times")
        return "; ".join(said) + "."


class _Pull:
    """One pull, over as many connections as it takes."""

    def __init__(self, directory: Path, screen: PullScreen, patience: Patience, *, delete_pulled: bool) -> None:
        self.result = PullResult()
        self.line = Line(screen.say, patience)
        self._directory = directory
        self._screen = screen
        self._delete_pulled = delete_pulled
        self._sessions: list[RemoteSession] = []
        self._seen: set[str] = set()

    async def run(self, port: Callable[[], str]) -> None:
        """Until all is done. Raises HostError if the device refuses, or stays away."""
        try:
            await self.line.run(port, self._work)
        finally:
            self.result.reconnected, self.result.asked_again = self.line.reconnected, self.line.asked_again

    async def _work(self, device: Device) -> None:
        if not await self.line.until_allowed(lambda: device.tell_time(datetime.now(UTC)), SHARE, NOT_SHARED):
            self._screen.say(_OTHER_TIME)
        if not self.line.begun:
            self._screen.say(f"Device: {await device.about()}")
            self._sessions = parse_index(await device.whole(INDEX))
            self.line.begun = True
        for session in self._sessions:
            if session.name in self._seen and not self._delete_pulled:
                continue
            if session.name in self.result.left_out:
                continue
            place = session_folder.copy_of(self._directory, session)
            if place is not None and (names := session_folder.not_as_listed(place, session)):
                self._tell_spoilt(session, place, names)
                continue
            if place is None:
                try:
                    with made_folder(self._directory):
                        place = await self._pull(device, session)
                except SessionError as error:
                    self._leave_out(session, error)
                    continue
                self.result.pulled.append(session.name)
            elif session.name not in self._seen:
                self.result.present.append(session.name)
            self._seen.add(session.name)
            session_folder.keep_date(self._directory, place, session.started_utc)
            if self._delete_pulled and session.name not in self.result.deleted:
                await self._delete(device, session, place)

    def _leave_out(self, session: RemoteSession, error: HostError) -> None:
        """What rotted on the card keeps nobody else's from coming over; the next pull tries it again."""
        self.result.left_out.append(session.name)
        self._screen.say(f"{session.name} is left out: {error}")

    def _tell_spoilt(self, session: RemoteSession, place: Path, names: list[str]) -> None:
        """Nothing here is overwritten: the wearer may have changed it."""
        if session.name not in self.result.spoilt:
            self.result.spoilt.append(session.name)
            what = f"the copy in {place} is not whole ({', '.join(names)})"
            self._screen.say(f"{session.name}: {what}; move it away, and the next pull brings it anew.")

    async def _pull(self, device: Device, session: RemoteSession) -> Path:
        partial = session_folder.partial_folder(self._directory, session)
        done = sum(f.stat().st_size for f in partial.iterdir())
        self._screen.begin(session.name, session.size, done)
        for file in session.files:
            await self._fetch(device, file, partial)
        if not session_folder.holds(partial):
            session_folder.drop(partial)
            raise SessionError(f"{session.name}: its files are not those its {SUMS} lists; nothing was kept")
        place = session_folder.finish(self._directory, session, partial)
        self._screen.end()
        return place

    async def _fetch(self, device: Device, file: RemoteFile, partial: Path) -> None:
        """A file into the partial folder, from where it was left; begun anew if its hash is not right in
        the end.
        """
        part = partial / file.name
        for _ in range(_DOWNLOADS):
            with part.open("ab") as out:
                if out.tell() > file.size:
                    out.truncate(0)
                started_s = time.monotonic()
                try:
                    await device.fetch(file.path, out.tell(), file.size, lambda data: self._keep(out.write(data)))
                except RefusedError as error:
                    raise SessionError(str(error)) from error
                finally:
                    self.result.seconds += time.monotonic() - started_s
            if session_folder.has_file(partial, file):
                return
            part.unlink()
        raise SessionError(f"{file.path}: what arrives never has the hash the device gives for it")

    def _keep(self, count: int) -> None:
        self.line.heard(fruit=True)
        self.result.received += count
        self._screen.advance(count)

    async def _delete(self, device: Device, session: RemoteSession, place: Path) -> None:
        if not session_folder.holds(place):
            self._screen.say(f"{session.name} stays on the device: the copy in {place} is not whole.")
            return
        await device.delete(session.name, session.sums_sha256)
        self.result.deleted.append(session.name)


def pull(
    directory: Path,
    port: str | None = None,
    *,
    delete_pulled: bool = False,
    screen: PullScreen | None = None,
    patience: Patience | None = None,
) -> PullResult:
    """Bring every finished session that is not in `directory` yet, and verify it; the device's clock is set
    first.

    `port` None finds the device. `delete_pulled` deletes on the device what was verified here just now.
    Raises HostError, always with what is done so far kept.
    """
    screen = screen or PullScreen()
    work = _Pull(directory, screen, patience or Patience(), delete_pulled=delete_pulled)
    try:
        _check_directory(directory)
        asyncio.run(work.run(find_port if port is None else lambda: port))
    except OSError as error:
        raise HostError(f"{error.filename or directory}: {error.strerror or error}") from error
    finally:
        screen.clear()
    return work.result


def _check_directory(directory: Path) -> None:
    """Before the wearer is asked for a press. It is made with the first session that comes: a pull of nothing leaves
    nothing. Raises OSError."""
    nearest = next(folder for folder in (directory, *directory.absolute().parents) if folder.exists())
    if not nearest.is_dir():
        raise NotADirectoryError(errno.ENOTDIR, os.strerror(errno.ENOTDIR), str(nearest))
    if not os.access(nearest, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(nearest))


def run(directory: Path, port: str | None = None, *, delete_pulled: bool = False) -> int:
    """The command: pulls, says what it did, returns the exit code (2 where the wearer has to do
    something).
    """
    screen = PullScreen()
    try:
        result = pull(directory, port, delete_pulled=delete_pulled, screen=screen)
    except HostError as error:
        screen.say(f"rolig pull: {error}")
        return 2
    except KeyboardInterrupt:
        with contextlib.suppress(OSError):
            screen.say("Stopped; the next pull goes on from here.")
        return 130
    screen.say(result.in_words())
    return 2 if result.spoilt or result.left_out else 0
