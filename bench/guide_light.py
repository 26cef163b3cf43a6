"""How much light the guide gives, how much of it changes from frame to frame, and how long it stands still.

    python -m bench.guide_light

Three breaths at 6 a minute, 20 frames a second, the state beside the guide and no numbers. "Lit" is the share of the
panel's pixels; "changes" counts pixels that differ from the frame before; "stands still" is the longest time in which
no pixel of the guide differs, and "at a turn" the time that a line or disc spends within a pixel of its largest or
smallest. The last row is a disc moved by a half cosine, as the guide was until version 0.2.
"""

import itertools
import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from device.screens import draw
from device.screens.canvas import Canvas
from device.screens.guide_forms import CENTRE_X, CENTRE_Y, LARGEST, SMALLEST, guide_radius
from device.session.choosing.preferences import GuideForm, Language
from device.session.showing.cues import eased
from device.session.showing.heart_wave import heart_wave
from device.session.showing.views import GuideView
from dsp.guide import BreathGuide
from dsp.types import BreathKind, BreathPhase, IntervalKind, RRInterval, StateKind

FRAME_S = 0.05
BREATHS_PER_MIN = 6.0
SECONDS = 3 * 60.0 / BREATHS_PER_MIN
WARM_S = 40.0
GUIDE_RIGHT = 66
Frame = NDArray[np.bool_]


def heart() -> list[RRInterval]:
    """A heart that follows the breath: 68 beats a minute, 10 up and down."""
    beats: list[RRInterval] = []
    t_s = 0.0
    while t_s < WARM_S + SECONDS:
        rate = 68.0 + 10.0 * math.sin(2 * math.pi * t_s * BREATHS_PER_MIN / 60.0)
        t_s += 60.0 / rate
        beats.append(RRInterval(t_s, 60000.0 / rate, IntervalKind.NORMAL, len(beats)))
    return beats


def half_cosine(breath: BreathPhase) -> float:
    filled = eased(breath.progress if breath.kind is BreathKind.INHALE else 1.0 - breath.progress)
    return SMALLEST + (LARGEST - SMALLEST) * filled


def film(frame: Callable[[BreathPhase, float], Frame]) -> tuple[list[Frame], list[BreathPhase]]:
    guide = BreathGuide(WARM_S, BREATHS_PER_MIN, BREATHS_PER_MIN)
    times_s = WARM_S + FRAME_S * np.arange(round(SECONDS / FRAME_S))
    breaths = [guide.phase(float(t_s)) for t_s in times_s]
    return [frame(breath, float(t_s)) for breath, t_s in zip(breaths, times_s, strict=True)], breaths


def drawn(form: GuideForm) -> Callable[[BreathPhase, float], Frame]:
    beats = heart()

    def frame(breath: BreathPhase, t_s: float) -> Frame:
        view = GuideView(Language.NB, breath, 0.3, StateKind.CALM, form=form)
        if form is GuideForm.WAVE:
            # A beat is known to the screen a second after it happened.
            view = replace(view, wave=heart_wave([beat for beat in beats if beat.t_s < t_s - 1.0], t_s))
        return np.asarray(draw(view), dtype=bool)

    return frame


def former(breath: BreathPhase, t_s: float) -> Frame:
    canvas = Canvas(Language.NB)
    canvas.disc(CENTRE_X, CENTRE_Y, half_cosine(breath))
    return np.asarray(canvas.image, dtype=bool)


def longest_run(same: list[bool]) -> int:
    longest = run = 0
    for is_same in same:
        run = run + 1 if is_same else 0
        longest = max(longest, run)
    return longest


def at_turns_s(breaths: list[BreathPhase], radius: Callable[[BreathPhase], float]) -> str:
    """Within a pixel of the largest and of the smallest radius, a breath; seconds."""
    radii = np.array([radius(breath) for breath in breaths])
    count = SECONDS * BREATHS_PER_MIN / 60.0
    largest, smallest = ((radii > LARGEST - 1.0).sum(), (radii < SMALLEST + 1.0).sum())
    return f"{largest * FRAME_S / count:.2f} / {smallest * FRAME_S / count:.2f}"


def row(name: str, frame: Callable[[BreathPhase, float], Frame], radius: Callable[[BreathPhase], float] | None) -> str:
    frames, breaths = film(frame)
    lit = [100.0 * float(picture.mean()) for picture in frames]
    changes = [int((a != b).sum()) for a, b in itertools.pairwise(frames)]
    guide = [picture[:, :GUIDE_RIGHT] for picture in frames]
    still = longest_run([bool((a == b).all()) for a, b in itertools.pairwise(guide)])
    turns = "-" if radius is None else at_turns_s(breaths, radius)
    return f"| {name} | {min(lit):.1f} to {max(lit):.1f} | {max(changes)} | {still * FRAME_S:.2f} | {turns} |"


def main() -> None:
    print("| guide | lit, % of the panel | largest change a frame, pixels | stands still at most, s | at a turn, s |")
    print("|---|---|---|---|---|")
    for form in GuideForm:
        print(row(form, drawn(form), None if form is GuideForm.WAVE else guide_radius))
    print(row("disc, half cosine", former, half_cosine))


if __name__ == "__main__":
    main()
