"""What a notebook imports: sessions as pandas frames, and the device's own beats and variability on any signal.

    import rolig

    session = rolig.read("rolig-logs/0007-20261123-2000")
    found = rolig.rpeaks(ecg_uv, fs_hz=250.0)
    found.hrv().rmssd_ms

Nothing is computed here that the device does not compute: `rpeaks`, `pulses` and `hrv` run its own code, and numpy is
all they need. `read` also needs pandas and edfio, which the extra `notebook` brings.
"""

from device.errors import UsageError
from device.replay.opening import open_recording
from host.errors import HostError
from rolig.detection import Heartbeats, pulses, rpeaks
from rolig.sessions import SessionFrames, read
from rolig.variability import Variability, hrv

__all__ = [
    "Heartbeats",
    "HostError",
    "SessionFrames",
    "UsageError",
    "Variability",
    "hrv",
    "open_recording",
    "pulses",
    "read",
    "rpeaks",
]
