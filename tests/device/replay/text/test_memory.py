"""What reading takes."""

import tracemalloc
from pathlib import Path

from tests.replay_helpers import open_signal

ROWS = 200_000
BYTES_A_ROW = 40
BASE_BYTES = 6_000_000  # whatever the length: buffers, modules, one chunk of the fit


def test_a_csv_takes_no_more_than_its_numbers(tmp_path: Path) -> None:
    with (tmp_path / "in.csv").open("w") as file:
        file.write("time_s,ecg_mV\n")
        for k in range(ROWS):
            file.write(f"{(k + 5000 * (k > ROWS // 2)) / 250:.3f},{k % 199 / 100:.2f}\n")
    tracemalloc.start()
    try:
        recording = open_signal(tmp_path / "in.csv")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(recording.values) == ROWS + 5000
    assert peak < BYTES_A_ROW * ROWS + BASE_BYTES
