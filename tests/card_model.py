"""A card that loses power: the real file operations, written down, and any state they may leave behind.

What was synced is there. Of what was not, every 512-byte sector of every write is there or not, in any order; bytes
within the file's size that were not written hold zeros or rubbish. Names not yet synced are there up to any point of
their folder's history.
"""

import errno
import random
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from device.system.files import OsFileSystem, WritableFile

SECTOR_BYTES = 512


@dataclass(frozen=True, slots=True)
class Write:
    file: int
    offset: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Truncate:
    file: int
    size: int


@dataclass(frozen=True, slots=True)
class Sync:
    file: int


@dataclass(frozen=True, slots=True)
class Names:
    """`changes` maps names in `folder` to the file or folder they now mean, None where they are gone; atomic."""

    folder: int
    changes: dict[str, int | None]


@dataclass(frozen=True, slots=True)
class SyncNames:
    folder: int


Operation = Write | Truncate | Sync | Names | SyncNames


@dataclass(slots=True)
class Node:
    """A file's content, or a folder's names, as they were when the model began."""

    content: bytes | None = None
    names: dict[str, int] = field(default_factory=dict)


class CardModel:
    """A `FileSystem` on a real folder `root` that can be asked, afterwards, what a cut would have left."""

    def __init__(self, root: Path, acknowledged: Callable[[], int] = lambda: 0) -> None:
        self._real = OsFileSystem()
        self._root = root
        self._lock = threading.Lock()
        self._ids = count()
        self._initial: dict[int, Node] = {}
        self._by_path: dict[Path, int] = {}
        self._nodes: dict[int, bool] = {}
        self.acknowledged = acknowledged
        self.operations: list[Operation] = []
        self.acknowledged_before: list[int] = []
        self._load(root)

    def create(self, path: Path) -> WritableFile:
        node = next(self._ids)
        self._nodes[node] = False
        self._rename_in(path.parent, {path.name: node})
        self._by_path[path] = node
        return _ModelFile(self, node, self._real.create(path))

    def edit(self, path: Path) -> WritableFile:
        return _ModelFile(self, self._by_path[path], self._real.edit(path))

    def make_folder(self, path: Path) -> None:
        if path in self._by_path:
            return
        node = next(self._ids)
        self._nodes[node] = True
        self._rename_in(path.parent, {path.name: node})
        self._by_path[path] = node
        self._real.make_folder(path)

    def make_new_folder(self, path: Path) -> None:
        if path in self._by_path:
            raise FileExistsError(errno.EEXIST, "File exists", str(path))
        self.make_folder(path)

    def rename(self, old: Path, new: Path) -> None:
        assert old.parent == new.parent, "the model knows renames within a folder only"
        self._rename_in(old.parent, {old.name: None, new.name: self._by_path[old]})
        for path in [path for path in self._by_path if path == old or old in path.parents]:
            self._by_path[new / path.relative_to(old)] = self._by_path.pop(path)
        old.replace(new)

    def remove(self, path: Path) -> None:
        if self._by_path.pop(path, None) is not None:
            self._rename_in(path.parent, {path.name: None})
            self._real.remove(path)

    def remove_folder(self, path: Path) -> None:
        self._rename_in(path.parent, {path.name: None})
        del self._by_path[path]
        self._real.remove_folder(path)

    def sync_folder(self, path: Path) -> None:
        self.log(SyncNames(self._by_path[path]))

    def free_bytes(self, path: Path) -> int:
        return self._real.free_bytes(path)

    def read_back(self, path: Path, offset: int, count: int) -> bytes:
        return self._real.read_back(path, offset, count)

    def log(self, operation: Operation) -> None:
        with self._lock:
            self.operations.append(operation)
            self.acknowledged_before.append(self.acknowledged())

    def after_cut(self, cut: int, into: Path, chance: random.Random) -> None:
        """Build in `into` what a cut during operation number `cut` may leave."""
        names = self._names_after(cut, chance)
        self._build(self._by_initial_root, into, names, cut, chance)

    @property
    def _by_initial_root(self) -> int:
        return 0

    def _load(self, path: Path) -> int:
        node = next(self._ids)
        self._by_path[path] = node
        self._nodes[node] = path.is_dir()
        if path.is_dir():
            self._initial[node] = Node()
            for inner in sorted(path.iterdir()):
                self._initial[node].names[inner.name] = self._load(inner)
        else:
            self._initial[node] = Node(path.read_bytes())
        return node

    def _rename_in(self, folder: Path, changes: dict[str, int | None]) -> None:
        self.log(Names(self._by_path[folder], changes))

    def _names_after(self, cut: int, chance: random.Random) -> dict[int, dict[str, int]]:
        """Each folder's names: all that were synced, and of the later changes any first few."""
        folders: dict[int, dict[str, int]] = {}
        for folder in (node for node, is_folder in self._nodes.items() if is_folder):
            names = dict(self._initial[folder].names) if folder in self._initial else {}
            operations = [
                op for op in self.operations[: cut + 1] if isinstance(op, Names | SyncNames) and op.folder == folder
            ]
            synced = _synced(operations, SyncNames, self.operations[cut])
            durable = [op for op in operations[:synced] if not isinstance(op, SyncNames)]
            pending = [op for op in operations[synced:] if not isinstance(op, SyncNames)]
            for change in durable + pending[: chance.randint(0, len(pending))]:
                for name, node in change.changes.items():
                    if node is None:
                        names.pop(name, None)
                    else:
                        names[name] = node
            folders[folder] = names
        return folders

    def _build(
        self, folder: int, into: Path, names: dict[int, dict[str, int]], cut: int, chance: random.Random
    ) -> None:
        into.mkdir(parents=True, exist_ok=True)
        for name, node in names[folder].items():
            if self._nodes[node]:
                self._build(node, into / name, names, cut, chance)
            else:
                (into / name).write_bytes(self._content_after(node, cut, chance))

    def _content_after(self, file: int, cut: int, chance: random.Random) -> bytes:
        operations = [
            op for op in self.operations[: cut + 1] if isinstance(op, Write | Truncate | Sync) and op.file == file
        ]
        synced = _synced(operations, Sync, self.operations[cut])
        durable = [op for op in operations[:synced] if not isinstance(op, Sync)]
        pending = [op for op in operations[synced:] if not isinstance(op, Sync)]
        content = bytearray(self._initial[file].content or b"" if file in self._initial else b"")
        for op in durable:
            _apply(content, op, b"\0")
        parts = [part for op in pending for part in _sectors(op)]
        chance.shuffle(parts)
        filler = chance.choice([b"\0", b"\0", b"\xa5"])
        for part in parts:
            if chance.random() < 0.6:
                _apply(content, part, filler)
        return bytes(content)


