"""The kit: the wiring's parts and what is needed beside them, with prices and where each kind is found; the steps of
the guide, each with its drawing in each language."""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from hardware.board_view import board_view
from hardware.captions import Captions
from hardware.copper_view import copper_view
from hardware.layout import lay_out
from hardware.wiring import FOLDER, Build, WiringData, WiringError

SOURCE: Final = FOLDER / "kit.toml"
LANGUAGES: Final = ("en", "nb")
TOOLS: Final = ("tool", "helper")  # kinds that are used and not built in


@dataclass(frozen=True, slots=True)
class PartKind:
    """`price` is from, to, in euro; two `sources` are kinds of shop."""

    price: tuple[float, float]
    sources: tuple[str, str]

    @property
    def told(self) -> str:
        low, high = self.price
        return f"{low:g} to {high:g}"


@dataclass(frozen=True, slots=True)
class KitItem:
    """What is bought: `builds` are those that it is for, none for all."""

    title: str
    buy: str
    kind: PartKind
    builds: frozenset[str] = frozenset()
    tool: bool = False


@dataclass(frozen=True, slots=True)
class BuildStep:
    """`nets` are those that it adds."""

    key: str
    nets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Kit:
    items: tuple[KitItem, ...]
    steps: Mapping[str, tuple[BuildStep, ...]]
    words: Mapping[str, Captions]


def read_kit(data: WiringData, text: str | None = None) -> Kit:
    """The kit for the wiring. Raises WiringError for a part without a kind, and for steps that leave out a net, or have
    one twice."""
    tables = tomllib.loads(SOURCE.read_text(encoding="utf-8") if text is None else text)
    kinds = {name: PartKind(tuple(table["price"]), tuple(table["sources"])) for name, table in tables["kinds"].items()}
    steps = {
        build: tuple(BuildStep(table["key"], tuple(table["nets"])) for table in rows)
        for build, rows in tables["steps"].items()
    }
    for build, rows in steps.items():
        _refuse_gaps(data.builds[build], rows)
    words = {
        language: Captions(tables["words"][language], tables["titles"].get(language, {})) for language in LANGUAGES
    }
    return Kit(tuple(_items(data, tables, kinds)), steps, words)


def _items(data: WiringData, tables: Mapping[str, Any], kinds: Mapping[str, PartKind]) -> Iterator[KitItem]:
    for part in data.parts.values():
        if part.name not in tables["kind_of"]:
            raise WiringError(f"kit: part {part.name!r} has no kind")
        builds = frozenset(build.name for build in data.builds.values() if part in build.parts)
        yield KitItem(part.title, part.buy, kinds[tables["kind_of"][part.name]], builds)
    for row in tables["others"].values():
        builds = frozenset(row.get("builds", ()))
        if builds - set(data.builds):
            raise WiringError(f"kit: {row['title']!r} is for a build that is not there")
        yield KitItem(row["title"], row["buy"], kinds[row["kind"]], builds, tool=row["kind"] in TOOLS)


def _refuse_gaps(build: Build, steps: tuple[BuildStep, ...]) -> None:
    told = [net for step in steps for net in step.nets]
    wired = [net.name for net in build.nets]
    if sorted(told) != sorted(wired):
        wrong = sorted(set(told) ^ set(wired)) or sorted({net for net in told if told.count(net) > 1})
        raise WiringError(f"kit: the steps of {build.name!r} do not have each net once: {', '.join(wrong)}")


def parts_page(data: WiringData, kit: Kit) -> str:
    """What to buy, by build; then what every build needs, and the tools."""
    builds = list(data.builds)
    lines = [
        "# Parts\n",
        "Prices in euro are estimates for Europe in 2026, for one; where a kind of part is found stands below. A part",
        "is bought as it is described: another one of the same name may have other pins.\n",
        "## By build\n",
        f"| part | what to buy | euro | {' | '.join(builds)} |",
        "|---|---|---:|" + ":---:|" * len(builds),
    ]
    for item in kit.items:
        if item.builds and not item.tool:
            marks = " | ".join("1" if build in item.builds else "" for build in builds)
            lines.append(f"| {item.title} | {item.buy} | {item.kind.told} | {marks} |")
    lines += ["\n## For every build\n", "| what | which | euro |", "|---|---|---:|"]
    lines += [
        f"| {item.title} | {item.buy} | {item.kind.told} |" for item in kit.items if not item.builds and not item.tool
    ]
    lines += ["\n## Tools\n", "| what | which | for | euro |", "|---|---|---|---:|"]
    for item in kit.items:
        if item.tool:
            wanted = ", ".join(build for build in builds if build in item.builds) or "every build"
            lines.append(f"| {item.title} | {item.buy} | {wanted} | {item.kind.told} |")
    lines += ["\n## What a build costs\n", "| build | parts, euro | with the tools, euro |", "|---|---:|---:|"]
    for build in builds:
        lines.append(f"| {build} | {_sum(kit, build, tools=False)} | {_sum(kit, build, tools=True)} |")
    lines += ["\n## Where each kind is found\n", "| such as | one source | another |", "|---|---|---|"]
    shown = dict.fromkeys(item.kind for item in kit.items)
    for kind in shown:
        first = next(item for item in kit.items if item.kind == kind)
        lines.append(f"| {first.title} | {kind.sources[0]} | {kind.sources[1]} |")
    return "\n".join([*lines, ""])


def _sum(kit: Kit, build: str, tools: bool) -> str:
    items = [item for item in kit.items if (build in item.builds or not item.builds) and (tools or not item.tool)]
    low, high = (sum(item.kind.price[end] for item in items) for end in (0, 1))
    return f"{low:.0f} to {high:.0f}"


def drawings(data: WiringData, kit: Kit) -> dict[str, str]:
    """Every build whole, and each step in each language, by file name from hardware/."""
    english = kit.words["en"]
    made = {f"wiring-{build.name}.svg": board_view(lay_out(build), english) for build in data.builds.values()}
    for name, steps in kit.steps.items():
        layout, done = lay_out(data.builds[name]), set[str]()
        for step in steps:
            for language in LANGUAGES:
                drawn = board_view(layout, kit.words[language], done, set(step.nets))
                made[f"guide/img/{name}-{step.key}.{language}.svg"] = drawn
            done |= set(step.nets)
        if layout.chip is not None:
            for language in LANGUAGES:
                made[f"guide/img/{name}-copper.{language}.svg"] = copper_view(layout, kit.words[language])
    return made
