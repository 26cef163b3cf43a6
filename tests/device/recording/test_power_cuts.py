"""Power lost at any write, writes in any order since the last sync: what was acknowledged is there."""

import random
from pathlib import Path

import edfio
import pyedflib
import pytest

from device.recording.edf.layout import decode_header
from device.recording.ending.recovery import recover
from device.recording.format.names import EDF
from device.recording.format.record_crc import used_bytes
from device.recording.recorder import SessionRecorder
from device.recording.store import Store
from device.session.events import EndReason
from tests.card_model import CardModel
from tests.recording_helpers import feed, session_info, sums_hold, ticking, tree

SECONDS = 20.0


def recorded_on(root: Path) -> tuple[CardModel, list[bytes]]:
    """A session recorded to its end on a card that remembers, and its records."""
    root.mkdir()
    card = CardModel(root)
    recorder = SessionRecorder(Store(root, card), session_info(), live=False, monotonic_s=ticking(1.7).__next__)
    card.acknowledged = lambda: recorder.acknowledged_records
    feed(recorder, SECONDS)
    folder = recorder.close(EndReason.PRESSED)
    assert recorder.fault is None
    return card, records_of(folder / EDF)


def records_of(path: Path) -> list[bytes]:
    data = path.read_bytes()
    header = decode_header(data, path.name)
    body = data[header.header_bytes :]
    assert len(body) == header.record_count * header.record_bytes
    return [body[i : i + header.record_bytes] for i in range(0, len(body), header.record_bytes)]


def check_recovered(root: Path, acknowledged: int, written: list[bytes]) -> None:
    """After recovery of `root`: nothing acknowledged is missing, other readers agree, and doing it again is idle."""
    store = Store(root)
    assert [found.fault for found in recover(store)] in ([], [None])
    assert store.open_sessions() == []
    assert acknowledged == 0 or len(store.finished_sessions()) == 1
    for name in store.finished_sessions():
        path = store.folder(name) / EDF
        kept = records_of(path)
        assert len(kept) >= max(1, acknowledged)
        for index in range(acknowledged):
            used = used_bytes(written[index])
            assert kept[index][:used] == written[index][:used]
        assert sums_hold(store.folder(name))
        opens_elsewhere(path, len(kept))
    assert not [path for path in root.rglob("*") if path.name[0] == "." or path.suffix in (".part", ".check")]
    before = tree(root)
    assert recover(store) == []
    assert tree(root) == before


def opens_elsewhere(path: Path, records: int) -> None:
    edf = edfio.read_edf(path)
    assert edf.num_data_records == records
    assert edf.signals[0].label == "ECG"
    assert all(annotation.onset >= 0 for annotation in edf.annotations)
    reader = pyedflib.EdfReader(str(path))
    try:
        assert reader.datarecords_in_file == records
        assert len(reader.readSignal(0)) == records * 64
        reader.readAnnotations()
    finally:
        reader.close()


def cut_and_check(tmp_path: Path, trials: int, seed: int) -> None:
    chance = random.Random(seed)
    card, written = recorded_on(tmp_path / "card")
    acknowledged = set()
    for trial in range(trials):
        cut = chance.randrange(len(card.operations))
        left = tmp_path / f"cut{trial}"
        card.after_cut(cut, left, chance)
        known = card.acknowledged_before[cut]
        if chance.random() < 0.3:
            left = cut_again(left, tmp_path / f"again{trial}", chance)
        check_recovered(left, known, written)
        acknowledged.add(known)
    assert len(acknowledged) > 3, "cuts fell at different states of the session"


def cut_again(root: Path, into: Path, chance: random.Random) -> Path:
    """The power goes a second time, while the first cut is being mended."""
    card = CardModel(root)
    recover(Store(root, card))
    if not card.operations:
        return root
    card.after_cut(chance.randrange(len(card.operations)), into, chance)
    return into


def test_every_acknowledged_record_survives_a_cut(tmp_path: Path) -> None:
    cut_and_check(tmp_path, trials=50, seed=1)


@pytest.mark.slow
def test_every_acknowledged_record_survives_a_thousand_cuts(tmp_path: Path) -> None:
    cut_and_check(tmp_path, trials=1000, seed=2)


def test_the_model_does_lose_what_was_not_synced(tmp_path: Path) -> None:
    """Else the tests above would prove nothing."""
    card, _ = recorded_on(tmp_path / "card")
    chance = random.Random(3)
    sizes = set()
    for trial in range(20):
        left = tmp_path / f"cut{trial}"
        card.after_cut(len(card.operations) // 2, left, chance)
        sizes |= {len(content) for name, content in tree(left).items() if name.endswith(EDF)}
    assert len(sizes) > 1
