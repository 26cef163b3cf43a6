"""Numbers, times and dates that no device writes give a recording or one line, in whatever form they come."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.errors import UsageError
from device.replay.opening import open_recording

ODD = st.sampled_from([
    "nan", "inf", "1e308", "-1e308", "1e400", "1e-320", "null", "", "x", "true", "1e18", "-1", "9" * 400, "9" * 5000,
    "23:59:59", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
])  # fmt: skip
CELLS = st.integers(0, 2000).map(str)
KINDS = st.sampled_from([None, "ecg", "ppg", "rr", "beats"])
HEADS = ["time_s,ecg_mV", "time,rr", "time_s,quality", "time_s,interval_ms", "Rate,250 hertz", "Timestamp,ecg [uV]"]


def as_table(cells: list[list[str]], head: str) -> tuple[str, str]:
    return "in.csv", "\n".join([head, *(f"{time},{value}" for time, value in cells)])


def as_column(cells: list[list[str]], head: str) -> tuple[str, str]:
    return "in.csv", "\n".join([head, *(value for _, value in cells)])


def as_json(cells: list[list[str]], _: str) -> tuple[str, str]:
    pieces = (f'{{"Timestamp": {time or 0}, "Samples": [1, {value or 0}, 3]}}' for time, value in cells)
    return "in.json", f"[{','.join(pieces)}]"


def as_report(cells: list[list[str]], _: str) -> tuple[str, str]:
    return "in.txt", "\n".join(["Kubios", "RR INTERVAL DATA", *(f"{time}\t{value}" for time, value in cells)])


def as_wfdb(cells: list[list[str]], _: str) -> tuple[str, str]:
    (frames, offset), (gain, first) = cells[0], cells[-1]
    return "in.hea", f"in 1 250 {frames}\nin.dat 16+{offset} {gain} 12 0 {first}\n"


Form = Callable[[list[list[str]], str], tuple[str, str]]
FORMS: list[Form] = [as_table, as_column, as_json, as_report, as_wfdb]


@settings(deadline=None, max_examples=300)
@given(st.sampled_from(FORMS), st.sampled_from(HEADS), st.integers(2, 80), st.data())
def test_odd_numbers_give_a_recording_or_one_line(
    tmp_path_factory: pytest.TempPathFactory, write: Form, head: str, count: int, data: st.DataObject
) -> None:
    cells = [[str(k * 4), data.draw(CELLS)] for k in range(count)]
    for _ in range(data.draw(st.integers(1, 3))):
        cells[data.draw(st.integers(0, count - 1))][data.draw(st.integers(0, 1))] = data.draw(ODD)
    name, text = write(cells, head)
    folder = tmp_path_factory.mktemp("in")
    (folder / name).write_text(text)
    (folder / "in.dat").write_bytes(bytes(range(200)))
    with suppress(UsageError):
        assert open_recording(folder / name, data.draw(KINDS)).duration_s >= 0.0


def test_samples_that_begin_behind_the_end_of_their_file(tmp_path: Path) -> None:
    (tmp_path / "in.dat").write_bytes(bytes(200))
    (tmp_path / "in.hea").write_text("in 1 250 100\nin.dat 16+201\n")
    with pytest.raises(UsageError, match=r"in\.dat ends before byte 201"):
        open_recording(tmp_path / "in.hea")
