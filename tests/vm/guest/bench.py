"""The service with modelled chips behind device files, a button on mock pins, and a computer on the gadget's line."""

import time
from pathlib import Path

from guest import (
    BENCH,
    DROP_IN,
    PAYLOAD,
    STORE,
    UNIT,
    begin_session,
    is_active,
    journal,
    light_up,
    main_pid,
    patience,
    press,
    press_until,
    python,
    records,
    run,
    samplers,
    samples_come,
    show,
    start_python,
    tell,
    wait_for,
)
from service import bitten

ROLIG = "import sys; from device.cli import main; sys.exit(main())"
GADGET = Path("/sys/class/udc/dummy_udc.0")
PULLED = Path("/var/tmp/rolig-logs")
TOLD = Path("/run/rolig/clock-told")
ASKED = Path("/run/rolig/rebind-gadget")
RESTS_AFTER_S = 10.0  # device.session.watch


def bench_is_set_up() -> str:
    """The modelled chips behind device files, the button on mock pins; from here on the service records."""
    DROP_IN.parent.mkdir(parents=True, exist_ok=True)
    for name, place in (
        ("bench.conf", DROP_IN),
        ("rolig-chip@.service", Path("/etc/systemd/system/rolig-chip@.service")),
    ):
        unit = (PAYLOAD / "guest" / name).read_text(encoding="ascii")
        place.write_text(unit.replace("@PAYLOAD@", str(PAYLOAD)), encoding="ascii")
    config = Path("/etc/rolig/rolig.toml")
    text = config.read_text(encoding="utf-8").replace("# adc_fs_hz = 500.0", "adc_fs_hz = 100.0  # emulation is slow")
    config.write_text(text, encoding="utf-8")
    run("systemctl", "daemon-reload")
    run("systemctl", "restart", UNIT)

    def shown() -> bool:
        light_up()
        return (BENCH / "first-picture").exists()

    took_s = wait_for("a picture on the panel", shown, 120)
    return f"first picture after {took_s:.0f} s"


def the_self_test_names_the_chips() -> str:
    """Beside the service: chips that it holds can be read all the same, pins cannot (and here are none)."""
    told = run("rolig", "selftest", ok=False)
    assert "MCP3208" in told, told
    assert "I2C 1, 0x3c: a display answers" in told, told
    return "MCP3208 and display"


def a_display_that_fails_stops_nothing() -> str:
    pid, unplugged, picture = main_pid(), BENCH / "display-unplugged", BENCH / "screen.pbm"
    unplugged.touch()
    # The menu, or the next thing in it: something new to show.
    press_until("the fault noticed", lambda: "going on without the display" in journal(20), 120, held_s=1.2)
    picture.unlink()
    unplugged.unlink()

    def shown_again() -> bool:
        light_up()  # however long it took, it is dark by now if nobody pressed
        return picture.exists()

    took_s = wait_for("a picture again", shown_again, 120)
    assert main_pid() == pid
    return f"shown again {took_s:.0f} s after it came back"


def watchdog_bites_when_samples_stop() -> str:
    """Without a fault that the sampler knows of: its process stands still while somebody looks for contact. A screen
    left alone would let the sampler rest, and then nothing waits for samples."""
    run("systemctl", "restart", UNIT)

    def looked_for() -> bool:
        press(0.2)
        time.sleep(RESTS_AFTER_S + 5.0)
        return samples_come()

    wait_for("samples that somebody waits for", looked_for, 120)
    (sampler,) = samplers()
    return bitten(sampler)


def the_gadget_comes_with_the_controller() -> str:
    run("modprobe", "dummy_hcd")
    wait_for("the gadget's unit", lambda: is_active("rolig-gadget.service"), 60)
    wait_for("the host's port", lambda: list(Path("/dev/serial/by-id").glob("usb-Rolig_Rolig_rolig-*")), 60)
    told = run("udevadm", "info", "/dev/ttyACM0")
    assert "ID_MM_DEVICE_IGNORE=1" in told, told
    wait_for("configured", lambda: (GADGET / "state").read_text().strip() == "configured", 30)
    return next(Path("/dev/serial/by-id").iterdir()).name


def plugged_in_it_does_not_record() -> str:
    """A press there says that the cable is out, so the gadget is bound anew: by that it is seen to have been taken."""
    before = set(STORE.iterdir())
    ASKED.unlink(missing_ok=True)
    press_until("the press taken", ASKED.exists, 120)
    ended = ("ExecMainExitTimestampMonotonic", "rolig-gadget-rebind.service")
    wait_for("bound anew", lambda: show(*ended) not in ("", "0"), 60)
    wait_for("configured again", lambda: (GADGET / "state").read_text().strip() == "configured", 60)
    wait_for("the host's port again", lambda: list(Path("/dev/serial/by-id").glob("usb-Rolig_Rolig_rolig-*")), 60)
    assert not [folder for folder in set(STORE.iterdir()) - before if folder.is_dir()]
    return "no session begun, and bound anew the computer was there"


def pulled() -> list[Path]:
    """The sessions: the one that was there, and another where the presses before samples stood still began one."""
    copies = sorted(path.parent for path in PULLED.glob("*/SHA256SUMS"))
    assert copies
    return copies


def logs_are_pulled_after_a_press() -> str:
    pull = start_python("-c", ROLIG, "pull", str(PULLED))
    assert pull.stdout is not None
    said: list[str] = []
    while not any("Share?" in line for line in said) and (line := pull.stdout.readline()):
        said.append(line)
    assert any("Share?" in line for line in said), f"the pull asked for no press: {said[-5:]}"
    assert not list(PULLED.glob("*/session.edf"))
    light_up()
    press(1.2)
    pressed_s = time.monotonic()
    told, _ = pull.communicate(timeout=600 * patience())
    took_s = time.monotonic() - pressed_s
    assert pull.returncode == 0, told
    copies = pulled()
    for copy in copies:
        run("sha256sum", "-c", "--quiet", "SHA256SUMS", cwd=copy)
    assert TOLD.exists(), "the computer told the time"
    size = sum(path.stat().st_size for copy in copies for path in copy.iterdir())
    assert size > 10_000, told
    return f"{size} bytes within {took_s:.0f} s of the press, none before it"


def a_stock_client_reads_the_same() -> str:
    copy = pulled()[0]
    fetched = Path("/var/tmp/by-smpmgr.edf")
    port = ("--port", "/dev/ttyACM0")
    smpmgr = ("-c", "import sys; from smpmgr.main import app; sys.exit(app())", *port)
    echoed = python(*smpmgr, "os", "echo", "rolig")
    assert "rolig" in echoed
    python(*smpmgr, "file", "download", f"{copy.name}/session.edf", str(fetched))
    assert fetched.read_bytes() == (copy / "session.edf").read_bytes()
    return f"{fetched.stat().st_size} bytes"


def unplugged_it_records() -> str:
    """By taking the controller away: after soft_connect, dummy_hcd says "configured" still, as dwc2 does at times."""
    run("systemctl", "stop", "rolig-gadget.service")
    run("modprobe", "-r", "dummy_hcd")
    wait_for("no controller", lambda: not GADGET.exists(), 60)
    light_up()
    return begin_session()


def records_until_the_power_goes() -> str:
    """The host cuts the power as soon as it has read enough of these lines."""
    for _ in range(600):
        tell(f"RECORDS {records()}")
        time.sleep(1)
    raise AssertionError("the power stayed on")
