"""Layouts as programs really write them, after files and readers that others published, and not after our own reader.

Each is named by where it was seen; the numbers are made up.
"""

import math
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path

import numpy as np
import pytest

from device.errors import UsageError
from device.replay.opening import open_recording
from device.replay.recordings import BeatList
from tests.replay_helpers import open_signal
from tests.synthetic import ecg, regular_r_times

CHANCE = random.Random(1)
RR_MS = [round(800 + 50 * math.sin(k / 3) + CHANCE.gauss(0, 12)) for k in range(80)]
ENDS_MS = list(accumulate(RR_MS))
BEFORE_MIDNIGHT = datetime(2026, 4, 24, 23, 59, 40, 752000)
ECG_UV = np.round(ecg(regular_r_times(20.0), 130.0, 20.0))
IBI_HEAD = "1544027337.000000, IBI"


def arrivals() -> Iterator[tuple[datetime, int]]:
    """When a phone heard of each interval, across midnight."""
    for end_ms, rr_ms in zip(ENDS_MS, RR_MS, strict=True):
        yield BEFORE_MIDNIGHT + timedelta(milliseconds=end_ms), rr_ms


def stamp(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")


def in_pairs() -> list[str]:
    """A strap sends two intervals at once: both have the stamp of the first."""
    every = list(arrivals())
    return [f"{stamp(every[k - k % 2][0])};{rr_ms}" for k, (_, rr_ms) in enumerate(every)]


# Polar Sensor Logger (headers as EmotionCognition's and other recorders copy them), HRV Logger in its old and new form
# (rrational.readthedocs.io), Elite HRV (chriotte/EliteHRV_to_dataframe), Empatica E4, and RR first in a table.
TEXTS = {
    "polar_RR": ["Phone timestamp;RR-interval [ms]", *(f"{stamp(at)};{rr}" for at, rr in arrivals())],
    "polar_RR_pairs": ["Phone timestamp;RR-interval [ms]", *in_pairs()],
    "polar_RR_clock": [
        "Phone timestamp;RR-interval [ms]",
        *(f"{at.time().isoformat(timespec='microseconds')};{rr}" for at, rr in arrivals()),
    ],
    "polar_PPI": [
        "Phone Data RX timestamp;PP-interval [ms];error estimate [ms];blocker;contact;contact;hr [bpm]",
        *(f"{stamp(at)};{rr};10;0;1;1;{60_000 // rr}" for at, rr in arrivals()),
    ],
    "hrv_logger": [
        "date,rr,since start",
        *(f"{stamp(at).replace('T', ' ')},{rr},{end - rr}" for (at, rr), end in zip(arrivals(), ENDS_MS, strict=True)),
    ],
    "hrv_logger_new": [
        "timestamp, rr, since_start",
        *(f"{1_776_000_000_000 + end}, {rr}, {end - rr}" for (_, rr), end in zip(arrivals(), ENDS_MS, strict=True)),
    ],
    "elite_hrv": [str(rr) for rr in RR_MS],
    "empatica_IBI": [IBI_HEAD, *(f"{end / 1000:.6f},{rr / 1000:.6f}" for end, rr in zip(ENDS_MS, RR_MS, strict=True))],
    "rr_first": ["RR,timestamp", *(f"{rr},{1_776_000_000_000 + end}" for end, rr in zip(ENDS_MS, RR_MS, strict=True))],
}


def intervals_ms(path: Path) -> list[float]:
    recording = open_recording(path)
    assert isinstance(recording, BeatList)
    return [float(step) for step in np.diff([beat.t_s * 1000 for beat in recording.beats])]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("name", TEXTS)
def test_intervals_of_loggers(tmp_path: Path, name: str, end: str) -> None:
    path = tmp_path / f"{name}.csv"
    path.write_bytes((end.join(TEXTS[name]) + end).encode())
    assert intervals_ms(path) == pytest.approx(RR_MS, abs=1e-6)


def test_a_logger_s_heart_rates_hold_no_intervals(tmp_path: Path) -> None:
    head = "Phone timestamp;HR [bpm];HRV [ms];Breathing interval [rpm];"
    rows = [f"{stamp(at)};{60_000 // rr};42.5;;" for at, rr in arrivals()]
    (tmp_path / "hr.txt").write_text("\n".join([head, *rows]))
    with pytest.raises(UsageError, match="no column holds intervals"):
        open_recording(tmp_path / "hr.txt")


@pytest.mark.parametrize("last", [False, True])
def test_an_ecg_of_a_strap_stamped_in_packets(tmp_path: Path, last: bool) -> None:
    """Newer versions leave the column of ms out, or put the sensor's stamp last; the phone's repeats for a packet."""
    names = ["Phone timestamp", "sensor timestamp [ns]", "ecg [uV]"]
    order = (0, 2, 1) if last else (0, 1, 2)
    lines = [";".join(names[k] for k in order)]
    for k, value in enumerate(ECG_UV):
        cells = [
            stamp(BEFORE_MIDNIGHT + timedelta(seconds=(k - k % 73) / 130)),
            str(830_000_000_000_000_000 + round(k * 1e9 / 130)),
            f"{value:.0f}",
        ]
        lines.append(";".join(cells[at] for at in order))
    (tmp_path / "ecg.txt").write_text("\n".join(lines))
    signal = open_signal(tmp_path / "ecg.txt")
    assert signal.fs_hz == pytest.approx(130.0, rel=1e-4)
    assert np.array_equal(signal.values, ECG_UV)


def kubios_report(samples: int = 1) -> list[str]:
    """Kubios HRV Standard 3.1, after SampleReport.txt of PGomes92/kubios: the first column is blank."""
    blank = " " * 30
    which = "A SINGLE SAMPLE" if samples == 1 else "SAMPLES 1 - 2"
    head = ["HRV ANALYSIS RESULTS - 13-Sep-2018 13:15:19", "Kubios HRV Standard", "3.1.0.1", "", f"RESULTS FOR {which}"]
    head += ["", "Time-Domain Results           ,", "  Mean RR  (ms):              ,    707.5437,            ,", ""]
    head += ["RR INTERVAL DATA and SPECTRUM ESTIMATES,"]
    titles = [
        "    SAMPLE 1,            ,            ,            ",
        "    SAMPLE 2,            ,            ,            ",
    ]
    head += [f"{blank},{','.join(titles[:samples])},"]
    for names in ("Time, RR interval,   Frequency,         PSD", "(s),         (s),        (Hz),   (ms^2/Hz)"):
        head.append(f"{blank},{','.join([names.rjust(51)] * samples)},")
    rows = [
        f"{blank},"
        + ",".join(
            f"{300 * s + end / 1000:12.3f},{rr / 1000:12.3f},{k / 300:12.3f},{5942.2394:12.4f}" for s in range(samples)
        )
        + ","
        for k, (end, rr) in enumerate(zip(ENDS_MS, RR_MS, strict=True))
    ]
    return head + rows


def test_a_report_of_kubios_whose_first_column_is_blank(tmp_path: Path) -> None:
    (tmp_path / "hrv.txt").write_text("\r\n".join(kubios_report()))
    assert intervals_ms(tmp_path / "hrv.txt") == pytest.approx(RR_MS, abs=1.1)
    european = [line.replace(",", ";").replace(".", ",") for line in kubios_report()]
    (tmp_path / "hrv.csv").write_text("\n".join(european))
    assert intervals_ms(tmp_path / "hrv.csv") == pytest.approx(RR_MS, abs=1.1)


def test_of_samples_side_by_side_the_first_is_read_and_said(tmp_path: Path) -> None:
    (tmp_path / "hrv.txt").write_text("\n".join(kubios_report(samples=2)))
    assert intervals_ms(tmp_path / "hrv.txt") == pytest.approx(RR_MS, abs=1.1)
    assert open_recording(tmp_path / "hrv.txt").remarks[-1] == "only the first of its samples is read"


def hrm(interval: str, rows: list[str]) -> str:
    """Of a Polar watch, after the files that rhenanbartels/hrv and Runalyze read."""
    params = ["[Params]", "Version=106", "Monitor=12", "SMode=00000000", "Date=20260424", "StartTime=10:00:00.0"]
    return "\r\n".join([*params, f"Interval={interval}", "", "[Note]", "", "[HRData]", *rows, ""])


def test_the_intervals_of_a_polar_watch_s_file(tmp_path: Path) -> None:
    path = tmp_path / "watch.hrm"
    path.write_text(hrm("238", [str(rr) for rr in RR_MS]))
    assert intervals_ms(path) == pytest.approx(RR_MS)
    for interval, rows, told in (
        ("5", ["71", "72"], r"heart rates \(Interval=5\)"),
        ("238", [], "its HRData is empty"),
        ("238", ["800", "8e2"], "line 13: one RR interval in ms"),
        ("238", ["800", "9" * 5000], "line 13: one RR interval in ms"),
        ("", ["800"], r"Interval=\?"),
    ):
        path.write_text(hrm(interval, rows))
        with pytest.raises(UsageError, match=told):
            open_recording(path)
