"""After a session: minutes first, then the guess beside the body, then numbers for those who want them."""

from device.screens import marks
from device.screens.canvas import LINE_PX, WIDTH, Canvas, text_width_px
from device.screens.texts import TEXTS
from device.session.showing.views import (
    AdviceView,
    SummaryGuessView,
    SummaryNumbersView,
    SummaryPaceView,
    SummaryTimeView,
)

COLUMNS = (("before", 44), ("after", 88))
BEADS = 5
BEAD_STEP = 8


def time(canvas: Canvas, view: SummaryTimeView) -> None:
    minutes = str(view.minutes)
    canvas.write(4, -3, minutes, "helvB24")
    unit = "summary.minute" if view.minutes == 1 else "summary.minutes"
    canvas.say(10 + text_width_px("helvB24", minutes), 5, unit)
    marks.moon(canvas, WIDTH - 14, 12, 8.0)
    y = 27
    if view.calm_minutes:
        y = canvas.say(4, y, "summary.calm", str(view.calm_minutes))
    if view.settled_after_minutes == 0:
        y = canvas.say(4, y, "summary.settled_at_once")
    elif view.settled_after_minutes is not None:
        y = canvas.say(4, y, "summary.settled", str(view.settled_after_minutes))
    if view.rest_minutes:
        canvas.say(4, y, "summary.rest", str(view.rest_minutes))


def guess(canvas: Canvas, view: SummaryGuessView) -> None:
    canvas.say(2, -1, "guess.title")
    for moment, x in COLUMNS:
        canvas.say(x + 19, 11, f"guess.{moment}", centred=True)
    canvas.draw.line((0, 26, WIDTH - 1, 26), fill=1)
    rows = (
        (29, "guess.you", (view.guess_before, view.guess_after)),
        (47, "guess.body", (view.body_before, view.body_after)),
    )
    for y, key, values in rows:
        canvas.say(2, y, key)
        for (_, x), value in zip(COLUMNS, values, strict=True):
            _beads(canvas, x, y + 8, value)


def _beads(canvas: Canvas, x: int, y: int, value: float | None) -> None:
    """Five beads, filled up to `value`, to the nearest half; a short line where it is unknown."""
    if value is None:
        canvas.draw.line((x + 12, y, x + 24, y), fill=1)
        return
    for i in range(BEADS):
        centre = x + 3 + BEAD_STEP * i
        if value >= i + 0.75:
            canvas.disc(centre, y, 3.3)
        elif value >= i + 0.25:
            canvas.ring(centre, y, 3.3)
        else:
            canvas.disc(centre, y, 0.9)


def numbers(canvas: Canvas, view: SummaryNumbersView) -> None:
    ms = canvas.word("numbers.ms")
    rows = (
        ("numbers.hr", canvas.word("numbers.bpm"), view.hr_bpm),
        ("numbers.rmssd", ms, view.rmssd_ms),
        ("numbers.rsa", ms, view.rsa_ms),
    )
    for row, (key, form, value) in enumerate(rows):
        y = 3 + 20 * row
        canvas.say(4, y, key)
        canvas.write_right(WIDTH - 4, y - 1, "-" if value is None else form.format(value), "helvB14")


def pace(canvas: Canvas, view: SummaryPaceView) -> None:
    if view.breaths_per_min is None:
        canvas.say(64, 8, "pace.none", centred=True)
        return
    canvas.say(64, 0, "pace.found", centred=True)
    number = f"{view.breaths_per_min:.1f}".replace(".", canvas.word("number.decimal"))
    canvas.write_centred(64, 17, number, "helvB24")
    canvas.say(64, 47, "pace.unit", centred=True)


def advice(canvas: Canvas, view: AdviceView) -> None:
    text = TEXTS[f"advice.{view.advice}"]
    height = LINE_PX[text.place.font] * len(text.lines(view.language))
    canvas.say(4, (64 - height) // 2, f"advice.{view.advice}")
