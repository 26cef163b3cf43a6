"""The checks of each boot, in their order. Each raises AssertionError, or returns a word about what it saw."""

import grp
import os
import pwd
import shutil
import signal
import stat
import time
from pathlib import Path

from guest import (
    BENCH,
    DROP_IN,
    PAYLOAD,
    STORE,
    UNIT,
    active_anew,
    children,
    is_active,
    journal,
    main_pid,
    picture,
    press,
    python,
    run,
    show,
    start_python,
    tell,
    wait_for,
)

ROLIG = "import sys; from device.cli import main; sys.exit(main())"
LISTENING = {"tcp": "0A", "tcp6": "0A", "udp": "07", "udp6": "07"}
GADGET = Path("/sys/class/udc/dummy_udc.0")
CAP_SYS_TIME = 25  # include/uapi/linux/capability.h
PULLED = Path("/var/tmp/rolig-logs")


def package_installs() -> str:
    run("apt-get", "install", "-y", "-q", str(next(PAYLOAD.glob("rolig_*.deb"))))
    told = run("rolig", "--version").strip()
    assert told.startswith("rolig "), told
    assert {group for group in ("spi", "i2c", "gpio", "dialout") if "rolig" in grp.getgrnam(group).gr_mem} == {
        "spi",
        "i2c",
        "gpio",
        "dialout",
    }
    return told


def service_is_ready_without_any_hardware() -> str:
    took_s = wait_for("active", is_active, 90)
    assert show("NRestarts") == "0"
    assert "sensor" in journal(50), journal(50)
    return f"{took_s:.0f} s"


def units_are_clean() -> str:
    assert run("systemd-analyze", "verify", UNIT, "rolig-gadget.service").strip() == ""
    told = run("systemd-analyze", "security", "--threshold=30", "--no-pager", UNIT).splitlines()[-1]
    return told.split(":")[1].strip().split()[0]


def only_the_service_reads_the_sessions() -> str:
    user = pwd.getpwnam("rolig")
    found = STORE.stat()
    assert (found.st_uid, stat.S_IMODE(found.st_mode)) == (user.pw_uid, 0o700)
    assert user.pw_shell.endswith("nologin")
    owner = Path("/etc/rolig/rolig.toml").stat()
    assert (owner.st_uid, stat.S_IMODE(owner.st_mode)) == (0, 0o644)
    status = Path(f"/proc/{main_pid()}/status").read_text(encoding="ascii")
    fields = dict(line.split(":", 1) for line in status.splitlines())
    assert fields["Uid"].split() == [str(user.pw_uid)] * 4
    assert int(fields["CapEff"], 16) == int(fields["CapBnd"], 16) == 1 << CAP_SYS_TIME
    assert fields["NoNewPrivs"].strip() == "1"
    return "0700, no capability but the clock's"


def nothing_listens_on_a_network() -> str:
    for where in (f"/proc/{main_pid()}/net", "/proc/1/net"):
        for protocol, listening in LISTENING.items():
            sockets = Path(where, protocol).read_text(encoding="ascii").splitlines()[1:]
            assert not [line for line in sockets if line.split()[3] == listening], (where, protocol, sockets)
    devices = Path(f"/proc/{main_pid()}/net/dev").read_text(encoding="ascii").splitlines()[2:]
    assert [line.split(":")[0].strip() for line in devices] == ["lo"]
    return "neither in the service nor beside it"


def sampler_runs_in_real_time() -> str:
    samplers = children(main_pid())
    assert len(samplers) == 1, samplers
    assert os.sched_getscheduler(samplers[0]) == os.SCHED_FIFO
    return f"SCHED_FIFO {os.sched_getparam(samplers[0]).sched_priority}"


def watchdog_bites_a_stalled_process() -> str:
    pid = main_pid()
    os.kill(pid, signal.SIGSTOP)
    took_s = wait_for("a new process after SIGSTOP", lambda: active_anew(pid), 120)
    assert "Watchdog timeout" in journal(50), journal(50)
    return f"{took_s:.0f} s"


def killed_it_comes_back() -> str:
    pid = main_pid()
    os.kill(pid, signal.SIGKILL)
    return f"{wait_for('a new process after SIGKILL', lambda: active_anew(pid), 90):.0f} s"


