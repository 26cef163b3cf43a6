"""What the firmware does in so many seconds of a session, one part of it: `second.py PART SECONDS`.

Everything that does not grow with the seconds is the same for any of them, so a difference of two runs is the part's.
"""

import math
import os
import sys
from collections.abc import Callable

import numpy as np

from device.clocks import VirtualClock
from device.panel import Panel
from device.preferences import Language
from device.sampler_link import MessageReader, MessageWriter
from device.sampling import Sampler
from device.screens import draw
from device.views import GuideView
from device.wearer import Occasion, Wearer
from drivers.ad8232 import Ad8232Ecg
from drivers.mcp3208 import Mcp3208
from drivers.sim.board import SimBoard
from drivers.sim.body import Body
from drivers.sim.mcp3208 import SimMcp3208
from dsp.pipeline import Pipeline
from dsp.profile import Profile
from dsp.types import BreathKind, BreathPhase, SampleBlock

FS_HZ, BLOCK, FRAMES, MOST_S = 500.0, 10, 20, 40


def pipeline(seconds: int) -> None:
    """Samples to beats, metrics and state."""
    ecg_uv = 1000.0 * Body(1).ecg_mv(np.arange(0.0, MOST_S, 1.0 / FS_HZ))
    wearer = Wearer(Profile(), lambda: Occasion("ad8232"))
    wearer.begin()
    chain = Pipeline("ecg", FS_HZ, state=wearer)
    for at in range(0, round(seconds * FS_HZ), BLOCK):
        chain.push(SampleBlock(at, FS_HZ, ecg_uv[at : at + BLOCK]))


def screen(seconds: int) -> None:
    """The guide at its full rate, through luma to the panel's wire."""
    panel = Panel(SimBoard(Body(1), lambda: 0.0).open_display, 128)
    for frame in range(seconds * FRAMES):
        breath = BreathPhase(BreathKind.INHALE, frame / 100 % 1.0, 6.0)
        panel.show(draw(GuideView(Language.EN, breath, frame / 6000, hr_bpm=60)), math.inf)


def sampler(seconds: int) -> None:
    """The converter read slot by slot, and the messages through the pipe."""
    clock = VirtualClock()
    chip = Mcp3208(SimMcp3208(lambda _: 1.65, 3300.0), 3300.0)
    source = Sampler(lambda: Ad8232Ecg(chip, 0, lo_plus=None, lo_minus=None, sdn=None, fs_hz=FS_HZ), clock)
    read_fd, write_fd = os.pipe()
    writer, reader = MessageWriter(write_fd), MessageReader(read_fd)
    while clock.monotonic_ns() < seconds * 1e9:
        writer.send(source.next_message())
        reader.wait(0.0)


PARTS: dict[str, Callable[[int], None]] = {"pipeline": pipeline, "screen": screen, "sampler": sampler}

if __name__ == "__main__":
    PARTS[sys.argv[1]](int(sys.argv[2]))
