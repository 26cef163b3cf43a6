"""Where each text stands on the screen, by the name the screens call it by."""

import enum


class Place(enum.Enum):
    """Where a text stands: its font (a file in `device/screens/fonts`) and how many pixels wide it may be."""

    TITLE = ("helvB14", 128)
    HINT = ("helvR14", 128)
    QUESTION = ("helvR14", 122)
    LINE = ("helvR12", 122)
    NOTE = ("helvR10", 128)
    CARD = ("helvR10", 124)
    SIDE_TITLE = ("helvB14", 62)
    SIDE = ("helvR12", 62)
    SIDE_NOTE = ("helvR10", 62)
    TITLE_BESIDE_ICON = ("helvB14", 92)
    BESIDE_ICON = ("helvR12", 88)
    NOTE_BESIDE_ICON = ("helvR10", 92)
    GUIDE_SIDE = ("helvR14", 60)
    IN_DISC = ("helvR12", 22)
    MENU_LABEL = ("helvR12", 86)
    MENU_VALUE = ("helvR12", 40)
    MENU_WORD = ("helvR12", 56)
    ROW = ("helvR14", 80)
    ROW_LABEL = ("helvR12", 46)
    ROW_NOTE = ("helvR10", 36)

    @property
    def font(self) -> str:
        return self.value[0]

    @property
    def width_px(self) -> int:
        return self.value[1]


