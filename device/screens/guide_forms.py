"""The guide's forms: a line round the breath, a full disc, and the wave of the heart beside a float that rises and
sinks with the breath.

At its turns the breath moves softly, but only so far that no jump is seen: a longer softening is felt as a hold.
"""

from device.screens.canvas import HEIGHT, Canvas
from device.session.choosing.preferences import GuideForm
from device.session.showing.views import GuideView
from dsp.types import BreathKind, BreathPhase

CENTRE_X, CENTRE_Y = 31.5, 31.5
SMALLEST, LARGEST = 13.0, 31.0
LINE_PX = 2.0
# This share of an inhale or exhale is softened at each of its ends.
SOFT_SHARE = 0.06
WAVE_RIGHT = 52
WAVE_TOP, WAVE_BOTTOM = 14, 59
FLOAT_X, FLOAT_RADIUS = 59.5, 3.3
FLOAT_TOP, FLOAT_BOTTOM = 4.5, 58.5


def softened(progress: float) -> float:
    """`progress` from 0 to 1 at an even speed, but for a short soft start and end."""
    speed = 1.0 / (1.0 - SOFT_SHARE)
    from_end = min(progress, 1.0 - progress)
    way = 0.5 * speed * from_end**2 / SOFT_SHARE if from_end < SOFT_SHARE else speed * (from_end - 0.5 * SOFT_SHARE)
    return way if progress < 0.5 else 1.0 - way


def filled(breath: BreathPhase) -> float:
    """How full the lungs are, 0 to 1: 1 between inhale and exhale."""
    return softened(breath.progress if breath.kind is BreathKind.INHALE else 1.0 - breath.progress)


def guide_radius(breath: BreathPhase) -> float:
    """Of line and disc, in pixels."""
    return SMALLEST + (LARGEST - SMALLEST) * filled(breath)


def breath_form(canvas: Canvas, view: GuideView) -> None:
    if view.form is GuideForm.WAVE:
        _wave(canvas, view)
    else:
        _round(canvas, view)


def _round(canvas: Canvas, view: GuideView) -> None:
    """A line or a disc; fading, either becomes a thin line, and in the end a few dots."""
    radius = guide_radius(view.breath)
    if view.fade >= 1.0:
        canvas.dotted_ring(CENTRE_X, CENTRE_Y, radius, 12)
        return
    if radius < LARGEST - 2:
        canvas.dotted_ring(CENTRE_X, CENTRE_Y, LARGEST, 24)
    full = view.form is GuideForm.DISC and view.fade == 0.0
    if full:
        canvas.disc(CENTRE_X, CENTRE_Y, radius)
    else:
        widest = 9.0 if view.form is GuideForm.DISC else LINE_PX
        canvas.ring(CENTRE_X, CENTRE_Y, radius, width=1.0 + (widest - 1.0) * (1.0 - view.fade))
    canvas.say(CENTRE_X + 1, 24, f"guide.{view.breath.kind}", centred=True, ink=int(not full))


def _wave(canvas: Canvas, view: GuideView) -> None:
    """The heart's wave on the left, and the float at its end; fading, the float becomes a dot."""
    heights = [WAVE_BOTTOM - value * (WAVE_BOTTOM - WAVE_TOP) for value in view.wave]
    left = WAVE_RIGHT + 1 - len(heights)
    if len(heights) > 1:
        canvas.draw.line([(left + i, round(y)) for i, y in enumerate(heights)], fill=1)
    for mark in range(round(FLOAT_TOP), HEIGHT, 6):
        canvas.draw.point((round(FLOAT_X), mark), fill=1)
    y = FLOAT_BOTTOM + (FLOAT_TOP - FLOAT_BOTTOM) * filled(view.breath)
    canvas.disc(FLOAT_X, y, FLOAT_RADIUS * (1.0 - 0.7 * view.fade))
    if view.fade < 1.0:
        canvas.say(2, -1, f"guide.{view.breath.kind}")
