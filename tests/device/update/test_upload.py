"""An update on its way in: whole it is installed, anything else is refused and leaves nothing behind."""

import errno
import io
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.system.files import OsFileSystem, WritableFile
from device.update.choice import Chosen, load
from device.update.format import BASE, MOST_HEAD_BYTES, Manifest
from device.update.upload import OFFERED_S, Fault, RefusedUpdateError, Upload
from device.update.versions import AskFirstError, BadArchiveError, Versions
from tests.update_helpers import RUNNING, Maker, application, files_of, head_of, send, versions_in

NEW = "0.3.0"


class Bench:
    """A device with a maker's key, and a wearer who allows it unless told otherwise."""

    def __init__(self, folder: Path, files: OsFileSystem | None = None) -> None:
        self.maker = Maker.new(folder)
        self.allowed, self.now_s = True, 0.0
        self.allows: set[str] | None = None
        self.folder = folder / "store" / "versions"
        self.folder.parent.mkdir()
        self.versions = Versions(self.folder, RUNNING, files)
        self.upload = self.again()

    def again(self) -> Upload:
        """The same after a restart."""
        self.upload = Upload(self.versions, self.says_yes, self.maker.key, lambda: "aarch64", lambda: self.now_s)
        return self.upload

    def says_yes(self, version: str) -> bool:
        return self.allowed and (self.allows is None or version in self.allows)

    def left(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir()) if self.folder.exists() else []


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


def refused(send_it: Callable[[], object]) -> RefusedUpdateError:
    with pytest.raises(RefusedUpdateError) as told:
        send_it()
    assert str(told.value).isprintable()
    return told.value


@pytest.mark.parametrize("size", [1, 50, 700, 1 << 20])
def test_in_parts_of_any_size_it_arrives_and_is_tried(bench: Bench, size: int) -> None:
    send(bench.upload, bench.maker.update(NEW), size)
    bench.upload.take()
    assert files_of(bench.folder / NEW) == application(NEW)
    assert load(bench.folder).version == NEW
    assert len(list((bench.folder / NEW).rglob("*.pyc"))) == 2
    bench.again()
    assert bench.left() == [NEW, "choice.json"]


def test_one_that_was_mended_under_the_same_name_takes_the_place_of_one_that_waits(bench: Bench) -> None:
    for main in ("return 1", "return 0"):
        send(bench.upload, bench.maker.update(NEW, application(NEW, main)))
        for _ in range(2):  # its answer may be lost
            bench.upload.take()
        assert files_of(bench.folder / NEW) == application(NEW, main)
        assert load(bench.folder) == Chosen(NEW)
    bench.versions.leave_waiting()
    assert load(bench.folder) == Chosen()


