"""Small signs: states, heart, coherence, and what needs attention."""

from device.screens.canvas import Canvas
from dsp.types import Contact, StateKind

HEART = (
    ".##.##.",
    "#######",
    "#######",
    "#######",
    ".#####.",
    "..###..",
    "...#...",
)
HEART_OUTLINE = (
    ".##.##.",
    "#..#..#",
    "#.....#",
    "#.....#",
    ".#...#.",
    "..#.#..",
    "...#...",
)
# One line for all states, from smooth to rough: a long swell, a level line, sharp peaks, loose dots.
CALM_WAVE = (4, 3, 2, 1, 1, 0, 0, 0, 0, 1, 1, 2, 3, 4, 5, 6, 7, 7, 8, 8, 8, 8, 7, 7, 6, 5)
MARK_WIDTH = 26
# The wearer as seen in a mirror, in pixels; the builder's guide draws the same.
HEAD = (17, 8), 7.5
SHOULDERS = (1, 17, 33, 49)
ARMS = ((1, 33, 41), (33, 33, 41))
ELECTRODES = ((8, 27), (26, 27))
REFERENCE = (26, 38)
SIDES = {"L": (0, 3), "R": (28, 3)}


def bitmap(canvas: Canvas, x: int, y: int, rows: tuple[str, ...]) -> None:
    for dy, row in enumerate(rows):
        for dx, pixel in enumerate(row):
            if pixel == "#":
                canvas.draw.point((x + dx, y + dy), fill=1)


def state_mark(canvas: Canvas, x: int, y: int, state: StateKind, settling: bool = False) -> None:
    """The state's sign in a box of 26 x 10 pixels; told apart by form alone."""
    draw = canvas.draw
    if state is StateKind.CALM:
        points = [(x + i, y + dy) for i, dy in enumerate(CALM_WAVE)]
        draw.line(points, fill=1)
        draw.line([(px, py + 1) for px, py in points], fill=1)
    elif state is StateKind.NEUTRAL:
        fall = 6 if settling else 0
        start = y + (2 if settling else 4)
        draw.line((x, start, x + MARK_WIDTH - 1, start + fall), fill=1)
        draw.line((x, start + 1, x + MARK_WIDTH - 1, start + 1 + fall), fill=1)
    elif state is StateKind.ALARM:
        points = [(x + 5 * i, y + (8 if i % 2 == 0 else 0)) for i in range(6)]
        draw.line(points, fill=1)
        draw.line([(px, py + 1) for px, py in points], fill=1)
    else:
        for i in range(5):
            draw.rectangle((x + 6 * i, y + 4, x + 6 * i + 1, y + 5), fill=1)


def heart(canvas: Canvas, x: int, y: int, full: bool) -> None:
    bitmap(canvas, x, y, HEART if full else HEART_OUTLINE)


def coherence_mark(canvas: Canvas, x: int, y: int, level: int) -> None:
    """Three beads, `level` of them full, in a box of 23 x 7 pixels."""
    for i in range(3):
        centre = x + 3 + 8 * i
        if i < level:
            canvas.disc(centre, y + 3, 3.3)
        else:
            canvas.ring(centre, y + 3, 3.3)


def wearer(canvas: Canvas, x: int, y: int, contact: Contact, reference: bool) -> None:
    """Head and shoulders with two electrodes, 34 x 42 pixels; a loose one is a ring, a seated one a disc. The third, a
    `reference` under the right one, is smaller: nothing tells whether it is loose.

    Seen as in a mirror: the wearer's left is on the left, as the letters say that stand on the electrodes' cables too.
    """
    (head_x, head_y), radius = HEAD
    canvas.ring(x + head_x, y + head_y, radius)
    draw = canvas.draw
    left, top, right, bottom = SHOULDERS
    draw.arc((x + left, y + top, x + right, y + bottom), 180, 360, fill=1)
    for arm_x, arm_top, arm_bottom in ARMS:
        draw.line((x + arm_x, y + arm_top, x + arm_x, y + arm_bottom), fill=1)
    for side, (side_x, side_y) in SIDES.items():
        canvas.write(x + side_x, y + side_y, side, "helvR10")
    for (centre_x, centre_y), loose in zip(ELECTRODES, (Contact.POSITIVE_OFF, Contact.NEGATIVE_OFF), strict=True):
        canvas.disc(x + centre_x, y + centre_y, 4.3)
        if contact & (loose | Contact.SENSOR_GONE):
            canvas.disc(x + centre_x, y + centre_y, 3.0, ink=0)
    if reference:
        canvas.disc(x + REFERENCE[0], y + REFERENCE[1], 2.6)


def finger(canvas: Canvas, x: int, y: int, contact: Contact) -> None:
    """A fingertip above a sensor, 34 x 42 pixels; apart where the finger is off."""
    lift = 8 if contact else 0
    draw = canvas.draw
    top = y + 10 - lift
    draw.line((x + 4, top, x + 22, top), fill=1)
    draw.arc((x + 14, top, x + 32, top + 18), 270, 90, fill=1)
    draw.line((x + 4, top + 18, x + 22, top + 18), fill=1)
    draw.arc((x + 22, top + 3, x + 29, top + 10), 180, 360, fill=1)
    canvas.box(x + 12, y + 32, x + 30, y + 37)
    draw.line((x + 2, y + 38, x + 33, y + 38), fill=1)


def plug(canvas: Canvas, x: int, y: int) -> None:
    """A USB plug, 28 x 16 pixels."""
    draw = canvas.draw
    draw.line((x, y + 8, x + 8, y + 8), fill=1)
    draw.line((x, y + 9, x + 8, y + 9), fill=1)
    canvas.box(x + 8, y + 2, x + 19, y + 15)
    draw.rectangle((x + 20, y + 4, x + 27, y + 13), outline=1)
    draw.point([(x + 23, y + 7), (x + 24, y + 7), (x + 23, y + 10), (x + 24, y + 10)], fill=1)


def card(canvas: Canvas, x: int, y: int) -> None:
    """A memory card, 20 x 24 pixels."""
    canvas.draw.polygon([(x, y), (x + 13, y), (x + 19, y + 6), (x + 19, y + 23), (x, y + 23)], outline=1)
    for i in range(4):
        canvas.draw.line((x + 3 + 3 * i, y + 3, x + 3 + 3 * i, y + 7), fill=1)


def unplugged(canvas: Canvas, x: int, y: int) -> None:
    """Two halves of a connector, apart; 30 x 12 pixels."""
    draw = canvas.draw
    draw.line((x, y + 6, x + 4, y + 6), fill=1)
    canvas.box(x + 4, y + 1, x + 10, y + 11)
    draw.rectangle((x + 20, y + 1, x + 26, y + 11), outline=1)
    draw.line((x + 26, y + 6, x + 30, y + 6), fill=1)
    draw.point([(x + 13, y + 6), (x + 15, y + 6), (x + 17, y + 6)], fill=1)


def pause_bars(canvas: Canvas, x: int, y: int) -> None:
    canvas.box(x, y, x + 5, y + 17)
    canvas.box(x + 10, y, x + 15, y + 17)


def moon(canvas: Canvas, x: float, y: float, radius: float) -> None:
    canvas.disc(x, y, radius)
    canvas.disc(x + radius * 0.45, y - radius * 0.2, radius * 0.85, ink=0)
