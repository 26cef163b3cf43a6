"""An animated picture of a session, for the README: `python -m device.screens.gallery.film [FILE]`.

A real session runs, with a simulated heartbeat and thumb; the long parts are shown faster, and the guide in true time.
"""

import argparse
import math
from pathlib import Path

import numpy as np
from PIL import Image

from device.screens import draw
from device.screens.canvas import HEIGHT, WIDTH
from device.screens.gallery.examples import heartbeat
from device.session.choosing.preferences import History, Language, Preferences
from device.session.machine import Session
from device.session.showing.views import View
from device.session.state import Step
from dsp.types import Beat, MetricsRow, SampleBlock, StateKind, WearerState

FRAME_MS = 100
SCALE = 2
FS_HZ = 100.0
BEAT_S = 0.95
TICK_S = 0.05
SETTLED_AFTER_S = 100.0


class Film:
    """Runs the session and keeps a frame now and then."""

    def __init__(self, language: Language) -> None:
        self._session = Session(Preferences(language=language, minutes=3), History(first_today=False, cards_seen=True))
        self._t_s = 0.0
        self.views: list[View] = []

    @property
    def step(self) -> Step:
        return self._session.step

    def play(self, seconds: float, speed: float = 1.0) -> None:
        """Let `seconds` pass, a frame every `FRAME_MS` of the film."""
        step_s = FRAME_MS / 1000.0 * speed
        for _ in range(round(seconds / step_s)):
            self._pass(step_s)
            self.views.append(self._session.view(self._t_s))

    def play_until(self, step: Step, speed: float) -> None:
        while self._session.step is not step:
            self.play(FRAME_MS / 1000.0 * speed, speed)

    def press(self, seconds: float = 0.1) -> None:
        self._session.on_button(self._t_s, True)
        self._pass(seconds)
        self._session.on_button(self._t_s, False)

    def _pass(self, seconds: float) -> None:
        end_s = self._t_s + seconds
        while self._t_s < end_s - 1e-9:
            before_s, self._t_s = self._t_s, min(end_s, self._t_s + TICK_S)
            self._heart(before_s)
            if math.floor(self._t_s) > math.floor(before_s):
                self._session.on_row(self._row())
            self._session.tick(self._t_s)

    def _heart(self, before_s: float) -> None:
        first, last = round(before_s * FS_HZ), round(self._t_s * FS_HZ)
        values = np.array([heartbeat(i / FS_HZ / BEAT_S % 1.0) for i in range(first, last)], dtype=np.float64)
        self._session.on_samples(SampleBlock(first, FS_HZ, values))
        if math.floor(self._t_s / BEAT_S + 0.6) > math.floor(before_s / BEAT_S + 0.6):
            self._session.on_beat(Beat(self._t_s * FS_HZ, self._t_s, 1.0))

    def _row(self) -> MetricsRow:
        calm = self._t_s > SETTLED_AFTER_S
        kind = StateKind.CALM if calm else StateKind.NEUTRAL
        state = WearerState(kind, 0.9, 0.0, arousal=0.2 if calm else 0.55)
        coherence = min(4.0, max(0.0, (self._t_s - 80.0) / 15.0))
        return MetricsRow(
            self._t_s, 68.0 - min(8.0, self._t_s / 20.0), 38.0, 50.0, 110.0, coherence, 12.0, 0.9, 0.95, state=state
        )


def film(language: Language) -> list[View]:
    """The views of one short session."""
    shot = Film(language)
    shot.play(1.5)
    shot.press()
    shot.play_until(Step.CHECK_IN, 1.0)
    for presses in (2, 4, 4):
        for _ in range(presses):
            shot.press()
            shot.play(0.6)
        shot.press(1.0)
        shot.play(0.3)
    shot.play_until(Step.GUIDED, 25.0)
    shot.play(18.0, 2.0)
    shot.play(40.0, 20.0)
    shot.play(12.0)
    shot.play_until(Step.FREE, 60.0)
    shot.play_until(Step.OFFER, 40.0)
    shot.play(1.5)
    shot.press(1.0)
    shot.play_until(Step.CHECK_OUT, 50.0)
    for presses in (3, 2, 2):
        for _ in range(presses):
            shot.press()
            shot.play(0.5)
        shot.press(1.0)
    while shot.step is Step.SUMMARY:
        shot.play(2.5, 1.0)
        shot.press()
        shot.play(0.5)
    return shot.views


def make_film(path: Path, language: Language) -> Path:
    """Write the film as an animated GIF; equal frames are joined."""
    frames: list[Image.Image] = []
    durations_ms: list[int] = []
    shown: View | None = None
    for view in film(language):
        picture = draw(view).convert("P").resize((WIDTH * SCALE, HEIGHT * SCALE), Image.Resampling.NEAREST)
        if frames and (view == shown or picture.tobytes() == frames[-1].tobytes()):
            durations_ms[-1] += FRAME_MS
        else:
            frames.append(picture)
            durations_ms.append(FRAME_MS)
        shown = view
    path.parent.mkdir(parents=True, exist_ok=True)
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=durations_ms, loop=0, optimize=True)
    return path


def main() -> None:
    parser = argparse.ArgumentParser(description="Draw an animated picture of a session.")
    parser.add_argument("file", nargs="?", type=Path, default=Path("docs/img/session.gif"), help="docs/img/session.gif")
    parser.add_argument("--language", type=Language, choices=list(Language), default=Language.EN)
    args = parser.parse_args()
    print(make_film(args.file, args.language))


if __name__ == "__main__":
    main()
