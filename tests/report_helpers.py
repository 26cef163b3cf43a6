"""Folders of sessions with known weeks, the data in a page, and a browser to see it in."""

import json
import re
import shutil
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from tests.pulled_sessions import record_session, rewrite

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def embedded(page: str, name: str) -> Any:
    """The JSON that stands in the page under `name`."""
    found = re.search(rf'<script type="application/json" id="{name}">(.*?)</script>', page, re.DOTALL)
    assert found is not None
    return json.loads(found[1])


def folder_of(root: Path, starts: Sequence[datetime], changes: Sequence[Mapping[str, Any]] = ()) -> Path:
    """One recorded session, copied to each start; `changes` are put into each summary: practice's keys by their names,
    `guess` into the check-in before, `trial` beside them."""
    model = record_session(root / "model", 1, starts[0])
    folder = root / "sessions"
    for number, started in enumerate(starts):
        place = folder / f"{number + 1:04d}-{started:%Y%m%d-%H%M}"
        shutil.copytree(model, place)
        summary = json.loads((place / "summary.json").read_text())
        summary["started_utc"] = f"{started:%Y-%m-%dT%H:%M:%SZ}"
        for key, value in (changes[number] if changes else {}).items():
            if key == "guess":
                summary["check_ins"][0]["on_guard_guess"] = value
            elif key == "trial":
                summary["trial"] = value
            else:
                summary["practice"][key] = value
        rewrite(place, "summary.json", json.dumps(summary).encode())
    return folder
