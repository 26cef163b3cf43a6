"""An update file: a signed head that says what is in it, and the application as a zip archive behind it.

    offset  bytes
         0  8       "ROLIGUP" and the format's number, "1"
         8  2       length n of the manifest, big endian
        10  n       manifest: JSON, ASCII
      10+n  64      Ed25519 signature (RFC 8032) of all before it
      74+n  size    the archive, which the manifest vouches for

The head is small enough for the first part of an upload, so a device can check it before it stores a byte.
"""

import json
import re
from contextlib import suppress
from dataclasses import asdict, dataclass

MAGIC = b"ROLIGUP"
FORMAT = b"1"
SIGNATURE_BYTES = 64
MOST_MANIFEST_BYTES = 2048
MOST_ARCHIVE_BYTES = 1 << 24
MOST_UNPACKED_BYTES = 1 << 26
BASE = 1
"""What a version may expect of the package that starts it: raised with whatever an update alone cannot bring."""
MOST_VERSION_LENGTH = 12
"""The screen's question has room for as many characters."""
_FIXED = len(MAGIC) + len(FORMAT) + 2
MOST_HEAD_BYTES = _FIXED + MOST_MANIFEST_BYTES + SIGNATURE_BYTES
_VERSION = re.compile(r"[0-9]{1,5}(\.[0-9]{1,5}){1,3}", re.ASCII)
_MACHINE = re.compile(r"[A-Za-z0-9_]{1,32}", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}")


class NotAnUpdateError(ValueError):
    """The file is no update that this program can read; the text says why."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """`base`: what it needs at least of the package (see BASE). `machines`: those it runs on (as `uname -m` has them),
    all where it is empty. `size` and `sha256` are the archive's, `unpacked` is how many bytes its files have."""

    version: str
    base: int
    machines: tuple[str, ...]
    size: int
    unpacked: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Head:
    """`signed` is what `signature` signs; the archive begins at `length`."""

    manifest: Manifest
    signed: bytes
    signature: bytes

    @property
    def length(self) -> int:
        return len(self.signed) + len(self.signature)


def order_of(version: str) -> tuple[int, ...] | None:
    """What versions are ordered by, None where the text is no version."""
    if _VERSION.fullmatch(version) is None:
        return None
    parts = [int(part) for part in version.split(".")]
    return tuple([*parts, 0, 0, 0][:4])


def is_newer(version: str, than: str) -> bool:
    """Whether `version` is one, and `than` is none or an older one."""
    one, other = order_of(version), order_of(than)
    return one is not None and (other is None or one > other)


def parse_head(data: bytes) -> Head | None:
    """The head at the beginning of `data`; None where `data` ends before it does. Raises NotAnUpdateError."""
    begun = data[: len(MAGIC)]
    if begun != MAGIC[: len(begun)]:
        raise NotAnUpdateError("it is not an update file of Rolig's")
    number = data[len(MAGIC) : len(MAGIC) + 1]
    if number not in (b"", FORMAT):
        raise NotAnUpdateError("it is of a newer form than this version can read: update to one in between first")
    if len(data) < _FIXED:
        return None
    length = int.from_bytes(data[_FIXED - 2 : _FIXED], "big")
    if not 0 < length <= MOST_MANIFEST_BYTES:
        raise NotAnUpdateError(f"its manifest is said to have {length} bytes")
    end = _FIXED + length
    if len(data) < end + SIGNATURE_BYTES:
        return None
    manifest = _parse_manifest(data[_FIXED:end])
    if len(manifest.version) > MOST_VERSION_LENGTH:
        raise NotAnUpdateError(f"its version has more than {MOST_VERSION_LENGTH} characters")
    return Head(manifest, data[:end], data[end : end + SIGNATURE_BYTES])


def signed_part(manifest: Manifest) -> bytes:
    """What is signed: the head without its signature."""
    text = json.dumps(asdict(manifest), sort_keys=True).encode("ascii")
    if not 0 < len(text) <= MOST_MANIFEST_BYTES:
        raise ValueError(f"a manifest of {len(text)} bytes")
    return MAGIC + FORMAT + len(text).to_bytes(2, "big") + text


def _parse_manifest(text: bytes) -> Manifest:
    with suppress(ValueError, KeyError, TypeError, RecursionError):
        told = json.loads(text.decode("ascii"))
        manifest = Manifest(
            told["version"], told["base"], tuple(told["machines"]), told["size"], told["unpacked"], told["sha256"]
        )
        if (
            order_of(manifest.version) is not None
            and _is_count(manifest.base, 1 << 16)
            and all(_MACHINE.fullmatch(name) for name in manifest.machines)
            and _is_count(manifest.size, MOST_ARCHIVE_BYTES)
            and _is_count(manifest.unpacked, MOST_UNPACKED_BYTES)
            and _SHA256.fullmatch(manifest.sha256)
        ):
            return manifest
    raise NotAnUpdateError("its manifest cannot be read")


def _is_count(value: object, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value <= most
