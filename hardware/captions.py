"""What the drawings say, in the language of the guide: the wiring's own English, or a translation of it by kit.toml."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from hardware.layout import BoardLayout
from hardware.wiring import HEADER, Net

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

    def colour(self, code: str) -> str:
        return self.said[f"colour {code}"]

    def short(self, buy: str) -> str:
        """The value alone, as "560 kOhm"."""
        found = _AMOUNT.match(buy)
        return found.group().replace("kOhm", "kΩ") if found else buy

    def ends(self, net: Net, layout: BoardLayout) -> str:
        """Where a net goes: "Pi 29 - Button 1"."""
        titles = {part.name: part for part in layout.build.parts}
        ends = []
        for name, pin in net.pins:
            part = titles[name]
            title = "Pi" if name == HEADER else self.part(part.title).split(",")[0]
            label = part.pins[pin]
            shown = pin if name == HEADER or pin.isdecimal() else self.pin(label)
            ends.append(title if part.place == "board" else f"{title} {shown}")
        return " – ".join(ends)
