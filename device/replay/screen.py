"""What the screen shows while a recording is replayed: the guide it was breathed with, or the live trace."""

import math
from pathlib import Path
from typing import Protocol, TextIO

from PIL import Image

from device.errors import unwritable
from device.replay.player import PaceChanges, Played
from device.screens import draw
from device.screens.terminal import TerminalScreen
from device.session.choosing.preferences import Language
from device.session.practice import coherence_level
from device.session.showing.builder import BEAT_SHOWN_S
from device.session.showing.trace import LiveTrace
from device.session.showing.views import GuideView, LiveView, View
from dsp.guide import BreathGuide
from dsp.types import MetricsRow

FRAME_S = 0.25


class Screen(Protocol):
    def show(self, image: Image.Image, t_s: float) -> None: ...

    def close(self) -> None: ...


class PngScreen:
    """One picture a change in `folder`, named by its time in ms."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._shown = b""

    def show(self, image: Image.Image, t_s: float) -> None:
        pixels = image.tobytes()
        if pixels == self._shown:
            return
        self._shown = pixels
        try:
            image.save(self._folder / f"{round(1000 * t_s):09d}.png")
        except OSError as error:
            raise unwritable(self._folder, error, "a picture cannot be written") from error

    def close(self) -> None:
        """Nothing is open."""


class TextScreen:
    """The terminal."""

    def __init__(self, stream: TextIO, columns: int, lines: int) -> None:
        self._terminal = TerminalScreen(stream, columns, lines)

    def show(self, image: Image.Image, t_s: float) -> None:
        self._terminal.display(image)

    def close(self) -> None:
        self._terminal.close()


class ReplayPicture:
    """Keeps the latest output and draws it four times in a second of the recording."""

    def __init__(self, screen: Screen, language: Language, duration_s: float, pace: PaceChanges) -> None:
        self._screen = screen
        self._language = language
        self._duration_s = max(duration_s, 1e-9)
        self._pace = list(pace)
        self._guide: BreathGuide | None = None
        self._trace = LiveTrace()
        self._row: MetricsRow | None = None
        self._beat_s = -math.inf
        self._next_s = 0.0

    def add(self, step: Played) -> None:
        if step.block is not None:
            self._trace.add(step.block)
        for row in step.output.rows:
            self._row = row
        for beat in step.output.beats:
            self._beat_s = beat.t_s
        if step.end_s >= self._next_s:
            self._next_s = step.end_s + FRAME_S
            self._screen.show(draw(self._view(step.end_s)), step.end_s)

    def close(self) -> None:
        self._screen.close()

    def _view(self, t_s: float) -> View:
        while self._pace and self._pace[0][0] <= t_s:
            start_s, pace = self._pace.pop(0)
            self._guide = None if math.isnan(pace) else BreathGuide(start_s, pace, pace)
        row = self._row
        state = row.state if row is not None else None
        coherence = None if row is None else coherence_level(row)
        hr_bpm = None if row is None or math.isnan(row.mean_hr_bpm) else round(row.mean_hr_bpm)
        live = LiveView(
            self._language,
            self._trace.columns(),
            state.kind if state is not None else None,
            state is not None and state.settling,
            hr_bpm,
            coherence,
            None if row is None or coherence is None else round(row.rsa_ms),
            0.0 <= t_s - self._beat_s < BEAT_SHOWN_S + FRAME_S,
        )
        if self._guide is None:
            return live
        return GuideView(
            self._language,
            self._guide.phase(t_s),
            min(1.0, t_s / self._duration_s),
            live.state,
            live.settling,
            live.hr_bpm,
            live.coherence_level,
            live.rsa_ms,
            live.beat,
        )
