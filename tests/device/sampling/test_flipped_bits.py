"""A thousand single bits flipped on each bus, either way: no fault, no pause of the guide, no sample off the grid, and
each loss counted."""

import random
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from device.sampling.blocks import Assembler
from device.sampling.sampler import Sampler
from device.sampling.session_clock import Timeline
from device.session.showing.views import GuideView
from device.session.state import SessionSettings, Step
from device.system.clocks import VirtualClock
from drivers.ad8232 import Ad8232Ecg
from drivers.frontend import FrontEnd
from drivers.max30003 import Max30003
from drivers.max30102 import Max30102
from drivers.max86141 import Max86141
from drivers.mcp3208 import MCP3008, MCP3208, Mcp3208
from drivers.sim.arrays import FloatArray
from drivers.sim.chips.max30003 import SimMax30003
from drivers.sim.chips.max30102 import SimMax30102
from drivers.sim.chips.max86141 import SimMax86141
from drivers.sim.chips.mcp3208 import SimMcp3208
from dsp.types import SampleBlock
from tests.session_driver import Driver

Ramp = Callable[[FloatArray], FloatArray]  # from a sample to the place on the ramp, 0 to 1
FLIPS = 1000
QUIET_S = 4.0  # before the first flip
EVERY_S = 0.2  # from then on
RAMP_S = 2.0
CLOCK_ERROR = {"mcp3208": 0.0, "mcp3008": 0.0, "max30003": 0.0001, "max30102": 0.004, "max86141": 0.004}


