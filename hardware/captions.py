"""What the drawings say, in the language of the guide: the wiring's own English, or a translation of it by kit.toml."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hardware.layout import BoardLayout
from hardware.wiring import HEADER, Net, Part

COLOURS: Final = {  # by the codes of IEC 60757
    "BK": "#222222", "BN": "#895956", "RD": "#e02020", "OG": "#ff8000", "YE": "#e5c000", "GN": "#2f9e44",
    "BU": "#2068e0", "VT": "#9040d0", "GY": "#999999", "WH": "#ffffff", "PK": "#f080b0", "TQ": "#30b0b0",
}  # fmt: skip
_AMOUNT: Final = re.compile(r"^[\d.]+ \w+")


@dataclass(frozen=True, slots=True)
class Captions:
    """`said` holds sentences, colours and pins by their key; `titles` translates the parts' and builds' titles. What is
    not there is said as it is."""

    said: Mapping[str, str]
    titles: Mapping[str, str]

    def say(self, key: str) -> str:
        return self.said[key]

    def part(self, title: str) -> str:
        return self.titles.get(title, title)

    def pin(self, label: str) -> str:
        return self.said.get(f"pin {label}", label)

    def notes(self, part: str) -> list[str]:
        """What is to be known where a part is drawn, a line each."""
        return self.said.get(f"note {part}", "").split("|") if f"note {part}" in self.said else []

    def colour(self, code: str) -> str:
        return self.said[f"colour {code}"]

    def short(self, buy: str) -> str:
        """The value alone, as "560 kOhm"."""
        found = _AMOUNT.match(buy)
        return found.group().replace("kOhm", "kΩ") if found else buy

    def ends(self, net: Net, layout: BoardLayout) -> str:
        """Where a net goes: "row 6: Pi 29, Button 1"; without a row of the stripboard "Button 3 - Electrodes RA"."""
        if net.name in layout.springs.values():
            return self.said["springs touch"].format(pin=next(pin for part, pin in net.pins if part == HEADER))
        parts = {part.name: part for part in layout.build.parts}
        ends = [self._end(parts[name], pin) for name, pin in net.pins]
        if (strip := layout.strips.get(net.name)) is None:
            return " – ".join(ends)
        return f"{self.said['row'].format(row=strip.row + 1)}: {', '.join(ends)}"

    def _end(self, part: Part, pin: str) -> str:
        if part.name == HEADER:
            return f"Pi {pin}"
        title = self.part(part.title).split(",")[0]
        if part.place == "board":
            return title
        labels = list(part.pins.values())
        return (
            f"{title} {pin if part.place == 'chip' or labels.count(part.pins[pin]) > 1 else self.pin(part.pins[pin])}"
        )