def a_dead_sampler_is_replaced() -> str:
    pid, (sampler,) = main_pid(), children(main_pid())
    os.kill(sampler, signal.SIGKILL)

    def replaced() -> bool:
        return is_active() and main_pid() != 0 and bool(set(children(main_pid())) - {sampler})

    took_s = wait_for("a new sampler", replaced, 90)
    return f"{took_s:.0f} s, {'the same' if main_pid() == pid else 'another'} main process"


def a_full_card_stops_nothing() -> str:
    filler = Path("/filler")
    pid = main_pid()
    try:
        free = os.statvfs("/")
        run("fallocate", "-l", str((free.f_bavail - 512) * free.f_bsize), str(filler))
        # The rest as somebody for whom no blocks are reserved, as the service is.
        run("sh", "-c", f"exec 3>> {filler}; setpriv --reuid=65534 cat /dev/zero >&3", ok=False)
        assert os.statvfs("/").f_bavail < 16
        time.sleep(8)
        assert main_pid() == pid
        run("systemctl", "restart", UNIT)
        wait_for("active on a full card", is_active, 90)
    finally:
        filler.unlink()
    return "goes on, and starts"


def bench_is_set_up() -> str:
    """The modelled chips behind device files, the button on mock pins; from here on the service records."""
    DROP_IN.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(PAYLOAD / "guest" / "bench.conf", DROP_IN)
    shutil.copy(PAYLOAD / "guest" / "rolig-chip@.service", "/etc/systemd/system/")
    config = Path("/etc/rolig/rolig.toml")
    text = config.read_text(encoding="utf-8").replace("# adc_fs_hz = 500.0", "adc_fs_hz = 100.0  # emulation is slow")
    config.write_text(text, encoding="utf-8")
    run("systemctl", "daemon-reload")
    run("systemctl", "restart", UNIT)
    took_s = wait_for("a picture on the panel", (BENCH / "first-picture").exists, 120)
    return f"first picture after {took_s:.0f} s"


def the_self_test_names_the_chips() -> str:
    told = run("rolig", "selftest", ok=False)
    assert "MCP3208" in told, told
    assert "I2C 1, 0x3c: a display answers" in told, told
    return "MCP3208 and display"


def a_session_for_the_pull() -> str:
    """One of the demo, made outside: emulation would take minutes for it."""
    (session,) = PAYLOAD.glob("sessions/*/")
    shutil.copytree(session, STORE / session.name)
    run("chown", "-R", "rolig:rolig", str(STORE))
    run("chmod", "-R", "go=", str(STORE))
    return session.name


def the_gadget_comes_with_the_controller() -> str:
    run("modprobe", "dummy_hcd")
    wait_for("the gadget's unit", lambda: is_active("rolig-gadget.service"), 60)
    wait_for("the host's port", lambda: list(Path("/dev/serial/by-id").glob("usb-Rolig_Rolig_rolig-*")), 60)
    told = run("udevadm", "info", "/dev/ttyACM0")
    assert "ID_MM_DEVICE_IGNORE=1" in told, told
    wait_for("configured", lambda: (GADGET / "state").read_text().strip() == "configured", 30)
    return next(Path("/dev/serial/by-id").iterdir()).name


def plugged_in_it_does_not_record() -> str:
    before = set(STORE.iterdir())
    press(0.2)
    time.sleep(12)
    assert not [folder for folder in set(STORE.iterdir()) - before if folder.is_dir()]
    return "no session begun"


def logs_are_pulled_after_a_press() -> str:
    pull = start_python("-c", ROLIG, "pull", str(PULLED))
    time.sleep(15)
    assert pull.poll() is None, pull.communicate()
    assert not list(PULLED.glob("*/session.edf"))
    press(1.2)
    pressed_s = time.monotonic()
    told, _ = pull.communicate(timeout=240)
    took_s = time.monotonic() - pressed_s
    assert pull.returncode == 0, told
    (copy,) = PULLED.glob("*/SHA256SUMS")
    run("sha256sum", "-c", "--quiet", "SHA256SUMS", cwd=copy.parent)
    size = sum(path.stat().st_size for path in copy.parent.iterdir())
    assert size > 10_000, told
    return f"{size} bytes within {took_s:.0f} s of the press, none before it"


