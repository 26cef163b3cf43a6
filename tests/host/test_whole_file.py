"""A file that is written anew is the new one or the old one, never half of it."""

from pathlib import Path

import pytest

from host.copies.whole_file import write_whole
from host.errors import HostError
from host.export.command import export
from host.export.pseudonyms import KEY_FILE, Pseudonyms
from host.report.command import make_report
from tests.full_disk import contents, room_for
from tests.pulled_sessions import FIRST_DAY, record_session


def test_where_there_is_no_room_the_old_file_stays_alone(tmp_path: Path) -> None:
    write_whole(tmp_path / "page", b"old")
    with room_for(1000), pytest.raises(OSError, match="File too large"):
        write_whole(tmp_path / "page", bytes(5000))
    assert contents(tmp_path) == {"page": b"old"}
    write_whole(tmp_path / "page", bytes(5000))
    assert contents(tmp_path) == {"page": bytes(5000)}


def test_a_link_is_written_through_and_what_is_no_file_is_written_to(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "page")
    write_whole(tmp_path / "link", b"new")
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "page").read_bytes() == b"new"
    write_whole(Path("/dev/null"), b"new")
    with pytest.raises(IsADirectoryError):
        write_whole(tmp_path, b"new")


def test_a_full_disk_leaves_no_half_page_key_or_table(tmp_path: Path) -> None:
    copies, out = tmp_path / "copies", tmp_path / "out"
    record_session(copies, 1, FIRST_DAY)
    before = contents(tmp_path)
    with room_for(10):
        with pytest.raises(HostError, match="too large"):
            make_report(copies, tmp_path / "report.html")
        with pytest.raises(HostError, match="too large"):
            Pseudonyms.of_folder(copies)
    assert contents(tmp_path) == before
    assert export(copies, out) == 1
    assert (copies / KEY_FILE).stat().st_mode & 0o777 == 0o600
    before = contents(tmp_path)
    with room_for(500), pytest.raises(HostError, match="too large"):
        export(copies, out)
    assert contents(tmp_path) == before
