from dataclasses import dataclass

import pytest

from host.errors import HostError
from host.link.finder import find_port


@dataclass
class Port:
    device: str
    product: str | None = None
    serial_number: str | None = None
    vid: int | None = None
    pid: int | None = None


ROLIG = Port("/dev/ttyACM1", product="Rolig", vid=0x1D6B, pid=0x0104)
OTHER = Port("/dev/ttyACM0", product="Arduino Uno", vid=0x2341, pid=0x0043)
GADGET = Port("/dev/ttyACM2", product="Somebody's gadget", vid=0x1D6B, pid=0x0104)
WINDOWS = Port("COM7", serial_number="ROLIG-0A1B", vid=0x1D6B, pid=0x0104)
NAMELESS = Port("COM3", vid=0x1D6B, pid=0x0104)


@pytest.mark.parametrize(
    ("ports", "found"),
    [
        ([OTHER, ROLIG], "/dev/ttyACM1"),
        ([GADGET, ROLIG], "/dev/ttyACM1"),
        ([OTHER, WINDOWS], "COM7"),
        ([NAMELESS, OTHER], "COM3"),
    ],
)
def test_finds_the_device_by_what_the_system_tells(ports: list[Port], found: str) -> None:
    assert find_port(lambda: ports) == found


def test_none_or_several_are_said() -> None:
    with pytest.raises(HostError, match="no device found"):
        find_port(lambda: [OTHER])
    with pytest.raises(HostError, match="one of /dev/ttyACM1, COM7"):
        find_port(lambda: [WINDOWS, ROLIG])
