"""What a file of samples does not hold is counted and told, in whatever form the file is; nothing is no recording."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from device.errors import UsageError
from device.replay.opening import open_recording
from tests.replay_helpers import open_signal

FS_HZ, SECONDS = 125, 8
COUNT = FS_HZ * SECONDS
MISSING_CELLS = ["", "nan", "NaN", "NA", "n/a", "null", "-", "inf", "-Infinity", "1e400"]
ECG_UV = np.array([round(1000 * np.exp(-(((k % 100) - 50) ** 2) / 8)) for k in range(COUNT)])

Mask = NDArray[np.bool_]


def as_csv(folder: Path, missing: Mask, cell: str) -> Path:
    rows = [f"{k / FS_HZ:.3f},{cell if gone else ECG_UV[k]}" for k, gone in enumerate(missing)]
    (folder / "in.csv").write_text("\n".join(["time_s,ecg_uV", *rows]))
    return folder / "in.csv"


def as_column(folder: Path, missing: Mask, cell: str) -> Path:
    """Below its rate; an empty line is no row there, so that the line has its separator."""
    rows = [f"{cell}," if gone else str(ECG_UV[k]) for k, gone in enumerate(missing)]
    (folder / "in.csv").write_text("\n".join([f"Sample Rate,{FS_HZ} hertz", "Unit,uV", "", *rows]))
    return folder / "in.csv"


def as_wfdb(folder: Path, missing: Mask, _: str) -> Path:
    (folder / "in.dat").write_bytes(np.where(missing, -32768, ECG_UV).astype("<i2").tobytes())
    (folder / "in.hea").write_text(f"in 1 {FS_HZ} {COUNT}\nin.dat 16 1/uV 16 0 0 0 0 ECG\n")
    return folder / "in.hea"


def as_json(folder: Path, missing: Mask, _: str) -> Path:
    samples = [None if gone else int(ECG_UV[k]) for k, gone in enumerate(missing)]
    pieces = [{"Timestamp": k * 8, "Samples": samples[k : k + 25]} for k in range(0, COUNT, 25)]
    (folder / "in.json").write_text(json.dumps(pieces))
    return folder / "in.json"


FORMS: list[Callable[[Path, Mask, str], Path]] = [as_csv, as_column, as_wfdb, as_json]


@st.composite
def masks(draw: st.DrawFn) -> Mask:
    """Some spans missing, but not the last two seconds."""
    missing = np.zeros(COUNT, dtype=np.bool_)
    for start in draw(st.lists(st.integers(40, COUNT - 1), max_size=6)):
        missing[start : start + draw(st.integers(1, 2 * FS_HZ))] = True
    missing[-2 * FS_HZ :] = False
    return missing


def told(remarks: tuple[str, ...]) -> int:
    """How many samples the remarks say are missing."""
    return sum(int(found[1]) for remark in remarks if (found := re.match(r"(\d+) samples \(", remark)))


@settings(deadline=None)
@given(st.sampled_from(FORMS), masks(), st.sampled_from(MISSING_CELLS))
def test_as_many_samples_are_told_missing_as_are(
    tmp_path_factory: pytest.TempPathFactory, write: Callable[[Path, Mask, str], Path], missing: Mask, cell: str
) -> None:
    signal = open_signal(write(tmp_path_factory.mktemp("in"), missing, cell))
    np.testing.assert_array_equal(np.isnan(signal.values), missing)
    np.testing.assert_allclose(signal.values[~missing], ECG_UV[~missing])
    assert told(signal.remarks) == np.count_nonzero(missing)


@pytest.mark.parametrize("write", [as_csv, as_wfdb, as_json])
@pytest.mark.parametrize("kept", [[], [3], range(0, COUNT, 3)])
def test_a_signal_that_holds_nothing_to_read_is_refused(
    tmp_path: Path, write: Callable[[Path, Mask, str], Path], kept: list[int]
) -> None:
    missing = np.ones(COUNT, dtype=np.bool_)
    missing[kept] = False
    with pytest.raises(UsageError, match=r"samples (of ECG|of ecg_uV|are missing)") as caught:
        open_recording(write(tmp_path, missing, "nan"), kind="ecg")
    assert "\n" not in str(caught.value)


@settings(deadline=None, max_examples=30)
@given(masks(), st.integers(1, 10 * FS_HZ))
def test_gaps_and_empty_cells_are_told_apart(tmp_path_factory: pytest.TempPathFactory, missing: Mask, gap: int) -> None:
    rows = [
        f"{(k + gap * (k >= COUNT // 2)) / FS_HZ:.3f},{'' if gone else ECG_UV[k]}" for k, gone in enumerate(missing)
    ]
    path = tmp_path_factory.mktemp("in") / "in.csv"
    path.write_text("\n".join(["time_s,ecg_uV", *rows]))
    signal = open_signal(path)
    assert signal.remarks[0].startswith(f"{gap} samples (")
    assert told(signal.remarks) == gap + np.count_nonzero(missing) == np.count_nonzero(np.isnan(signal.values))


@pytest.mark.parametrize("head", [["-"], ["nan", "Unit,uV"]])
def test_what_is_missing_before_the_first_value_counts_where_no_head_follows(tmp_path: Path, head: list[str]) -> None:
    rows = ["nan", "nan", *map(str, ECG_UV)]
    (tmp_path / "in.csv").write_text("\n".join([*head, f"Sample Rate,{FS_HZ} hertz", "Unit,uV", *rows]))
    assert np.flatnonzero(np.isnan(open_signal(tmp_path / "in.csv").values)).tolist() == [0, 1]


def test_rows_without_an_interval_are_told(tmp_path: Path) -> None:
    rows = [f"{k},{'' if k % 30 == 7 else 800 + k % 9}" for k in range(90)]
    (tmp_path / "in.csv").write_text("\n".join(["index,rr_ms", *rows]))
    assert "3 rows without an interval passed over" in open_recording(tmp_path / "in.csv").remarks
