"""The update files that the machine is offered, by a maker whose key is made here and thrown away."""

import random
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
GOOD, FALLS, LARGE, OLDER, STRANGERS = "0.9.1", "0.9.2", "0.9.3", "0.0.1", "0.9.9"


def make(folder: Path, maker: Any) -> None:
    """All of tests/vm/guest/updating.py, and the public key; `maker` is systemd/update_file.py."""
    folder.mkdir()
    (folder / "keys").mkdir()
    public = maker.make_key(folder / "keys" / "maker")
    maker.make_key(folder / "keys" / "stranger")
    ours, strangers = (maker.load_key(folder / "keys" / name) for name in ("maker", "stranger"))
    public.rename(folder / "maker.pub")
    for version in (GOOD, FALLS, LARGE, OLDER, STRANGERS):
        files = maker.archive(ROOT, version)
        if version == FALLS:
            files["device/cli/run.py"] += b'\n\nraise RuntimeError("this version does not come up")\n'
        if version == LARGE:
            files["device/noise.bin"] = random.Random(1).randbytes(8 << 20)
        made = maker.update_file(files, version, strangers if version == STRANGERS else ours)
        (folder / f"rolig-{version}.update").write_bytes(made)
    for path in (folder / "keys").iterdir():
        path.unlink()
    (folder / "keys").rmdir()
