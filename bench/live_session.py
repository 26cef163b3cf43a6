"""A session in real time on the simulated board, watched at its edges: samples that arrive, pixels that change.

    python -m bench.live_session MINUTES

What `bench.live` starts in a process of its own; prints one JSON object.
"""

import json
import os
import sys
import tempfile
from array import array
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
from PIL import Image, ImageChops

from bench.processes import CpuLoad, memory_mb
from device.demo.between import SourceBetween
from device.demo.simulation import Scene, Simulation
from device.sampling.sampler import SampleMessage
from device.sampling.sources import SamplerProcess, SampleSource
from device.screens import draw
from device.session.choosing.preferences import Language
from device.session.showing.views import GuideView
from device.session.state import Step
from device.system.clocks import Clock
from drivers.oled import Oled
from drivers.sim.board import SimBoard
from dsp.guide import INHALE_SHARE
from dsp.rpeak.detector import RPeakDetector
from dsp.types import BreathKind, BreathPhase, FloatArray, SampleBlock

# Inside of the guide's disc at its smallest: there the words stand out of it whatever its size.
WORD_BOX = (24, 26, 40, 38)
DUE_WITHIN_S = 1.0
MOST_RR_S = 2.0  # with fewer beats than this the picture was not understood
_ROW = 5


@dataclass(slots=True)
class Findings:
    """Milliseconds, but where a name says otherwise. `arrived`: from the R-peak to the block that brought the beat."""

    beats: int = 0
    total_ms: list[float] = field(default_factory=list)
    after_detector_ms: list[float] = field(default_factory=list)
    arrived_ms: list[float] = field(default_factory=list)
    changes_due: int = 0
    pacer_ms: list[float] = field(default_factory=list)
    guided_s: float = 0.0
    main_cpu_pct: float = 0.0
    sampler_cpu_pct: float = 0.0
    main_mb: tuple[float, float] = (0.0, 0.0)
    sampler_mb: tuple[float, float] = (0.0, 0.0)
    samples: int = 0
    late: int = 0
    lost: int = 0


class Heard:
    """The messages that passed, and when each was taken from the pipe: few bytes a sample, or watching would show in
    the memory that is measured."""

    def __init__(self) -> None:
        self._counts = array("i")
        self._rows = array("d")

    def __len__(self) -> int:
        return len(self._rows) // _ROW

    def add(self, message: SampleMessage, arrived_s: float) -> None:
        self._counts.extend(message.counts.tolist())
        self._rows.extend((message.first_index, len(message.counts), message.newest_ns / 1e9, message.late, arrived_s))

    def messages(self) -> Iterator[tuple[SampleMessage, float]]:
        at = 0
        for row in range(0, len(self._rows), _ROW):
            first_index, count, newest_s, late, arrived_s = self._rows[row : row + _ROW]
            counts = np.array(self._counts[at : at + int(count)], np.int32)
            at += int(count)
            yield SampleMessage(int(first_index), round(newest_s * 1e9), counts, late=int(late)), arrived_s


class WatchedSource(SourceBetween):
    """Passes messages on and keeps them."""

    def __init__(self, source: SampleSource, clock: Clock) -> None:
        super().__init__(source)
        self._clock = clock
        self.heard = Heard()

    def wait(self, timeout_s: float) -> list[SampleMessage]:
        messages = self._source.wait(timeout_s)
        now_s = self._clock.monotonic_ns() / 1e9
        for message in messages:
            if len(message.counts):
                self.heard.add(message, now_s)
        return messages


class WatchedDisplay:
    """The real driver on the simulated panel. Notes when the heart on the panel fills, and when the word changes.

    `word_s` is on the session's clock, `heart_s` on the machine's.
    """

    def __init__(self, board: SimBoard, machine_s: Callable[[], float], session_s: Callable[[], float]) -> None:
        self._panel = board.display
        self._oled: Oled = board.open_display()
        self._machine_s, self._session_s = machine_s, session_s
        full = _example(BreathKind.INHALE, beat=True)
        self._heart_box = ImageChops.difference(full, _example(BreathKind.INHALE)).getbbox()
        self._full_heart = full.crop(self._heart_box).tobytes()
        self._words = {_example(kind).crop(WORD_BOX).tobytes(): kind for kind in BreathKind}
        self._heart = b""
        self._word: BreathKind | None = None
        self.heart_s: list[float] = []
        self.word_s: list[tuple[float, BreathKind]] = []

    def show(self, image: Image.Image) -> bool:
        changed = self._oled.show(image)
        if changed:
            self._look(self._machine_s(), self._session_s())
        return changed

    def contrast(self, level: int) -> None:
        self._oled.contrast(level)

    def on(self) -> None:
        self._oled.on()

    def off(self) -> None:
        self._oled.off()

    def close(self) -> None:
        self._oled.close()

    def _look(self, machine_s: float, session_s: float) -> None:
        picture = self._panel.image()
        heart = picture.crop(self._heart_box).tobytes()
        if heart == self._full_heart != self._heart:
            self.heart_s.append(machine_s)
        self._heart = heart
        word = self._words.get(picture.crop(WORD_BOX).tobytes())
        if word is not None and word is not self._word:
            self.word_s.append((session_s, word))
        self._word = word or self._word


