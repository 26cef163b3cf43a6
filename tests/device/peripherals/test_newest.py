import math
import threading

from hypothesis import given
from hypothesis import strategies as st

from device.peripherals.newest import AFTER_A_FAULT_S, Newest
from tests.driver_helpers import Time


class Bus:
    """A bus that hangs until it is let go, as a pulled-down line does."""

    def __init__(self, hangs: bool = True) -> None:
        self.entered, self.free = threading.Event(), threading.Event()
        self.taken: list[int] = []
        if not hangs:
            self.free.set()

    def take(self, thing: int) -> float:
        self.entered.set()
        assert self.free.wait(60.0)
        self.taken.append(thing)
        return math.inf


def test_whoever_puts_something_down_never_waits_and_what_is_overtaken_is_dropped() -> None:
    bus = Bus()
    hand = Newest("test", bus.take, Time())
    hand.put(0)
    assert bus.entered.wait(60.0)
    for thing in range(1, 1000):
        hand.put(thing)
    assert bus.taken == []
    bus.free.set()
    hand.close(60.0)
    assert bus.taken == [0, 999]


@given(st.lists(st.integers(), min_size=1, max_size=50))
def test_what_was_put_last_is_done_last_and_nothing_twice_or_out_of_turn(things: list[int]) -> None:
    bus = Bus(hangs=False)
    hand = Newest("test", bus.take, Time())
    for thing in things:
        hand.put(thing)
    hand.close(60.0)
    assert bus.taken[-1] == things[-1]
    left = iter(things)
    assert all(thing in left for thing in bus.taken)


def test_without_a_thread_it_is_tried_again_when_its_time_has_come() -> None:
    time, tries = Time(), []

    def work(thing: str) -> float:
        tries.append((time.s, thing))
        return 2.0 if len(tries) < 3 else math.inf

    hand = Newest("test", work, time, background=False)
    hand.put("a")
    for _ in range(100):
        time.pass_s(0.1)
        hand.poll()
    assert [round(t_s, 1) for t_s, _ in tries] == [0.0, 2.0, 4.0]


def test_a_fault_of_ours_does_not_end_the_thread() -> None:
    done = threading.Event()

    def work(thing: str) -> float:
        if thing == "bad":
            raise ZeroDivisionError
        done.set()
        return math.inf

    hand = Newest("test", work, Time())
    hand.put("bad")
    hand.put("good")
    assert done.wait(60.0)
    hand.close(60.0)


def test_how_long_the_work_at_hand_has_been_going_on() -> None:
    time, bus = Time(), Bus()
    hand = Newest("test", bus.take, time)
    assert hand.busy_s() == 0.0
    hand.put(1)
    assert bus.entered.wait(60.0)
    time.pass_s(5.0)
    assert hand.busy_s() == 5.0
    bus.free.set()
    hand.close(60.0)
    assert hand.busy_s() == 0.0
    assert AFTER_A_FAULT_S > 0.0
