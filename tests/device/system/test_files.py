import os
from pathlib import Path

from device.system.files import OsFileSystem, write_atomically

NOBODY = 65534


def test_what_root_makes_is_the_folder_owner_s(tmp_path: Path) -> None:
    files, store = OsFileSystem(), tmp_path / "store"
    store.mkdir()
    owner = NOBODY if os.geteuid() == 0 else os.geteuid()
    os.chown(store, owner, -1)
    files.make_folder(store / "a" / "b")
    files.make_new_folder(store / "a" / "c")
    files.create(store / "a" / "c" / "file").close()
    write_atomically(files, store / "whole", b"content")
    made = [path for path in store.rglob("*") if path != store]
    assert len(made) == 5
    assert {path.stat().st_uid for path in made} == {owner}
    assert {path.stat().st_mode & 0o077 for path in made} == {0}
