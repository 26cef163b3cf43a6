"""What the wearer is asked: the check-in's questions and the offer of quiet rest."""

from device.screens.canvas import LINE_PX, WIDTH, Canvas, text_width_px
from device.session.choosing.check_in import Answer, choices
from device.session.choosing.preferences import Posture
from device.session.showing.views import LastAnswersView, OfferView, PostureView, QuestionView

BEADS_Y = 39
BEAD_RADII = (3.3, 4.3, 5.3, 6.2, 7.2)
BEAD_CENTRES = (8, 28, 50, 73, 97)
UNKNOWN_X = 112
ROW_PX = 16
LAST_BEAD_PX = 9
PILL_FONT = "helvR12"


def question(canvas: Canvas, view: QuestionView) -> None:
    """Five growing beads for 1 to 5, and a question mark for "don't know"; the selected one is filled."""
    canvas.say(2, -2, f"question.{view.question}")
    canvas.dots(view.number, view.count)
    for value, (x, radius) in enumerate(zip(BEAD_CENTRES, BEAD_RADII, strict=True), start=1):
        if view.selected == value:
            canvas.disc(x, BEADS_Y, radius)
        else:
            canvas.ring(x, BEADS_Y, radius)
    if Answer.DONT_KNOW in choices(view.question):
        _pill(canvas, UNKNOWN_X, BEADS_Y - 8, "?", selected=view.selected is Answer.DONT_KNOW)
    canvas.hint(view.hint)


def last_answers(canvas: Canvas, view: LastAnswersView) -> None:
    for row, (asked, answer) in enumerate(view.answers):
        top = ROW_PX * row - 2
        canvas.say(2, top, f"last.{asked}")
        for i in range(5):
            x = WIDTH - 5 - LAST_BEAD_PX * (4 - i)
            if i < answer:
                canvas.disc(x, top + 9, 3.3)
            else:
                canvas.disc(x, top + 9, 0.9)
    canvas.hint(view.hint)


def offer(canvas: Canvas, view: OfferView) -> None:
    canvas.say(2, -2, "offer")
    canvas.draw.line((2, 16, 2 + round(view.progress * (WIDTH - 5)), 16), fill=1)
    left = 2
    for minutes in (2, 3, 4, 5):
        left = _pill(canvas, left, 17, f" {minutes} ", selected=view.minutes == minutes)
    canvas.write(left + 2, 17, "min", PILL_FONT)
    _pill(canvas, 2, 32, canvas.word("offer.no"), selected=view.minutes is None)
    canvas.hint(view.hint)


def posture(canvas: Canvas, view: PostureView) -> None:
    canvas.say(2, -2, "posture")
    left = 2
    for one in Posture:
        left = _pill(canvas, left, 31, canvas.word(f"posture.{one}"), selected=view.selected is one)
    canvas.hint(view.hint)


def _pill(canvas: Canvas, left: int, top: int, text: str, *, selected: bool) -> int:
    """A word, inverted where it is selected; returns where the next may begin."""
    right = left + text_width_px(PILL_FONT, text) + 8
    if selected:
        canvas.box(left, top + 1, right - 1, top + LINE_PX[PILL_FONT])
    canvas.write(left + 4, top, text, PILL_FONT, ink=not selected)
    return right + 2
