"""Has KiCad check each schematic and draw those of the guide: `python -m hardware.schematic.draw`; needs kicad-cli
(KiCad 8 or later)."""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from hardware.wiring import FOLDER, read_wiring

DRAWN: Final = ("finger", "electrodes")
_NUMBER: Final = re.compile(r"-?\d+\.\d{3,}")
_SPACE: Final = re.compile(r"\s+")
_DATED: Final = re.compile(r"<title>.*?</title>", re.DOTALL)
_STROKES: Final = re.compile(r'<g class="stroked-text">.*?</g>', re.DOTALL)
_PEN_OR_TEXT: Final = re.compile(r'<g style="[^"]*?stroke:(#\w{6})|<text ([^>]*?) opacity="0" stroke-opacity="0">')
_SANS: Final = "font-family:DejaVu Sans,Arial,sans-serif"


def check(path: Path) -> str:
    """What KiCad's electrical rules find at fault; empty where nothing is. That our parts are in no library of KiCad's
    is no fault."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.txt"
        command = ["kicad-cli", "sch", "erc", "--severity-error", "--exit-code-violations", "-o", str(report)]
        done = subprocess.run([*command, str(path)], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return ""
        return report.read_text(encoding="utf-8") if report.exists() else done.stderr or done.stdout


def smaller(svg: str) -> str:
    """The same drawing with letters in place of their strokes, two decimals, one blank at a time, and no date."""
    pen = "#000000"

    def lettered(match: re.Match[str]) -> str:
        """The pen of a group is the letters' colour, until the next one's."""
        nonlocal pen
        if match[1]:
            pen = match[1]
            return match[0]
        return f'<text {match[2]} style="fill:{pen};stroke:none;{_SANS}">'

    drawn = _PEN_OR_TEXT.sub(lettered, _SPACE.sub(" ", _STROKES.sub("", svg)))
    rounded = _NUMBER.sub(lambda match: f"{float(match[0]):.2f}".rstrip("0").rstrip("."), drawn)
    return _DATED.sub("<title>Schematic</title>", rounded).replace("> <", ">\n<").strip() + "\n"


def draw(name: str) -> None:
    folder = FOLDER / "schematic"
    with tempfile.TemporaryDirectory() as made:
        command = ["kicad-cli", "sch", "export", "svg", "--exclude-drawing-sheet", "-o", made]
        subprocess.run([*command, str(folder / f"{name}.kicad_sch")], check=True, capture_output=True)
        drawn = (Path(made) / f"{name}.svg").read_text(encoding="utf-8")
    (folder / f"{name}.svg").write_text(smaller(drawn), encoding="utf-8")


def main() -> int:
    if shutil.which("kicad-cli") is None:
        print("kicad-cli is not here: KiCad 8 or later has it", file=sys.stderr)
        return 2
    faults = {build: check(FOLDER / "schematic" / f"{build}.kicad_sch") for build in read_wiring().builds}
    for build, fault in faults.items():
        print(f"{build}: {fault or 'no fault by the electrical rules'}")
    for name in DRAWN:
        draw(name)
    return 1 if any(faults.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
