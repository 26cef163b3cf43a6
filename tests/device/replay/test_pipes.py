"""Recordings that come through a pipe, and outputs that cannot say everything."""

import os
import subprocess
import sys
import threading
from decimal import Decimal
from pathlib import Path

import pytest

from device.errors import UsageError
from device.recording.edf.layout import Header, SignalHeader, encode_header
from device.replay.opening import open_recording
from tests.synthetic import ecg, regular_r_times

ROOT = Path(__file__).parents[3]


def edf_bytes(label: str = "ECG") -> bytes:
    values = ecg(regular_r_times(12), 250, 12).round().astype("<i2")
    header = encode_header(Header((SignalHeader("LABEL", "uV", -32768.0, 32767.0, 250),), Decimal(1), record_count=12))
    return header.replace(b"LABEL".ljust(16), label.encode("latin-1").ljust(16)) + values.tobytes()


CONTENTS = {
    "rr.txt": "".join(f"{800 + k % 9}\n" for k in range(5000)).encode(),
    "ecg.csv": b"time_s,ecg_mV\n" + b"".join(b"%.3f,%d\n" % (k / 250, k % 3) for k in range(20_000)),
    "ecg.edf": edf_bytes(),
}


@pytest.mark.parametrize("name", CONTENTS)
def test_a_fifo_is_read_whole(tmp_path: Path, name: str) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / name).write_bytes(CONTENTS[name])
    os.mkfifo(tmp_path / name)
    writer = threading.Thread(target=(tmp_path / name).write_bytes, args=(CONTENTS[name],))
    writer.start()
    piped, plain = open_recording(tmp_path / name), open_recording(tmp_path / "plain" / name)
    writer.join()
    assert piped.duration_s == plain.duration_s > 10.0
    assert piped.remarks == plain.remarks


def test_an_empty_pipe_is_an_empty_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "in.txt")
    writer = threading.Thread(target=(tmp_path / "in.txt").write_bytes, args=(b"",))
    writer.start()
    with pytest.raises(UsageError, match=r"in\.txt: the file is empty"):
        open_recording(tmp_path / "in.txt")
    writer.join()


def test_a_folder_is_no_recording(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read: Is a directory"):
        open_recording(tmp_path)


def rolig(*arguments: object, **environment: str) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-m", "device", "replay", *map(str, arguments)]
    env = {**os.environ, **environment}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=False)


@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "latin-1", "utf-8"])
def test_a_name_that_the_output_cannot_say_is_escaped(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "in.edf").write_bytes(CONTENTS["ecg.edf"])
    done = rolig(tmp_path / "in.edf", "--out", tmp_path / "łódź", PYTHONIOENCODING=encoding)
    assert done.returncode == 0
    assert done.stderr.startswith(b"in.edf: 0:")
    assert (r"\u0142" in done.stdout.decode(encoding)) == (encoding != "utf-8")


def test_a_file_s_words_do_not_reach_the_terminal_as_commands(tmp_path: Path) -> None:
    (tmp_path / "in.edf").write_bytes(edf_bytes("\x1b[2J\x9b31m"))
    done = rolig(tmp_path / "in.edf")
    assert done.returncode == 0
    assert rb"\x1b[2J" in done.stderr
    assert len([line for line in done.stderr.splitlines() if line.startswith(b"rolig: ")]) == 1
    assert b"\x1b" not in done.stdout + done.stderr


def test_a_terminal_of_ascii_gets_ascii(tmp_path: Path) -> None:
    (tmp_path / "in.edf").write_bytes(CONTENTS["ecg.edf"])
    done = rolig(tmp_path / "in.edf", "--display", "terminal", PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert b"\\u" not in done.stderr
    assert b"#" in done.stderr or b"@" in done.stderr
