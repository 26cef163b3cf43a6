"""The service as installed, without any hardware: ready, confined, and back after whatever befalls it."""

import os
import pwd
import signal
import stat
from pathlib import Path

from guest import STORE, UNIT, active_anew, children, is_active, journal, main_pid, run, samplers, show, wait_for

LISTENING = {"tcp": "0A", "tcp6": "0A", "udp": "07", "udp6": "07"}
CAP_SYS_TIME = 25  # include/uapi/linux/capability.h


def service_is_ready_without_any_hardware() -> str:
    took_s = wait_for("active", is_active, 90)
    assert show("NRestarts") == "0"
    assert "sensor" in journal(50), journal(50)
    return f"{took_s:.0f} s"


def units_are_clean() -> str:
    told = run("systemd-analyze", "verify", UNIT, "rolig-gadget.service").splitlines()
    # bookworm's systemd does not know the two keys of the back-off, which is why they have a file of their own.
    assert [line for line in told if "back-off.conf" not in line or "Unknown key" not in line] == []
    exposure = run("systemd-analyze", "security", "--threshold=30", "--no-pager", UNIT).splitlines()[-1]
    return exposure.split(":")[1].strip().split()[0]


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
    (sampler,) = samplers()
    assert os.sched_getscheduler(sampler) == os.SCHED_FIFO
    return f"SCHED_FIFO {os.sched_getparam(sampler).sched_priority}"


def watchdog_bites_a_stalled_process() -> str:
    return bitten(main_pid())


def bitten(stalled: int) -> str:
    """How long after SIGSTOP to `stalled` the watchdog ends the service and it is back."""
    pid = main_pid()
    bites = journal(500).count("Watchdog timeout")
    os.kill(stalled, signal.SIGSTOP)
    took_s = wait_for("a new process after SIGSTOP", lambda: active_anew(pid), 300)
    assert journal(500).count("Watchdog timeout") > bites, journal(50)
    return f"{took_s:.0f} s"


def killed_it_comes_back() -> str:
    pid = main_pid()
    os.kill(pid, signal.SIGKILL)
    return f"{wait_for('a new process after SIGKILL', lambda: active_anew(pid), 180):.0f} s"


def a_dead_sampler_is_replaced() -> str:
    pid, (sampler,) = main_pid(), samplers()
    keepers = children(pid)
    os.kill(sampler, signal.SIGKILL)
    took_s = wait_for("a new sampler", lambda: set(samplers()) - {sampler}, 120)
    assert main_pid() == pid
    assert is_active()
    assert children(pid) == keepers, "the main process, which runs threads, forked"
    return f"{took_s:.0f} s, the same main process"


def a_full_card_stops_nothing() -> str:
    filler = Path("/filler")
    pid = main_pid()
    try:
        free = os.statvfs("/")
        run("fallocate", "-l", str((free.f_bavail - 512) * free.f_bsize), str(filler))
        # The rest as somebody for whom no blocks are reserved, as the service is.
        run("sh", "-c", f"exec 3>> {filler}; setpriv --reuid=65534 cat /dev/zero >&3", ok=False)
        assert os.statvfs("/").f_bavail < 16
        fed = show("WatchdogTimestampMonotonic")
        wait_for("the watchdog fed beside a full card", lambda: show("WatchdogTimestampMonotonic") != fed, 60)
        fed = show("WatchdogTimestampMonotonic")
        wait_for("and again", lambda: show("WatchdogTimestampMonotonic") != fed, 60)
        assert main_pid() == pid
        run("systemctl", "restart", UNIT)
        wait_for("active on a full card", is_active, 90)
    finally:
        filler.unlink()
    return "goes on, and starts"


def only_faults_are_in_the_journal() -> str:
    told = run("journalctl", "-u", UNIT, "-b", "--no-pager", "-o", "cat", "-p", "5..7", "--output-fields=MESSAGE")
    assert told.strip() in ("", "-- No entries --"), told
    return "nothing below warning"
