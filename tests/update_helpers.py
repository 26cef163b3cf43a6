"""Keys, small applications, and the update files that the maker's own tool makes of them."""

import importlib.util
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from device.update.format import Head, Manifest, parse_head, signed_part
from device.update.upload import Upload
from device.update.versions import Versions

ROOT = Path(__file__).parents[1]
RUNNING = "0.2.0"


def maker() -> Any:
    """systemd/update_file.py, which is a script."""
    name = "rolig_update_file"
    if name not in sys.modules:
        spec = importlib.util.spec_from_file_location(name, ROOT / "systemd" / "update_file.py")
        assert spec is not None
        assert spec.loader is not None
        sys.modules[name] = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(sys.modules[name])
    return sys.modules[name]


def application(version: str, main: str = "return 0") -> dict[str, bytes]:
    """The smallest that can be started: `device.cli.main` does `main`."""
    lines = "\n".join(f"    {line}" for line in main.splitlines())
    return {
        "device/__init__.py": b'"""An application."""\n',
        "device/cli/__init__.py": f"import sys\n\n\ndef main():\n{lines}\n".encode(),
        "device/data.bin": bytes(range(256)) * 5,
        f"rolig-{version}.dist-info/METADATA": f"Metadata-Version: 2.1\nName: rolig\nVersion: {version}\n".encode(),
    }


@dataclass(frozen=True, slots=True)
class Maker:
    """A maker with a key of their own; `key` is the file with its public part."""

    private: Path
    key: Path

    @classmethod
    def new(cls, folder: Path, name: str = "maker") -> "Maker":
        return cls(folder / name, maker().make_key(folder / name))

    def signed(self, manifest: Manifest, archive: bytes) -> bytes:
        """A file that says of itself what it is told to."""
        part = signed_part(manifest)
        signature: bytes = maker().load_key(self.private).sign(part)
        return part + signature + archive

    def update(self, version: str, files: dict[str, bytes] | None = None, machines: tuple[str, ...] = ()) -> bytes:
        content = application(version) if files is None else files
        made: bytes = maker().update_file(content, version, maker().load_key(self.private), machines)
        return made


def head_of(update: bytes) -> Head:
    head = parse_head(update)
    assert head is not None
    return head


def send(upload: Upload, update: bytes, size: int = 700) -> None:
    """All of it, in parts, as the answers ask for them."""
    at = upload.part(0, update[:size], len(update))
    while at < len(update):
        at = upload.part(at, update[at : at + size], len(update))


def files_of(folder: Path) -> dict[str, bytes]:
    """A version's own files, without what this Python compiled of them."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix != ".pyc" and path.name != "archive.sha256"
    }


def versions_in(folder: Path, running: str = RUNNING) -> Versions:
    return Versions(folder, running)
