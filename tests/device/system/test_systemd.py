import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from device.system.systemd import FEEDS_PER_TIMEOUT, Notifier

# A bound socket as systemd's, and the address as systemd would pass it.
Listener = tuple[socket.socket, str]


@pytest.fixture(params=["path", "abstract"])
def listener(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Listener]:
    name = str(tmp_path / "notify") if request.param == "path" else f"@rolig-test-{os.getpid()}-{tmp_path.name}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as bound:
        bound.bind(name if request.param == "path" else "\0" + name[1:])
        bound.setblocking(False)
        yield bound, name


def received(bound: socket.socket) -> list[str]:
    messages = []
    while True:
        try:
            messages.append(bound.recv(4096).decode())
        except BlockingIOError:
            return messages


def test_messages_reach_the_socket(listener: Listener) -> None:
    bound, address = listener
    notifier = Notifier.from_environment({"NOTIFY_SOCKET": address})
    notifier.ready()
    notifier.status("no sensor\nanswers")
    notifier.stopping()
    notifier.close()
    assert received(bound) == ["READY=1", "STATUS=no sensor answers", "STOPPING=1"]


def test_a_status_is_sent_when_it_changes(listener: Listener) -> None:
    bound, address = listener
    notifier = Notifier(address)
    for text in ("resting", "resting", "breathing", "resting"):
        notifier.status(text)
    notifier.close()
    assert received(bound) == ["STATUS=resting", "STATUS=breathing", "STATUS=resting"]


def test_watchdog_is_fed_often_enough_and_no_oftener(listener: Listener) -> None:
    bound, address = listener
    now = [100.0]
    notifier = Notifier(address, watchdog_timeout_s=8.0, now_s=lambda: now[0])
    for _ in range(160):  # 8 s of a loop at 20 Hz
        notifier.watchdog()
        now[0] += 0.05
    notifier.close()
    assert received(bound) == ["WATCHDOG=1"] * FEEDS_PER_TIMEOUT


@pytest.mark.parametrize(
    ("environment", "feeds"),
    [
        ({"WATCHDOG_USEC": "8000000"}, 1),
        ({"WATCHDOG_USEC": "8000000", "WATCHDOG_PID": str(os.getpid())}, 1),
        ({"WATCHDOG_USEC": "8000000", "WATCHDOG_PID": "1"}, 0),
        ({"WATCHDOG_USEC": "0"}, 0),
        ({"WATCHDOG_USEC": "soon"}, 0),
        ({}, 0),
    ],
)
def test_watchdog_only_where_systemd_wants_it_from_this_process(
    listener: Listener, environment: dict[str, str], feeds: int
) -> None:
    bound, address = listener
    notifier = Notifier.from_environment({"NOTIFY_SOCKET": address} | environment)
    notifier.watchdog()
    notifier.close()
    assert len(received(bound)) == feeds


@pytest.mark.parametrize("address", ["", "/nowhere/at/all", "@nobody-listens-here"])
def test_nobody_listening_is_no_fault(address: str) -> None:
    notifier = Notifier(address, watchdog_timeout_s=1.0)
    notifier.ready()
    notifier.watchdog()
    notifier.stopping()
    notifier.close()
    notifier.status("closed")


def test_a_listener_that_does_not_read_holds_nothing_up(listener: Listener) -> None:
    bound, address = listener
    notifier = Notifier(address)
    for n in range(2000):
        notifier.status(str(n))
    notifier.close()
    assert 0 < len(received(bound)) < 2000
