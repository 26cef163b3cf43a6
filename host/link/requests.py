"""The two requests that are Rolig's own, in the stock library's terms (docs/usb-protocol.md)."""

from enum import IntEnum, unique

from smp import error, message
from smpclient.requests.file_management import FileDownload

ROLIG_GROUP = 100


class PartDownload(FileDownload):
    """A download request that may ask for less than the server would send; servers that do not know `max`
    ignore it.
    """

    max: int | None = None


@unique
class RoligGroupError(IntEnum):
    OK = 0
    NO_SUCH_SESSION = 1
    COPY_DIFFERS = 2
    NOT_DELETED = 3


class _DeleteSessionResponse(message.WriteResponse):
    _GROUP_ID = ROLIG_GROUP
    _COMMAND_ID = 0


class _GroupErrorV1(error.ErrorV1):
    _GROUP_ID = ROLIG_GROUP


class _GroupErrorV2(error.ErrorV2[RoligGroupError]):
    _GROUP_ID = ROLIG_GROUP


class DeleteSession(message.WriteRequest):
    """Delete the session `name`, of which the host holds a copy whose SHA256SUMS has this hash."""

    _GROUP_ID = ROLIG_GROUP
    _COMMAND_ID = 0
    _Response = _DeleteSessionResponse
    _ErrorV1 = _GroupErrorV1
    _ErrorV2 = _GroupErrorV2

    name: str
    sha256: bytes
