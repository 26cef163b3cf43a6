"""The flashable card: what only it has, checked on the card as it is but for /etc, over which the checks lie."""

import os
from pathlib import Path

from guest import STORE, run

FIRST_PARTITION = Path("/boot/firmware")
SECTOR = 512


def _mounts() -> dict[str, tuple[str, list[str]]]:
    lines = [line.split() for line in Path("/proc/mounts").read_text(encoding="ascii").splitlines()]
    return {place: (device, options.split(",")) for device, place, _, options, *_ in lines}


def the_system_is_read_only() -> str:
    mounts = _mounts()
    for place in ("/", str(FIRST_PARTITION)):
        assert "ro" in mounts[place][1], mounts[place]
    written = [place for place, (device, options) in mounts.items() if device.startswith("/dev/") and "rw" in options]
    assert written == [str(STORE)], written
    return "of the card only the sessions are written"


def the_sessions_have_the_rest_of_the_card() -> str:
    device = Path(os.path.realpath(_mounts()[str(STORE)][0])).name
    block = Path("/sys/class/block") / device
    disk = block.resolve().parent
    end = int((block / "start").read_text()) + int((block / "size").read_text())
    left = (int((disk / "size").read_text()) - end) * SECTOR >> 20
    assert left <= 32, f"{left} MiB behind the last partition"
    room = os.statvfs(STORE)
    size_mib, of_mib = room.f_blocks * room.f_frsize >> 20, int((block / "size").read_text()) * SECTOR >> 20
    assert size_mib > 0.9 * of_mib, f"{size_mib} MiB of {of_mib}"
    return f"{size_mib} MiB"


def nothing_failed_and_nobody_can_log_in() -> str:
    failed = run("systemctl", "list-units", "--failed", "--no-legend", "--plain")
    assert not failed.strip(), failed
    passwords = Path("/etc/shadow").read_text(encoding="ascii").splitlines()
    assert all(line.split(":")[1][:1] in ("*", "!") for line in passwords)
    assert not [
        line for line in run("systemctl", "list-units", "--no-legend", "--plain").splitlines() if "getty@" in line
    ]
    return "no unit failed, no password, no getty"


def there_are_no_radios() -> str:
    modules = Path("/usr/lib/modules") / os.uname().release
    radio = [path.name for path in modules.rglob("*.ko*") if {"wireless", "bluetooth", "nfc"} & set(path.parts)]
    assert not radio, radio[:5]
    assert [path.name for path in Path("/sys/class/net").iterdir()] == ["lo"]
    return "no driver for one"


def the_configuration_is_where_a_computer_can_change_it() -> str:
    config = Path("/etc/rolig/rolig.toml")
    assert config.resolve() == FIRST_PARTITION / "rolig.toml"
    run("rolig", "config")
    run("mount", "-o", "remount,rw", str(FIRST_PARTITION))  # as a computer has it
    return str(config.resolve())
