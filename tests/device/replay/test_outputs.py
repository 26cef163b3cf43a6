"""What a replay leaves where it is refused, finds no room, is stopped or killed: whole files or those of before."""

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from device.cli import main
from tests.full_disk import contents, room_for

ROOT = Path(__file__).parents[3]
TABLES = ("beats", "intervals", "metrics")


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "rr.txt"
    path.write_text("".join(f"{800 + 7 * k % 60}\n" for k in range(300)))
    return path


def everything(folder: Path) -> dict[str, Path]:
    """Each output that a replay has, in `folder`; of those that are files an earlier one is there."""
    named = {f"--{table}": folder / f"{table}.csv" for table in TABLES}
    for path in named.values():
        path.write_text("of yesterday\n")
    return {
        **named,
        "--profile": folder / "p.json",
        "--display": folder / "new" / "pngs",
        "--out": folder / "new" / "a",
    }


def replay(recording: Path, outputs: dict[str, Path], *more: str) -> int:
    named = [part for option, path in outputs.items() for part in (option, str(path))]
    return main(["replay", str(recording), "--date", "2026-05-17", *named, *more])


PLACES = ("a_folder", "no/folder/x", "rr.txt/x", "/dev/full", "/proc/1/x")
FINE = {("--display", "no/folder/x"), ("--out", "no/folder/x"), ("--profile", "no/folder/x")}
FINE |= {("--display", "a_folder"), ("--out", "a_folder")}
REFUSED = [
    (option, place)
    for option in ("--beats", "--intervals", "--metrics", "--profile", "--display", "--out")
    for place in PLACES
    if (option, place) not in FINE
]


@pytest.mark.parametrize(("option", "place"), REFUSED)
def test_where_one_output_cannot_be_written_nothing_is(
    option: str, place: str, recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a_folder").mkdir()
    outputs = everything(tmp_path)
    before = contents(tmp_path)
    assert replay(recording, outputs | {option: tmp_path / place}) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"rolig: {tmp_path / place}: ")
    assert contents(tmp_path) == before


@pytest.mark.parametrize("more", [["--baseline", "9000:9100"], ["--guide", "none.csv"], ["--kind", "ecg"]])
def test_a_request_at_fault_leaves_nothing_either(
    more: list[str], recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = everything(tmp_path)
    before = contents(tmp_path)
    assert replay(recording, outputs, *more) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1
    assert contents(tmp_path) == before


@pytest.mark.parametrize("option", ["--beats", "--intervals", "--metrics", "--profile"])
def test_where_the_disk_fills_the_file_of_before_stays_alone(
    option: str, recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outputs = {option: everything(tmp_path)[option]}
    before = contents(tmp_path)
    with room_for(200):
        assert replay(recording, outputs) == 2
    assert f"rolig: {outputs[option]}: " in capsys.readouterr().err
    assert contents(tmp_path) == before


def test_tables_come_together_or_not_at_all(recording: Path, tmp_path: Path) -> None:
    """The metrics are the largest: the room ends with them."""
    outputs = everything(tmp_path)
    tables = {f"--{table}": outputs[f"--{table}"] for table in TABLES}
    before = contents(tmp_path)
    assert replay(recording, {option: tmp_path / option for option in tables}) == 0
    sizes = sorted((tmp_path / option).stat().st_size for option in tables)
    for option in tables:
        (tmp_path / option).unlink()
    with room_for(sizes[-1] - 1):
        assert replay(recording, tables) == 2
    assert contents(tmp_path) == before


def test_a_session_that_finds_no_room_costs_no_table(
    recording: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, beside = tmp_path / "whole.csv", tmp_path / "beside.csv"
    assert replay(recording, {"--intervals": whole}) == 0
    capsys.readouterr()
    with room_for(2 * whole.stat().st_size):
        assert replay(recording, {"--intervals": beside, "--out": tmp_path / "store"}) == 2
    assert beside.read_bytes() == whole.read_bytes()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("table", TABLES)
def test_a_pipe_gets_what_a_file_gets(table: str, recording: Path, tmp_path: Path) -> None:
    assert replay(recording, {f"--{table}": tmp_path / "file.csv"}) == 0
    os.mkfifo(tmp_path / "fifo")
    for place in (tmp_path / "fifo", None):
        reading, writing = os.pipe()
        got: list[bytes] = []
        source = tmp_path / "fifo" if place else Path(f"/dev/fd/{reading}")
        reader = threading.Thread(target=lambda source=source, got=got: got.append(source.read_bytes()))
        reader.start()
        assert replay(recording, {f"--{table}": place or Path(f"/dev/fd/{writing}")}) == 0
        os.close(writing)
        reader.join()
        os.close(reading)
        assert got == [(tmp_path / "file.csv").read_bytes()]
    assert (tmp_path / "fifo").is_fifo()


def test_a_table_behind_a_link_is_written_through(recording: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "table.csv")
    assert replay(recording, {"--beats": tmp_path / "link"}) == 0
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "table.csv").read_text().startswith("time_s,quality")


def test_a_recording_named_as_a_part_of_its_table_is_not_written_over(recording: Path, tmp_path: Path) -> None:
    content = recording.read_bytes()
    assert replay(recording.rename(tmp_path / "b.csv.part"), {"--beats": tmp_path / "b.csv"}) == 2
    assert contents(tmp_path) == {"b.csv.part": content}


def ended_by(
    number: int, recording: Path, outputs: dict[str, Path], folder: Path
) -> "subprocess.CompletedProcess[str]":
    """A replay as fast as life that a signal ends after two seconds."""
    os.mkfifo(folder / "seconds")
    named = [str(part) for output in outputs.items() for part in output]
    command = [sys.executable, "-m", "device", "replay", str(recording), "--speed", "1", *named]
    command += ["--metrics", str(folder / "seconds")]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with (folder / "seconds").open() as seconds:
        for _ in range(3):
            assert seconds.readline()
        process.send_signal(number)
        said, told = process.communicate()
    return subprocess.CompletedProcess(command, process.returncode, said, told)


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_what_was_played_is_kept_where_it_is_stopped(number: int, status: int, recording: Path, tmp_path: Path) -> None:
    whole = {option: tmp_path / f"whole{option}" for option in ("--beats", "--intervals")}
    assert replay(recording, whole) == 0
    outputs = everything(tmp_path)
    outputs = {option: outputs[option] for option in (*whole, "--out")}
    done = ended_by(number, recording, outputs, tmp_path)
    assert done.returncode == status
    assert done.stderr.splitlines()[-1].startswith(f"rolig: {recording}: stopped at ")
    summary = json.loads((Path(done.stdout.splitlines()[-1]) / "summary.json").read_text())
    assert summary["end_reason"] == "signal"
    for option, path in whole.items():
        kept = outputs[option].read_text().splitlines()
        assert kept == path.read_text().splitlines()[: len(kept)]
        assert (2 if option == "--beats" else 1) <= len(kept) < 100
    assert not list(tmp_path.rglob("*.part"))


def test_a_kill_leaves_the_table_of_before(recording: Path, tmp_path: Path) -> None:
    outputs = {"--beats": everything(tmp_path)["--beats"]}
    assert ended_by(signal.SIGKILL, recording, outputs, tmp_path).returncode == -signal.SIGKILL
    assert outputs["--beats"].read_text() == "of yesterday\n"
