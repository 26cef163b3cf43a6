"""Samples against the time: what a clock within its bounds gives is never touched, whenever it is read."""

import math
from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.fifo_clock import AMBIGUOUS, FifoClock
from drivers.frontend import LOST

FS_HZ = 512.0


@dataclass
class Chip:
    """Makes sample number n at `(n + 1) / rate_hz`; its FIFO is found empty within the reading, which takes a while."""

    rate_hz: float
    clock: FifoClock = field(default_factory=lambda: FifoClock(FS_HZ))
    made: int = 0
    t_s: float = 0.0
    placed: list[int] = field(default_factory=list)
    waits: int = 0

    def poll(self, after_s: float, reading_s: float = 0.0, empty_at: float = 0.5) -> list[int]:
        """The words that there are; `place` has them placed."""
        self.before_s = self.t_s + after_s
        self.t_s = self.before_s + reading_s
        upto = math.floor((self.before_s + empty_at * reading_s) * self.rate_hz)
        words, self.made = list(range(self.made, upto)), upto
        return words

    def place(self, words: list[int]) -> None:
        placed = self.clock.place(words, self.before_s, self.t_s)
        self.placed += placed
        self.waits = 0 if placed or not words else self.waits + 1
        assert self.waits <= 3

    def in_place(self) -> bool:
        return all(count in (LOST, place) for place, count in enumerate(self.placed))


POLLS = st.lists(st.tuples(st.floats(0.002, 0.05), st.floats(0.0, 0.01), st.floats(0.0, 1.0)), min_size=5, max_size=80)


@given(POLLS, st.floats(-0.005, 0.005))
def test_what_comes_at_the_rate_is_passed_on_whole(polls: list[tuple[float, float, float]], error: float) -> None:
    chip = Chip(FS_HZ * (1.0 + error))
    for poll in polls:
        chip.place(chip.poll(*poll))
    assert chip.placed == list(range(len(chip.placed)))
    assert chip.made - len(chip.placed) <= 4 * 32


@pytest.mark.parametrize("error", [-0.03, -0.004, 0.002, 0.03])
def test_a_chip_with_another_rate_than_it_says_is_believed_in_the_end(error: float) -> None:
    chip = Chip(FS_HZ * (1.0 + error))
    for _ in range(3000):
        chip.place(chip.poll(0.02))
    lost = chip.placed.count(LOST)
    late = chip.placed[-1000:]
    assert lost < 0.01 * len(chip.placed)
    assert LOST not in late
    assert chip.in_place()


@given(st.integers(160, 260), st.integers(0, 9), st.sampled_from(["gone", "unsure", "double"]))
def test_a_word_that_is_wrong_moves_no_other(at: int, which: int, how: str) -> None:
    chip = Chip(FS_HZ)
    for number in range(300):
        words = chip.poll(0.02083)
        if number == at:
            word = words[which]
            there = {"gone": [], "unsure": [AMBIGUOUS], "double": [word, word]}[how]
            words[which : which + 1] = there
        chip.place(words)
    assert chip.in_place()
    assert chip.placed.count(LOST) <= (1 if how == "unsure" else 35)
    assert len(chip.placed) == pytest.approx(FS_HZ * chip.t_s, abs=4 * 12)


def test_what_may_have_been_a_word_and_was_none_leaves_no_trace() -> None:
    chip = Chip(FS_HZ)
    for number in range(300):
        words = chip.poll(0.02083)
        chip.place([AMBIGUOUS, *words] if number % 20 == 19 else words)
    assert LOST not in chip.placed
    assert chip.in_place()


@given(st.floats(0.1, 20.0))
def test_an_outage_costs_as_many_samples_as_it_lasted(outage_s: float) -> None:
    chip = Chip(FS_HZ)
    for _ in range(50):
        chip.place(chip.poll(0.02083))
    chip.poll(outage_s)
    lost = chip.clock.lose(chip.before_s, chip.t_s)
    assert len(chip.placed) + lost == pytest.approx(chip.made, abs=1)
