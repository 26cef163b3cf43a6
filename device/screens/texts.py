"""Every word the wearer reads, Norwegian bokmål and English side by side, and the place each has to fit."""

import enum
from dataclasses import dataclass

from device.session.choosing.preferences import Language


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


@dataclass(frozen=True, slots=True)
class Text:
    """A text's lines are separated by newlines; each line has to fit the place."""

    place: Place
    nb: str
    en: str

    def lines(self, language: Language) -> list[str]:
        return (self.nb if language is Language.NB else self.en).split("\n")


TEXTS = {
    # Welcome and goodbye
    "welcome.press": Text(Place.LINE, "Trykk: begynn", "Press: begin"),
    "welcome.hold": Text(Place.NOTE, "Hold: meny", "Hold: menu"),
    "minutes": Text(Place.NOTE, "{} min", "{} min"),
    "notice.low_storage": Text(Place.NOTE, "Lite plass på kortet", "Little room on the card"),
    "notice.full_storage": Text(Place.NOTE, "Kortet er fullt", "The card is full"),
    "notice.read_only_storage": Text(Place.NOTE, "Kortet er låst", "The card is locked"),
    "notice.low_battery": Text(Place.NOTE, "Lite strøm igjen", "Battery is low"),
    "notice.clock_unset": Text(Place.NOTE, "Klokka er ikke stilt", "The clock is not set"),
    "goodbye": Text(Place.TITLE, "Ha det godt", "Take care"),
    # Menu
    "menu.hint": Text(Place.NOTE, "Trykk: neste  Hold: endre", "Press: next  Hold: change"),
    "menu.choose": Text(Place.NOTE, "Trykk: neste  Hold: velg", "Press: next  Hold: choose"),
    "menu.minutes": Text(Place.MENU_LABEL, "Lengde", "Length"),
    "menu.language": Text(Place.MENU_LABEL, "Språk", "Language"),
    "menu.hide_state": Text(Place.MENU_LABEL, "Skjul tilstand", "Hide state"),
    "menu.hide_numbers": Text(Place.MENU_LABEL, "Skjul tall", "Hide numbers"),
    "menu.fade_guide": Text(Place.MENU_LABEL, "Ton ut guiden", "Fade the guide"),
    "menu.led": Text(Place.MENU_LABEL, "Lys", "Light"),
    "menu.vibration": Text(Place.MENU_LABEL, "Vibrasjon", "Vibration"),
    "menu.resonance": Text(Place.MENU_LABEL, "Finn din takt", "Find pace"),
    "menu.recheck": Text(Place.MENU_LABEL, "Sjekk takten", "Check pace"),
    "menu.back": Text(Place.MENU_LABEL, "Tilbake", "Back"),
    "value.language": Text(Place.MENU_VALUE, "norsk", "Eng."),
    "value.on": Text(Place.MENU_VALUE, "ja", "yes"),
    "value.off": Text(Place.MENU_VALUE, "nei", "no"),
    # Contact
    "contact.finger": Text(Place.NOTE, "Legg fingeren rolig på", "Rest your finger on it"),
    "contact.positive": Text(Place.NOTE, "Venstre elektrode er løs", "Left electrode is loose"),
    "contact.negative": Text(Place.NOTE, "Høyre elektrode er løs", "Right electrode is loose"),
    "contact.both": Text(Place.NOTE, "Fest elektrodene", "Put the electrodes on"),
    "contact.gone": Text(Place.NOTE, "Finner ikke sensoren", "Sensor not found"),
    "contact.searching": Text(Place.NOTE, "Sitt stille, leter etter puls", "Sit still, finding your pulse"),
    "contact.anyway": Text(Place.NOTE, "Trykk: begynn likevel", "Press: begin anyway"),
    "contact.steady": Text(Place.NOTE, "God kontakt", "Good contact"),
    # Check-in
    "question.energy": Text(Place.LINE, "Energi nå?", "Energy now?"),
    "question.tension": Text(Place.LINE, "Hvor spent nå?", "How tense now?"),
    "question.on_guard": Text(Place.LINE, "Er kroppen på vakt?", "Is the body on guard?"),
    "question.sleep": Text(Place.LINE, "Sov du godt?", "Slept well?"),
    "question.tolerance": Text(Place.LINE, "Tåler du lys og lyd?", "Light and sound OK?"),
    "answer.skip": Text(Place.SIDE_NOTE, "Hopp over", "Skip"),
    "answer.dont_know": Text(Place.SIDE_NOTE, "Vet ikke", "Don't know"),
    "question.hint": Text(Place.NOTE, "Trykk: videre  Hold: velg", "Press: next  Hold: choose"),
    # Breathing
    "ring.rest": Text(Place.SIDE_TITLE, "Hvile", "Rest"),
    "ring.rest.note": Text(Place.SIDE, "Pust som\ndu vil", "Breathe\nas you like"),
    "ring.free": Text(Place.SIDE_TITLE, "Fri pust", "Freely"),
    "ring.free.note": Text(Place.SIDE, "Som du\nselv vil", "Breathe\nas you like"),
    "ring.dizzy": Text(Place.SIDE_TITLE, "Hvil litt", "Easy"),
    "ring.dizzy.note": Text(Place.SIDE, "Pust som\nvanlig", "Breathe\nnormally"),
    "guide.inhale": Text(Place.IN_DISC, "Inn", "In"),
    "guide.exhale": Text(Place.IN_DISC, "Ut", "Out"),
    "guide.small_breaths": Text(Place.GUIDE_SIDE, "Små,\nlette\npust", "Small,\neffortless\nbreaths"),
    "guide.easier": Text(Place.GUIDE_SIDE, "Lettere", "Easier"),
    "guide.not_saved": Text(Place.GUIDE_SIDE, "Lagres\nikke", "Not\nsaved"),
    "guide.rsa": Text(Place.SIDE_NOTE, "RSA {} ms", "RSA {} ms"),
    "state.calm": Text(Place.GUIDE_SIDE, "Rolig", "Calm"),
    "state.neutral": Text(Place.GUIDE_SIDE, "Nøytral", "Neutral"),
    "state.settling": Text(Place.GUIDE_SIDE, "Roer seg", "Settling"),
    "state.alarm": Text(Place.GUIDE_SIDE, "På vakt", "On guard"),
    "state.unsure": Text(Place.GUIDE_SIDE, "Usikkert\nsignal", "Unsure"),
    "paused": Text(Place.TITLE_BESIDE_ICON, "Pause", "Paused"),
    "paused.finger": Text(Place.NOTE, "Legg fingeren tilbake", "Put your finger back"),
    "paused.hint": Text(Place.NOTE, "Trykk: avslutt", "Press: finish"),
    # Quiet rest
    "offer": Text(Place.TITLE, "Bli sittende?", "Stay a while?"),
    "offer.no": Text(Place.SIDE_NOTE, "Nei takk", "No thanks"),
    "offer.hint": Text(Place.NOTE, "Trykk: videre  Hold: velg", "Press: next  Hold: choose"),
    "quiet": Text(Place.LINE, "Bare hvil", "Just rest"),
    # Summary
    "summary.minutes": Text(Place.TITLE, "minutter", "minutes"),
    "summary.minute": Text(Place.TITLE, "minutt", "minute"),
    "summary.calm": Text(Place.NOTE, "Rolig i {} min", "Calm for {} min"),
    "summary.settled": Text(Place.NOTE, "Roet seg etter {} min", "Settled after {} min"),
    "summary.settled_at_once": Text(Place.NOTE, "Roet seg med en gang", "Settled at once"),
    "summary.rest": Text(Place.NOTE, "Hvile etterpå {} min", "Rest after that {} min"),
    "guess.title": Text(Place.SIDE, "På vakt", "On guard"),
    "guess.before": Text(Place.ROW_LABEL, "Før", "Before"),
    "guess.after": Text(Place.ROW_LABEL, "Etter", "After"),
    "guess.you": Text(Place.ROW_LABEL, "Du", "You"),
    "guess.body": Text(Place.ROW_LABEL, "Kropp", "Body"),
    "numbers.hr": Text(Place.LINE, "Puls", "Heart rate"),
    "numbers.rmssd": Text(Place.LINE, "RMSSD", "RMSSD"),
    "numbers.rsa": Text(Place.LINE, "RSA", "RSA"),
    "numbers.bpm": Text(Place.TITLE, "{} slag/min", "{} bpm"),
    "numbers.ms": Text(Place.TITLE, "{} ms", "{} ms"),
    "pace.found": Text(Place.LINE, "Din takt:", "Your pace:"),
    "pace.unit": Text(Place.NOTE, "pust i minuttet", "breaths a minute"),
    "pace.none": Text(
        Place.LINE,
        "Ingen klar takt\ndenne gangen.\nDet er helt greit.",
        "No clear pace\nthis time.\nThat is all right.",
    ),
    "advice.tension": Text(
        Place.NOTE,
        "Spenningen har økt to\nganger. Prøv kortere\nøkter, og snakk gjerne\nmed noen.",
        "Tension rose twice.\nTry shorter sessions,\nand talking to someone\nmay help.",
    ),
    "advice.rhythm": Text(
        Place.NOTE,
        "Kunne ikke lese\nhjerterytmen.\nVis det til en lege.",
        "Could not read\nthe rhythm.\nShow it to a doctor.",
    ),
    "advice.not_saved": Text(
        Place.NOTE, "Denne økta ble ikke\nlagret på kortet.", "This session was not\nsaved on the card."
    ),
    "advice.partly_saved": Text(
        Place.NOTE,
        "Kortet tok ikke imot\nalt. Det som kom med,\ner trygt.",
        "The card could not take\nit all. What it took\nis safe.",
    ),
    # Cable, card, sensor
    "usb.connected": Text(Place.NOTE_BESIDE_ICON, "Kabel er koblet til", "Cable connected"),
    "usb.ended": Text(Place.NOTE_BESIDE_ICON, "Økta er lagret", "Session is saved"),
    "usb.why": Text(Place.NOTE, "Ingen økt med kabel i", "No session with cable in"),
    "usb.ask": Text(Place.TITLE, "Dele loggene?", "Share?"),
    "usb.ask.hint": Text(Place.NOTE, "Hold: ja", "Hold: yes"),
    "usb.sharing": Text(Place.TITLE, "Deler loggene", "Sharing logs"),
    "usb.sharing.hint": Text(Place.NOTE, "Trykk: stopp", "Press: stop"),
    "storage.full": Text(Place.BESIDE_ICON, "Kortet er fullt", "The card is full"),
    "storage.read_only": Text(Place.BESIDE_ICON, "Kortet er låst", "Card is locked"),
    "storage.note": Text(
        Place.NOTE, "Hent økter med en PC,\neller bytt kort", "Pull sessions to a PC,\nor change the card"
    ),
    "storage.hint": Text(Place.NOTE, "Trykk: økt uten logg", "Press: session, no log"),
    "sensor.missing": Text(Place.BESIDE_ICON, "Finner ikke\nsensoren", "Sensor\nnot found"),
    "sensor.ended": Text(Place.NOTE, "Økta er lagret", "Session is saved"),
    "sensor.trying": Text(Place.NOTE, "Prøver igjen", "Trying again"),
}
