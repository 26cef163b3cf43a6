"""`rolig update` against the device's server: over a cable that does what cables do, and a device that starts anew."""

import asyncio
import io
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import ClassVar, cast

import pytest
from smp.image_management import ImageState

from device.cli import main
from device.system.files import OsFileSystem
from device.update.choice import Chosen, choose, load
from device.update.upload import Upload
from device.usb.images import OS, RESET, Updates
from device.usb.requests import ACCESS_DENIED, Fields, Handlers, RefusedRequestError
from device.usb.smp import Op, RemoteProtocolError
from drivers.sim.serial_cable import Damage, SerialCable
from host.errors import HostError
from host.link.device import Device as LineDevice
from host.link.device import Patience
from host.pull_screen import PullScreen
from host.upkeep.update import CameBackError, UpdateJob, read_update, update
from tests.update_helpers import RUNNING, Maker, application, files_of, head_of, versions_in
from tests.usb_helpers import served

NEW = "0.3.0"
QUICK = Patience(reopen_s=0.05, first_contact_s=2.0, gone_s=20.0, allow_poll_s=0.02, allow_s=20.0)


class Device:
    """A device whose restart asks the launcher's part what to start. `fares`: whether that comes up; `asks`: how often
    it is asked before the wearer says yes."""

    def __init__(self, folder: Path, fares: bool = True, asks: int = 0) -> None:
        self.folder = folder / "versions"
        self.maker = Maker.new(folder)
        self.fares, self.asks = fares, asks
        self.versions = versions_in(self.folder, RUNNING)
        self.upload = Upload(self.versions, self.allowed, self.maker.key)
        self.updates = Updates(self.versions, self.upload, lambda _: True, self.restart)

    def allowed(self, _: str) -> bool:
        self.asks -= 1
        return self.asks < 0

    def restart(self) -> None:
        """Until something stays up, as systemd has it."""
        while True:
            version = choose(OsFileSystem(), self.folder, RUNNING, lambda _: None) or RUNNING
            if version == RUNNING or self.fares:
                break
        self.versions.running = version
        self.versions.prove()

    def offered(self, content: bytes) -> Path:
        path = self.folder.parent / "offered.update"
        path.write_bytes(content)
        return path


@contextmanager
def at_the_cable(device: Device, damage: Damage | None = None) -> Iterator[SerialCable]:
    folder = device.folder.parent
    with served(folder, folder, damage=damage, allowed=lambda: False, updates=device.updates) as cable:
        yield cable


def big(version: str) -> dict[str, bytes]:
    return application(version) | {"device/noise.bin": random.Random(version).randbytes(100_000)}


def test_it_is_asked_for_sent_tried_and_said(tmp_path: Path) -> None:
    device, shown = Device(tmp_path, asks=3), io.StringIO()
    path = device.offered(device.maker.update(NEW))
    with at_the_cable(device) as cable:
        said = update(path, str(cable.host), screen=PullScreen(shown), patience=QUICK)
    assert said == f"Version {NEW} is up ({RUNNING} before)."
    assert f'Answer "Install {NEW}?" on the device' in shown.getvalue()
    assert shown.getvalue().startswith("Device: rolig, firmware ")
    assert files_of(device.folder / NEW) == application(NEW)
    assert load(device.folder).proven


def test_one_in_a_hundred_lines_damaged_and_the_plug_pulled_again_and_again(tmp_path: Path) -> None:
    device = Device(tmp_path)
    path = device.offered(device.maker.update(NEW, big(NEW)))
    damage = Damage(lines=0.01, pull_after=60_000, seed=4)
    with at_the_cable(device, damage) as cable:
        said = update(path, str(cable.host), screen=PullScreen(io.StringIO()), patience=QUICK)
        assert cable.damaged_lines > 0
        assert cable.pulls > 0
    assert NEW in said
    assert files_of(device.folder / NEW) == big(NEW)


def test_one_that_does_not_come_up_is_told_and_the_one_before_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    device = Device(tmp_path, fares=False)
    path = device.offered(device.maker.update(NEW))
    with at_the_cable(device) as cable:
        assert main(["update", str(path), "--port", str(cable.host)]) == 1
    assert capsys.readouterr().err.splitlines()[-1] == (
        f"rolig update: version {NEW} did not come up; {RUNNING} runs again"
    )
    assert load(device.folder).failed == NEW


