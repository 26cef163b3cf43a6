"""All benches, one process after the other.

    python -m bench [NAMES] [--quick] [--write FILE]

Prints each bench's tables. --write also puts them into FILE (docs/validation.md), each between its own markers
`<!-- bench NAME -->` and `<!-- end NAME -->`; what stands around them is kept, and so are tables that were not made
anew. Recordings are read from the folder ROLIG_DATA (default ../shared/data).
"""

import argparse
import os
import platform
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from bench.recordings import DATA
from device.versions import ALGORITHM


@dataclass(frozen=True, slots=True)
class Bench:
    """`data`: without recordings there is nothing to do. `quick`: what makes it short; None where nothing does."""

    name: str
    arguments: tuple[str, ...] = ()
    quick: tuple[str, ...] | None = ("--quick",)
    data: bool = False


BENCHES = (
    Bench("rpeaks", data=True),
    Bench("ec57", data=True),
    Bench("ecg_stress", quick=("--hearts", "1")),
    Bench("cost"),
    Bench("hrv"),
    Bench("hrv_settings"),
    Bench("hrv_minutes", data=True),
    Bench("artefact_classes", data=True),
    Bench("short_windows", data=True),
    Bench("pulses", data=True),
    Bench("pulse_mixtures", data=True, quick=("--every", "8")),
    Bench("state", quick=("simulated",)),
    Bench("state_led", quick=("--bodies", "4")),
    Bench("state_ordinary", quick=None, data=True),
    Bench("state_months", quick=("--people", "40")),
    Bench("weeks", quick=("--people", "50")),
    Bench("morning", quick=("--people", "20")),
    Bench("resonance"),
    Bench("closed_loop"),
    Bench("guide_light", quick=None),
    Bench("live", ("--minutes", "20"), ("--minutes", "1", "--seconds", "5")),
    Bench("display", quick=("--minutes", "1")),
    Bench("idle", quick=("--seconds", "10")),
    Bench("throughput", (), ("0.2",)),
    Bench("fuzz_usb", ("60",), ("5",)),
    Bench("many_sessions", (), ("1000", "100")),
    Bench("report_page", quick=None),
    Bench("calibration", quick=("40",)),
    Bench("experiment", quick=("100",)),
)


def main() -> int:
    known = [bench.name for bench in BENCHES]
    parser = argparse.ArgumentParser(
        prog="python -m bench", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(known)}; default: all")
    parser.add_argument("--quick", action="store_true", help="less of everything, in minutes")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the tables into this file, too")
    chosen = parser.parse_args()
    if unknown := [name for name in chosen.names if name not in known]:
        print(f"bench: unknown: {', '.join(unknown)}; there are {', '.join(known)}", file=sys.stderr)
        return 2
    if chosen.write is not None and not chosen.write.is_file():
        print(f"bench: --write {chosen.write}: no such file", file=sys.stderr)
        return 2
    print(where_this_ran())
    if not DATA.is_dir():
        print(f"No recordings: {DATA} is not a folder (set ROLIG_DATA). Only what is simulated is benched.")
    failed = [
        bench.name
        for bench in BENCHES
        if (not chosen.names or bench.name in chosen.names) and not _bench(bench, chosen.quick, chosen.write)
    ]
    if failed:
        print(f"bench: failed: {', '.join(failed)}", file=sys.stderr)
    return 1 if failed else 0


def _bench(bench: Bench, quick: bool, write: Path | None) -> bool:
    if (bench.data and not DATA.is_dir()) or (quick and bench.quick is None):
        print(f"\n== {bench.name}: left out")
        return True
    command = ["-m", f"bench.{bench.name}", *(bench.quick or () if quick else bench.arguments)]
    print(f"\n== python {' '.join(command)}", flush=True)
    start_s = time.monotonic()
    lines = []
    with subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for line in process.stdout:
            print(line, end="", flush=True)
            lines.append(line)
    if process.returncode:
        return False
    made = f"python {' '.join(command)}: {time.monotonic() - start_s:.0f} s, {where_this_ran()}"
    if write is not None:
        put(write, bench.name, f"{made}\n\n{''.join(lines).strip()}")
    return True


def put(path: Path, name: str, text: str) -> None:
    """Replace what stands between the markers of `name`; a file without them gets them at its end."""
    opening, closing = f"<!-- bench {name} -->", f"<!-- end {name} -->"
    section = f"{opening}\n```text\n{text}\n```\n{closing}"
    content = path.read_text(encoding="utf-8")
    marked = re.compile(f"{re.escape(opening)}.*?{re.escape(closing)}", re.DOTALL)
    if marked.search(content):
        content = marked.sub(lambda _: section, content)
    else:
        content = f"{content.rstrip()}\n\n## {name}\n\n{section}\n"
    path.write_text(content, encoding="utf-8")


def where_this_ran() -> str:
    load = f"{os.getloadavg()[0]:.0f} processes wanting {os.cpu_count()} cores"
    rolig = f"Rolig {_version('rolig')}, algorithm {ALGORITHM}"
    return f"{rolig}, Python {platform.python_version()}, numpy {_version('numpy')}, {load}"


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "unpackaged"


if __name__ == "__main__":
    sys.exit(main())
