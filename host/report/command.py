"""`rolig report`: one self-contained page about all sessions in a folder, for any browser, without a network."""

import re
import webbrowser
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from host.copies.session_files import PulledSession, session_folders, sessions_in
from host.copies.whole_file import OWNER_FILE, check_place, write_whole
from host.errors import HostError, complain, made_in
from host.progress import Progress
from host.report.own_notes import NOTES, read_notes
from host.report.page import Folder, page
from host.report.rows import local_day
from host.report.therapist import therapist_page

AHEAD = timedelta(days=1)
"""By more than this no clock is ahead of a right one, wherever on Earth the two are."""
DOCTYPE = b"<!doctype html>"
PAGES: dict[str, Callable[[Folder, str], str]] = {"weeks": page, "therapist": therapist_page}


def make_report(
    directory: Path,
    out: Path,
    language: str = "nb",
    say: Callable[[str], None] = lambda _: None,
    *,
    kind: str = "weeks",
    now: datetime | None = None,
) -> int:
    """Write the page about the sessions in `directory`; how many they are. `say` hears of those that cannot be read or
    are dated after `now` (default: this computer's time). Raises HostError.
    """
    return len(_make(directory, out, language, say, kind=kind, now=now).sessions)


def _make(
    directory: Path,
    out: Path,
    language: str,
    say: Callable[[str], None],
    *,
    kind: str,
    now: datetime | None = None,
) -> Folder:
    check_place(out, DOCTYPE, "page of a report")
    folder = read_folder(directory, say, datetime.now(UTC) if now is None else now)
    try:
        write_whole(out, PAGES[kind](folder, language).encode(errors="replace"), mode=OWNER_FILE)
    except OSError as error:
        raise HostError(f"{out}: {error.strerror}") from error
    return folder


def read_folder(directory: Path, say: Callable[[str], None], now: datetime) -> Folder:
    """The sessions in `directory`, and what is said of those left out or set aside. Raises HostError."""
    unread: list[str] = []
    ahead: list[str] = []
    sessions: list[PulledSession] = []

    def leave_out(name: str, why: str) -> None:
        progress.clear()
        say(why)
        unread.append(name)

    with Progress("report", len(session_folders(directory))) as progress:
        for session in progress.over(sessions_in(directory, leave_out)):
            if session.started is not None and session.started > now + AHEAD:
                ahead.append(session.name)
                sessions.append(replace(session, started=None))
            else:
                sessions.append(session)
    if not sessions:
        raise HostError(f"{directory} holds no finished session" + (" that can be read" if unread else ""))
    for name in ahead:
        say(f"{name} is dated after this computer's clock: shown without a date, and not in the weeks")
    try:
        notes = read_notes(directory)
    except OSError as error:
        say(f"{directory / NOTES}: {error.strerror or error}")
        notes = {}
    sessions.sort(key=_place)
    return Folder(sessions, local_day(now), unread, ahead, notes)


def _place(session: PulledSession) -> tuple[bool, float, int, str]:
    """By time; before those the undated ones by the number that the device gave them."""
    number = re.match(r"\d+", session.name)
    at_s = session.started.timestamp() if session.started else 0.0
    return session.started is not None, at_s, int(number[0]) if number else 0, session.name


def run(directory: Path, out: Path, language: str = "nb", *, kind: str = "weeks", show: bool = False) -> int:
    """The command: writes the page, says where, returns the exit code (2 where a session was left out); `show` it in
    the browser."""
    say = partial(complain, "report")
    try:
        folder = _make(directory, out, language, say, kind=kind)
    except HostError as error:
        say(str(error))
        return 2
    print(made_in(out, len(folder.sessions), len(folder.unread)))
    if show and not webbrowser.open(out.resolve().as_uri()):
        say(f"no browser was found to show {out} in")
    return 2 if folder.unread else 0
