"""After a session: minutes first, then the guess beside the body, then numbers for those who want them."""

from collections.abc import Callable
from typing import Any

from device.screens.canvas import HINT_Y, LINE_PX, WIDTH, Canvas, text_width_px
from device.screens.texts import TEXTS
from device.session.showing.views import (
    AdviceView,
    GuessMeaningView,
    MorningView,
    PageView,
    SummaryGuessView,
    SummaryNumbersView,
    SummaryPaceView,
    SummarySettledView,
    SummaryTimeView,
)
from dsp.state.mornings import Standing

COLUMNS = (("before", 50), ("after", 87))
BEADS = 5
BEAD_STEP = 7


def morning(canvas: Canvas, view: MorningView) -> None:
    """In words where the last mornings lie; today's numbers only for those who want them."""
    if view.standing in (Standing.UNSURE, Standing.UNDATED):
        canvas.say(4, 0, f"morning.{view.standing}")
    elif view.standing is Standing.GATHERING:
        below = canvas.say(4, -1, "morning.one_more" if view.mornings == 1 else "morning.more", str(view.mornings))
        if not _today(canvas, below + 6, view):
            canvas.say(4, below, "morning.gathering")
    else:
        below = canvas.say(4, -1, f"morning.{view.standing}")
        if not _today(canvas, below, view):
            canvas.say(4, below, "morning.last", str(view.mornings))
    canvas.hint(view.hint)


def _today(canvas: Canvas, y: int, view: MorningView) -> bool:
    if view.rmssd_ms is not None:
        canvas.say(4, y, "morning.rmssd", str(view.rmssd_ms))
    return view.rmssd_ms is not None


def page(canvas: Canvas, view: PageView) -> None:
    DRAWERS[type(view.page)](canvas, view.page)
    if view.count > 1:
        canvas.dots(view.number, view.count)
    canvas.hint(view.hint)


def _time(canvas: Canvas, view: SummaryTimeView) -> None:
    minutes = str(view.minutes)
    canvas.write(4, -3, minutes, "helvB24")
    unit = "summary.minute" if view.minutes == 1 else "summary.minutes"
    canvas.say(10 + text_width_px("helvB24", minutes), 5, unit)
    if view.calm_minutes:
        canvas.say(4, 28, "summary.calm", str(view.calm_minutes))


def _settled(canvas: Canvas, view: SummarySettledView) -> None:
    y = 6
    if view.after_minutes == 0:
        y = canvas.say(4, y, "summary.settled_at_once")
    elif view.after_minutes is not None:
        y = canvas.say(4, y, "summary.settled", str(view.after_minutes))
    if view.rest_minutes:
        canvas.say(4, y + 2, "summary.rest", str(view.rest_minutes))


def _guess_meaning(canvas: Canvas, view: GuessMeaningView) -> None:
    canvas.say(4, 0, "guess.meaning")


def _guess(canvas: Canvas, view: SummaryGuessView) -> None:
    canvas.say(2, -1, "guess.title")
    for moment, x in COLUMNS:
        canvas.say(x + 17, -1, f"guess.{moment}", centred=True)
    canvas.draw.line((0, 14, WIDTH - 6, 14), fill=1)
    rows = (
        (15, "guess.you", (view.guess_before, view.guess_after)),
        (30, "guess.body", (view.body_before, view.body_after)),
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
            canvas.disc(centre, y, 2.8)
        elif value >= i + 0.25:
            canvas.ring(centre, y, 2.8)
        else:
            canvas.disc(centre, y, 0.9)


def _numbers(canvas: Canvas, view: SummaryNumbersView) -> None:
    ms = canvas.word("numbers.ms")
    rows = (
        ("numbers.hr", canvas.word("numbers.bpm"), view.hr_bpm),
        ("numbers.rmssd", ms, view.rmssd_ms),
        ("numbers.rsa", ms, view.rsa_ms),
    )
    for row, (key, form, value) in enumerate(rows):
        y = 15 * row
        canvas.say(4, y, key)
        canvas.write_right(WIDTH - 6, y - 1, "-" if value is None else form.format(value), "helvB14")


def _pace(canvas: Canvas, view: SummaryPaceView) -> None:
    if view.breaths_per_min is None:
        canvas.say(62, 0, "pace.none", centred=True)
        return
    canvas.say(62, -1, "pace.found", centred=True)
    number = f"{view.breaths_per_min:.1f}".replace(".", canvas.word("number.decimal"))
    canvas.write_centred(62, 13, number, "helvB18")
    canvas.say(62, 34, "pace.unit", centred=True)


def _advice(canvas: Canvas, view: AdviceView) -> None:
    text = TEXTS[f"advice.{view.advice}"]
    height = LINE_PX[text.place.font] * len(text.lines(view.language))
    canvas.say(2, (HINT_Y - height) // 2, f"advice.{view.advice}")


DRAWERS: dict[type, Callable[[Canvas, Any], None]] = {
    SummaryTimeView: _time,
    SummarySettledView: _settled,
    GuessMeaningView: _guess_meaning,
    SummaryGuessView: _guess,
    SummaryNumbersView: _numbers,
    SummaryPaceView: _pace,
    AdviceView: _advice,
}
