"""The host's pull against the device's server, over a cable that can do what cables do."""

import fcntl
import io
import json
import os
import shutil
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path

import pytest

from device.cli import main
from drivers.sim.serial_cable import Damage
from host.errors import HostError
from host.link.device import Patience
from host.pull import PullResult, pull, run
from host.pull_screen import PullScreen
from tests.usb_helpers import BOOT, files_under, served, write_session

QUICK = Patience(reopen_s=0.05, first_contact_s=2.0, allow_poll_s=0.05, allow_s=20.0)


@dataclass
class Bench:
    folder: Path
    store: Path
    copies: Path

    def pull(
        self,
        *,
        damage: Damage | None = None,
        allowed: Callable[[], bool] = lambda: True,
        delete_pulled: bool = False,
        screen: PullScreen | None = None,
    ) -> PullResult:
        with served(self.store, self.folder, damage=damage, allowed=allowed) as cable:
            port = str(cable.host)
            return pull(self.copies, port, delete_pulled=delete_pulled, patience=QUICK, screen=screen)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    store = tmp_path / "store"
    for name in ("0001", "0002", "0003"):
        write_session(store, name, size=150_000)
    return Bench(tmp_path, store, tmp_path / "copies")


def test_brings_what_is_new_and_only_that(bench: Bench) -> None:
    shown = io.StringIO()
    first = bench.pull(screen=PullScreen(shown))
    assert files_under(bench.copies) == files_under(bench.store)
    assert (first.pulled, first.present) == (["0001", "0002", "0003"], [])
    assert "3 sessions pulled and verified (0.5 MB in" in first.in_words()
    assert "0002: 0.2 MB" in shown.getvalue()
    write_session(bench.store, "0004")
    second = bench.pull()
    assert (second.pulled, second.present) == (["0004"], ["0001", "0002", "0003"])
    assert files_under(bench.copies) == files_under(bench.store)


def test_one_in_a_hundred_lines_damaged_and_the_plug_pulled_at_random(bench: Bench) -> None:
    damage = Damage(lines=0.01, pull_after=150_000, seed=3)
    with served(bench.store, bench.folder, damage=damage) as cable:
        result = pull(bench.copies, str(cable.host), patience=QUICK)
        assert cable.damaged_lines > 0
        assert cable.pulls > 0
    assert files_under(bench.copies) == files_under(bench.store)
    assert result.reconnected > 0


def test_a_line_that_damages_every_tenth_frame_still_brings_it(bench: Bench) -> None:
    result = bench.pull(damage=Damage(lines=0.1, seed=5))
    assert files_under(bench.copies) == files_under(bench.store)
    assert result.asked_again > 0


def test_goes_on_where_an_earlier_pull_stopped(bench: Bench) -> None:
    bench.pull()
    partial = bench.copies / "0002"
    digest = sha256((partial / "SHA256SUMS").read_bytes()).hexdigest()
    partial = partial.rename(bench.copies / f".partial-0002-{digest[:8]}")
    edf = partial / "session.edf"
    edf.write_bytes(edf.read_bytes()[:100_000])
    result = bench.pull()
    assert result.pulled == ["0002"]
    assert result.received == 50_000
    assert files_under(bench.copies) == files_under(bench.store)


@pytest.mark.parametrize("rest", [b"\0" * 70_000, b"\0" * 400_000], ids=["other bytes", "too long"])
def test_a_part_that_is_not_the_file_s_is_begun_anew(bench: Bench, rest: bytes) -> None:
    bench.pull()
    digest = sha256((bench.copies / "0002" / "SHA256SUMS").read_bytes()).hexdigest()
    partial = (bench.copies / "0002").rename(bench.copies / f".partial-0002-{digest[:8]}")
    (partial / "session.edf").write_bytes(rest)
    bench.pull()
    assert files_under(bench.copies) == files_under(bench.store)


def test_another_device_s_session_of_the_same_name_is_kept_beside(bench: Bench) -> None:
    bench.pull()
    shutil.rmtree(bench.store)
    write_session(bench.store, "0001", size=99)
    result = bench.pull()
    assert result.pulled == ["0001"]
    assert (bench.copies / "0001" / "session.edf").stat().st_size == 150_000
    (beside,) = bench.copies.glob("0001-*")
    assert files_under(beside) == files_under(bench.store / "0001")
    assert bench.pull().present == ["0001"]


