"""Where each text stands on the screen, by the name the screens call it by."""

import enum


class Place(enum.Enum):
    """Where a text stands: its font (a file in `device/screens/fonts`) and how many pixels wide it may be."""

    TITLE = ("helvB14", 128)
    LINE = ("helvR12", 128)
    NOTE = ("helvR10", 128)
    SIDE_TITLE = ("helvB14", 62)
    SIDE = ("helvR12", 62)
    SIDE_NOTE = ("helvR10", 62)
    TITLE_BESIDE_ICON = ("helvB14", 92)
    BESIDE_ICON = ("helvR12", 88)
    NOTE_BESIDE_ICON = ("helvR10", 92)
    GUIDE_SIDE = ("helvR12", 60)
    IN_DISC = ("helvR12", 22)
    MENU_LABEL = ("helvR12", 86)
    MENU_VALUE = ("helvR12", 34)
    ROW_LABEL = ("helvR12", 42)

    @property
    def font(self) -> str:
        return self.value[0]

    @property
    def width_px(self) -> int:
        return self.value[1]


PLACES = {
    # Welcome and goodbye
    "welcome.press": Place.LINE,
    "welcome.hold": Place.NOTE,
    "minutes": Place.NOTE,
    "notice.low_storage": Place.NOTE,
    "notice.full_storage": Place.NOTE,
    "notice.read_only_storage": Place.NOTE,
    "notice.low_battery": Place.NOTE,
    "notice.clock_unset": Place.NOTE,
    "goodbye": Place.TITLE,
    # Menu
    "menu.hint": Place.NOTE,
    "menu.choose": Place.NOTE,
    "menu.minutes": Place.MENU_LABEL,
    "menu.language": Place.MENU_LABEL,
    "menu.hide_state": Place.MENU_LABEL,
    "menu.hide_numbers": Place.MENU_LABEL,
    "menu.fade_guide": Place.MENU_LABEL,
    "menu.led": Place.MENU_LABEL,
    "menu.vibration": Place.MENU_LABEL,
    "menu.resonance": Place.MENU_LABEL,
    "menu.recheck": Place.MENU_LABEL,
    "menu.back": Place.MENU_LABEL,
    "value.language": Place.MENU_VALUE,
    "value.on": Place.MENU_VALUE,
    "value.off": Place.MENU_VALUE,
    # Contact
    "contact.finger": Place.NOTE,
    "contact.positive": Place.NOTE,
    "contact.negative": Place.NOTE,
    "contact.both": Place.NOTE,
    "contact.gone": Place.NOTE,
    "contact.searching": Place.NOTE,
    "contact.anyway": Place.NOTE,
    "contact.steady": Place.NOTE,
    # Check-in
    "question.energy": Place.LINE,
    "question.tension": Place.LINE,
    "question.on_guard": Place.LINE,
    "question.sleep": Place.LINE,
    "question.tolerance": Place.LINE,
    "answer.skip": Place.SIDE_NOTE,
    "answer.dont_know": Place.SIDE_NOTE,
    "question.hint": Place.NOTE,
    # Breathing
    "ring.rest": Place.SIDE_TITLE,
    "ring.rest.note": Place.SIDE,
    "ring.rest_longer": Place.SIDE_TITLE,
    "ring.rest_longer.note": Place.SIDE,
    "ring.free": Place.SIDE_TITLE,
    "ring.free.note": Place.SIDE,
    "ring.dizzy": Place.SIDE_TITLE,
    "ring.dizzy.note": Place.SIDE,
    "guide.inhale": Place.IN_DISC,
    "guide.exhale": Place.IN_DISC,
    "guide.small_breaths": Place.GUIDE_SIDE,
    "guide.easier": Place.GUIDE_SIDE,
    "guide.not_saved": Place.GUIDE_SIDE,
    "guide.rsa": Place.SIDE_NOTE,
    "state.calm": Place.GUIDE_SIDE,
    "state.neutral": Place.GUIDE_SIDE,
    "state.settling": Place.GUIDE_SIDE,
    "state.alarm": Place.GUIDE_SIDE,
    "state.unsure": Place.GUIDE_SIDE,
    "paused": Place.TITLE_BESIDE_ICON,
    "paused.finger": Place.NOTE,
    "paused.hint": Place.NOTE,
    # Quiet rest
    "offer": Place.TITLE,
    "offer.no": Place.SIDE_NOTE,
    "offer.hint": Place.NOTE,
    "quiet": Place.LINE,
    # Summary
    "summary.minutes": Place.TITLE,
    "summary.minute": Place.TITLE,
    "summary.calm": Place.NOTE,
    "summary.settled": Place.NOTE,
    "summary.settled_at_once": Place.NOTE,
    "summary.rest": Place.NOTE,
    "guess.title": Place.SIDE,
    "guess.before": Place.ROW_LABEL,
    "guess.after": Place.ROW_LABEL,
    "guess.you": Place.ROW_LABEL,
    "guess.body": Place.ROW_LABEL,
    "numbers.hr": Place.LINE,
    "numbers.rmssd": Place.LINE,
    "numbers.rsa": Place.LINE,
    "numbers.bpm": Place.TITLE,
    "numbers.ms": Place.TITLE,
    "number.decimal": Place.TITLE,
    "pace.found": Place.LINE,
    "pace.unit": Place.NOTE,
    "pace.none": Place.LINE,
    "advice.tension": Place.NOTE,
    "advice.rhythm": Place.NOTE,
    "advice.not_saved": Place.NOTE,
    "advice.partly_saved": Place.NOTE,
    # Cable, card, sensor
    "usb.connected": Place.NOTE_BESIDE_ICON,
    "usb.ended": Place.NOTE_BESIDE_ICON,
    "usb.why": Place.NOTE,
    "usb.ask": Place.TITLE,
    "usb.ask.hint": Place.NOTE,
    "usb.sharing": Place.TITLE,
    "usb.sharing.hint": Place.NOTE,
    "storage.full": Place.BESIDE_ICON,
    "storage.read_only": Place.BESIDE_ICON,
    "storage.note": Place.NOTE,
    "storage.hint": Place.NOTE,
    "sensor.missing": Place.BESIDE_ICON,
    "sensor.ended": Place.NOTE,
    "sensor.trying": Place.NOTE,
}
