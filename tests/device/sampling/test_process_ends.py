"""Keeper and sampler when the main process is killed: in processes of their own, since the test cannot die."""

import os
import select
import signal
import subprocess
import sys

HUNG_DRIVER = """
import os, signal, sys
from device.system.clocks import MachineClock
from device.sampling.sources import SamplerProcess

def hang():
    os.write(1, b"hangs")
    while True:
        signal.pause()

SamplerProcess(hang, MachineClock(), realtime=False)
signal.pause()
"""


def test_nothing_outlives_a_killed_main_process_while_a_driver_hangs() -> None:
    with subprocess.Popen([sys.executable, "-c", HUNG_DRIVER], stdout=subprocess.PIPE, process_group=0) as main:
        assert main.stdout is not None
        assert main.stdout.read(5) == b"hangs"
        main.kill()
        # Keeper and sampler hold the other end of this pipe as long as they live.
        ended, _, _ = select.select([main.stdout], [], [], 20.0)
        if not ended:
            os.killpg(main.pid, signal.SIGKILL)
        assert ended
        assert main.stdout.read() == b""


SHINING_SENSOR = """
import os, signal
from device.system.clocks import MachineClock
from device.sampling.sources import SamplerProcess
from drivers.frontend import Burst, FrontEndInfo, HeartSignal, LeadsOff

class Shining:
    info = FrontEndInfo("shining", HeartSignal.PPG, 100.0, "chip", 1.0, 0, 4095)
    first = True

    def start(self):
        pass

    def read(self):
        if self.first:
            os.write(1, b"on ")
        self.first = False
        return Burst((), 0, LeadsOff.NONE)

    def close(self):
        os.write(1, b"off")

SamplerProcess(Shining, MachineClock(), realtime=False)
signal.pause()
"""


def test_the_sensor_is_switched_off_though_the_main_process_was_killed() -> None:
    with subprocess.Popen([sys.executable, "-c", SHINING_SENSOR], stdout=subprocess.PIPE) as main:
        assert main.stdout is not None
        assert main.stdout.read(3) == b"on "
        main.kill()
        assert main.stdout.read() == b"off"


ORPHAN = """
import os
from device.system.realtime import end_with_parent
end_with_parent(os.getpid())  # not its parent: that one is elsewhere by now
print("lives on")
"""


def test_a_process_whose_parent_has_gone_before_it_could_ask_ends_at_once() -> None:
    done = subprocess.run([sys.executable, "-c", ORPHAN], capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")