class Noise:
    """Flips one bit of one transfer now and then: which, and when, by a seed."""

    def __init__(self, seed: int, now_s: Callable[[], float]) -> None:
        self._random = random.Random(seed)
        self._now_s = now_s
        self._next_s = QUIET_S
        self.flips = 0

    def due(self) -> bool:
        if self._now_s() < self._next_s:
            return False
        self._next_s = self._now_s() + self._random.uniform(0.05, 2.0 * EVERY_S - 0.05)
        self.flips += 1
        return True

    def flip(self, data: list[int]) -> list[int]:
        bit = self._random.randrange(8 * len(data))
        return [byte ^ (1 << bit % 8 if place == bit // 8 else 0) for place, byte in enumerate(data)]

    def heads(self) -> bool:
        return self._random.random() < 0.5


class NoisySpi:
    """What is sent and what comes back is flipped; but for what `spares` says of a request."""

    def __init__(self, chip: Any, noise: Noise, spares: Callable[[list[int]], bool] = lambda _: False) -> None:
        self._chip, self._noise, self._spares = chip, noise, spares

    def xfer2(self, data: list[int]) -> list[int]:
        due = not self._spares(data) and self._noise.due()
        sending = due and self._noise.heads()
        answer: list[int] = self._chip.xfer2(self._noise.flip(data) if sending else data)
        return self._noise.flip(answer) if due and not sending else answer

    def close(self) -> None:
        pass


class NoisyI2c:
    """What is read is flipped, and the address and the register it is read from; what is written, a LED current now and
    then, goes through."""

    def __init__(self, chip: SimMax30102, noise: Noise) -> None:
        self._chip, self._noise = chip, noise

    def read_byte_data(self, address: int, register: int) -> int:
        return self.read_i2c_block_data(address, register, 1)[0]

    def read_i2c_block_data(self, address: int, register: int, length: int) -> list[int]:
        due = self._noise.due()
        if due and self._noise.heads():
            frame = self._noise.flip([address << 1, register])
            if frame[0] & 1:
                raise OSError(5, "Input/output error")
            return self._chip.read_i2c_block_data(frame[0] >> 1, frame[1], length)
        answer = self._chip.read_i2c_block_data(address, register, length)
        return self._noise.flip(answer) if due else answer

    def write_byte_data(self, address: int, register: int, value: int) -> None:
        self._chip.write_byte_data(address, register, value)

    def close(self) -> None:
        pass


class Rig:
    """A part whose chip converts a ramp, so that each sample tells when it was taken."""

    def __init__(self, part: str, seed: int) -> None:
        self.clock = VirtualClock()
        self.noise = Noise(seed, self.now_s)
        self.clock_error = CLOCK_ERROR[part]
        rigs = {"max30003": self._ecg, "max30102": self._light, "max86141": self._light_on_spi}
        self.front_end, self.ramp = rigs[part]() if part in rigs else self._adc(part)

    def now_s(self) -> float:
        return self.clock.monotonic_ns() / 1e9

    def _adc(self, part: str) -> tuple[FrontEnd, Ramp]:
        chip = SimMcp3208(lambda _: 0.2 + 2.9 * (self.now_s() % RAMP_S) / RAMP_S, part=part)
        frame = {"mcp3208": MCP3208, "mcp3008": MCP3008}[part]
        adc = Mcp3208(NoisySpi(chip, self.noise), 3300.0, frame)
        front_end = Ad8232Ecg(adc, 0, lo_plus=None, lo_minus=None, sdn=None)
        steps = 1 << frame.bits
        return (
            front_end,
            lambda uv: (
                ((uv / front_end.info.units_per_count + frame.full_scale_counts // 2 + 0.5) * 3.3 / steps - 0.2) / 2.9
            ),
        )

    def _ecg(self) -> tuple[FrontEnd, Ramp]:
        chip = SimMax30003(lambda t_s: 40.0 * (t_s % RAMP_S) / RAMP_S - 20.0, self.now_s, clock_error=self.clock_error)
        return Max30003(NoisySpi(chip, self.noise), self.now_s), lambda uv: (uv / 1000.0 + 20.0) / 40.0

    def _light(self) -> tuple[FrontEnd, Ramp]:
        chip = SimMax30102(lambda t_s: 10.0 * (t_s % RAMP_S) / RAMP_S, self.now_s, clock_error=self.clock_error)

        def ramp(counts: FloatArray) -> FloatArray:
            led_ma = 0.2 * [value for register, value in chip.writes if register == 0x0D][-1]
            return (1.0 - counts / (14000.0 * led_ma)) / 0.12

        return Max30102(NoisyI2c(chip, self.noise), self.now_s), ramp

    def _light_on_spi(self) -> tuple[FrontEnd, Ramp]:
        """As on I2C, what is written goes through."""
        chip = SimMax86141(lambda t_s: 10.0 * (t_s % RAMP_S) / RAMP_S, self.now_s, clock_error=self.clock_error)
        bus = NoisySpi(chip, self.noise, spares=lambda sent: sent[1] == 0x00)

        def ramp(counts: FloatArray) -> FloatArray:
            led_ma = 31.0 / 256.0 * [value for register, value in chip.writes if register == 0x23][-1]
            return (1.0 - counts / (220.0 * led_ma * (1 << 19) / 4096.0)) / 0.12

        return Max86141(bus, self.now_s), ramp

    def shifts(self, values: FloatArray) -> FloatArray:
        """By how many samples each stands beside its place; NaN for one that is lost."""
        n = RAMP_S * self.front_end.info.fs_hz * (1.0 + self.clock_error)
        beside = (self.ramp(values) * n - np.arange(len(values))) % n
        usual = n / (2.0 * np.pi) * np.angle(np.nanmean(np.exp(2j * np.pi * beside / n)))
        return np.asarray((beside - usual + n / 2.0) % n - n / 2.0)


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("part", CLOCK_ERROR)
def test_a_flipped_bit_costs_samples_and_nothing_else(part: str, seed: int) -> None:
    rig = Rig(part, seed)
    info = rig.front_end.info
    sampler = Sampler(lambda: rig.front_end, rig.clock)
    assembler = Assembler(info, Timeline(0, info.fs_hz))
    session = Driver(settings=SessionSettings(guided_s=1e6)).to(Step.GUIDED)
    blocks: list[SampleBlock] = []
    guided_s = QUIET_S
    while rig.noise.flips < FLIPS:
        message = sampler.next_message()
        assert not message.fault
        blocks += assembler.blocks(message)
        if rig.now_s() > guided_s:
            session.touch(blocks[-1].contact).run(0.1)
            guided_s += 0.1
            assert isinstance(session.session.view(session.t_s), GuideView)
    values = np.concatenate([block.values for block in blocks])
    assert blocks[-1].first_index + len(blocks[-1].values) - blocks[0].first_index == len(values)
    settled = values[round(QUIET_S * info.fs_hz) :]
    assert np.isnan(values).sum() == assembler.lost < 12 * FLIPS
    # One wrong sample may be its own flipped bit. Two on end, or one more than there were flips, are off the grid.
    off = np.abs(rig.shifts(settled)) > 0.75
    assert off.sum() < FLIPS
    assert not (off[1:] & off[:-1]).any()