def _example(kind: BreathKind, beat: bool = False) -> Image.Image:
    return draw(GuideView(Language.EN, BreathPhase(kind, 0.5, 6.0), 0.5, hr_bpm=60, beat=beat))


def run(minutes: float, folder: Path) -> Findings:
    """Rest, then `minutes` of guided breathing, which are what is watched."""
    displays: list[WatchedDisplay] = []

    def watched(board: SimBoard) -> WatchedDisplay:
        clock = simulation.parts.clock
        displays.append(WatchedDisplay(board, lambda: clock.monotonic_ns() / 1e9, lambda: simulation.now_s))
        return displays[-1]

    simulation = Simulation(Scene(guided_s=60.0 * minutes, hide_numbers=False), folder, real_time=True, display=watched)
    sampler = simulation.parts.source
    assert isinstance(sampler, SamplerProcess)
    simulation.parts.source = source = WatchedSource(sampler, simulation.parts.clock)
    pids = [os.getpid(), sampler.pid or 0]
    found = Findings()
    while simulation.session.step is not Step.GUIDED:
        simulation.step()
    loads = [CpuLoad(pid) for pid in pids]
    start_s, first_heard = simulation.parts.clock.monotonic_ns() / 1e9, len(source.heard)
    dues = _guided(simulation)
    found.guided_s = simulation.parts.clock.monotonic_ns() / 1e9 - start_s
    found.main_cpu_pct, found.sampler_cpu_pct = (load.cpu_pct() for load in loads)
    found.main_mb, found.sampler_mb = (memory_mb(pid) for pid in pids)
    simulation.close()
    heard = list(source.heard.messages())
    _count_samples(found, [message for message, _ in heard[first_heard:]])
    shown_s = [s for s in displays[0].heart_s if s > start_s]
    if len(shown_s) < found.guided_s / MOST_RR_S:
        raise RuntimeError(f"{len(shown_s)} heartbeats seen on the panel in {found.guided_s:.0f} s")
    _match_beats(found, heard, simulation.world.true_beats_s, shown_s)
    _match_changes(found, dues, displays[0].word_s)
    return found


def _guided(simulation: Simulation) -> list[tuple[float, BreathKind]]:
    """Run through the guided part; when each inhale and exhale was due, on the session's clock."""
    dues: list[tuple[float, BreathKind]] = []
    while simulation.session.step is Step.GUIDED:
        simulation.step()
        t_s = simulation.now_s
        breath = simulation.session.breath(t_s)
        if breath is not None and (not dues or dues[-1][1] is not breath.kind):
            share = INHALE_SHARE if breath.kind is BreathKind.INHALE else 1.0 - INHALE_SHARE
            dues.append((t_s - breath.progress * share * 60.0 / breath.breaths_per_min, breath.kind))
    return dues[1:]


def _count_samples(found: Findings, messages: list[SampleMessage]) -> None:
    slots = messages[-1].first_index + len(messages[-1].counts) - messages[0].first_index
    found.samples = sum(len(message.counts) for message in messages)
    found.lost = slots - found.samples
    found.late = sum(message.late for message in messages)


def _match_beats(
    found: Findings, heard: list[tuple[SampleMessage, float]], true_s: FloatArray, shown_s: list[float]
) -> None:
    """Which block brought each beat is told by the detector, run once more over the same blocks."""
    fs_hz, detector = 500.0, RPeakDetector(500.0)
    origin_s = min(m.newest_ns / 1e9 - (m.first_index + len(m.counts) - 1) / fs_hz for m, _ in heard)
    brought: list[tuple[float, float]] = []
    for message, arrived_s in heard:
        beats = detector.push(SampleBlock(message.first_index, fs_hz, message.counts.astype(np.float64)))
        for beat in beats:
            at_s = origin_s + beat.t_s
            brought.append((arrived_s, float(true_s[np.abs(true_s - at_s).argmin()])))
    arrivals_s = [arrived_s for arrived_s, _ in brought]
    for at_s in shown_s:
        number = int(np.searchsorted(arrivals_s, at_s)) - 1
        if number >= 0:
            arrived_s, peak_s = brought[number]
            found.beats += 1
            found.total_ms.append(1000 * (at_s - peak_s))
            found.after_detector_ms.append(1000 * (at_s - arrived_s))
            found.arrived_ms.append(1000 * (arrived_s - peak_s))


def _match_changes(
    found: Findings, dues: list[tuple[float, BreathKind]], shown: list[tuple[float, BreathKind]]
) -> None:
    found.changes_due = len(dues)
    for due_s, kind in dues:
        near = [at_s - due_s for at_s, word in shown if word is kind and abs(at_s - due_s) < DUE_WITHIN_S]
        if near:
            found.pacer_ms.append(1000 * min(near, key=abs))


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(asdict(run(float(sys.argv[1]), Path(folder)))))
    return 0


if __name__ == "__main__":
    sys.exit(main())