def a_stock_client_reads_the_same() -> str:
    (copy,) = PULLED.glob("*/SHA256SUMS")
    session = copy.parent.name
    fetched = Path("/var/tmp/by-smpmgr.edf")
    port = ("--port", "/dev/ttyACM0")
    smpmgr = ("-c", "import sys; from smpmgr.main import app; sys.exit(app())", *port)
    echoed = python(*smpmgr, "os", "echo", "rolig")
    assert "rolig" in echoed
    python(*smpmgr, "file", "download", f"{session}/session.edf", str(fetched))
    assert fetched.read_bytes() == (copy.parent / "session.edf").read_bytes()
    return f"{fetched.stat().st_size} bytes"


def unplugged_it_records() -> str:
    """By taking the controller away: after soft_connect, dummy_hcd says "configured" still, as dwc2 does at times."""
    run("systemctl", "stop", "rolig-gadget.service")
    run("modprobe", "-r", "dummy_hcd")
    time.sleep(4)
    return _begin_session()


def records_until_the_power_goes() -> str:
    """The host cuts the power as soon as it has read enough of these lines."""
    for _ in range(120):
        tell(f"RECORDS {_records()}")
        time.sleep(1)
    raise AssertionError("the power stayed on")


def _begin_session() -> str:
    """Presses like somebody who does not want to wait for a better signal."""
    started_s = time.monotonic()
    while _records() is None:
        assert time.monotonic() < started_s + 150, f"no session begun:\n{picture()}\n{journal()}"
        press(0.2)
        time.sleep(10)
    return f"after {time.monotonic() - started_s:.0f} s"


def _records() -> int | None:
    """Whole records in the session being written, None where there is none."""
    for path in STORE.glob("[0-9]*/session.edf"):
        if not (path.parent / "SHA256SUMS").exists():
            with path.open("rb") as file:
                header = file.read(256)
                file.seek(256)
                signals = int(header[252:256])
                file.seek(256 + signals * 216)
                samples = sum(int(file.read(8)) for _ in range(signals))
            return (path.stat().st_size - int(header[184:192])) // (2 * samples)
    return None


def it_started_by_itself() -> str:
    wait_for("active", is_active, 120)
    wait_for("the first picture", (BENCH / "first-picture").exists, 120)
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
    _begin_session()
    wait_for("ten records", lambda: (_records() or 0) >= 10, 60)
    run("systemctl", "stop", UNIT)
    assert show("Result") == "success", journal()
    assert _records() is None
    return f"{len(list(STORE.glob('*/SHA256SUMS')))} sessions, all closed"


def only_faults_are_in_the_journal() -> str:
    told = run("journalctl", "-u", UNIT, "-b", "--no-pager", "-o", "cat", "-p", "5..7", "--output-fields=MESSAGE")
    assert told.strip() in ("", "-- No entries --"), told
    return "nothing below warning"


def removal_keeps_the_sessions() -> str:
    before = sorted(STORE.rglob("*"))
    run("apt-get", "install", "-y", "-q", "--reinstall", str(next(PAYLOAD.glob("rolig_*.deb"))))
    run("apt-get", "remove", "-y", "-q", "rolig")
    assert sorted(STORE.rglob("*")) == before
    assert Path("/etc/rolig/rolig.toml").exists()
    told = run("apt-get", "purge", "-y", "-q", "rolig")
    assert sorted(STORE.rglob("*")) == before
    assert "are kept" in told, told
    assert not Path("/etc/rolig/rolig.toml").exists()
    assert not Path("/usr/lib/rolig").exists(), list(Path("/usr/lib/rolig").rglob("*"))[:5]
    return f"{len(before)} files and folders"


FIRST_BOOT = [
    package_installs,
    service_is_ready_without_any_hardware,
    units_are_clean,
    only_the_service_reads_the_sessions,
    nothing_listens_on_a_network,
    sampler_runs_in_real_time,
    killed_it_comes_back,
    a_dead_sampler_is_replaced,
    a_full_card_stops_nothing,
    watchdog_bites_a_stalled_process,
    only_faults_are_in_the_journal,
    a_session_for_the_pull,
    bench_is_set_up,
    the_self_test_names_the_chips,
    the_gadget_comes_with_the_controller,
    plugged_in_it_does_not_record,
    logs_are_pulled_after_a_press,
    a_stock_client_reads_the_same,
    unplugged_it_records,
    records_until_the_power_goes,
]
SECOND_BOOT = [
    it_started_by_itself,
    the_cut_session_is_closed,
    a_stop_closes_the_session,
    removal_keeps_the_sessions,
]
BOOTS = {"first": FIRST_BOOT, "second": SECOND_BOOT}
