"""An option decides something in a file or is refused in a line, and so is a beat's quality that is no share."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from device.errors import UsageError
from device.replay.opening import open_recording
from device.replay.recordings import BeatList

RR = "".join(f"{800 + k % 9}\n" for k in range(80))
TIMES = [round(0.8 * k, 1) for k in range(1, 80)]
PIECES = [{"Timestamp": 200 * k, "Samples": list(range(25))} for k in range(40)]

HOLDING_NO_SIGNAL_AND_NO_UNIT = {
    "a.fit": b"\x0e\x10\x54\x08\0\0\0\0.FIT\0\0\0\0",
    "a.hrm": b"[Params]\nInterval=238\n[HRData]\n" + RR.encode(),
    "kubios.txt": b"Kubios HRV\nRESULTS FOR SINGLE SAMPLES\n",
    "beats.csv": "\n".join(["time_s", *map(str, TIMES)]).encode(),
    "rated.csv": "\n".join(["time_s,quality", *(f"{t_s},1" for t_s in TIMES)]).encode(),
    "closing.csv": "\n".join(["time_s,interval_ms", *(f"{t_s},800" for t_s in TIMES)]).encode(),
    "rr.json": b'{"rrData": [800, 810, 790]}',
}
HOLDING_NO_SIGNAL = {"rr.txt": RR.encode(), "ecg.json": str(PIECES).replace("'", '"').encode()}
HOLDING_NO_UNIT = {"a.emdb": b"SQLite format 3\0", "a.xml": b"<HealthData/>", "e.json": b'[{"LiveIBI": [800, 810]}]'}

given_values = st.sampled_from(["1", "99", "ECG", "ms", "mV", "nonsense", "9" * 5000, ""])


@settings(deadline=None)
@given(st.sampled_from(sorted({**HOLDING_NO_SIGNAL_AND_NO_UNIT, **HOLDING_NO_SIGNAL}.items())), given_values)
def test_a_signal_is_not_asked_for_where_there_is_none(
    tmp_path_factory: pytest.TempPathFactory, file: tuple[str, bytes], signal: str
) -> None:
    path = tmp_path_factory.mktemp("in") / file[0]
    path.write_bytes(file[1])
    for kind in (None, "rr", "beats"):
        with pytest.raises(UsageError) as caught:
            open_recording(path, kind, signal)
        assert "--signal" in str(caught.value) or "--kind" in str(caught.value)
        assert "\n" not in str(caught.value)


@settings(deadline=None)
@given(st.sampled_from(sorted({**HOLDING_NO_SIGNAL_AND_NO_UNIT, **HOLDING_NO_UNIT}.items())), given_values)
def test_a_unit_is_not_told_where_the_file_has_its_own(
    tmp_path_factory: pytest.TempPathFactory, file: tuple[str, bytes], unit: str
) -> None:
    path = tmp_path_factory.mktemp("in") / file[0]
    path.write_bytes(file[1])
    with pytest.raises(UsageError, match=r"--unit .*: .* has a unit of its own; it is read without --unit"):
        open_recording(path, None, None, unit)


@pytest.mark.parametrize("number", ["0", "99", "9" * 5000, "x"])
@pytest.mark.parametrize("name", ["a.xml", "e.json"])
def test_a_number_that_none_has_is_one_line(tmp_path: Path, name: str, number: str) -> None:
    beats = "".join(f'<InstantaneousBeatsPerMinute bpm="60" time="10:00:0{k}.00"/>' for k in range(9))
    reading = f'<Record type="HKQuantityTypeIdentifierHeartRateVariabilitySDNN">{beats}</Record>'
    (tmp_path / "a.xml").write_text(f"<HealthData>{reading}</HealthData>")
    (tmp_path / "e.json").write_bytes(HOLDING_NO_UNIT["e.json"])
    with pytest.raises(UsageError, match="--signal takes the number of one"):
        open_recording(tmp_path / name, None, number)


@pytest.mark.parametrize(
    ("text", "kind", "signal", "told"),
    [
        (RR, "ecg", None, "--kind ecg: samples need a header with a column time_s and their name"),
        (RR, "ppg", "99", "--signal 99: samples need a header"),
        (RR, None, "99", "--signal 99: samples need a header"),
        ("time_s\n1\n2\n", "ecg", None, "no column holds samples beside the times"),
        ("time_s,interval_ms\n1,800\n2,1000\n", "ecg", None, "no column holds samples beside the times"),
        ("time_s,interval_ms\n1,800\n2,1000\n", None, "interval_ms", "--signal interval_ms: a list of beats has no"),
    ],
)
def test_samples_that_are_asked_of_what_holds_none(
    tmp_path: Path, text: str, kind: str | None, signal: str | None, told: str
) -> None:
    (tmp_path / "in.txt").write_text(text)
    with pytest.raises(UsageError, match=told):
        open_recording(tmp_path / "in.txt", kind, signal)


qualities = st.floats(0, 1).map(str) | st.sampled_from(["", "1.0000000000000002", "-1e-17", "0", "1", "3.6e-16"])
no_qualities = st.sampled_from(["nan", "NaN", "inf", "-inf", "NA", "-", "x", "1e400", "-0.1", "1.01", "100", "0.5 %"])


@settings(deadline=None)
@given(st.lists(qualities, min_size=2, max_size=40), st.data())
def test_a_quality_is_a_share_or_refused_by_its_line(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str], data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("in") / "beats.csv"

    def write(told: list[str]) -> None:
        path.write_text("\n".join(["time_s,quality", *(f"{0.8 * k:.1f},{cell}" for k, cell in enumerate(told))]))

    write(cells)
    recording = open_recording(path)
    assert isinstance(recording, BeatList)
    expected = [min(1.0, max(0.0, float(cell))) if cell else 1.0 for cell in cells]
    assert [beat.quality for beat in recording.beats] == expected
    wrong = data.draw(st.integers(0, len(cells) - 1))
    cells[wrong] = data.draw(no_qualities)
    write(cells)
    with pytest.raises(UsageError, match=f"line {wrong + 2}: a beat's quality must be a number from 0 to 1, or empty"):
        open_recording(path)
