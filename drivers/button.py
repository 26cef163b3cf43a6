"""One push button on a GPIO pin: raw edges in, debounced presses and releases out.

lgpio's own debounce is unreliable, so contact bounce is taken out here, from the edges' times. A contact that does not
come to rest, or is closed when nobody can have pressed it, is at fault: it tells nothing more until it is quiet.
"""

import math
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

SETTLE_S: Final = 0.02
CHATTER_S: Final = 0.25
"""A contact that moves for so long without coming to rest chatters; a good one bounces for some milliseconds."""
MOST_PRESSES: Final = 16
PAUSE_S: Final = 0.4
"""More presses than these, with no longer pause among them, are no finger's."""
MOST_SPIKES: Final = 2
SPIKES_WITHIN_S: Final = 1.0
"""More spikes than these, each so soon after the one before, are no disturbance from outside."""
STUCK_S: Final = 20.0
QUIET_S: Final = 1.0
_MOST_EDGES: Final = 1000


@dataclass(frozen=True, slots=True)
class ButtonEvent:
    """`t_s` is when the contact began to hold its new position, on the clock that timed the edges. `fault`: it is at
    fault from there on, and the press at hand is none; the next event says that it is not any more."""

    t_s: float
    pressed: bool
    fault: bool = False


class Debouncer:
    """Accepts a new position once it has held for `settle_s`, dated from when that hold began. A shorter closure is a
    spike: told as another release, so that whoever waits for quiet waits on. Pure logic."""

    def __init__(self, settle_s: float = SETTLE_S) -> None:
        self._settle_s = settle_s
        self._accepted = False
        self._candidate = False
        self._since_s = -math.inf
        self._moving_since_s = math.inf
        self._run, self._last_s = 0, -math.inf
        self._spikes, self._spiked_s = 0, -math.inf
        self.faulty = False

    @property
    def settling(self) -> bool:
        """The contact has moved, and it is not certain yet what that was."""
        return not self.faulty and self._candidate != self._accepted

    def stuck(self, t_s: float) -> list[ButtonEvent]:
        """The contact was closed before anybody looked."""
        self._candidate, self._since_s = True, t_s
        return self._fail(t_s)

    def edge(self, t_s: float, pressed: bool) -> list[ButtonEvent]:
        """The contact was seen in this position at `t_s`; times never go back. What became certain by then."""
        events = self.poll(t_s)
        if pressed != self._candidate:
            if t_s - self._since_s >= self._settle_s:
                self._moving_since_s = t_s
            self._candidate = pressed
            self._since_s = t_s
        return events

    def poll(self, t_s: float) -> list[ButtonEvent]:
        """Nothing further was seen up to `t_s`. What became certain by then."""
        events: list[ButtonEvent] = []
        while certain := self._next(t_s):
            events += certain
        return events

    def _next(self, t_s: float) -> list[ButtonEvent]:
        if self.faulty:
            return self._recover(t_s)
        settled_s, chatters_s = self._since_s + self._settle_s, self._moving_since_s + CHATTER_S
        if settled_s > chatters_s and t_s >= chatters_s:
            return self._fail(chatters_s)
        if self._candidate and self._accepted and t_s >= self._since_s + STUCK_S:
            return self._fail(self._since_s + STUCK_S)
        if t_s - self._since_s < self._settle_s:
            return []
        moved, self._moving_since_s = math.isfinite(self._moving_since_s), math.inf
        if self._candidate != self._accepted:
            return self._accept()
        return self._spike() if moved else []

    def _spike(self) -> list[ButtonEvent]:
        """The contact is where it was, after a moment elsewhere."""
        self._spikes = self._spikes + 1 if self._since_s - self._spiked_s < SPIKES_WITHIN_S else 1
        self._spiked_s = self._since_s
        if self._spikes > MOST_SPIKES:
            return self._fail(self._since_s)
        return [] if self._accepted else [ButtonEvent(self._since_s, False)]

    def _accept(self) -> list[ButtonEvent]:
        self._accepted = self._candidate
        if self._accepted:
            self._run = self._run + 1 if self._since_s - self._last_s < PAUSE_S else 1
        self._last_s = self._since_s
        return self._fail(self._since_s) if self._run > MOST_PRESSES else [ButtonEvent(self._since_s, self._accepted)]

    def _fail(self, t_s: float) -> list[ButtonEvent]:
        self.faulty, self._accepted = True, False
        return [ButtonEvent(t_s, False, fault=True)]

    def _recover(self, t_s: float) -> list[ButtonEvent]:
        """Once it has been open and quiet for a while."""
        if self._candidate or t_s < self._since_s + QUIET_S:
            return []
        self.faulty, self._moving_since_s, self._run, self._spikes = False, math.inf, 0, 0
        return [ButtonEvent(self._since_s + QUIET_S, False)]


def nobody() -> None:
    """Is told nothing."""


class EdgePin(Protocol):
    """gpiozero.DigitalInputDevice with its edge callbacks."""

    when_activated: Callable[[], None] | None
    when_deactivated: Callable[[], None] | None

    @property
    def value(self) -> float: ...

    def close(self) -> None: ...


class Button:
    """Collects edges from gpiozero's thread and hands out events in the caller's. `now_s` times the edges. `on_edge` is
    called in that thread when there is something to look at again."""

    def __init__(self, pin: EdgePin, now_s: Callable[[], float], settle_s: float = SETTLE_S) -> None:
        self._pin = pin
        self._now_s = now_s
        self._edges: deque[tuple[float, bool]] = deque(maxlen=_MOST_EDGES)
        self._debouncer = Debouncer(settle_s)
        self._early = self._debouncer.stuck(now_s()) if self.held else []
        self.on_edge: Callable[[], None] = nobody
        pin.when_activated = lambda: self._note(True)
        pin.when_deactivated = lambda: self._note(False)

    @property
    def held(self) -> bool:
        """The contact is closed at this moment, bounce included."""
        return bool(self._pin.value)

    @property
    def settling(self) -> bool:
        """Look again soon: what the contact does is not certain yet."""
        return self._debouncer.settling

    def events(self) -> list[ButtonEvent]:
        """Presses, releases and faults since the last call; call it 20 times a second or more while `settling`. Edges
        missed by the callbacks are caught up with from the pin's level."""
        events, self._early = self._early, []
        while self._edges:
            events += self._debouncer.edge(*self._edges.popleft())
        return events + self._debouncer.edge(self._now_s(), self.held)

    def close(self) -> None:
        self._pin.when_activated = None
        self._pin.when_deactivated = None
        self._pin.close()

    def _note(self, pressed: bool) -> None:
        first = not self._edges
        self._edges.append((self._now_s(), pressed))
        if first and not self._debouncer.faulty:
            self.on_edge()
