"""The simulated wearer's finger on the button, or the keyboard's."""

from collections import deque
from dataclasses import dataclass
from typing import Protocol

from device.session.state import Step

SHORT_S = 0.15
LONG_S = 1.0
DOUBLE_GAP_S = 0.12
GAP_S = 0.5


class PushButton(Protocol):
    """The simulated board's side of the button."""

    def press(self) -> None: ...

    def release(self) -> None: ...


class Finger:
    """Presses that were asked for, one after the other, each held for its time."""

    def __init__(self, button: PushButton) -> None:
        self._button = button
        self._moves: deque[tuple[float, bool]] = deque()
        self._busy_until_s = 0.0

    @property
    def idle(self) -> bool:
        return not self._moves

    def push(self, now_s: float, held_s: float) -> None:
        down_s = max(now_s, self._busy_until_s)
        self._moves += ((down_s, True), (down_s + held_s, False))
        self._busy_until_s = down_s + held_s + GAP_S

    def push_twice(self, now_s: float) -> None:
        """So quickly that it is a double press."""
        self.push(now_s, SHORT_S)
        self._busy_until_s += DOUBLE_GAP_S - GAP_S
        self.push(now_s, SHORT_S)

    def move(self, now_s: float) -> None:
        """Do what is due by `now_s`, one movement at a time so that each is seen."""
        if self._moves and self._moves[0][0] <= now_s:
            _, down = self._moves.popleft()
            if down:
                self._button.press()
            else:
                self._button.release()


@dataclass(frozen=True, slots=True)
class Habit:
    """Presses of these lengths, `after_s` into a step and again until it is over."""

    after_s: float
    held_s: tuple[float, ...]


HABITS = {
    Step.WELCOME: Habit(2.0, (SHORT_S,)),
    Step.CARDS: Habit(6.0, (SHORT_S,)),
    Step.CHECK_IN: Habit(1.5, (SHORT_S, LONG_S)),
    Step.CHECK_OUT: Habit(1.5, (LONG_S,)),
    Step.OFFER: Habit(1.0, (*(SHORT_S,) * 4, LONG_S)),  # past the minutes on offer, to "no thanks"
    Step.SUMMARY: Habit(2.5, (SHORT_S,)),
}


class Habits:
    """Presses the button by itself through a whole session, and is done when the session has come round to welcome."""

    def __init__(self, finger: Finger) -> None:
        self._finger = finger
        self._step: Step | None = None
        self._due_s = 0.0
        self._summary_seen = False
        self.done = False

    def act(self, now_s: float, step: Step) -> None:
        self._summary_seen |= step is Step.SUMMARY
        self.done = self._summary_seen and step is Step.WELCOME
        if step is not self._step:
            self._step, self._due_s = step, now_s + HABITS[step].after_s if step in HABITS else 0.0
        habit = HABITS.get(step)
        if habit is None or self.done or now_s < self._due_s or not self._finger.idle:
            return
        for held_s in habit.held_s:
            self._finger.push(now_s, held_s)
        self._due_s = now_s + sum(habit.held_s) + habit.after_s
