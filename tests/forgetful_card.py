"""A card on which a sync fails: Linux then takes the dirty pages for clean, so that they never reach the card although
memory has them and the next sync succeeds."""

import errno
from collections.abc import Callable
from pathlib import Path

from device.system.files import OsFileSystem, WritableFile

PAGE_BYTES = 4096


class ForgetfulCard(OsFileSystem):
    """`fails` is asked for the number of each sync, of a file or a folder. Memory is the real folder; what the card
    holds is told by `read_back` and `lay_out`. Names are on the card at once."""

    def __init__(self, fails: Callable[[int], bool] = lambda _: False) -> None:
        self._fails = fails
        self._open: dict[Path, _ForgetfulFile] = {}
        self.syncs = 0

    def create(self, path: Path) -> WritableFile:
        self._open[path] = _ForgetfulFile(self, super().create(path))
        return self._open[path].on(path)

    def edit(self, path: Path) -> WritableFile:
        before = self._open[path]
        self._open[path] = _ForgetfulFile(self, super().edit(path), before.on_card)
        return self._open[path].on(path)

    def rename(self, old: Path, new: Path) -> None:
        super().rename(old, new)
        for path in [path for path in self._open if path == old or old in path.parents]:
            moved = new / path.relative_to(old)
            self._open[moved] = self._open.pop(path).on(moved)

    def remove(self, path: Path) -> None:
        super().remove(path)
        self._open.pop(path, None)

    def sync_folder(self, path: Path) -> None:
        self.count_sync()
        super().sync_folder(path)

    def read_back(self, path: Path, offset: int, count: int) -> bytes:
        return bytes(self._open[path].on_card[offset : offset + count])

    def count_sync(self) -> None:
        self.syncs += 1
        if self._fails(self.syncs - 1):
            raise OSError(errno.EIO, "Input/output error")

    def lay_out(self, root: Path, into: Path) -> None:
        """What is found under `root` after the power went."""
        into.mkdir()
        for folder in sorted(path for path in root.rglob("*") if path.is_dir()):
            (into / folder.relative_to(root)).mkdir()
        for path, file in self._open.items():
            (into / path.relative_to(root)).write_bytes(file.on_card)


class _ForgetfulFile:
    def __init__(self, card: ForgetfulCard, real: WritableFile, on_card: bytearray | None = None) -> None:
        self._card, self._real = card, real
        self._path = Path()
        self._dirty: set[int] = set()
        self.on_card = bytearray() if on_card is None else on_card
        self.close = real.close

    def on(self, path: Path) -> "_ForgetfulFile":
        self._path = path
        return self

    def write_at(self, offset: int, data: bytes) -> None:
        self._real.write_at(offset, data)
        self._dirty |= set(range(offset // PAGE_BYTES, (offset + len(data) - 1) // PAGE_BYTES + 1))

    def truncate(self, size: int) -> None:
        self._real.truncate(size)
        self._dirty.add(size // PAGE_BYTES)

    def sync(self) -> None:
        dirty, self._dirty = self._dirty, set()
        self._card.count_sync()
        memory = self._path.read_bytes()
        self.on_card[len(memory) :] = bytes(max(0, len(memory) - len(self.on_card)))
        for page in dirty:
            begin, end = page * PAGE_BYTES, min((page + 1) * PAGE_BYTES, len(memory))
            self.on_card[begin:end] = memory[begin:end]
