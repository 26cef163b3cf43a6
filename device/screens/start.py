"""Before a session: welcome, menu, contact; and goodbye."""

from device.screens import marks
from device.screens.canvas import HEIGHT, HINT_Y, WIDTH, Canvas
from device.session.choosing.menu import ACTIONS, MenuItem, lines
from device.session.showing.trace import TraceColumn
from device.session.showing.views import ContactView, GoodbyeView, MenuView, WelcomeView
from dsp.types import Contact

MENU_ROW_PX = 17
CHEST_HEART, FINGER_HEART = (15, 23), (9, 17)
TRACE_LEFT, TRACE_TOP, TRACE_HEIGHT = 40, 4, 39


def welcome(canvas: Canvas, view: WelcomeView) -> None:
    canvas.write(6, 1, "Rolig", "helvB24")
    canvas.ring(108, 15, 13.5)
    canvas.disc(108, 15, 8.5)
    canvas.say(6, 31, "welcome.press")
    if view.notice is None:
        canvas.say(6, HINT_Y, "welcome.hold")
        minutes = canvas.word("minutes").format(view.minutes)
        canvas.write_right(WIDTH - 4, HINT_Y, minutes, "helvR10")
    else:
        canvas.draw.line((6, 49, WIDTH - 6, 49), fill=1)
        canvas.say(6, 51, f"notice.{view.notice}")


def menu(canvas: Canvas, view: MenuView) -> None:
    items = lines(view.recheck_minutes is not None)
    first = min(max(items.index(view.selected) - 1, 0), len(items) - 3)
    for row, item in enumerate(items[first : first + 3]):
        top = row * MENU_ROW_PX
        selected = item is view.selected
        if selected:
            canvas.box(0, top, WIDTH - 1, top + MENU_ROW_PX - 2)
        canvas.say(4, top, f"menu.{item}", ink=not selected)
        _menu_value(canvas, top, item, view, not selected)
    action = view.selected in ACTIONS
    canvas.say(64, HINT_Y, "menu.choose" if action else "menu.hint", centred=True)


def _menu_value(canvas: Canvas, top: int, item: MenuItem, view: MenuView, ink: int) -> None:
    if item in (MenuItem.LED, MenuItem.VIBRATION):
        level = view.preferences.led_level if item is MenuItem.LED else view.preferences.vibration_level
        for i in range(3):
            left, height = 106 + 6 * i, 3 + 3 * i if i < level else 1
            canvas.draw.rectangle((left, top + 13 - height, left + 3, top + 12), fill=ink)
        return
    value = _menu_word(canvas, item, view)
    if value:
        canvas.write_right(WIDTH - 4, top, value, "helvR12", ink)


def _menu_word(canvas: Canvas, item: MenuItem, view: MenuView) -> str:
    chosen = view.preferences
    flags = {
        MenuItem.HIDE_STATE: chosen.hide_state,
        MenuItem.HIDE_NUMBERS: chosen.hide_numbers,
        MenuItem.FADE_GUIDE: chosen.fade_guide,
    }
    if item in flags:
        return canvas.word("value.on" if flags[item] else "value.off")
    if item is MenuItem.MINUTES:
        return canvas.word("minutes").format(chosen.minutes)
    if item is MenuItem.RESONANCE:
        return canvas.word("minutes").format(view.resonance_minutes)
    if item is MenuItem.RECHECK:
        return canvas.word("minutes").format(view.recheck_minutes)
    return canvas.word("value.language") if item is MenuItem.LANGUAGE else ""


def contact(canvas: Canvas, view: ContactView) -> None:
    if view.finger:
        marks.finger(canvas, 1, 1, view.contact)
    else:
        marks.wearer(canvas, 1, 1, view.contact, view.reference)
    draw_trace(canvas, view.trace, TRACE_LEFT, WIDTH - TRACE_LEFT, (TRACE_TOP, TRACE_TOP + TRACE_HEIGHT))
    anyway = view.anyway and view.steady == 0.0
    key = "contact.anyway" if anyway else contact_key(view.contact, view.finger, view.steady)
    canvas.say(64, 47, key, centred=True)
    if view.steady > 0.0:
        canvas.draw.rectangle((0, HEIGHT - 2, round(view.steady * (WIDTH - 1)), HEIGHT - 1), fill=1)
    if not view.contact:
        marks.heart(canvas, *(FINGER_HEART if view.finger else CHEST_HEART), view.beat)


def draw_trace(
    canvas: Canvas, trace: tuple[TraceColumn | None, ...], left: int, width: int, top_and_bottom: tuple[int, int]
) -> None:
    """The sweep as upright strokes within the box; pixels."""
    top, bottom = top_and_bottom
    for column, stroke in enumerate(trace):
        x = left + column * width // len(trace)
        if stroke is not None:
            y = [top + round((1.0 - value) * (bottom - top)) for value in (stroke.high, stroke.low)]
            canvas.draw.line((x, y[0], x, y[1]), fill=1)


def contact_key(contact: Contact, finger: bool, steady: float = 0.0) -> str:
    """Which words tell what is loose."""
    if Contact.SENSOR_GONE in contact:
        return "contact.gone"
    if finger and contact:
        return "contact.finger"
    if Contact.POSITIVE_OFF | Contact.NEGATIVE_OFF in contact:
        return "contact.both"
    if Contact.POSITIVE_OFF in contact:
        return "contact.positive"
    if Contact.NEGATIVE_OFF in contact:
        return "contact.negative"
    return "contact.steady" if steady > 0.0 else "contact.searching"


def goodbye(canvas: Canvas, view: GoodbyeView) -> None:
    marks.moon(canvas, 64, 20, 13.0)
    canvas.say(64, 42, "goodbye", centred=True)
