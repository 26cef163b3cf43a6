"""The package on its way in, over an older one, out and in again; and what an owner types to set it up."""

import grp
import shutil
from pathlib import Path

from guest import PAYLOAD, STORE, active_anew, in_terminal, is_active, main_pid, run, wait_for

CONFIG = Path("/etc/rolig/rolig.toml")
BOOT = Path("/boot/firmware/config.txt")
# The file of Raspberry Pi OS (trixie, 64 bit), its comments shortened.
BOOT_CONFIG = """# For more options and information see
# http://rptl.io/configtxt

# Uncomment some or all of these to enable the optional hardware interfaces
#dtparam=i2c_arm=on
#dtparam=i2s=on
#dtparam=spi=on

dtparam=audio=on
camera_auto_detect=1
display_auto_detect=1
auto_initramfs=1
dtoverlay=vc4-kms-v3d
max_framebuffers=2
disable_fw_kms_setup=1
arm_64bit=1
disable_overscan=1
arm_boost=1

[cm4]
otg_mode=1

[cm5]
dtoverlay=dwc2,dr_mode=host

[all]
"""


def package_installs() -> str:
    _install()
    told = run("rolig", "--version").strip()
    assert told.startswith("rolig "), told
    wanted = {"spi", "i2c", "gpio", "dialout"}
    assert {group for group in wanted if "rolig" in grp.getgrnam(group).gr_mem} == wanted
    return told


def setup_switches_the_buses_on() -> str:
    """On the file tree of Raspberry Pi OS; the board's name comes from a device tree, which this machine has not."""
    BOOT.parent.mkdir(parents=True, exist_ok=True)
    BOOT.write_text(BOOT_CONFIG, encoding="ascii")
    command = ("rolig", "setup", "--model", "Raspberry Pi Zero 2 W Rev 1.0")
    assert "give --yes" in run(*command, ok=False)
    assert "Restart the Pi" in in_terminal("n\nn\ny\n", *command)
    written = BOOT.read_text(encoding="ascii")
    for line in ("dtparam=spi=on", "dtparam=i2c_arm=on", "dtoverlay=dwc2,dr_mode=peripheral"):
        assert line in written.removeprefix(BOOT_CONFIG).splitlines(), written
    assert BOOT.with_name("config.txt.before-rolig").read_text(encoding="ascii") == BOOT_CONFIG
    assert "nothing to change" in run(*command, "--yes")
    run("rolig", "setup", "--undo", "--yes")
    assert BOOT.read_text(encoding="ascii") == BOOT_CONFIG
    return "asked, written, kept and undone"


def a_session_in_the_store() -> str:
    """One of the demo, made outside: emulation would take minutes for it."""
    (session,) = PAYLOAD.glob("sessions/*/")
    shutil.copytree(session, STORE / session.name)
    run("chown", "-R", "rolig:rolig", str(STORE))
    run("chmod", "-R", "go=", str(STORE))
    return session.name


def upgrade_keeps_sessions_and_configuration() -> str:
    sessions, pid = sorted(STORE.rglob("*")), main_pid()
    ours = CONFIG.read_text(encoding="utf-8") + "# the owner was here\n"
    CONFIG.write_text(ours, encoding="utf-8")
    version = _next_version()
    run("apt-get", "install", "-y", "-q", "/var/tmp/rolig-next.deb")
    assert run("dpkg-query", "-W", "-f", "${Version}", "rolig") == version
    assert sorted(STORE.rglob("*")) == sessions
    assert CONFIG.read_text(encoding="utf-8") == ours
    took_s = wait_for("the service started anew", lambda: active_anew(pid), 120)
    return f"to {version}, a new process after {took_s:.0f} s"


def removal_keeps_the_sessions() -> str:
    before, ours = sorted(STORE.rglob("*")), CONFIG.read_text(encoding="utf-8")
    run("apt-get", "remove", "-y", "-q", "rolig")
    assert sorted(STORE.rglob("*")) == before
    assert CONFIG.read_text(encoding="utf-8") == ours
    told = run("apt-get", "purge", "-y", "-q", "rolig")
    assert sorted(STORE.rglob("*")) == before
    assert "are kept" in told, told
    assert not CONFIG.exists()
    assert not Path("/usr/lib/rolig").exists(), list(Path("/usr/lib/rolig").rglob("*"))[:5]
    _install()
    wait_for("active again", is_active, 120)
    assert sorted(STORE.rglob("*")) == before
    assert {STORE.owner(), *(path.owner() for path in before)} == {"rolig"}
    return f"{len(before)} files and folders"


def _install() -> None:
    """As the README has it."""
    run("sh", "-c", "apt-get install -y -q ./rolig_*.deb", cwd=PAYLOAD)


def _next_version() -> str:
    """The same package under a higher version number."""
    tree = Path("/var/tmp/rolig-next")
    run("dpkg-deb", "-R", str(next(PAYLOAD.glob("rolig_*.deb"))), str(tree))
    control = tree / "DEBIAN" / "control"
    lines = control.read_text(encoding="utf-8").splitlines()
    (version,) = (line.split()[1] + "+next" for line in lines if line.startswith("Version:"))
    lines = [f"Version: {version}" if line.startswith("Version:") else line for line in lines]
    control.write_text("\n".join(lines) + "\n", encoding="utf-8")
    run("dpkg-deb", "-b", "-Znone", str(tree), "/var/tmp/rolig-next.deb")
    return version