class _ModelFile:
    def __init__(self, model: CardModel, node: int, real: WritableFile) -> None:
        self._model, self._node, self._real = model, node, real

    def write_at(self, offset: int, data: bytes) -> None:
        self._model.log(Write(self._node, offset, data))
        self._real.write_at(offset, data)

    def truncate(self, size: int) -> None:
        self._model.log(Truncate(self._node, size))
        self._real.truncate(size)

    def sync(self) -> None:
        self._model.log(Sync(self._node))

    def close(self) -> None:
        self._real.close()


def _synced(operations: Sequence[Operation], barrier: type[Sync | SyncNames], cut_at: Operation) -> int:
    """How many lead up to the last completed barrier; one that was under way at the cut does not count."""
    return max((i + 1 for i, op in enumerate(operations) if isinstance(op, barrier) and op is not cut_at), default=0)


def _sectors(operation: Write | Truncate) -> list[Write | Truncate]:
    if isinstance(operation, Truncate):
        return [operation]
    parts: list[Write | Truncate] = []
    at, end = operation.offset, operation.offset + len(operation.data)
    while at < end:
        stop = min(end, (at // SECTOR_BYTES + 1) * SECTOR_BYTES)
        parts.append(Write(operation.file, at, operation.data[at - operation.offset : stop - operation.offset]))
        at = stop
    return parts


def _apply(content: bytearray, operation: Write | Truncate, filler: bytes) -> None:
    size = operation.size if isinstance(operation, Truncate) else operation.offset + len(operation.data)
    if len(content) < size:
        content.extend(filler * (size - len(content)))
    if isinstance(operation, Truncate):
        del content[size:]
    else:
        content[operation.offset : size] = operation.data