class Interrupted(Updates):
    """The yes ends as the restart is asked for, as often as `ways` tells: the wearer stops it, or the line is cut."""

    ways: ClassVar[list[Exception]] = []

    def open_handlers(self) -> Handlers:
        handlers, ways = super().open_handlers(), list(self.ways)

        def reset(body: Fields) -> Fields:
            if not ways:
                return handlers[OS, Op.WRITE, RESET](body)
            self.ended()
            raise ways.pop()

        return {**handlers, (OS, Op.WRITE, RESET): reset}


class StoppedOnce(Interrupted):
    ways: ClassVar[list[Exception]] = [RefusedRequestError(ACCESS_DENIED)]


class CutOff(Interrupted):
    ways: ClassVar[list[Exception]] = [RemoteProtocolError("never came")] * 99


def test_a_yes_that_ends_before_the_restart_is_asked_for_again(tmp_path: Path) -> None:
    device = Device(tmp_path)
    device.updates = StoppedOnce(device.versions, device.upload, lambda _: True, device.restart)
    path = device.offered(device.maker.update(NEW))
    with at_the_cable(device) as cable:
        assert NEW in update(path, str(cable.host), screen=PullScreen(io.StringIO()), patience=QUICK)
    assert load(device.folder).proven


def test_a_line_that_is_cut_before_the_restart_is_no_version_that_fell(tmp_path: Path) -> None:
    device = Device(tmp_path)
    device.updates = CutOff(device.versions, device.upload, lambda _: True, device.restart)
    path = device.offered(device.maker.update(NEW))
    with at_the_cable(device) as cable, pytest.raises(HostError, match=f"{RUNNING} runs: try again") as raised:
        update(path, str(cable.host), screen=PullScreen(io.StringIO()), patience=replace(QUICK, tries=2, answer_s=0.1))
    assert not isinstance(raised.value, CameBackError)
    assert load(device.folder) == Chosen()


def test_what_the_device_refuses_is_one_line_and_exit_code_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    device = Device(tmp_path)
    stranger = Maker.new(tmp_path, "stranger")
    told = {
        "signature is not one that this device trusts": stranger.update(NEW),
        f"the same as the one that runs ({RUNNING})": device.maker.update(RUNNING),
        f"version 0.1.0 is older than the one that runs ({RUNNING})": device.maker.update("0.1.0"),
        "it is not for this machine": device.maker.update(NEW, machines=("pdp11",)),
    }
    for words, content in told.items():
        path = device.offered(content)
        with at_the_cable(device) as cable:
            assert main(["update", str(path), "--port", str(cable.host)]) == 2
        *_, line = capsys.readouterr().err.splitlines()
        assert line.startswith("rolig update: ")
        assert words in line
        assert load(device.folder).version == ""
    device.maker.key.unlink()
    with at_the_cable(device) as cable:
        assert main(["update", str(device.offered(device.maker.update(NEW))), "--port", str(cable.host)]) == 2
    assert "no key to check updates with" in capsys.readouterr().err.splitlines()[-1]


