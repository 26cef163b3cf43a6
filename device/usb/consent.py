"""The wearer's consent, to share or to one version, and all that ends it without them.

It is for the computer at the other end of the cable at that moment. Another one shows as a change of the controller's
state (the kernel's UDC state, of which dwc2 keeps "configured" while the cable is out, so that it is the change and not
the state that counts), as a line that hangs up, or as nobody asking for anything.
"""

import threading
import time
from collections.abc import Callable, Mapping

from drivers.errors import DriverError

UNASKED_S = 180.0
"""Without a request, before consent ends: time enough to walk to the computer and start a pull."""


class Consent:
    """`states` are those of the USB controllers. Used from two threads: the appliance's allows, the server's asks."""

    def __init__(
        self, states: Callable[[], Mapping[str, str]], monotonic_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._states = states
        self._monotonic_s = monotonic_s
        self._guard = threading.Lock()
        self._given = False
        self._what = ""
        self._of: Mapping[str, str] | None = None
        self._asked_s = 0.0
        self.times = 0

    @property
    def given(self) -> bool:
        return self._given

    def give(self, what: str = "") -> None:
        """The wearer allows `what`, and nothing else any more."""
        with self._guard:
            self.times += not self._given
            self._given, self._what = True, what
            self._of, self._asked_s = self._read(), self._monotonic_s()

    def end(self) -> None:
        with self._guard:
            self._given = False

    def look(self, line: bool = True) -> bool:
        """Whether it is given still; to be called many times a second while it is. `line` is false where it hung up."""
        with self._guard:
            if self._given and (
                not line or self._of != self._read() or self._monotonic_s() - self._asked_s > UNASKED_S
            ):
                self._given = False
            return self._given

    def asked(self, what: str = "") -> bool:
        """Whether the request at hand, for `what`, may be answered."""
        self.look()
        with self._guard:
            if what != self._what:
                return False
            self._asked_s = self._monotonic_s()
            return self._given

    def _read(self) -> Mapping[str, str]:
        """A controller that cannot be read has its own state, which is no other's."""
        try:
            return dict(self._states())
        except DriverError as error:
            return {"": str(error)}
