"""Whose signature an update has to carry: the public key that the package, or the device's builder, put there."""

from pathlib import Path

KEY = Path("/etc/rolig/update.pub")
_MOST_BYTES = 4096


class NoKeyError(LookupError):
    """There is nothing to check a signature with; the text says what is missing."""


def is_signed(signed: bytes, signature: bytes, key: Path = KEY) -> bool:
    """Whether the owner of `key` (Ed25519, PEM) signed it. Raises NoKeyError."""
    try:  # only here: it costs memory, and is needed once in months
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
    except ImportError as error:
        raise NoKeyError("this device has no python3-cryptography to check signatures with") from error
    try:
        with key.open("rb") as file:
            loaded = load_pem_public_key(file.read(_MOST_BYTES))
    except FileNotFoundError as error:
        raise NoKeyError(f"this device has no key to check updates with ({key})") from error
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise NoKeyError(f"this device's key to check updates with cannot be read ({key})") from error
    if not isinstance(loaded, Ed25519PublicKey):
        raise NoKeyError(f"this device's key to check updates with is no Ed25519 key ({key})")
    try:
        loaded.verify(signature, signed)
    except InvalidSignature:
        return False
    return True
