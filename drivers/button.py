"""One push button on a GPIO pin: raw edges in, debounced presses and releases out.

lgpio's own debounce is unreliable, so contact bounce is taken out here, from the edges' times.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

SETTLE_S: Final = 0.02


@dataclass(frozen=True, slots=True)
class ButtonEvent:
    """`t_s` is when the contact began to hold its new position, on the clock that timed the edges."""

    t_s: float
    pressed: bool


class Debouncer:
    """Accepts a new position once it has held for `settle_s`, dated from when that hold began. Pure logic."""

    def __init__(self, settle_s: float = SETTLE_S) -> None:
        self._settle_s = settle_s
        self._accepted = False
        self._candidate = False
        self._since_s = 0.0

    def edge(self, t_s: float, pressed: bool) -> list[ButtonEvent]:
        """The contact was seen in this position at `t_s`; times never go back. What became certain by then."""
        events = self.poll(t_s)
        if pressed != self._candidate:
            self._candidate = pressed
            self._since_s = t_s
        return events

    def poll(self, t_s: float) -> list[ButtonEvent]:
        """Nothing further was seen up to `t_s`. What became certain by then."""
        if self._candidate == self._accepted or t_s - self._since_s < self._settle_s:
            return []
        self._accepted = self._candidate
        return [ButtonEvent(self._since_s, self._accepted)]


class EdgePin(Protocol):
    """gpiozero.DigitalInputDevice with its edge callbacks."""

    when_activated: Callable[[], None] | None
    when_deactivated: Callable[[], None] | None

    @property
    def value(self) -> float: ...

    def close(self) -> None: ...


class Button:
    """Collects edges from gpiozero's thread and hands out events in the caller's. `now_s` times the edges."""

    def __init__(self, pin: EdgePin, now_s: Callable[[], float], settle_s: float = SETTLE_S) -> None:
        self._pin = pin
        self._now_s = now_s
        self._edges: deque[tuple[float, bool]] = deque()
        self._debouncer = Debouncer(settle_s)
        pin.when_activated = lambda: self._edges.append((self._now_s(), True))
        pin.when_deactivated = lambda: self._edges.append((self._now_s(), False))

    @property
    def held(self) -> bool:
        """The contact is closed at this moment, bounce included."""
        return bool(self._pin.value)

    def events(self) -> list[ButtonEvent]:
        """Presses and releases since the last call; call it 20 times a second or more. Edges missed by the
        callbacks are caught up with from the pin's level."""
        events: list[ButtonEvent] = []
        while self._edges:
            events += self._debouncer.edge(*self._edges.popleft())
        return events + self._debouncer.edge(self._now_s(), self.held)

    def close(self) -> None:
        self._pin.when_activated = None
        self._pin.when_deactivated = None
        self._pin.close()