def test_names_taken_by_something_else_are_said_in_one_line(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    short = sha256((bench.store / "0001" / "SHA256SUMS").read_bytes()).hexdigest()[:8]
    for name in ("0001", f"0001-{short}"):
        (bench.copies / name).mkdir(parents=True)
    with served(bench.store, bench.folder) as cable:
        assert run(bench.copies, str(cable.host)) == 2
    assert "0001 and 0001-" in capsys.readouterr().err.splitlines()[-1]
    (bench.copies / "0001").rmdir()
    assert bench.pull().pulled == ["0001", "0002", "0003"]


def test_deletes_on_the_device_only_what_is_whole_here(bench: Bench) -> None:
    bench.pull()
    spoil(bench.copies / "0002" / "rr.txt")
    shown = io.StringIO()
    result = bench.pull(delete_pulled=True, screen=PullScreen(shown))
    assert result.deleted == ["0001", "0003"]
    assert [p.name for p in bench.store.iterdir()] == ["0002"]
    assert "0002 stays on the device" in shown.getvalue()
    assert "2 deleted from the device" in result.in_words()


def spoil(file: Path) -> None:
    """Other bytes, no fewer."""
    file.write_bytes(bytes(byte ^ 1 for byte in file.read_bytes()))


def test_a_copy_that_has_lost_something_is_not_called_here(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.pull()
    (bench.copies / "0001" / "rr.csv").unlink()
    os.truncate(bench.copies / "0002" / "session.edf", 1000)
    cut = files_under(bench.copies)
    capsys.readouterr()
    with served(bench.store, bench.folder) as cable:
        assert run(bench.copies, str(cable.host), delete_pulled=True) == 2
    device, first, second, summary = capsys.readouterr().err.splitlines()
    assert device.startswith("Device: rolig, firmware ")
    assert first.startswith(f"0001: the copy in {bench.copies / '0001'} is not whole (rr.csv); move it away")
    assert second.startswith(f"0002: the copy in {bench.copies / '0002'} is not whole (session.edf)")
    assert summary == "0 sessions pulled and verified; 1 already here; 2 not whole here; 1 deleted from the device."
    assert files_under(bench.copies) == cut
    assert sorted(path.name for path in bench.store.iterdir()) == ["0001", "0002"]
    for name in ("0001", "0002"):
        (bench.copies / name).rename(bench.folder / f"away-{name}")
    result = bench.pull()
    assert (result.pulled, result.spoilt) == (["0001", "0002"], [])


def test_the_command_deletes_on_the_device_when_asked(bench: Bench) -> None:
    with served(bench.store, bench.folder) as cable:
        assert main(["pull", str(bench.copies), "--port", str(cable.host), "--delete-pulled"]) == 0
    assert list(bench.store.iterdir()) == []
    assert [path.name for path in sorted(bench.copies.iterdir())] == ["0001", "0002", "0003"]


def test_nothing_is_deleted_unless_asked(bench: Bench) -> None:
    before = files_under(bench.store)
    bench.pull()
    assert files_under(bench.store) == before


def test_telling_the_time_dates_sessions_and_the_date_comes_along(bench: Bench) -> None:
    write_session(bench.store, "0004", summary={"started_utc": None, "boot_id": BOOT, "started_boottime_s": 5.0})
    bench.pull()
    assert set(json.loads((bench.copies / "dates.json").read_text())) == {"0004"}
    assert json.loads((bench.copies / "0004" / "summary.json").read_text())["started_utc"] is None


def test_waits_for_the_wearer_to_allow_it(bench: Bench) -> None:
    asked = threading.Event()

    def allowed() -> bool:
        was = asked.is_set()
        asked.set()
        return was

    shown = io.StringIO()
    bench.pull(allowed=allowed, screen=PullScreen(shown))
    assert shown.getvalue().startswith('Answer "Share?" on the device: hold its button.')
    assert files_under(bench.copies) == files_under(bench.store)


def test_not_allowed_in_time_is_said(bench: Bench) -> None:
    impatient = Patience(allow_s=0.0, allow_poll_s=0.01)
    with (
        served(bench.store, bench.folder, allowed=lambda: False) as cable,
        pytest.raises(HostError, match="not allowed"),
    ):
        pull(bench.copies, str(cable.host), patience=impatient)
    assert files_under(bench.copies) == {}


def test_a_port_with_nobody_on_it_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(HostError, match="no answer from the device"):
        pull(tmp_path / "copies", str(tmp_path / "none"), patience=Patience(first_contact_s=0.1, answer_s=0.1))
    (tmp_path / "file").write_text("")
    assert run(tmp_path / "file", "none") == 2
    said = capsys.readouterr().err
    assert said.startswith("rolig pull: ")
    assert said.count("\n") == 1


def test_the_command_says_what_it_did(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    with served(bench.store, bench.folder) as cable:
        assert run(bench.copies, str(cable.host)) == 0
    assert "3 sessions pulled and verified" in capsys.readouterr().err


@pytest.mark.parametrize("rot", ["another_byte", "unreadable", "shorter"])
def test_a_session_that_rotted_on_the_card_keeps_no_other_from_coming(bench: Bench, rot: str) -> None:
    sick = bench.store / "0002" / "session.edf"
    if rot == "another_byte":
        content = bytearray(sick.read_bytes())
        content[70_000] ^= 1
        sick.write_bytes(content)
    elif rot == "unreadable":
        sick.unlink()
        sick.mkdir()
    else:
        os.truncate(sick, 1000)
    shown = io.StringIO()
    result = bench.pull(screen=PullScreen(shown))
    assert result.pulled == ["0001", "0003"]
    if rot != "unreadable":  # that is not in the index at all
        assert result.left_out == ["0002"]
        assert "0002 is left out: " in shown.getvalue()
        assert "1 not whole on the device" in result.in_words()
    assert not (bench.copies / "0002").exists()
    shutil.rmtree(bench.store / "0002")
    write_session(bench.store, "0002", size=150_000)
    again = bench.pull()
    assert (again.pulled, again.left_out, len(again.present)) == (["0002"], [], 2)
    assert files_under(bench.copies) == files_under(bench.store)


def test_consent_that_ends_in_the_middle_is_asked_for_again(bench: Bench) -> None:
    asked = iter(range(10_000))
    result = bench.pull(allowed=lambda: next(asked) % 40 < 35)
    assert result.pulled == ["0001", "0002", "0003"]
    assert files_under(bench.copies) == files_under(bench.store)


@pytest.mark.parametrize("frees_it", [True, False])
def test_a_port_that_another_program_holds_is_waited_for(bench: Bench, frees_it: bool) -> None:
    shown = io.StringIO()
    patience = replace(QUICK, first_contact_s=0.0, busy_s=20.0 if frees_it else 0.2, reopen_s=0.01)
    with served(bench.store, bench.folder) as cable:
        holder = os.open(cable.host, os.O_RDWR | os.O_NOCTTY)
        fcntl.flock(holder, fcntl.LOCK_EX)

        class Screen(PullScreen):
            def say(self, text: str) -> None:
                super().say(text)
                if frees_it and "held by another program" in text:
                    fcntl.flock(holder, fcntl.LOCK_UN)

        try:
            if frees_it:
                assert pull(bench.copies, str(cable.host), patience=patience, screen=Screen(shown)).pulled
            else:
                with pytest.raises(HostError, match=r"held by another program.*rolig setup --laptop"):
                    pull(bench.copies, str(cable.host), patience=patience, screen=Screen(shown))
        finally:
            os.close(holder)
    assert shown.getvalue().count("held by another program; waiting for it.") == 1


def test_what_is_pulled_is_the_owner_s_alone_and_said_in_printable_text(bench: Bench) -> None:
    bench.pull()
    assert {path.stat().st_mode & 0o077 for path in [bench.copies, *bench.copies.rglob("*")]} == {0}
    shown = io.StringIO()
    PullScreen(shown).say("\x1b[2J\x07 one\nline \u202e")
    assert shown.getvalue() == "\\x1b[2J\\x07 one\\nline \\u202e\n"
