import threading

from device.peripherals.gauge import PowerState, SlowGauge
from tests.driver_helpers import Time


def test_whoever_asks_gets_what_was_read_last_and_never_waits() -> None:
    time, entered, free = Time(), threading.Event(), threading.Event()
    reads: list[int] = []

    def read() -> PowerState:
        reads.append(1)
        entered.set()
        assert free.wait(60.0)
        return PowerState(low=True)

    gauge = SlowGauge(read, time)
    assert gauge.look() == PowerState()
    assert entered.wait(60.0)
    time.pass_s(3.0)
    assert [gauge.look().low for _ in range(100)] == [False] * 100
    free.set()
    while not gauge.look().low:
        pass
    assert len(reads) >= 1


def test_in_time_that_stands_still_it_is_read_at_once() -> None:
    said = [True, False, True]
    gauge = SlowGauge(lambda: PowerState(low=said.pop(0)), Time(), background=False)
    assert [gauge.look().low for _ in range(3)] == [True, False, True]