def test_a_file_that_no_device_would_take_is_not_offered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing is at the port."""
    good = Maker.new(tmp_path).update(NEW)
    told = {
        "not an update file": b"PK\x03\x04",
        "newer form": b"ROLIGUP2" + good[8:],
        "ends before its signature": good[:60],
        "fetch it again": good[:-20],
        "not what was signed": good[:-1] + bytes([good[-1] ^ 1]),
        "manifest": good[:8] + b"\xff\xff" + good[10:],
    }
    for words, content in told.items():
        (tmp_path / "x.update").write_bytes(content)
        assert main(["update", str(tmp_path / "x.update"), "--port", "/dev/null"]) == 2
        (line,) = capsys.readouterr().err.splitlines()
        assert words in line
    for path in (tmp_path, tmp_path / "none"):
        assert main(["update", str(path)]) == 2
        assert len(capsys.readouterr().err.splitlines()) == 1


def test_a_wearer_who_does_not_answer_ends_it(tmp_path: Path) -> None:
    device = Device(tmp_path, asks=1 << 30)
    hurried = Patience(allow_poll_s=0.01, allow_s=0.2)
    with at_the_cable(device) as cable, pytest.raises(HostError, match="was not allowed on the device"):
        update(
            device.offered(device.maker.update(NEW)),
            str(cable.host),
            screen=PullScreen(io.StringIO()),
            patience=hurried,
        )
    assert not device.folder.exists()


def test_an_older_device_is_said_to_take_none(tmp_path: Path) -> None:
    path = tmp_path / "x.update"
    path.write_bytes(Maker.new(tmp_path).update(NEW))
    with served(tmp_path, tmp_path) as cable, pytest.raises(HostError, match="takes no updates over the cable"):
        update(path, str(cable.host), screen=PullScreen(io.StringIO()), patience=QUICK)


def test_a_client_of_other_devices_uploads_and_tries_it(tmp_path: Path) -> None:
    """smpclient's own upload over its own serial transport, which knows nothing of Rolig."""
    from smpclient import SMPClient
    from smpclient.generics import success
    from smpclient.requests.image_management import ImageStatesRead, ImageStatesWrite
    from smpclient.requests.os_management import OSApplicationInfoRead, ResetWrite
    from smpclient.transport.serial import SMPSerialTransport

    device = Device(tmp_path)
    content = device.maker.update(NEW, big(NEW))

    async def by_the_book(port: str) -> str:
        async with SMPClient(SMPSerialTransport(), port) as client:
            info = await client.request(OSApplicationInfoRead(format="snr"))
            assert success(info)
            async for _ in client.upload(content):
                pass
            states = await client.request(ImageStatesRead())
            assert success(states)
            tried = await client.request(ImageStatesWrite(hash=states.images[1].hash))
            assert success(tried)
            assert success(await client.request(ResetWrite()))
            after = await client.request(ImageStatesRead())
            assert success(after)
            assert after.images[0].version == NEW
            return str(info.output)

    with at_the_cable(device) as cable:
        assert asyncio.run(by_the_book(str(cable.host))).startswith("Rolig rolig ")
    assert files_of(device.folder / NEW) == big(NEW)


def test_the_head_is_read_from_the_whole_file(tmp_path: Path) -> None:
    content = Maker.new(tmp_path).update(NEW)
    (tmp_path / "x.update").write_bytes(content)
    read = read_update(tmp_path / "x.update")
    assert (read.version, read.content, read.head) == (NEW, content, head_of(content))


class Answering:
    """A device whose answers are its own: `uploaded` is what it says to a part, `images` what runs after that."""

    def __init__(self, images: list[list[ImageState]], uploaded: Callable[[int, int], int]) -> None:
        self.told = images
        self.uploaded = uploaded
        self.parts = 0

    async def about(self) -> str:
        return "rolig, firmware 0.2.0"

    async def images(self) -> list[ImageState]:
        return self.told.pop(0) if len(self.told) > 1 else self.told[0]

    async def upload(self, at: int, content: bytes, sha256: bytes) -> int:
        self.parts += 1
        return self.uploaded(at, len(content))

    def patiently(self, tries: int) -> "Answering":
        return self

    async def try_image(self, sha256: bytes) -> None: ...

    async def restart(self) -> None: ...


RUNS = [ImageState(slot=0, version=RUNNING, confirmed=True)]


@pytest.mark.parametrize(
    ("images", "uploaded", "words"),
    [
        ([RUNS], lambda at, size: 0, "again and again"),
        ([RUNS], lambda at, size: at, "again and again"),
        ([RUNS], lambda at, size: 5 if at == 0 else 0, "again and again"),
        ([[]], lambda at, size: size, "does not tell which version it runs"),
        ([RUNS, []], lambda at, size: size, "does not tell which version it runs"),
        ([RUNS, RUNS], lambda at, size: size, "did not come up"),
    ],
)
def test_a_device_that_answers_without_end_or_sense_is_left(
    tmp_path: Path, images: list[list[ImageState]], uploaded: Callable[[int, int], int], words: str
) -> None:
    content = Maker.new(tmp_path).update(NEW)
    (tmp_path / "x.update").write_bytes(content)
    device = Answering(images, uploaded)
    job = UpdateJob(read_update(tmp_path / "x.update"), PullScreen(io.StringIO()), QUICK, 5.0)
    with pytest.raises(HostError, match=words):
        asyncio.run(job.work(cast(LineDevice, device)))
    assert device.parts < 1000
