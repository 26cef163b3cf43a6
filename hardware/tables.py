"""What the wiring data say in words: pin tables, parts list, fault currents (`python -m hardware.tables`)."""

import json
import sys

from hardware.body import body_svg
from hardware.case.plan import plan_svg
from hardware.case.sizes import read_sizes
from hardware.energy import PAGE, block, read_energy, with_block
from hardware.kit import LANGUAGES, drawings, parts_page, read_kit
from hardware.schematic.kicad import schematic
from hardware.wiring import FOLDER, HEADER, Build, WiringData, read_wiring

MADE = "<!-- Made from wiring.toml by `make hardware`: change it there. -->\n"


def pin_tables(data: WiringData) -> str:
    """Each build's wires: from the Pi's header, and between the other parts."""
    sections = [MADE, "# Wires\n", "Pins of the Pi are those of its header; pin 1 is the one with the square pad.\n"]
    for build in data.builds.values():
        sections += [f"## {build.title}\n", *_drawings(build), *_settings(build)]
        sections += ["| header | is | net | goes to |", "|---:|---|---|---|", *_header_rows(build), ""]
        sections += ["| between | and | net |", "|---|---|---|", *_other_rows(build), ""]
    return "\n".join(sections)


def _drawings(build: Build) -> list[str]:
    return [f"![Wiring](wiring-{build.name}.svg)\n"]


def _settings(build: Build) -> list[str]:
    if not build.config:
        return ["Needs nothing in the configuration.\n"]
    return ["In `/etc/rolig/rolig.toml`:\n", "```toml", settings(build), "```\n"]


def settings(build: Build) -> str:
    """What the configuration must say for `build`, as TOML."""
    sections = []
    for section, table in build.config.items():
        sections.append("\n".join([f"[{section}]", *(f"{key} = {json.dumps(value)}" for key, value in table.items())]))
    return "\n\n".join(sections)


def _header_rows(build: Build) -> list[str]:
    header = next(part for part in build.parts if part.name == HEADER)
    rows = []
    for net in build.nets:
        for part, pin in net.pins:
            if part == HEADER:
                rest = ", ".join(_named(build, *other) for other in net.pins if other[0] != HEADER)
                rows.append((int(pin), f"| {pin} | {header.pins[pin]} | {net.name} | {rest} |"))
    return [row for _, row in sorted(rows)]


def _other_rows(build: Build) -> list[str]:
    rows = []
    for net in build.nets:
        if all(part != HEADER for part, _ in net.pins):
            first, *rest = (_named(build, *pin) for pin in net.pins)
            rows.append(f"| {first} | {', '.join(rest)} | {net.name} |")
    return rows


def _named(build: Build, name: str, pin: str) -> str:
    part = next(part for part in build.parts if part.name == name)
    label = part.pins[pin]
    return f"{part.title} {pin}" if label == pin else f"{part.title} {pin} ({label})"


def fault_current_ua(volts: float, kohm: float, tolerance_pct: float) -> float:
    """Ohm's law with the resistor at the low end of its tolerance, in microampere."""
    return 1000.0 * volts / (kohm * (1.0 - tolerance_pct / 100.0))


def share_left(lead_kohm: float, input_mohm: float) -> float:
    """How much of the signal is left behind a resistor, where the input has `input_mohm` to a rail."""
    return input_mohm / (input_mohm + lead_kohm / 1000.0)


def electrode_gain(data: WiringData) -> float:
    """Gain of the AD8232 board from the electrode, resistors included: `ecg_gain` of the configuration."""
    divider = data.divider
    return divider["board_gain"] * share_left(data.fault["chosen_kohm"], divider["pull_up_mohm"])


def fault_table(data: WiringData) -> str:
    """Current through one electrode for every rail and resistor considered; bold where it is above the goal."""
    fault = data.fault
    resistors = fault["resistors_kohm"]
    lines = [
        MADE,
        "# Fault current\n",
        f"Goal: at most {fault['goal_ua']:g} uA. Chosen: {fault['chosen_kohm']} kOhm.\n",
    ]
    lines.append(f"| rail at the resistor | {' | '.join(f'{kohm} kOhm' for kohm in resistors)} |")
    lines.append("|---|" + "---:|" * len(resistors))
    for rail, volts in fault["rails_v"].items():
        currents = [fault_current_ua(volts, kohm, fault["tolerance_pct"]) for kohm in resistors]
        cells = [f"**{ua:.1f} uA**" if ua > fault["goal_ua"] else f"{ua:.1f} uA" for ua in currents]
        lines.append(f"| {rail} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", *_beyond_the_table(data), ""])


def _beyond_the_table(data: WiringData) -> list[str]:
    """Mains, and what the chosen resistors cost in signal."""
    fault, divider = data.fault, data.divider
    chosen, leads = fault["chosen_kohm"], fault["leads"]
    one_ua = fault_current_ua(fault["mains_v"], chosen, fault["tolerance_pct"])
    pull_ups, bias = divider["pull_up_mohm"], divider["bias_mohm"]
    lost_pct, bias_pct = (100.0 * (1.0 - share_left(chosen, mohm)) for mohm in (pull_ups, bias))
    return [
        f"Mains, {fault['mains_v']:g} V, would drive {one_ua:.0f} uA through one lead,",
        f"and {leads * one_ua / 1000.0:.2f} mA through {leads} in parallel:",
        "no resistor that lets a heart's signal through helps against that.\n",
        f"Signal: against the AD8232 board's {pull_ups:g} MOhm pull-ups {chosen} kOhm take {lost_pct:.1f} % of it,",
        f"so that {divider['board_gain']:g} becomes an `ecg_gain` of {electrode_gain(data):.0f};",
        f"against the MAX30003's {bias:g} MOhm bias they take {bias_pct:.1f} %.",
    ]


def documents(data: WiringData) -> dict[str, str]:
    """Text of every made document by its path from hardware/."""
    kit = read_kit(data)
    texts = {
        "pins.md": pin_tables(data),
        "parts.md": MADE + parts_page(data, kit),
        "fault-current.md": fault_table(data),
    }
    bodies = {f"guide/img/electrodes.{language}.svg": body_svg(language) for language in LANGUAGES}
    bodies |= {f"guide/img/case.{language}.svg": plan_svg(read_sizes(), kit.words[language]) for language in LANGUAGES}
    sheets = {f"schematic/{build.name}.kicad_sch": schematic(build) for build in data.builds.values()}
    return texts | drawings(data, kit) | bodies | sheets


def main() -> int:
    for name, text in documents(read_wiring()).items():
        (FOLDER / name).parent.mkdir(parents=True, exist_ok=True)
        (FOLDER / name).write_text(text, encoding="utf-8")
    PAGE.write_text(with_block(PAGE.read_text(encoding="utf-8"), block(read_energy())), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
