"""`rolig update` against the service: refused, installed, gone back from, and cut off by the power."""

import json
import shutil
import subprocess
import time
from pathlib import Path

from guest import (
    PAYLOAD,
    STORE,
    active_anew,
    is_active,
    journal,
    light_up,
    main_pid,
    patience,
    press,
    press_until,
    start_python,
    tell,
    wait_for,
)

from bench import ROLIG

UPDATES = PAYLOAD / "updates"
KEY = Path("/etc/rolig/update.pub")
VERSIONS = STORE / "versions"
# Made by tests/vm/updates.py.
GOOD, FALLS, LARGE, OLDER, STRANGERS = "0.9.1", "0.9.2", "0.9.3", "0.0.1", "0.9.9"


def _offer(version: str) -> "subprocess.Popen[str]":
    return start_python("-c", ROLIG, "update", str(UPDATES / f"rolig-{version}.update"), "--port", "/dev/ttyACM0")


def _refused(version: str) -> str:
    told, _ = _offer(version).communicate(timeout=600 * patience())
    line = told.splitlines()[-1]
    assert line.startswith("rolig update: "), told
    assert "Traceback" not in told
    return line


def _running() -> str:
    """The folder that the service's process was started from."""
    words = Path(f"/proc/{main_pid()}/cmdline").read_text(encoding="utf-8").split("\0")
    return next((word for word in words if word.startswith("/var/lib/") or word == "/usr/lib/rolig"), str(words))


def _allowed(update: "subprocess.Popen[str]", version: str) -> None:
    """Held until something comes of it: a hold that began before the question was on the screen is no answer."""
    assert update.stdout is not None
    said: list[str] = []
    while not any("Install " in line for line in said) and (line := update.stdout.readline()):
        said.append(line)
    assert any("Install " in line for line in said), f"the update asked for no press: {said[-5:]}"
    assert not list(VERSIONS.glob("upload*"))
    light_up()

    def begun() -> bool:
        return any(VERSIONS.glob("*.part")) or (VERSIONS / version).exists()

    press_until("something of the update on the card", begun, 120, held_s=1.2)


def _status(update: "subprocess.Popen[str]") -> tuple[int, str]:
    told, _ = update.communicate(timeout=900 * patience())
    return update.returncode, told


def without_a_key_updates_are_refused() -> str:
    KEY.unlink(missing_ok=True)
    line = _refused(GOOD)
    assert "no key to check updates with" in line, line
    shutil.copy(UPDATES / "maker.pub", KEY)
    KEY.chmod(0o644)
    return line


def a_bad_signature_and_an_older_version_are_refused() -> str:
    bad, older = _refused(STRANGERS), _refused(OLDER)
    assert "signature is not one that this device trusts" in bad, bad
    assert f"version {OLDER} is older than the one that runs" in older, older
    assert not VERSIONS.exists() or not [path for path in VERSIONS.iterdir() if path.is_dir()]
    return f"{bad} / {older}"


def an_update_is_installed_after_a_press() -> str:
    pid, started_s = main_pid(), time.monotonic()
    update = _offer(GOOD)
    _allowed(update, GOOD)
    code, told = _status(update)
    assert code == 0, f"{told}; {journal(30)}"
    assert active_anew(pid)
    assert _running() == str(VERSIONS / GOOD), _running()
    assert json.loads((VERSIONS / "choice.json").read_text())["proven"] is True
    assert VERSIONS.owner() == "rolig"
    return f"{told.splitlines()[-1]} {time.monotonic() - started_s:.0f} s"


def one_that_does_not_come_up_is_left() -> str:
    update = _offer(FALLS)
    _allowed(update, FALLS)
    code, told = _status(update)
    line = told.splitlines()[-1]
    assert code == 1, f"{told}; {journal(30)}"
    assert f"version {FALLS} did not come up; {GOOD} runs again" in line, told
    assert _running() == str(VERSIONS / GOOD), _running()
    assert f"version {FALLS} did not come up" in journal(60)
    return line


def a_page_about_the_device_comes_after_a_press() -> str:
    page = Path("/var/tmp/rolig-diagnostics.txt")
    fetched = start_python("-c", ROLIG, "diagnose", "-o", str(page), "--port", "/dev/ttyACM0")
    assert fetched.stdout is not None
    assert "Share?" in fetched.stdout.readline()
    light_up()
    press(1.2)
    told, _ = fetched.communicate(timeout=900 * patience())
    assert fetched.returncode == 0, told
    lines = page.read_text(encoding="utf-8").splitlines()
    for line in (f"version: {GOOD}", f"did not come up: {FALLS}", f"chosen: {GOOD}"):
        assert line in lines, page.read_text(encoding="utf-8")
    assert any("MCP3208" in line for line in lines), page.read_text(encoding="utf-8")
    return f"{page.stat().st_size} bytes"


def an_update_is_under_way_when_the_power_goes() -> str:
    """The host cuts the power when some of it is on the card."""
    update, upload = _offer(LARGE), VERSIONS / "upload.part"
    _allowed(update, LARGE)
    wait_for("a part on the card", lambda: upload.exists() and upload.stat().st_size > 200_000, 300)
    tell(f"UPDATING {upload.stat().st_size}")
    time.sleep(600)
    raise AssertionError("the power stayed on")


def after_the_cut_the_version_before_runs() -> str:
    wait_for("active", is_active, 300)
    assert _running() == str(VERSIONS / GOOD), _running()
    wait_for("the leftovers removed", lambda: not list(VERSIONS.glob("*.part")), 120)
    assert not (VERSIONS / LARGE).exists()
    choice = json.loads((VERSIONS / "choice.json").read_text())
    assert (choice["version"], choice["failed"]) == (GOOD, FALLS), choice
    return f"{GOOD}, and nothing of {LARGE} is left"
