"""A job at the device over as many connections as it takes: a plug may be pulled, a port held, a consent end."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

from smpclient.transport import SMPTransportDisconnected

from host.errors import HostError
from host.link.device import Device, NotAllowedError, Patience, connected
from host.link.smp_serial import PortBusyError

Answer = TypeVar("Answer")
SHARE = 'Answer "Share?" on the device: hold its button.'
NOT_SHARED = 'sharing was not allowed on the device ("Share?")'
_BUSY = ". If nothing of yours uses it, it may be ModemManager: rolig setup --laptop prints what keeps it away"


class Line:
    """`say` tells whoever waits. A job says `begun` once it has something that a new connection goes on from."""

    def __init__(self, say: Callable[[str], None], patience: Patience) -> None:
        self.patience = patience
        self.begun = False
        self.reconnected = 0
        self.asked_again = 0
        self._say = say
        self._heard_s = time.monotonic()
        self._fruitless = 0
        self._busy_told = self._asked = False

    def heard(self, *, fruit: bool = False) -> None:
        """The device is there; `fruit`: and something came of it."""
        self._heard_s = time.monotonic()
        if fruit:
            self._fruitless = 0

    async def run(self, port: Callable[[], str], work: Callable[[Device], Awaitable[None]]) -> None:
        """Until `work` is done, which begins anew with each connection. Raises HostError if the device refuses, or
        stays away."""
        while True:
            try:
                async with connected(self._where(port), self.patience) as device:
                    self.heard()
                    self._fruitless += 1
                    try:
                        await work(device)
                    finally:
                        self.asked_again += device.asked_again
                return
            except NotAllowedError as error:  # the consent ended in between: it is asked for again
                if self._fruitless > self.patience.fruitless:
                    raise HostError("the device allows what is asked for, and takes it back each time") from error
            except SMPTransportDisconnected as error:
                silent_s = time.monotonic() - self._heard_s
                if self._fruitless > self.patience.fruitless:
                    raise HostError(f"the device is there, and nothing comes of it: {error}") from error
                if silent_s > self._longest_silence_s(error):
                    advice = _BUSY if isinstance(error, PortBusyError) else ""
                    raise HostError(f"no answer from the device: {error}{advice}") from error
            self.reconnected += self.begun
            await asyncio.sleep(self.patience.reopen_s)

    async def until_allowed(self, ask: Callable[[], Awaitable[Answer]], what_to_do: str, not_done: str) -> Answer:
        """The answer, once the wearer allows it on the device. HostError, with `not_done`, where they do not."""
        give_up_s = time.monotonic() + self.patience.allow_s
        while True:
            try:
                return await ask()
            except NotAllowedError as error:
                if time.monotonic() > give_up_s:
                    raise HostError(not_done) from error
            if not self._asked:
                self._say(what_to_do)
                self._asked = True
            await asyncio.sleep(self.patience.allow_poll_s)
            self.heard()

    def _longest_silence_s(self, error: Exception) -> float:
        if isinstance(error, PortBusyError):
            if not self._busy_told:
                self._say(f"{error}; waiting for it.")
            self._busy_told = True
            return self.patience.busy_s
        return self.patience.gone_s if self.begun else self.patience.first_contact_s

    def _where(self, port: Callable[[], str]) -> str:
        try:
            return port()
        except HostError as error:
            if not self.begun:
                raise
            raise SMPTransportDisconnected(str(error)) from error
