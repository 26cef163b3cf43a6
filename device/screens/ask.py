"""What the wearer is asked: the check-in's questions and the offer of quiet rest."""

from device.screens.canvas import HINT_Y, LINE_PX, WIDTH, Canvas, text_width_px
from device.session.choosing.check_in import Answer, choices
from device.session.showing.views import OfferView, QuestionView

BEADS_Y = 25
BEAD_RADII = (3.3, 4.3, 5.3, 7.2, 9.2)
BEAD_CENTRES = (13, 36, 60, 86, 113)
PILL_FONT = "helvR10"


def question(canvas: Canvas, view: QuestionView) -> None:
    """Five growing beads for 1 to 5, and words for the other answers; the selected one is filled."""
    canvas.say(2, -1, f"question.{view.question}")
    for i in range(view.count):
        right = WIDTH - 1 - 4 * (view.count - 1 - i)
        canvas.draw.line((right, 40 if i + 1 == view.number else 43, right, 44), fill=1)
    for value, (x, radius) in enumerate(zip(BEAD_CENTRES, BEAD_RADII, strict=True), start=1):
        if view.selected == value:
            canvas.disc(x, BEADS_Y, radius)
        else:
            canvas.ring(x, BEADS_Y, radius)
    left = 2
    for answer in (choice for choice in choices(view.question) if isinstance(choice, Answer)):
        left = _pill(canvas, left, 36, canvas.word(f"answer.{answer}"), selected=view.selected is answer)
    canvas.say(64, HINT_Y, "question.hint", centred=True)


def offer(canvas: Canvas, view: OfferView) -> None:
    canvas.say(2, -1, "offer")
    canvas.draw.line((2, 17, 2 + round(view.progress * (WIDTH - 5)), 17), fill=1)
    left = 2
    for minutes in (2, 3, 4, 5):
        left = _pill(canvas, left, 20, f" {minutes} ", selected=view.minutes == minutes)
    canvas.write(left + 2, 20, "min", PILL_FONT)
    _pill(canvas, 2, 35, canvas.word("offer.no"), selected=view.minutes is None)
    canvas.say(64, HINT_Y, "offer.hint", centred=True)


def _pill(canvas: Canvas, left: int, top: int, text: str, *, selected: bool) -> int:
    """A word, inverted where it is selected; returns where the next may begin."""
    right = left + text_width_px(PILL_FONT, text) + 8
    if selected:
        canvas.box(left, top, right - 1, top + LINE_PX[PILL_FONT] + 1)
    canvas.write(left + 4, top, text, PILL_FONT, ink=not selected)
    return right + 2
