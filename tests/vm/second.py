"""What the firmware does in a second of a session, part by part, for an emulator that counts instructions: load.py.

Each part is run until it does what it does all session long, and only then counted. The wires answer at once and say
nothing: a chip's model costs more than its driver. What the kernel does for a transfer is in no count.
"""

import itertools
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from gpiozero import DigitalInputDevice
from gpiozero.pins.mock import MockFactory

from device.demo.between import SourceBetween
from device.demo.simulation import Scene, Simulation
from device.peripherals.panel import Panel
from device.sampling.pipe import MessageReader, MessageWriter
from device.sampling.sampler import SampleMessage, Sampler
from device.sampling.sources import SampleSource
from device.screens import draw
from device.session.choosing.preferences import Language
from device.session.showing.views import GuideView
from device.system.clocks import VirtualClock
from device.wearer.estimator import Occasion, SessionEstimator
from drivers.ad8232 import Ad8232Ecg
from drivers.board import LumaPins, SpiLink
from drivers.mcp3208 import Mcp3208
from drivers.oled import Oled, Ssd1306
from drivers.sim.person.body import Body
from dsp.pipeline import Pipeline
from dsp.state.profile import Profile
from dsp.types import BreathKind, BreathPhase, SampleBlock, SignalKind

FS_HZ, BLOCK, FRAMES = 500.0, 10, 20
COUNTED_S = 10
LEADS_OFF_GPIO = (20, 21)  # not those of the simulated board: gpiozero 1.6 has one list of pins in use for all boards
NOTHING, SAMPLING, PIPELINE, DRAWING, LOOP = range(5)
MAGIC = 0x526F6C69 << 8
"""A seek to MAGIC + n is the emulator's sign that what comes now belongs to part n; count.c knows it too."""


class SilentWire:
    """An SPI device on which a converter reads half of its scale, and a panel takes everything."""

    def xfer2(self, data: list[int]) -> list[int]:
        return [0x00, 0x08, 0x00][: len(data)]

    def writebytes(self, data: list[int]) -> None: ...

    def open(self, bus: int, device: int) -> None: ...

    def close(self) -> None: ...


class Sign:
    """Tells the emulator which part it sees."""

    def __init__(self, path: Path) -> None:
        self._fd = os.open(path, os.O_RDWR | os.O_CREAT)

    def __call__(self, part: int) -> None:
        os.lseek(self._fd, MAGIC + part, os.SEEK_SET)


class SilentPin:
    """An output."""

    value = 0.0

    def close(self) -> None: ...


def open_panel() -> Oled:
    pins = LumaPins({24: SilentPin(), 25: SilentPin()})
    return Oled(Ssd1306(SpiLink(spi=SilentWire(), gpio=pins, port=0, device=0)))


def sampling() -> Iterator[None]:
    """The converter read slot by slot, the leads-off pins now and then, and the messages through the pipe."""
    clock, pins = VirtualClock(), MockFactory()
    plus, minus = (DigitalInputDevice(gpio, pin_factory=pins) for gpio in LEADS_OFF_GPIO)
    chip = Mcp3208(SilentWire(), 3300.0)
    source = Sampler(lambda: Ad8232Ecg(chip, 0, lo_plus=plus, lo_minus=minus, sdn=None, fs_hz=FS_HZ), clock)
    read_fd, write_fd = os.pipe()
    writer, reader = MessageWriter(write_fd), MessageReader(read_fd)
    for end_s in itertools.count(1):
        while clock.monotonic_ns() < end_s * 1e9:
            writer.send(source.next_message())
            reader.wait(0.0)
        yield


def pipeline() -> Iterator[None]:
    """Samples to beats, metrics and state, with the guide at six breaths a minute."""
    body = Body(1)
    estimator = SessionEstimator(Profile(), lambda: Occasion("ad8232"))
    estimator.begin()
    chain = Pipeline(SignalKind.ECG, FS_HZ, state=estimator)
    chain.set_pace(0.0, 6.0)
    ecg_uv = 1000.0 * body.ecg_mv(np.arange(0.0, WARM_S[PIPELINE] + COUNTED_S, 1.0 / FS_HZ))
    for at in range(0, len(ecg_uv), BLOCK):
        chain.push(SampleBlock(at, FS_HZ, ecg_uv[at : at + BLOCK]))
        if (at + BLOCK) % FS_HZ == 0.0:
            yield


def drawing() -> Iterator[None]:
    """The guide at its full rate, through luma to the panel's wire."""
    panel = Panel(open_panel, 128, lambda: 0.0, background=False)
    for frame in itertools.count():
        breath = BreathPhase(BreathKind.INHALE, frame / 100 % 1.0, 6.0)
        panel.show(draw(GuideView(Language.EN, breath, frame / 6000, hr_bpm=60)))
        if (frame + 1) % FRAMES == 0:
            yield


class UncountedSource(SourceBetween):
    """The simulated samples, which no instruction is counted for."""

    def __init__(self, source: SampleSource, sign: Callable[[int], None]) -> None:
        super().__init__(source)
        self._sign = sign
        self.counted = False

    def wait(self, timeout_s: float) -> list[SampleMessage]:
        self._sign(NOTHING)
        messages = self._source.wait(timeout_s)
        self._sign(LOOP if self.counted else NOTHING)
        return messages


def count_loop(sign: Callable[[int], None], store: Path) -> None:
    """All that the appliance does beside its sampler in the guided part of a session, the recording with it."""
    simulation = Simulation(Scene(guided_s=60.0), store, display=lambda board: open_panel())
    source = simulation.parts.source = UncountedSource(simulation.parts.source, sign)
    while simulation.session.breath(simulation.now_s) is None:
        simulation.step()
    begun_s = simulation.now_s
    while (into_s := simulation.now_s - begun_s) < 2 * COUNTED_S:
        source.counted = into_s >= COUNTED_S
        simulation.step()
    sign(NOTHING)
    simulation.close()


# The pipeline looks back over 80 s at most.
WARM_S = {SAMPLING: 2, PIPELINE: 90, DRAWING: 10}
PARTS = {SAMPLING: sampling, PIPELINE: pipeline, DRAWING: drawing}


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        sign = Sign(Path(folder) / "sign")
        for part, seconds in PARTS.items():
            second = seconds()
            for _ in range(WARM_S[part]):
                next(second)
            sign(part)
            for _ in range(COUNTED_S):
                next(second)
            sign(NOTHING)
        count_loop(sign, Path(folder) / "sessions")


if __name__ == "__main__":
    main()
