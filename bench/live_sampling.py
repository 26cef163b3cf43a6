"""How punctual the sampler is at 500 Hz beside a pipeline and a display that never rest.

    python -m bench.live_sampling [SECONDS]

One after the other, each beside the same load: the sampler as the device runs it (a process of its own, SCHED_FIFO),
the same without real-time treatment, and the same loop in a thread of the busy process. Each beside an empty loop with
the same treatment: what the machine itself makes late.
"""

import gc
import multiprocessing
import os
import queue
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from device.peripherals.panel import Panel
from device.sampling.sampler import SampleMessage, Sampler
from device.sampling.sources import SamplerProcess, SampleSource
from device.screens import draw
from device.session.choosing.preferences import Language
from device.session.showing.views import GuideView
from device.system.clocks import Clock, MachineClock
from drivers.ad8232 import Ad8232Ecg
from drivers.mcp3208 import Mcp3208
from drivers.sim.board import SimBoard
from drivers.sim.chips.mcp3208 import SimMcp3208
from drivers.sim.person.body import Body
from dsp.pipeline import Pipeline
from dsp.types import BreathKind, BreathPhase, SampleBlock, SignalKind

FS_HZ = 500.0
SLOT_S = 1.0 / FS_HZ
BLOCK = 10
BLOCKS_A_FRAME = 5
PRIORITY = 50
VREF_MV = 3300.0


@dataclass(slots=True)
class Punctuality:
    samples: int = 0
    late: int = 0
    lost: int = 0

    def take(self, message: SampleMessage, next_index: int) -> int:
        """Count a message; `next_index` is where it should begin (-1: anywhere). Returns where the next should."""
        if not len(message.counts):
            return next_index
        self.lost += message.first_index - next_index if next_index >= 0 else 0
        self.samples += len(message.counts)
        self.late += message.late
        return message.first_index + len(message.counts)

    def line(self, name: str) -> str:
        slots = max(1, self.samples + self.lost)
        return (
            f"{name:42} | {slots:6d} | {100 * self.late / slots:6.2f} | {100 * self.lost / slots:6.2f} | {self.lost:5d}"
        )


class SamplerThread:
    """The sampler in a thread: what most programs of this kind do."""

    def __init__(self, open_front_end: Callable[[], Ad8232Ecg], clock: Clock) -> None:
        self._sampler = Sampler(open_front_end, clock)
        self._messages: queue.SimpleQueue[SampleMessage] = queue.SimpleQueue()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def wait(self, timeout_s: float) -> list[SampleMessage]:
        return [self._messages.get() for _ in range(self._messages.qsize())]

    def rest(self) -> None: ...

    def wake(self) -> None: ...

    def nudge(self) -> None: ...

    def close(self) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.is_set():
            self._messages.put(self._sampler.next_message())


def front_end_opener(clock: Clock) -> Callable[[], Ad8232Ecg]:
    """The real driver on a converter that answers from ten seconds of ECG drawn beforehand."""
    ecg_mv = Body(1).ecg_mv(np.arange(0.0, 10.0, SLOT_S)).tolist()

    def volts(_: int) -> float:
        return 1.65 + 1.1 * float(ecg_mv[int(clock.monotonic_ns() * 1e-9 * FS_HZ) % len(ecg_mv)])

    return lambda: Ad8232Ecg(
        Mcp3208(SimMcp3208(volts, VREF_MV), VREF_MV), 0, lo_plus=None, lo_minus=None, sdn=None, fs_hz=FS_HZ
    )


class PipelineLoad:
    """The pipeline over one simulated minute again and again, and a guide that is never the same twice."""

    def __init__(self, clock: Clock) -> None:
        body = Body(2)
        self._ecg_uv = 1000.0 * body.ecg_mv(np.arange(0.0, 60.0, SLOT_S))
        self._board = SimBoard(body, lambda: clock.monotonic_ns() / 1e9)
        self._panel = Panel(self._board.open_display, 128, time.monotonic, background=False)
        self._pipeline = Pipeline(SignalKind.ECG, FS_HZ)
        self._index = self.frames = 0

    @property
    def computed_s(self) -> float:
        return self._index * SLOT_S

    def turn(self) -> None:
        for _ in range(BLOCKS_A_FRAME):
            at = self._index % len(self._ecg_uv)
            self._pipeline.push(SampleBlock(self._index, FS_HZ, self._ecg_uv[at : at + BLOCK]))
            self._index += BLOCK
        self.frames += 1
        breath = BreathPhase(BreathKind.INHALE, self.frames / 50 % 1.0, 6.0)
        self._panel.show(draw(GuideView(Language.EN, breath, self.frames / 300 % 1.0, hr_bpm=60)))


def measure(source: SampleSource, load: PipelineLoad, seconds: float) -> Punctuality:
    found, next_index = Punctuality(), -1
    end_s = time.monotonic() + seconds
    try:
        while time.monotonic() < end_s:
            load.turn()
            for message in source.wait(0.0):
                next_index = found.take(message, next_index)
    finally:
        source.close()
    return found


def empty_loop(realtime: bool, seconds: float, load: PipelineLoad) -> Punctuality | None:
    """A loop that only sleeps from slot to slot, in a process beside the load; None where SCHED_FIFO is refused."""
    receiver, sender = multiprocessing.get_context("fork").Pipe(duplex=False)

    def loop() -> None:
        gc.disable()
        if realtime:
            try:
                os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(PRIORITY))
            except OSError:
                sender.send(None)
                return
        clock, found, slot = MachineClock.from_now(), Punctuality(), 0
        while slot * SLOT_S < seconds:
            slot += 1
            clock.sleep_until_ns(round(slot * SLOT_S * 1e9))
            late_s = clock.monotonic_ns() / 1e9 - slot * SLOT_S
            passed = int(late_s / SLOT_S)
            found.samples, found.lost, found.late = found.samples + 1, found.lost + passed, found.late + (late_s > 1e-3)
            slot += passed
        sender.send(found)

    process = multiprocessing.get_context("fork").Process(target=loop, daemon=True)
    process.start()
    while not receiver.poll(0.0):
        load.turn()
    process.join()
    answer: Punctuality | None = receiver.recv()
    return answer


def main(seconds: float = 30.0) -> int:
    clock = MachineClock.from_now()
    load, opener = PipelineLoad(clock), front_end_opener(clock)
    print(f"\nSampler at 500 Hz beside a pipeline and a display that never rest, {seconds:.0f} s each")
    print(f"{'':42} | slots  | late % | lost % | lost   (late: over 1 ms; lost: the slot had passed)", flush=True)
    for realtime, name in ((True, "SCHED_FIFO"), (False, "no real time")):
        alone = empty_loop(realtime, seconds, load)
        print(alone.line(f"empty loop, {name}") if alone else f"empty loop: {name} refused", flush=True)
        found = measure(SamplerProcess(opener, clock, realtime), load, seconds)
        print(found.line(f"sampler process, {name}"), flush=True)
    print(measure(SamplerThread(opener, clock), load, seconds).line("the same loop in a thread"), flush=True)
    print(f"the load meanwhile: {load.computed_s:.0f} s of ECG, {load.frames} frames; {stolen_text()}")
    return 0


def stolen_text() -> str:
    """How busy the machine is with other things; it says how far to trust all the above."""
    return f"other work on this machine: {os.getloadavg()[0]:.1f} processes wanting {os.cpu_count()} cores"


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:])))
