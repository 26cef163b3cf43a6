"""Runs the checks of this boot and tells the host how each went; then the machine goes off."""

import signal
import subprocess
import time
import traceback
from pathlib import Path

from checks import BOOTS
from guest import be_patient, tell


def main() -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)  # one of the checks switches the machine off, and is to see it
    words = Path("/proc/cmdline").read_text(encoding="ascii").split()
    boot = next(word for word in words if word.startswith("rolig.boot=")).partition("=")[2]
    be_patient(time.monotonic())
    tell(f"BOOTED {boot} {time.monotonic():.0f} s after the kernel")
    only = [name for word in words if word.startswith("rolig.only=") for name in word.partition("=")[2].split(",")]
    for check in BOOTS[boot]:
        if only and check.__name__ not in only:
            continue
        started_s = time.monotonic()
        try:
            seen = check()
        except Exception as error:  # whatever it was, it goes into the table, and the other checks are run
            tell(f"FAILED {check.__name__} ({time.monotonic() - started_s:.0f} s)")
            for line in "".join(traceback.format_exception(error)).splitlines():
                tell(f"WHY {line}")
        else:
            tell(f"PASSED {check.__name__} ({time.monotonic() - started_s:.0f} s): {seen}")
    tell("END")
    subprocess.run(["systemctl", "poweroff", "--force", "--force"], check=False)


if __name__ == "__main__":
    main()
