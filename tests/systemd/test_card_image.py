"""Pieces of the card's image, as the tools that make it leave them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

IMAGE = Path(__file__).parents[2] / "systemd" / "image"
MAKES = "import sys; from pathlib import Path; import disk; disk._empty(Path(sys.argv[1]), Path(sys.argv[2]))"


@pytest.mark.skipif(not (shutil.which("mkfs.ext4") and shutil.which("debugfs")), reason="no e2fsprogs here")
def test_the_sessions_partition_is_the_services_alone(tmp_path: Path) -> None:
    """The drop-in of the card takes StateDirectoryMode= away, so the partition itself has to be closed."""
    (tmp_path / "var/lib/rolig").mkdir(parents=True)
    made = tmp_path / "p3"
    subprocess.run([sys.executable, "-c", MAKES, tmp_path, made], check=True, cwd=IMAGE, capture_output=True)
    told = subprocess.run(["debugfs", "-R", "stat <2>", made], check=True, capture_output=True, text=True).stdout
    assert "Mode:  0700" in told
    assert f"User: {os.getuid():5}   Group: {os.getgid():5}" in told
    subprocess.run(["e2fsck", "-fn", made], check=True, capture_output=True)


def test_the_service_waits_for_the_partitions_of_its_settings_and_its_sessions() -> None:
    lines = (IMAGE / "files" / "fstab").read_text(encoding="utf-8").splitlines()
    options = {where: set(told.split(",")) for _, where, _, told, *_ in map(str.split, lines) if where.startswith("/")}
    assert '"/boot/firmware/rolig.toml"' in (IMAGE / "root.py").read_text(encoding="utf-8")
    for where in ("/boot/firmware", "/var/lib/rolig"):
        assert {"nofail", "x-systemd.before=rolig.service"} <= options[where]
