"""The maker's side of `rolig update`: a pair of keys, and an update file signed with the private one.

    python systemd/update_file.py key PRIVATE         makes PRIVATE (keep it, and a copy, out of any repository) and
                                                      PRIVATE.pub, which goes to each device as /etc/rolig/update.pub
    python systemd/update_file.py make PRIVATE        makes dist/rolig-VERSION.update from this tree

Needs cryptography (in the environment of `make check`). Exit code 2 where something is missing.
"""

import argparse
import hashlib
import io
import os
import re
import sys
import tempfile
import tomllib
import zipfile
from contextlib import suppress
from pathlib import Path

PROJECT = Path(__file__).parents[1]
sys.path.insert(0, str(PROJECT))

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402
from cryptography.hazmat.primitives.serialization import (  # noqa: E402
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from device.update.format import BASE, Manifest, order_of, parse_head, signed_part  # noqa: E402
from device.update.versions import Versions  # noqa: E402

ROOMS = ("device", "drivers", "dsp")
LEFT_OUT = ("device/screens/gallery/",)
DATED = (1980, 1, 1, 0, 0, 0)  # the same tree makes the same file


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="make update", description=__doc__.splitlines()[0])
    steps = parser.add_subparsers(required=True, dest="step", metavar="key|make")
    for step, what in (("key", "make a pair of keys"), ("make", "make and sign an update file")):
        taken = steps.add_parser(step, help=what)
        taken.add_argument("private", type=Path, help="the file of the private key")
        if step == "make":
            taken.add_argument("--tree", type=Path, default=PROJECT, help="what to make it of (default: this tree)")
            taken.add_argument("--out", type=Path, default=PROJECT / "dist", help="where to (default: dist)")
            taken.add_argument("--version", help="of the update (default: pyproject.toml's)")
    told = parser.parse_args(arguments)
    try:
        if told.step == "key":
            print(make_key(told.private))
        else:
            version = told.version or version_of(told.tree)
            told.out.mkdir(parents=True, exist_ok=True)
            made = told.out / f"rolig-{version}.update"
            content = update_file(archive(told.tree, version), version, load_key(told.private))
            take_it(content)
            made.write_bytes(content)
            print(made)
    except (OSError, ValueError) as error:
        print(f"make update: {error}", file=sys.stderr)
        return 2
    return 0


def make_key(private: Path) -> Path:
    """The private key in `private`, readable by its owner alone; the public one beside it, whose path is returned."""
    key = Ed25519PrivateKey.generate()
    descriptor = os.open(private, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public = private.with_name(private.name + ".pub")
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return public


def load_key(private: Path) -> Ed25519PrivateKey:
    content = private.read_bytes()
    with suppress(Exception):  # the library has many kinds for damage, a password, or a key that it does not know
        key = load_pem_private_key(content, password=None)
        if isinstance(key, Ed25519PrivateKey):
            return key
    raise ValueError(f"{private} is no private Ed25519 key (PEM, without a password)")


def version_of(tree: Path) -> str:
    project = tree / "pyproject.toml"
    told = tomllib.loads(project.read_text(encoding="utf-8")).get("project")
    if not isinstance(told, dict) or "version" not in told:
        raise ValueError(f"{project} tells no version of a project")
    return str(told["version"])


def archive(tree: Path, version: str) -> dict[str, bytes]:
    """What a version consists of, by name: the device's rooms, and what tells the version."""
    paths = [path for room in ROOMS for path in sorted((tree / room).rglob("*")) if path.is_file()]
    named = {path.relative_to(tree).as_posix(): path for path in paths}
    kept = {
        name: path.read_bytes()
        for name, path in named.items()
        if not name.startswith(LEFT_OUT) and not re.search(r"(^|/)(\.|__pycache__/)", name)
    }
    metadata = f"Metadata-Version: 2.1\nName: rolig\nVersion: {version}\n"
    return kept | {f"rolig-{version}.dist-info/METADATA": metadata.encode("ascii")}


def update_file(files: dict[str, bytes], version: str, key: Ed25519PrivateKey, machines: tuple[str, ...] = ()) -> bytes:
    if order_of(version) is None:
        raise ValueError(f"a version is two to four numbers below 100000 with points between, not {version!r}")
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as made:
        for name, content in sorted(files.items()):
            made.writestr(zipfile.ZipInfo(name, DATED), content, zipfile.ZIP_DEFLATED)
    content = packed.getvalue()
    unpacked = sum(map(len, files.values()))
    manifest = Manifest(version, BASE, machines, len(content), unpacked, hashlib.sha256(content).hexdigest())
    signed = signed_part(manifest)
    return signed + key.sign(signed) + content


def take_it(content: bytes) -> None:
    """As a device does: ValueError for what none would take, whoever signed it."""
    head = parse_head(content)
    if head is None:
        raise ValueError("the update ends before its signature")
    with tempfile.TemporaryDirectory() as folder:
        Versions(Path(folder), "").take(head.manifest, content[head.length :], lambda: True)


if __name__ == "__main__":
    sys.exit(main())
