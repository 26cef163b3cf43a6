"""Updates over SMP: the image group, as clients of MCUboot's devices know it, and the restart that tries a new one.

Slot 0 is the version that runs, slot 1 one that was uploaded or is tried at the next start.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from device.update.upload import Fault, RefusedUpdateError, Upload
from device.update.versions import AskFirstError, Versions
from device.usb.requests import ACCESS_DENIED, ALLOW_FIRST, BAD_INPUT, Fields, Handlers, RefusedRequestError, count
from device.usb.smp import Op

log = logging.getLogger(__name__)
OS, IMAGE = 0, 1
RESET = 5
STATE, UPLOAD = 0, 1
Outcome = TypeVar("Outcome")


@dataclass(frozen=True, slots=True)
class Updates:
    """`allowed` is whether the wearer has said yes to a version; `restart` ends the process."""

    versions: Versions
    upload: Upload
    allowed: Callable[[str], bool]
    restart: Callable[[], None]

    def open_handlers(self) -> Handlers:
        """Each asks for itself whether it may: a signed offer has to come in before anybody can be asked."""
        return {
            (IMAGE, Op.READ, STATE): self._states,
            (IMAGE, Op.WRITE, STATE): self._try,
            (IMAGE, Op.WRITE, UPLOAD): self._upload,
            (OS, Op.WRITE, RESET): self._reset,
        }

    def _states(self, _body: Fields) -> Fields:
        now, running = self.versions.choice(), self.versions.running
        on_trial = self.versions.on_trial()
        first = {"slot": 0, "version": running, "bootable": True, "active": True, "confirmed": not on_trial}
        slots: list[dict[str, Any]] = [first]
        if (digest := self.versions.digest(running)) is not None:
            slots[0]["hash"] = digest
        here = self.upload.uploaded()
        if now.version not in ("", running) and not now.proven and (waiting := self.versions.digest(now.version)):
            slots.append({"slot": 1, "version": now.version, "hash": waiting, "bootable": True, "pending": True})
        elif here is not None:
            digest = bytes.fromhex(here.sha256)
            slots.append({"slot": 1, "version": here.version, "hash": digest, "bootable": True})
        return {"images": slots, "splitStatus": 0}

    def _try(self, body: Fields) -> Fields:
        """Sets what was uploaded for the next start. "confirm" is refused: a version shows by itself that it is up."""
        digest, here = body.get("hash"), self.upload.uploaded()
        if body.get("confirm"):
            raise RefusedRequestError(BAD_INPUT, why="a version confirms itself when it is up")
        waiting = self.versions.choice().version
        if here is None and isinstance(digest, bytes) and digest == self.versions.digest(waiting):
            return self._states(body)  # the answer to the first was lost
        if here is None or digest != bytes.fromhex(here.sha256):
            raise RefusedRequestError(BAD_INPUT, why="nothing with that hash was uploaded")
        self._obeyed(self.upload.take)
        return self._states(body)

    def _upload(self, body: Fields) -> Fields:
        offset, data = count(body, "off"), body.get("data")
        if not isinstance(data, bytes):
            raise RefusedRequestError(BAD_INPUT, why="data is missing")
        if body.get("image", 0) != 0:
            raise RefusedRequestError(BAD_INPUT, why="there is one image, number 0")
        total = count(body, "len") if offset == 0 else None
        at = self._obeyed(lambda: self.upload.part(offset, data, total))
        return {"off": at} | ({"match": True} if self.upload.uploaded() is not None else {})

    def _reset(self, _body: Fields) -> Fields:
        if not self.allowed(self.versions.choice().version):
            raise RefusedRequestError(ACCESS_DENIED, why=ALLOW_FIRST)
        self.versions.shall_start()
        self.restart()
        return {}

    def ended(self) -> None:
        """The yes is no more: what waits for the restart is not started by it, nor by the next one."""
        try:
            self.versions.leave_waiting()
        except OSError as error:
            log.warning("that the update was stopped could not be kept: %s", error)

    @staticmethod
    def _obeyed(step: Callable[[], Outcome]) -> Outcome:
        try:
            return step()
        except AskFirstError as error:
            raise RefusedRequestError(ACCESS_DENIED, why=ALLOW_FIRST) from error
        except RefusedUpdateError as error:
            raise RefusedRequestError(Fault(error.fault), why=str(error)) from error
