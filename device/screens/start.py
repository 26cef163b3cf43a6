"""Before a session: welcome, menu, contact; and goodbye."""

from device.screens import marks
from device.screens.canvas import HEIGHT, HINT_Y, WIDTH, Canvas
from device.session.choosing.menu import EVENING_MINUTES, MORNING_MINUTES, MenuItem, lines
from device.session.showing.trace import TraceColumn
from device.session.showing.views import CardView, ContactView, GoodbyeView, MenuView, WelcomeView
from dsp.types import Contact

MENU_ROWS, MENU_ROW_PX, MENU_RIGHT = 3, 16, 119
LEVELS = {MenuItem.LED: "led_level", MenuItem.VIBRATION: "vibration_level", MenuItem.BRIGHTNESS: "brightness"}
FLAGS = (
    *(MenuItem.PLAN, MenuItem.HIDE_STATE, MenuItem.HIDE_NUMBERS, MenuItem.FADE_GUIDE, MenuItem.ASK_MORE),
    MenuItem.TRIAL,
)
CHEST_HEART, FINGER_HEART = (15, 23), (9, 17)
TRACE_LEFT, TRACE_TOP, TRACE_HEIGHT = 40, 4, 39


def welcome(canvas: Canvas, view: WelcomeView) -> None:
    canvas.write(6, 1, "Rolig", "helvB24")
    canvas.ring(108, 14, 12.5)
    canvas.disc(108, 14, 4.5)
    canvas.say(6, 29, "hint.begin")
    canvas.write_right(WIDTH - 4, 32, canvas.word("minutes").format(view.minutes), "helvR10")
    if view.notice is not None:
        canvas.say(6, 49, f"notice.{view.notice}")
    elif view.hint is not None:
        canvas.say(6, HINT_Y, f"hint.{view.hint}")


def menu(canvas: Canvas, view: MenuView) -> None:
    items = lines(view.absent)
    first = min(max(items.index(view.selected) - 1, 0), len(items) - MENU_ROWS)
    for row, item in enumerate(items[first : first + MENU_ROWS]):
        top = row * MENU_ROW_PX
        selected = item is view.selected
        if selected:
            canvas.box(0, top, MENU_RIGHT + 3, top + MENU_ROW_PX - 2)
        canvas.say(4, top, f"menu.{item}", ink=not selected)
        _menu_value(canvas, top, item, view, not selected)
    _where(canvas, items.index(view.selected), len(items))
    canvas.hint(view.hint)


def _where(canvas: Canvas, index: int, count: int) -> None:
    """How far down the menu one is, along its right edge."""
    height = MENU_ROWS * MENU_ROW_PX - 2
    for y in range(0, height, 3):
        canvas.draw.point((WIDTH - 2, y), fill=1)
    top, bottom = round(index / count * height), round((index + 1) / count * height) - 1
    canvas.draw.rectangle((WIDTH - 3, top, WIDTH - 1, max(top + 1, bottom)), fill=1)


def card(canvas: Canvas, view: CardView) -> None:
    canvas.say(2, -1, f"card.{view.card}")
    if view.count > 1:
        canvas.dots(view.number, view.count)
    canvas.hint(view.hint)


def _menu_value(canvas: Canvas, top: int, item: MenuItem, view: MenuView, ink: int) -> None:
    if item in LEVELS:
        level = getattr(view.preferences, LEVELS[item])
        for i in range(3):
            left, height = MENU_RIGHT - 21 + 6 * i, 3 + 3 * i if i < level else 1
            canvas.draw.rectangle((left, top + 13 - height, left + 3, top + 12), fill=ink)
        return
    value = _menu_word(canvas, item, view)
    if value:
        canvas.write_right(MENU_RIGHT, top, value, "helvR12", ink)


def _menu_word(canvas: Canvas, item: MenuItem, view: MenuView) -> str:
    chosen = view.preferences
    if item in FLAGS:
        return canvas.word("value.on" if getattr(chosen, item) else "value.off")
    minutes = {
        MenuItem.MINUTES: chosen.minutes,
        MenuItem.MORNING: MORNING_MINUTES,
        MenuItem.EVENING: EVENING_MINUTES,
        MenuItem.RESONANCE: view.resonance_minutes,
        MenuItem.RECHECK: view.recheck_minutes,
    }
    if item in minutes:
        return canvas.word("minutes").format(minutes[item])
    if item is MenuItem.GUIDE:
        return canvas.word(f"form.{chosen.guide}")
    if item is MenuItem.POSTURE and chosen.posture is not None:
        return canvas.word(f"posture.{chosen.posture}")
    return canvas.word("value.language") if item is MenuItem.LANGUAGE else ""


def contact(canvas: Canvas, view: ContactView) -> None:
    if view.finger:
        marks.finger(canvas, 1, 1, view.contact)
    else:
        marks.wearer(canvas, 1, 1, view.contact, view.reference)
    draw_trace(canvas, view.trace, TRACE_LEFT, WIDTH - TRACE_LEFT, (TRACE_TOP, TRACE_TOP + TRACE_HEIGHT))
    if view.hint is None:
        canvas.say(64, HINT_Y - 1, contact_key(view.contact, view.finger, view.steady), centred=True)
    canvas.hint(view.hint)
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