@settings(max_examples=30)
@given(st.data())
def test_parts_may_come_twice_out_of_turn_and_after_a_new_beginning(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    bench = Bench(tmp_path_factory.mktemp("bench"))
    update = bench.maker.update(NEW)
    here = bench.upload.part(0, update[:400], len(update))
    while here < len(update):
        odd = data.draw(st.sampled_from(["next", "next", "earlier", "later", "anew", "other hands"]))
        before = here
        match odd:
            case "next":
                here = bench.upload.part(here, update[here : here + data.draw(st.integers(1, 900))], None)
            case "earlier" | "later":
                at = data.draw(st.integers(1, len(update)))
                if at != here:
                    assert bench.upload.part(at, update[at : at + 50], None) == here
            case "anew":
                here = bench.upload.part(0, update[:400], len(update))
                assert here == before
            case _:
                bench.allowed = False
                with pytest.raises(AskFirstError):
                    bench.upload.part(0, update[:400], len(update))
                bench.allowed = True
    bench.upload.take()
    assert files_of(bench.folder / NEW) == application(NEW)


def test_nothing_is_stored_before_the_wearer_allows_it(bench: Bench) -> None:
    bench.allowed = False
    update = bench.maker.update(NEW)
    for _ in range(3):
        with pytest.raises(AskFirstError):
            bench.upload.part(0, update[:3000], len(update))
        assert bench.upload.offered() == NEW
        assert bench.left() == []
    bench.now_s += OFFERED_S + 1.0
    assert bench.upload.offered() == ""


def test_the_wearer_is_asked_about_nothing_that_would_be_refused(bench: Bench) -> None:
    bench.allowed = False
    stranger = Maker.new(bench.folder.parent, "stranger")
    for update in (stranger.update(NEW), bench.maker.update(RUNNING), bench.maker.update("0.1.9")):
        refused(lambda update=update: bench.upload.part(0, update[:3000], len(update)))  # type: ignore[misc]
        assert bench.upload.offered() == ""


def test_consent_that_ends_stops_it_and_a_new_one_goes_on(bench: Bench) -> None:
    update = bench.maker.update(NEW)
    here = bench.upload.part(0, update[:600], len(update))
    bench.allowed = False
    with pytest.raises(AskFirstError):
        bench.upload.part(here, update[here:], None)
    with pytest.raises(AskFirstError):
        bench.upload.part(0, update[:600], len(update))
    bench.allowed = True
    assert bench.upload.part(0, update[:600], len(update)) == here
    bench.upload.part(here, update[here:], None)
    bench.allowed = False
    with pytest.raises(AskFirstError):
        bench.upload.take()
    assert load(bench.folder).version == ""


class Stopped(OsFileSystem):
    """The wearer stops it, or pulls the cable, at one of the operations on the card."""

    def __init__(self) -> None:
        self.done: list[Path] = []
        self.stop: Callable[[Path], None] = lambda _: None

    def _next(self, path: Path) -> None:
        self.done.append(path)
        self.stop(path)

    def create(self, path: Path) -> WritableFile:
        self._next(path)
        return super().create(path)

    def make_folder(self, path: Path) -> None:
        self._next(path)
        super().make_folder(path)

    def rename(self, old: Path, new: Path) -> None:
        self._next(new)
        super().rename(old, new)

    def sync_folder(self, path: Path) -> None:
        self._next(path)
        super().sync_folder(path)


def test_stopped_at_any_moment_nothing_is_chosen_after_it_and_nothing_is_left(tmp_path: Path) -> None:
    card = Stopped()
    bench = Bench(tmp_path, card)
    update = bench.maker.update(NEW)
    moment, chosen = 0, False
    while not chosen:
        bench.allowed = True
        send(bench.upload, update)
        card.done.clear()

        def stop(path: Path, last: int = moment) -> None:
            bench.allowed = len(card.done) <= last

        card.stop = stop
        try:
            bench.upload.take()
        except AskFirstError:
            assert bench.left() == ["upload.part"]
            assert load(bench.folder).version == ""
            assert bench.upload.offered() == NEW
        else:
            chosen = True
        moment += 1
    assert card.done[moment - 1].name.startswith("choice.json"), "only what had already begun is finished"
    assert load(bench.folder).version == NEW
    assert moment > 15


def test_another_version_than_the_one_that_was_allowed_is_not_taken_in(bench: Bench) -> None:
    send(bench.upload, bench.maker.update(NEW))
    bench.allows = {"0.4.0"}
    with pytest.raises(AskFirstError):
        bench.upload.take()
    for version in (NEW, "0.5.0"):
        update = bench.maker.update(version)
        with pytest.raises(AskFirstError):
            bench.upload.part(0, update[:3000], len(update))
        assert bench.upload.offered() == version
    assert load(bench.folder).version == ""


def test_each_fault_has_its_line(bench: Bench) -> None:
    stranger = Maker.new(bench.folder.parent, "stranger")
    good = bench.maker.update(NEW)
    head = head_of(good)
    spoilt = good[:-1] + bytes([good[-1] ^ 1])
    resigned = head.signed.replace(b'"0.3.0"', b'"0.9.0"') + good[len(head.signed) :]
    later = bench.maker.signed(replace(head.manifest, base=BASE + 1), good[head.length :])
    told = {
        "flash the card anew": (Fault.NOT_FOR_THIS, [later]),
        "signature": (Fault.CORRUPT, [stranger.update(NEW), resigned]),
        "not what was signed": (Fault.CORRUPT, [spoilt]),
        "the same as": (Fault.NOT_NEWER, [bench.maker.update(RUNNING)]),
        "older than": (Fault.NOT_NEWER, [bench.maker.update("0.1.99")]),
        "not for this machine": (Fault.NOT_FOR_THIS, [bench.maker.update(NEW, machines=("armv6l",))]),
        "length is not the one": (Fault.BAD_INPUT, [good + b"x", good[:-1]]),
        "not an update file": (Fault.BAD_INPUT, [b"PK\x03\x04" * 900]),
        "ends before its signature": (Fault.BAD_INPUT, [good[:100]]),
    }
    for words, (fault, updates) in told.items():
        for update in updates:
            error = refused(lambda update=update: send(bench.upload, update, 3000))  # type: ignore[misc]
            assert words in str(error)
            assert error.fault is fault
            assert bench.left() == []
            assert bench.upload.uploaded() is None


def test_a_device_without_a_key_takes_nothing(bench: Bench) -> None:
    update = bench.maker.update(NEW)
    for content in (None, b"", b"no key", bench.maker.private.read_bytes()):
        if content is None:
            bench.maker.key.unlink()
        else:
            bench.maker.key.write_bytes(content)
        error = refused(lambda: send(bench.upload, update))
        assert "key to check updates with" in str(error)
        assert error.fault is Fault.NOT_FOR_THIS


@pytest.mark.parametrize("total", [None, 0, 1, 399, 1 << 40])
def test_a_length_that_no_update_has_is_refused(bench: Bench, total: int | None) -> None:
    update = bench.maker.update(NEW)
    assert refused(lambda: bench.upload.part(0, update[:400], total)).fault is Fault.BAD_INPUT


def test_more_than_was_said_is_refused(bench: Bench) -> None:
    update = bench.maker.update(NEW)
    here = bench.upload.part(0, update[:600], len(update))
    assert "longer" in str(refused(lambda: bench.upload.part(here, update[here:] + b"x", None)))
    assert bench.left() == []


def test_a_head_without_an_end_is_not_waited_for_for_ever(bench: Bench) -> None:
    endless = b"ROLIGUP1\x08\x00" + b" " * 100_000
    assert len(endless) > MOST_HEAD_BYTES
    refused(lambda: send(bench.upload, endless, 512))


class Full(OsFileSystem):
    """A card that takes so many bytes and no more; `free` is what it says of itself."""

    def __init__(self, takes: int, free: int = 1 << 40) -> None:
        self.takes, self.free = takes, free

    def create(self, path: Path) -> WritableFile:
        card, file = self, super().create(path)

        class Counted:
            truncate, sync, close = file.truncate, file.sync, file.close

            def write_at(self, offset: int, data: bytes) -> None:
                card.takes -= len(data)
                if card.takes < 0:
                    raise OSError(errno.ENOSPC, "No space left on device")
                file.write_at(offset, data)

        return Counted()

    def free_bytes(self, path: Path) -> int:
        return self.free


def test_a_card_without_room_says_how_much_is_missing(tmp_path: Path) -> None:
    bench = Bench(tmp_path, Full(0, free=3 << 20))
    error = refused(lambda: send(bench.upload, bench.maker.update(NEW)))
    assert error.fault is Fault.NO_ROOM
    assert "3 MB free" in str(error)


def test_a_card_that_fills_up_keeps_the_version_that_was(tmp_path: Path) -> None:
    def updated(name: str, card: Full) -> Bench:
        (tmp_path / name).mkdir()
        return Bench(tmp_path / name, card)

    def all_of_it(bench: Bench) -> None:
        send(bench.upload, bench.maker.update(NEW))
        bench.upload.take()

    roomy = Full(1 << 30)
    all_of_it(updated("has room.", roomy))
    needed = (1 << 30) - roomy.takes
    for takes in [0, 300, *range(400, needed, 500), needed - 1]:
        bench = updated(f"{takes:09}", Full(takes))
        assert refused(lambda bench=bench: all_of_it(bench)).fault is Fault.CARD  # type: ignore[misc]
        assert load(bench.folder).version == ""
        assert "new.part" not in bench.left()
        bench.again()
        assert set(bench.left()) <= {NEW, "choice.json.part"}


NAMES = ("../device/x.py", "/etc/x", "device/../../x", "device/x y", "device/\x1b.py", "device/.x", "device/a:b")


@pytest.mark.parametrize("name", NAMES)
def test_a_name_that_leads_elsewhere_is_refused_although_it_is_signed(bench: Bench, name: str) -> None:
    update = bench.maker.update(NEW, application(NEW) | {name: b"x"})
    send(bench.upload, update)
    assert refused(bench.upload.take).fault is Fault.CORRUPT
    assert bench.left() == []
    assert not (bench.folder.parent / "device").exists()


def test_what_this_python_does_not_understand_is_refused(bench: Bench) -> None:
    send(bench.upload, bench.maker.update(NEW, application(NEW) | {"device/odd.py": b"def f(:\n"}))
    assert "odd.py is not for this Python" in str(refused(bench.upload.take))
    assert bench.left() == []
    assert load(bench.folder).version == ""


@given(st.binary(max_size=400))
def test_any_archive_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, archive: bytes) -> None:
    folder = tmp_path_factory.mktemp("versions")
    manifest = Manifest(NEW, 1, (), max(1, len(archive)), 1, "00" * 32)
    with pytest.raises(BadArchiveError):
        versions_in(folder).take(manifest, archive, lambda: True)
    assert load(folder).version == ""


KINDS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)


@settings(max_examples=60)
@given(st.sampled_from(KINDS), st.data())
def test_a_damaged_stream_is_refused_although_it_is_signed(
    tmp_path_factory: pytest.TempPathFactory, kind: int, data: st.DataObject
) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", kind) as archive:
        for name, content in application(NEW).items():
            archive.writestr(name, content)
    damaged = bytearray(packed.getvalue())
    with zipfile.ZipFile(packed) as archive:
        largest = max(archive.infolist(), key=lambda entry: entry.file_size)
    begins = largest.header_offset + 30 + len(largest.filename)
    for at in data.draw(st.lists(st.integers(begins, begins + largest.compress_size - 1), min_size=1, max_size=8)):
        damaged[at] = data.draw(st.integers(0, 255))
    versions = versions_in(tmp_path_factory.mktemp("versions"))
    unpacked = sum(map(len, application(NEW).values()))
    try:
        versions.take(Manifest(NEW, 1, (), len(damaged), unpacked, "00" * 32), bytes(damaged), lambda: True)
    except BadArchiveError:
        assert not list(versions.folder.iterdir())
    else:
        assert files_of(versions.folder / NEW) == application(NEW)
