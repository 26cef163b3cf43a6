"""From a computer's offer over screen and button to the card: only what the wearer saw and said yes to is chosen."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from device.session.commands import ShareAllowed, UpdateAllowed
from device.session.showing.views import UsbState, UsbView
from device.system.files import OsFileSystem
from device.update.choice import Chosen, load, save
from device.update.upload import Upload
from device.update.versions import AskFirstError, Versions
from device.usb.consent import UNASKED_S, Consent
from device.usb.images import OS, RESET, Updates
from device.usb.sharing import UsbSharing
from device.usb.smp import Op
from tests.session_driver import Driver
from tests.update_helpers import RUNNING, Maker, send

VERSIONS = ("0.3.0", "0.4.0", "0.5.0")


class Desk:
    """A device on a cable, its wearer, and a computer that has the maker's updates and may send any of them."""

    def __init__(self, folder: Path, files: OsFileSystem | None = None) -> None:
        self.maker = Maker.new(folder)
        self.updates = {version: self.maker.update(version) for version in VERSIONS}
        self.cable, self.now_s, self.restarts = "configured", 0.0, 0
        self.versions = Versions(folder / "versions", RUNNING, files)
        self.sharing = UsbSharing(
            Path("tty"), folder, consent=self._consent(), to_update=self._consent(), updates=self._made
        )
        self.driver = Driver()
        self.driver.session.on_usb(0.0, True)
        self.driver.run(1.0)
        self.seen: UsbView | None = None
        self.said = ""

    def _consent(self) -> Consent:
        return Consent(lambda: {"usb": self.cable}, lambda: self.now_s)

    def _made(self, allowed: Callable[[str], bool]) -> Updates:
        self.upload = Upload(self.versions, allowed, self.maker.key, monotonic_s=lambda: self.now_s)
        self.images = Updates(self.versions, self.upload, allowed, lambda: None)
        return self.images

    # --- what the computer does

    def offer(self, version: str) -> None:
        with suppress(AskFirstError):
            self.upload.part(0, self.updates[version][:700], len(self.updates[version]))

    def send(self, version: str) -> None:
        with suppress(AskFirstError):
            send(self.upload, self.updates[version])

    def take(self, _: str) -> None:
        if self.upload.uploaded() is not None:
            with suppress(AskFirstError):
                self.upload.take()

    # --- what the loop does

    def poll(self, _: str = "") -> None:
        self.driver.session.on_offer(self.driver.t_s, self.sharing.offered())
        self._obey()

    def wait(self, _: str) -> None:
        self.driver.run(0.5)
        self.now_s += 0.5
        self._obey()

    def _obey(self) -> None:
        self.driver._drain()
        for order in self.driver.out:
            if isinstance(order, ShareAllowed):
                self.sharing.allow(order.allowed)
            elif isinstance(order, UpdateAllowed):
                if order.version:
                    assert self.seen is not None
                    assert (self.seen.state, self.seen.version) == (UsbState.OFFERED, order.version)
                self.said = order.version
                self.sharing.allow_update(order.version)
        self.driver.out.clear()

    # --- what the wearer does

    def screen(self) -> UsbView | None:
        view = self.driver.session.view(self.driver.t_s)
        return view if isinstance(view, UsbView) else None

    def down(self, _: str = "") -> None:
        self.seen = self.screen()
        self.driver.session.on_button(self.driver.t_s, True)
        self._obey()

    def up(self, _: str = "") -> None:
        if self.seen is not None and self.screen() is not None:
            shown = self.screen()
            assert shown is not None
            if (shown.state, shown.version) != (self.seen.state, self.seen.version):
                self.seen = None
        self.driver.session.on_button(self.driver.t_s, False)
        self._obey()

    def hold(self, _: str = "") -> None:
        self.down()
        self.wait("")
        self.wait("")
        self.up()


