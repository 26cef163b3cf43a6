import numpy as np
import pytest

from drivers.errors import CorruptFrameError
from drivers.frontend import LeadsOff
from tests.driver_helpers import MakeBoard, Time


def test_the_pulse_rises_on_the_second_channel(make_board: MakeBoard, time: Time) -> None:
    board = make_board("pulse")
    front_end = board.open_front_end("pulse")
    front_end.start()
    counts = []
    for _ in range(5000):
        burst = front_end.read()
        assert burst.leads_off is LeadsOff.NONE
        counts.append(burst.counts[0])
        time.pass_s(0.002)
    truth = board.body.ppg(np.arange(5000) / 500.0)
    assert np.corrcoef(counts, truth)[0, 1] > 0.999
    info = front_end.info
    assert (info.kind, info.clock, info.unit) == ("ppg", "host", "count")
    assert info.min_count < min(counts) < max(counts) < info.max_count


def test_without_a_finger_the_line_is_flat(make_board: MakeBoard, time: Time) -> None:
    front_end = make_board("pulse", leads_off=((0.0, 5.0, "finger"),)).open_front_end("pulse")
    front_end.start()
    assert len({front_end.read().counts for _ in range(100)}) == 1


def test_start_proves_that_the_converter_answers(make_board: MakeBoard) -> None:
    board = make_board("pulse")
    board.chip.unplugged = True
    with pytest.raises(CorruptFrameError):
        board.open_front_end("pulse").start()
