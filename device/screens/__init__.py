"""Screens: 128x64 pictures in one colour ("1" images, as luma's devices take them), each a pure function of a view."""

from collections.abc import Callable
from typing import Any

from PIL import Image

from device.screens import ask, attention, breathe, start, summary
from device.screens.canvas import Canvas
from device.session.showing import views

DRAWERS: dict[type, Callable[[Canvas, Any], None]] = {
    views.WelcomeView: start.welcome,
    views.MenuView: start.menu,
    views.CardView: start.card,
    views.ContactView: start.contact,
    views.QuestionView: ask.question,
    views.LastAnswersView: ask.last_answers,
    views.RingView: breathe.ring,
    views.GuideView: breathe.guide,
    views.UnguidedView: breathe.unguided,
    views.LiveView: breathe.live,
    views.PausedView: breathe.paused,
    views.OfferView: ask.offer,
    views.QuietView: breathe.quiet,
    views.DarkView: breathe.dark,
    views.PostureView: ask.posture,
    views.MorningView: summary.morning,
    views.PageView: summary.page,
    views.UsbView: attention.usb,
    views.StorageView: attention.storage,
    views.SensorView: attention.sensor,
    views.GoodbyeView: start.goodbye,
}


def read(view: views.View) -> str:
    """All that can be read in the picture of `view`, in the order of drawing."""
    canvas = Canvas(view.language)
    DRAWERS[type(view)](canvas, view)
    return " ".join(canvas.said)


def draw(view: views.View) -> Image.Image:
    """The picture of `view`; the same view gives the same pixels."""
    canvas = Canvas(view.language)
    DRAWERS[type(view)](canvas, view)
    return canvas.image
