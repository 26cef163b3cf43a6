"""The page itself: plain text, so that whoever sends it reads what they send. All that is in it is listed in
docs/updating.md; nothing of a session, the profile or the wearer's choices is looked at.
"""

import json
import os
import subprocess
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

from device.config import Config, to_toml
from device.diagnosis import machine
from device.diagnosis.faults import FaultCounts, last_lines, told
from device.update.starting import BASE_VERSION, command
from device.update.versions import Versions
from device.versions import ALGORITHM, rolig_version

SECTIONS = ("sensor", "display", "usb", "power", "store", "wiring")
"""Of the configuration. What is left out is the wearer's: how they practise, and what cues they like."""
FRESH_S = 60.0
SELFTEST_S = 120.0


def ask_selftest(config: Path | None) -> str:
    """What `rolig selftest --json` prints beside the service: in a process of its own, as the parts are held here."""
    asked = ["selftest", "--json", *([] if config is None else ["--config", str(config)])]
    done = subprocess.run(command(asked), capture_output=True, text=True, timeout=SELFTEST_S, check=False)
    return done.stdout


@dataclass(slots=True)
class Diagnostics:
    """Called, it gives the page, which is made anew once a minute at most. `versions` is None where there are none;
    `selftest` gives the records of the self-test."""

    config: Config
    versions: Versions | None
    counts: FaultCounts
    selftest: Callable[[], str]
    faults: Path | None = None
    root: Path = Path("/")
    monotonic_s: Callable[[], float] = time.monotonic
    _page: bytes = field(default=b"", init=False)
    _made_s: float = field(default=0.0, init=False)

    def __call__(self) -> bytes:
        if not self._page or self.monotonic_s() - self._made_s > FRESH_S:
            self._page = self._make().encode("utf-8", "replace")
            self._made_s = self.monotonic_s()
        return self._page

    def _make(self) -> str:
        store = Path(self.config.store.folder)
        parts = {
            "Firmware": self._firmware(),
            "Machine": (f"{name}: {value}" for name, value in machine.facts(self.root, store)),
            "Updates": self._updates(),
            "Self-test": self._checks(),
            "Configuration": _configured(self.config),
            "Faults since the start of the service": told(self.counts),
            "Last faults since the start of the device": last_lines(self.faults),
        }
        return "Rolig diagnostics 1\n" + "".join(
            f"\n[{title}]\n" + "\n".join([*lines] or ["none"]) + "\n" for title, lines in parts.items()
        )

    @staticmethod
    def _firmware() -> Iterable[str]:
        yield f"version: {rolig_version()}"
        yield f"algorithm: {ALGORITHM}"

    def _updates(self) -> Iterable[str]:
        if self.versions is None:
            yield "not started in a way that can be updated"
            return
        now = self.versions.choice()
        yield f"the package's own: {os.environ.get(BASE_VERSION, rolig_version())}"
        yield f"chosen: {now.version or 'the package'}" + ("" if now.proven or not now.version else ", on trial")
        yield f"gone back to if it fails: {now.before or 'the package'}"
        yield f"did not come up: {now.failed or 'none'}"

    def _checks(self) -> Iterable[str]:
        try:
            told = [f"{check['verdict']}  {check['part']}: {check['text']}" for check in json.loads(self.selftest())]
            return told or ["could not be made: it told of no part"]
        except (OSError, subprocess.SubprocessError, ValueError, KeyError, TypeError) as error:
            return [f"could not be made: {type(error).__name__}"]


def _configured(config: Config) -> Iterable[str]:
    kept = False
    for line in to_toml(config).splitlines():
        if line.startswith("["):
            kept = line.strip("[]") in SECTIONS
        if kept and line.strip():
            yield line