PLACES = {
    # Welcome and goodbye
    "minutes": Place.MENU_VALUE,
    "notice.low_storage": Place.NOTE,
    "notice.full_storage": Place.NOTE,
    "notice.read_only_storage": Place.NOTE,
    "notice.no_battery": Place.NOTE,
    "notice.low_battery": Place.NOTE,
    "notice.clock_stopped": Place.NOTE,
    "notice.clock_unset": Place.NOTE,
    "notice.button": Place.NOTE,
    "notice.battery_only": Place.NOTE,
    "notice.enough": Place.NOTE,
    "goodbye": Place.TITLE,
    # What a press does
    "hint.begin": Place.HINT,
    "hint.menu": Place.HINT,
    "hint.back": Place.HINT,
    "hint.help": Place.HINT,
    "hint.help_by_many": Place.HINT,
    "hint.next": Place.HINT,
    "hint.done": Place.HINT,
    "hint.change": Place.HINT,
    "hint.try_it": Place.HINT,
    "hint.not_now": Place.HINT,
    "hint.choose": Place.HINT,
    "hint.dont_know": Place.HINT,
    "hint.skip": Place.HINT,
    "hint.as_last": Place.HINT,
    "hint.one_by_one": Place.HINT,
    "hint.go_on": Place.HINT,
    "hint.finish": Place.HINT,
    "hint.leave": Place.HINT,
    "hint.decline": Place.HINT,
    "hint.easier": Place.HINT,
    "hint.guide_back": Place.HINT,
    "hint.dizzy": Place.HINT,
    "hint.anyway": Place.HINT,
    "hint.unsaved": Place.HINT,
    "hint.share": Place.HINT,
    "hint.stop_sharing": Place.HINT,
    "hint.cable_out": Place.HINT,
    # Before the first session
    "card.safety": Place.CARD,
    "card.how": Place.CARD,
    "card.trial_drawn": Place.CARD,
    "card.trial_told": Place.CARD,
    "card.went_back": Place.CARD,
    # Menu
    "menu.plan": Place.MENU_LABEL,
    "menu.minutes": Place.MENU_LABEL,
    "menu.language": Place.MENU_LABEL,
    "menu.guide": Place.MENU_LABEL,
    "menu.brightness": Place.MENU_LABEL,
    "menu.hide_state": Place.MENU_LABEL,
    "menu.hide_numbers": Place.MENU_LABEL,
    "menu.fade_guide": Place.MENU_LABEL,
    "menu.ask_more": Place.MENU_LABEL,
    "menu.morning": Place.MENU_LABEL,
    "menu.posture": Place.MENU_LABEL,
    "menu.trial": Place.MENU_LABEL,
    "menu.evening": Place.MENU_LABEL,
    "menu.led": Place.MENU_LABEL,
    "menu.vibration": Place.MENU_LABEL,
    "menu.resonance": Place.MENU_LABEL,
    "menu.recheck": Place.MENU_LABEL,
    "menu.back": Place.MENU_LABEL,
    "value.language": Place.MENU_WORD,
    "value.on": Place.MENU_VALUE,
    "value.off": Place.MENU_VALUE,
    "form.outline": Place.MENU_WORD,
    "form.disc": Place.MENU_WORD,
    "form.wave": Place.MENU_WORD,
    # Contact
    "contact.finger": Place.HINT,
    "contact.positive": Place.HINT,
    "contact.negative": Place.HINT,
    "contact.both": Place.HINT,
    "contact.gone": Place.HINT,
    "contact.searching": Place.HINT,
    "contact.steady": Place.HINT,
    # Check-in
    "question.energy": Place.QUESTION,
    "question.tension": Place.QUESTION,
    "question.on_guard": Place.QUESTION,
    "question.sleep": Place.QUESTION,
    "question.tolerance": Place.QUESTION,
    "last.energy": Place.ROW,
    "last.tension": Place.ROW,
    "last.on_guard": Place.ROW,
    # Breathing
    "ring.rest_begins": Place.SIDE_TITLE,
    "ring.rest_begins.note": Place.SIDE,
    "ring.rest": Place.SIDE_TITLE,
    "ring.rest.note": Place.SIDE,
    "ring.rest_longer": Place.SIDE_TITLE,
    "ring.rest_longer.note": Place.SIDE,
    "ring.free": Place.SIDE_TITLE,
    "ring.free.note": Place.SIDE,
    "ring.dizzy": Place.SIDE_TITLE,
    "ring.dizzy.note": Place.SIDE,
    "ring.morning": Place.SIDE_TITLE,
    "ring.morning.note": Place.SIDE,
    "guide.inhale": Place.IN_DISC,
    "guide.exhale": Place.IN_DISC,
    "guide.small_breaths": Place.GUIDE_SIDE,
    "guide.easier": Place.GUIDE_SIDE,
    "guide.slower": Place.GUIDE_SIDE,
    "guide.not_saved": Place.SIDE_NOTE,
    "guide.button": Place.GUIDE_SIDE,
    "guide.rsa": Place.SIDE_NOTE,
    "unguided": Place.GUIDE_SIDE,
    "state.calm": Place.GUIDE_SIDE,
    "state.neutral": Place.GUIDE_SIDE,
    "state.settling": Place.GUIDE_SIDE,
    "state.alarm": Place.GUIDE_SIDE,
    "state.unsure": Place.GUIDE_SIDE,
    "paused": Place.TITLE_BESIDE_ICON,
    "paused.finger": Place.HINT,
    "paused.goes_on": Place.LINE,
    # Quiet rest
    "offer": Place.QUESTION,
    "offer.no": Place.SIDE,
    "quiet": Place.HINT,
    # Summary
    "summary.minutes": Place.TITLE,
    "summary.minute": Place.TITLE,
    "summary.calm": Place.HINT,
    "summary.settled": Place.LINE,
    "summary.settled_at_once": Place.LINE,
    "summary.rest": Place.LINE,
    "guess.meaning": Place.LINE,
    "guess.title": Place.SIDE_NOTE,
    "guess.before": Place.ROW_NOTE,
    "guess.after": Place.ROW_NOTE,
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
    "advice.tension": Place.CARD,
    "advice.rhythm": Place.CARD,
    "advice.paced": Place.CARD,
    "advice.not_saved": Place.CARD,
    "advice.partly_saved": Place.CARD,
    # A morning reading
    "posture": Place.QUESTION,
    "posture.lying": Place.MENU_VALUE,
    "posture.sitting": Place.MENU_VALUE,
    "posture.standing": Place.MENU_VALUE,
    "morning.within": Place.QUESTION,
    "morning.above": Place.QUESTION,
    "morning.below": Place.QUESTION,
    "morning.last": Place.NOTE,
    "morning.rmssd": Place.NOTE,
    "morning.more": Place.QUESTION,
    "morning.one_more": Place.QUESTION,
    "morning.gathering": Place.LINE,
    "morning.unsure": Place.LINE,
    "morning.undated": Place.LINE,
    "advice.enough": Place.CARD,
    # Cable, card, sensor
    "usb.connected": Place.NOTE_BESIDE_ICON,
    "usb.ended": Place.NOTE_BESIDE_ICON,
    "usb.why": Place.NOTE,
    "usb.ask": Place.TITLE,
    "usb.sharing": Place.TITLE,
    "usb.offered": Place.QUESTION,
    "usb.updating": Place.TITLE,
    "usb.leave_in": Place.NOTE,
    "storage.full": Place.BESIDE_ICON,
    "storage.read_only": Place.BESIDE_ICON,
    "storage.note": Place.NOTE,
    "sensor.missing": Place.BESIDE_ICON,
    "sensor.ended": Place.NOTE,
    "sensor.trying": Place.NOTE,
}
