"""Every word the wearer reads: a column of words a language, beside the place that each has to fit.

A language is a file of its own here, a member of `Language` and a line in `COLUMNS`; the report page has its words in
`host/report_page/texts.json`.
"""

from dataclasses import dataclass

from device.screens.texts import en, nb, sv
from device.screens.texts.places import PLACES, Place
from device.session.choosing.preferences import Language

COLUMNS = {Language.NB: nb.WORDS, Language.EN: en.WORDS, Language.SV: sv.WORDS}


@dataclass(frozen=True, slots=True)
class Text:
    """`words` in every language; lines are separated by newlines, and each has to fit the place."""

    place: Place
    words: dict[Language, str]

    def lines(self, language: Language) -> list[str]:
        return self.words[language].split("\n")


TEXTS = {
    key: Text(place, {language: words[key] for language, words in COLUMNS.items()}) for key, place in PLACES.items()
}
