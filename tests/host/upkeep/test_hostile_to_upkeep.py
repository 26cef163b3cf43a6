"""A device that answers anything at all: an update and a diagnosis end in one printable line."""

import io
from pathlib import Path

import pytest

from host.errors import HostError, printable
from host.pull_screen import PullScreen
from host.upkeep.diagnose import diagnose
from host.upkeep.update import update
from tests.host.test_hostile_device import HURRIED, hostile
from tests.update_helpers import Maker


@pytest.mark.parametrize("seed", range(6))
def test_whatever_a_device_answers_it_ends_in_one_printable_line(tmp_path: Path, seed: int) -> None:
    path, shown = tmp_path / "x.update", io.StringIO()
    path.write_bytes(Maker.new(tmp_path).update("0.3.0"))
    with hostile(tmp_path, seed) as port:
        with pytest.raises(HostError) as ended:
            update(path, port, patience=HURRIED, screen=PullScreen(shown), up_within_s=1.0)
        assert printable(str(ended.value))
        with pytest.raises(HostError) as ended:
            diagnose(port, patience=HURRIED, screen=PullScreen(shown))
        assert printable(str(ended.value))
    assert all(line.isprintable() for line in shown.getvalue().splitlines())
