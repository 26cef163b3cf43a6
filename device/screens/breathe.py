"""Breathing: the guide, the minutes of free breathing, the pause, and quiet rest. The guide always dominates."""

from device.screens import marks
from device.screens.canvas import HEIGHT, HINT_Y, WIDTH, Canvas
from device.screens.start import contact_key, draw_trace
from device.session.showing.cues import eased
from device.session.showing.views import GuideCaption, GuideView, LiveView, PausedView, QuietView, RingKind, RingView
from dsp.types import BreathKind, BreathPhase, Contact

CENTRE_X, CENTRE_Y = 31.5, 31.5
SMALLEST, LARGEST = 13.0, 31.0
SIDE_LEFT, SIDE_CENTRE = 68, 97
LIVE_WIDTH = 64


def disc_radius(breath: BreathPhase) -> float:
    """The guide's radius in pixels: softly started and ended, largest between inhale and exhale."""
    filled = eased(breath.progress if breath.kind is BreathKind.INHALE else 1.0 - breath.progress)
    return SMALLEST + (LARGEST - SMALLEST) * filled


def guide(canvas: Canvas, view: GuideView) -> None:
    """The breath on the left; beside it, smaller, what the wearer may want to know, or a few words."""
    _breath(canvas, view)
    match view.caption:
        case GuideCaption.SMALL_BREATHS:
            canvas.say(SIDE_CENTRE, 9, "guide.small_breaths", centred=True)
        case GuideCaption.EASIER:
            canvas.say(SIDE_CENTRE, 24, "guide.easier", centred=True)
        case GuideCaption.BUTTON:
            canvas.say(SIDE_CENTRE, 18, "guide.button", centred=True)
        case _:
            _side(canvas, view)
    length = round(view.progress * (WIDTH - 1 - SIDE_LEFT))
    canvas.draw.line((SIDE_LEFT, HEIGHT - 1, SIDE_LEFT + length, HEIGHT - 1), fill=1)


def _breath(canvas: Canvas, view: GuideView) -> None:
    """A disc; fading, it becomes a ring that grows thin, and in the end a few dots."""
    radius = disc_radius(view.breath)
    if view.fade >= 1.0:
        canvas.dotted_ring(CENTRE_X, CENTRE_Y, radius, 12)
        return
    if radius < LARGEST - 2:
        canvas.dotted_ring(CENTRE_X, CENTRE_Y, LARGEST, 24)
    if view.fade == 0.0:
        canvas.disc(CENTRE_X, CENTRE_Y, radius)
    else:
        canvas.ring(CENTRE_X, CENTRE_Y, radius, width=1.0 + 8.0 * (1.0 - view.fade))
    canvas.say(CENTRE_X + 1, 24, f"guide.{view.breath.kind}", centred=True, ink=int(view.fade > 0.0))


def _side(canvas: Canvas, view: GuideView) -> None:
    _state(canvas, view)
    if view.step is not None and view.caption is None:
        canvas.write_centred(SIDE_CENTRE, 25, f"{view.step[0]} / {view.step[1]}", "helvR10")
    if view.caption is GuideCaption.NOT_SAVED:
        canvas.say(SIDE_CENTRE, 33, "guide.not_saved", centred=True)
        return
    _numbers(canvas, view)


def _state(canvas: Canvas, view: GuideView | LiveView | RingView, top: int = 0) -> None:
    if view.state is not None:
        marks.state_mark(canvas, SIDE_CENTRE - 13, top, view.state, view.settling)
        canvas.say(SIDE_CENTRE, top + 10, "state.settling" if view.settling else f"state.{view.state}", centred=True)


def _numbers(canvas: Canvas, view: GuideView | LiveView) -> None:
    if view.hr_bpm is not None:
        marks.heart(canvas, SIDE_LEFT + 4, 41, view.beat)
        canvas.write(SIDE_LEFT + 14, 36, str(view.hr_bpm), "helvR12")
    if view.coherence_level is not None:
        marks.coherence_mark(canvas, WIDTH - 24, 41, view.coherence_level)
    if view.rsa_ms is not None:
        canvas.say(SIDE_CENTRE, 49, "guide.rsa", str(view.rsa_ms), centred=True)


def live(canvas: Canvas, view: LiveView) -> None:
    """The live trace where the guide would be."""
    draw_trace(canvas, view.trace, 0, LIVE_WIDTH, (12, 50))
    _state(canvas, view)
    _numbers(canvas, view)


def ring(canvas: Canvas, view: RingView) -> None:
    """A minute that fills."""
    canvas.ring(CENTRE_X, CENTRE_Y, 28.0)
    canvas.ring(CENTRE_X, CENTRE_Y, 28.0, width=5.0, share=view.progress)
    if view.kind is RingKind.DIZZY:
        canvas.disc(CENTRE_X, 34, 7.0)
        canvas.draw.line((18, 42, 45, 42), fill=1)
    elif view.kind is RingKind.FREE:
        canvas.ring(CENTRE_X, CENTRE_Y, 7.0)
    else:
        canvas.disc(CENTRE_X, CENTRE_Y, 3.0)
    below = canvas.say(66, 6 if view.state is None else 1, f"ring.{view.kind}")
    if view.state is None:
        canvas.say(66, below + 2, f"ring.{view.kind}.note")
    else:
        _state(canvas, view, below + 4)


def paused(canvas: Canvas, view: PausedView) -> None:
    marks.pause_bars(canvas, 6, 5)
    canvas.say(32, 5, "paused")
    finger_off = Contact.FINGER_OFF in view.contact
    key = "paused.finger" if finger_off else contact_key(view.contact, view.finger)
    canvas.say(64, 30, key, centred=True)
    canvas.say(64, HINT_Y, "paused.hint", centred=True)


def quiet(canvas: Canvas, view: QuietView) -> None:
    marks.moon(canvas, 64, 22, 12.0)
    canvas.say(64, 42, "quiet", centred=True)
    half = round(view.progress * 20)
    canvas.draw.line((64 - half, HEIGHT - 2, 64 + half, HEIGHT - 2), fill=1)
