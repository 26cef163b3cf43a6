"""Breathing: the guide, the minutes of free breathing, the pause, and quiet rest. The guide always dominates."""

from device.screens import marks
from device.screens.canvas import HEIGHT, HINT_Y, WIDTH, Canvas
from device.screens.guide_forms import CENTRE_X, CENTRE_Y, breath_form
from device.screens.start import contact_key, draw_trace
from device.session.showing.views import (
    DarkView,
    GuideCaption,
    GuideView,
    LiveView,
    PausedView,
    QuietView,
    RingKind,
    RingView,
    UnguidedView,
)
from dsp.types import Contact, StateKind

SIDE_LEFT, SIDE_CENTRE = 68, 97
LIVE_WIDTH = 64


def guide(canvas: Canvas, view: GuideView) -> None:
    """The breath on the left; beside it, smaller, what the wearer may want to know, or a few words."""
    breath_form(canvas, view)
    match view.caption:
        case GuideCaption.SMALL_BREATHS:
            canvas.say(SIDE_CENTRE, 7, "guide.small_breaths", centred=True)
        case GuideCaption.EASIER:
            canvas.say(SIDE_CENTRE, 22, "guide.easier", centred=True)
        case GuideCaption.SLOWER:
            canvas.say(SIDE_CENTRE, 18, "guide.slower", centred=True)
        case GuideCaption.BUTTON:
            canvas.say(SIDE_CENTRE, 18, "guide.button", centred=True)
        case _ if view.hint is not None:
            canvas.hint_beside(SIDE_CENTRE, 7, view.hint)
        case _:
            _side(canvas, view)
    _how_far(canvas, view.progress)


def unguided(canvas: Canvas, view: UnguidedView) -> None:
    """A still point where the guide was."""
    canvas.disc(CENTRE_X, CENTRE_Y, 3.0)
    if view.said:
        canvas.say(SIDE_CENTRE, 7, "unguided", centred=True)
    elif view.hint is not None:
        canvas.hint_beside(SIDE_CENTRE, 7, view.hint)
    _how_far(canvas, view.progress)


def _how_far(canvas: Canvas, progress: float) -> None:
    length = round(progress * (WIDTH - 1 - SIDE_LEFT))
    canvas.draw.line((SIDE_LEFT, HEIGHT - 1, SIDE_LEFT + length, HEIGHT - 1), fill=1)


def _side(canvas: Canvas, view: GuideView) -> None:
    _state(canvas, view)
    if view.step is not None and view.caption is None:
        canvas.write_centred(SIDE_CENTRE, 26, f"{view.step[0]} / {view.step[1]}", "helvR10")
    if view.caption is GuideCaption.NOT_SAVED:
        canvas.say(SIDE_CENTRE, 43, "guide.not_saved", centred=True)
    elif view.state is not StateKind.UNSURE:
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
    if view.hint is not None:
        canvas.hint_beside(SIDE_CENTRE, 7, view.hint)
    elif view.state is not None:
        _state(canvas, view, 14)
    else:
        below = canvas.say(66, 4, f"ring.{view.kind}")
        canvas.say(66, below + 1, f"ring.{view.kind}.note")


def paused(canvas: Canvas, view: PausedView) -> None:
    marks.pause_bars(canvas, 6, 5)
    canvas.say(32, 5, "paused")
    finger_off = Contact.FINGER_OFF in view.contact
    key = "paused.finger" if finger_off else contact_key(view.contact, view.finger)
    canvas.say(64, 27, key, centred=True)
    if view.hint is None:
        canvas.say(64, HINT_Y, "paused.goes_on", centred=True)
    canvas.hint(view.hint)


def dark(canvas: Canvas, view: DarkView) -> None:
    """Not a pixel."""


def quiet(canvas: Canvas, view: QuietView) -> None:
    marks.moon(canvas, 64, 17, 11.0)
    canvas.say(64, 28, "quiet", centred=True)
    if view.hint is not None:
        canvas.hint(view.hint)
        return
    half = round(view.progress * 20)
    canvas.draw.line((64 - half, HEIGHT - 2, 64 + half, HEIGHT - 2), fill=1)
