"""How long the report takes: to make from a folder of sessions, and to open in headless Chromium until it is drawn.

    python -m bench.report_page [SESSIONS]

The sessions are of ten guided minutes: ten different ones by the device's own recorder, the others copies of them.
"""

import json
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from host.report.command import make_report
from tests.pulled_sessions import FIRST_DAY, record_session, rewrite

_MADE = 10
_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--virtual-time-budget=5000",
)


def main() -> int:
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    with tempfile.TemporaryDirectory() as scratch:
        folder, out = Path(scratch) / "sessions", Path(scratch) / "report.html"
        _fill(folder, wanted)
        started_s = time.monotonic()
        count = make_report(folder, out)
        print(f"{count} sessions, {out.stat().st_size / 1e6:.1f} MB, made in {time.monotonic() - started_s:.1f} s")
        browser = shutil.which("chromium") or shutil.which("google-chrome")
        if browser is None:
            print("no Chromium here to open it in")
            return 0
        command = [browser, *_FLAGS, f"--user-data-dir={scratch}/browser", "--dump-dom", out.as_uri()]
        started_s = time.monotonic()
        page = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        seconds = time.monotonic() - started_s
    body = page[page.index("<main>") : page.index("<script")]
    weeks = body.count('class="week"')
    print(f"{body.count('js-plotly-plot')} figures drawn and {weeks} weeks listed in {seconds:.1f} s")
    return 0


def _fill(folder: Path, wanted: int) -> None:
    made = [record_session(folder, n, FIRST_DAY + timedelta(days=n), 10) for n in range(min(_MADE, wanted))]
    for number in range(len(made), wanted):
        copy = folder / f"{number + 1:04d}-copy"
        shutil.copytree(made[number % _MADE], copy)
        summary = json.loads((copy / "summary.json").read_text())
        summary["started_utc"] = f"{FIRST_DAY + timedelta(days=number):%Y-%m-%dT%H:%M:%SZ}"
        rewrite(copy, "summary.json", json.dumps(summary).encode())


if __name__ == "__main__":
    sys.exit(main())