DOES = {
    "offer": Desk.offer,
    "send": Desk.send,
    "take": Desk.take,
    "poll": Desk.poll,
    "wait": Desk.wait,
    "down": Desk.down,
    "up": Desk.up,
    "hold": Desk.hold,
}
STEPS = st.lists(st.tuples(st.sampled_from(sorted(DOES)), st.sampled_from(VERSIONS[:2])), max_size=25)
SWAPPED = [("offer", "0.4.0"), ("poll", ""), ("hold", ""), ("send", "0.3.0"), ("take", "")]
SWAPPED_IN_THE_HOLD = [
    *[("offer", "0.4.0"), ("poll", ""), ("down", ""), ("wait", ""), ("wait", ""), ("offer", "0.3.0"), ("up", "")],
    *[("send", "0.3.0"), ("take", "")],
]
SWAPPED_AND_SEEN = [*SWAPPED_IN_THE_HOLD[:6], ("poll", ""), *SWAPPED_IN_THE_HOLD[6:]]


@settings(max_examples=150)
@given(STEPS)
@example(SWAPPED)
@example(SWAPPED_IN_THE_HOLD)
@example(SWAPPED_AND_SEEN)
def test_in_any_order_only_what_was_seen_and_said_yes_to_is_chosen(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str]]
) -> None:
    desk, chosen = Desk(tmp_path_factory.mktemp("desk")), ""
    for does, version in steps:
        DOES[does](desk, version)
        now = load(desk.versions.folder).version
        assert now in (chosen, desk.said), (does, version)
        chosen = now


def installed_on(desk: Desk, version: str) -> None:
    desk.offer(version)
    desk.poll()
    desk.hold()
    desk.send(version)
    desk.upload.take()


def test_what_was_seen_and_said_yes_to_is_installed_and_only_for_it_the_service_starts_anew(tmp_path: Path) -> None:
    desk = Desk(tmp_path)
    installed_on(desk, "0.3.0")
    assert load(desk.versions.folder).version == "0.3.0"
    assert desk.images.allowed("0.3.0")
    desk.offer("0.4.0")
    desk.poll()
    assert not desk.images.allowed("0.3.0")


class Slow(OsFileSystem):
    """A card on which each step takes its time."""

    def __init__(self, each: Callable[[], None]) -> None:
        self.each = each

    def make_folder(self, path: Path) -> None:
        self.each()
        super().make_folder(path)


def test_unpacking_for_long_is_no_silence(tmp_path: Path) -> None:
    def pass_time() -> None:
        desk.now_s += 0.4 * UNASKED_S

    desk = Desk(tmp_path, Slow(pass_time))
    installed_on(desk, "0.3.0")
    assert desk.now_s > 1.5 * UNASKED_S
    assert load(desk.versions.folder).version == "0.3.0"


@pytest.mark.parametrize("how", ["cable", "press", "hang-up", "silence"])
@pytest.mark.parametrize("asked", [False, True])
def test_what_ends_the_yes_before_the_restart_is_asked_for_ends_the_update(
    tmp_path: Path, how: str, asked: bool
) -> None:
    desk = Desk(tmp_path)
    before = Chosen("0.1.0", proven=True, failed="0.2.5")  # not there, and known to be older than the package
    desk.versions.folder.mkdir()
    save(OsFileSystem(), desk.versions.folder, before)
    installed_on(desk, "0.3.0")
    assert desk.sharing._look(True)
    if asked:
        desk.images.open_handlers()[OS, Op.WRITE, RESET]({})
    match how:
        case "cable":
            desk.cable = "suspended"
        case "press":
            desk.driver.short()
            desk._obey()
        case "silence":
            desk.now_s += UNASKED_S + 1.0
    desk.sharing._look(how != "hang-up")
    assert load(desk.versions.folder) == (Chosen("0.3.0") if asked else before)
    desk.offer("0.3.0")
    desk.poll()
    assert not desk.images.allowed("0.3.0")


@pytest.mark.parametrize("how", ["cable", "press"])
def test_a_pulled_cable_and_a_press_stop_the_unpacking(tmp_path: Path, how: str) -> None:
    def stop() -> None:
        if desk.upload.uploaded() is None:
            return
        if how == "cable":
            desk.cable = "suspended"
        else:
            desk.driver.short()
            desk._obey()

    desk = Desk(tmp_path, Slow(stop))
    with pytest.raises(AskFirstError):
        installed_on(desk, "0.3.0")
    assert load(desk.versions.folder).version == ""
    assert [path.name for path in desk.versions.folder.iterdir()] == ["upload.part"]
