"""After the power cut: the session is closed, another is recorded, and the button switches the machine off."""

import stat
from pathlib import Path

from guest import BENCH, STORE, UNIT, begin_session, is_active, journal, light_up, press, records, run, show, wait_for


def it_started_by_itself() -> str:
    wait_for("active", is_active, 120)

    def shown() -> bool:
        light_up()
        return (BENCH / "first-picture").exists()

    wait_for("the first picture", shown, 120)
    return f"first picture {(BENCH / 'first-picture').read_text().strip()} s after the kernel"


def the_cut_session_is_closed() -> str:
    had = int(next(word for word in Path("/proc/cmdline").read_text().split() if word.startswith("rolig.had="))[10:])
    cut = sorted(folder for folder in STORE.iterdir() if (folder / "session.edf").exists())[-1]
    wait_for("the session closed", (cut / "SHA256SUMS").exists, 60)
    header = (cut / "session.edf").read_bytes()[:256]
    kept = int(header[236:244])
    assert kept >= had - 7, f"{kept} records of {had}: more than the last seven seconds are gone"
    run("sha256sum", "-c", "--quiet", "SHA256SUMS", cwd=cut)
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in cut.iterdir())
    return f"{kept} records kept, {had} seen before the cut"


def a_stop_closes_the_session() -> str:
    begin_session()
    wait_for("ten records", lambda: (records() or 0) >= 10, 60)
    run("systemctl", "stop", UNIT)
    assert show("Result") == "success", journal()
    assert records() is None
    return f"{len(list(STORE.glob('*/SHA256SUMS')))} sessions, all closed"


def the_button_switches_off() -> str:
    run("systemctl", "start", UNIT)
    wait_for("active", is_active, 120)
    press(7.0)
    took_s = wait_for("the machine going off", _going_off, 90)
    assert show("Result") == "success", journal()
    return f"{took_s:.0f} s"


def _going_off() -> bool:
    return run("systemctl", "is-system-running", ok=False).strip() == "stopping"
