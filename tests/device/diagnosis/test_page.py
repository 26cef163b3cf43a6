"""The page about the device: what a helper needs, and nothing of the wearer."""

import json
import logging
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.cli import main
from device.config import Config, StoreConfig
from device.diagnosis.faults import FaultCounts, blotted, keep_faults, last_lines
from device.diagnosis.page import SECTIONS, Diagnostics
from device.update.choice import Chosen, save
from tests.pulled_sessions import record_days
from tests.update_helpers import versions_in

CHECKS = json.dumps([{"part": "SPI 0.0 sensor", "verdict": "ok", "text": "MCP3208 answers"}])


@pytest.fixture(autouse=True)
def handlers_as_before() -> Iterator[None]:
    before = logging.getLogger().handlers.copy()
    yield
    for handler in set(logging.getLogger().handlers) - set(before):
        logging.getLogger().removeHandler(handler)
        handler.close()


def page(folder: Path, **changes: object) -> str:
    config = replace(Config(), store=StoreConfig(str(folder)))
    kept = {"versions": None, "counts": FaultCounts(), "selftest": lambda: CHECKS, "root": folder, "faults": folder}
    return Diagnostics(config, **(kept | changes))().decode()  # type: ignore[arg-type]


def put(root: Path, name: str, content: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).write_text(content)


def test_nothing_of_recorded_sessions_is_in_it(tmp_path: Path) -> None:
    """Although faults were told with everything that a session holds."""
    sessions = record_days(tmp_path, 2)
    counts = keep_faults(tmp_path)
    log = logging.getLogger("device.recording")
    values = set()
    for folder in sessions:
        summary = json.loads((folder / "summary.json").read_text())
        numbers = [*summary.values(), *(line for line in (folder / "rr.txt").read_text().split())]
        for value in numbers:
            log.warning("%s: a fault at %s", folder.name, value)
            log.warning(f"a careless line about {value}")
            values |= set(re.findall(r"\d{3,}|\d+\.\d+", str(value)))
        values.add(folder.name)
    assert len(values) > 100
    told = page(tmp_path, counts=counts)
    lines = re.sub(r"^\d+ x ", "", told[told.index("[Faults since") :], flags=re.MULTILINE)
    assert "a fault at #" in lines
    assert not [value for value in values if value in lines]
    summaries = [json.loads((folder / "summary.json").read_text()) for folder in sessions]
    started = {summary["started_utc"][:10] for summary in summaries}
    assert not [text for text in (*(folder.name for folder in sessions), *started) if text in told]


TIMES = st.datetimes().map(lambda time: time.isoformat()) | st.datetimes().map("{:%Y%m%dT%H%M%SZ}".format)
NUMBERS = st.integers(0, 10**9).map(str) | st.floats(0, 1e6).map(str) | TIMES | st.integers(0, 9999).map("rr{}".format)


@given(st.lists(NUMBERS | st.sampled_from([" at ", ": ", "-", "(", "%"])))
def test_a_number_is_blotted_out_wherever_it_stands(parts: list[str]) -> None:
    assert not re.search(r"\d", blotted(" ".join(parts)))


def test_what_names_a_fault_is_kept() -> None:
    line = 'File "/usr/lib/rolig/device/usb/link.py", line 91, in _open'
    assert blotted(line) == line
    assert blotted("[Errno 28] No space left on device") == "[Errno 28] No space left on device"
    assert blotted("MAX30102 on ttyGS0 at 61.5 bpm") == "MAX30102 on ttyGS0 at # bpm"


def test_faults_are_counted_by_their_kind_and_kept_over_a_restart(tmp_path: Path) -> None:
    counts = keep_faults(tmp_path)
    for pace in (5.5, 6.0):
        logging.getLogger("device.x").warning("odd pace %s", pace)
    logging.getLogger("device.x").info("not a fault")
    assert dict(counts.counts) == {"device.x: odd pace %s": 2}
    assert last_lines(tmp_path) == ["WARNING odd pace #"] * 2
    assert "2 x device.x: odd pace %s" in page(tmp_path, counts=counts)


def test_of_the_configuration_what_is_the_wearers_is_left_out(tmp_path: Path) -> None:
    told = page(tmp_path)
    assert {"[session]", "[cues]"}.isdisjoint(told.splitlines())
    assert all(f"[{section}]" in told.splitlines() for section in SECTIONS)
    for word in ("minutes", "breaths_per_min", "language", "trial", "led_level"):
        assert word not in told


def test_the_machine_is_told_as_far_as_it_tells(tmp_path: Path) -> None:
    assert "power: not told" in page(tmp_path)
    put(tmp_path, "proc/device-tree/model", "Raspberry Pi Zero 2 W Rev 1.0\0")
    put(tmp_path, "etc/os-release", 'NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 13 (trixie)"\n')
    put(tmp_path, "proc/uptime", "754.30 1400.00\n")
    put(tmp_path, "proc/meminfo", "MemTotal: 430000 kB\nMemAvailable:  204800 kB\n")
    put(tmp_path, "sys/class/thermal/thermal_zone0/temp", "48312\n")
    put(tmp_path, "sys/devices/platform/soc/soc:firmware/get_throttled", "50005\n")
    put(tmp_path, "sys/class/hwmon/hwmon1/name", "rpi_volt\n")
    put(tmp_path, "sys/class/hwmon/hwmon1/in0_lcrit_alarm", "1\n")
    told = page(tmp_path)
    for line in (
        "board: Raspberry Pi Zero 2 W Rev 1.0",
        "system: Debian GNU/Linux 13 (trixie)",
        "up: 12 min",
        "free memory: 200 MB",
        "temperature: 48 degrees",
        "power: under-voltage now, throttled now, under-voltage since the start, throttled since the start",
        "5 V: the 5 V fell too low",
    ):
        assert line in told.splitlines()


@pytest.mark.parametrize("content", ["", "x", "-", "\xff", "0x", "9" * 400])
def test_odd_files_of_the_kernel_stop_nothing(tmp_path: Path, content: str) -> None:
    for name in ("proc/uptime", "proc/meminfo", "sys/class/thermal/thermal_zone0/temp", "etc/os-release"):
        put(tmp_path, name, content)
    put(tmp_path, "sys/devices/platform/soc/soc:firmware/get_throttled", content)
    assert "[Machine]" in page(tmp_path)


def test_updates_are_told(tmp_path: Path) -> None:
    versions = versions_in(tmp_path / "versions")
    (tmp_path / "versions").mkdir()
    save(versions.files, versions.folder, Chosen("0.3.0", "0.2.5", failed="0.4.0"))
    told = page(tmp_path, versions=versions).splitlines()
    assert {"chosen: 0.3.0, on trial", "gone back to if it fails: 0.2.5", "did not come up: 0.4.0"} <= set(told)


@pytest.mark.parametrize("answer", ["", "[]x", "[]", "{}", "[1]", '[{"part": 1}]'])
def test_a_self_test_that_fails_is_said_to(tmp_path: Path, answer: str) -> None:
    assert "[Self-test]\ncould not be made: " in page(tmp_path, selftest=lambda: answer)
    assert "SPI 0.0 sensor: MCP3208 answers" in page(tmp_path)


def test_it_is_made_anew_once_a_minute_at_most(tmp_path: Path) -> None:
    now_s, made = 0.0, []

    def selftest() -> str:
        made.append(now_s)
        return CHECKS

    diagnostics = Diagnostics(Config(), None, FaultCounts(), selftest, None, tmp_path, lambda: now_s)
    for _ in range(5):
        diagnostics()
        now_s += 30.0
    assert made == [0.0, 90.0]


def test_the_self_test_that_is_asked_is_the_commands_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from device.diagnosis.page import ask_selftest

    config = tmp_path / "rolig.toml"
    config.write_text(f'[store]\nfolder = "{tmp_path}/store"\n')
    told = json.loads(ask_selftest(config))
    main(["selftest", "--json", "--config", str(config)])
    assert [check["part"] for check in told] == [check["part"] for check in json.loads(capsys.readouterr().out)]
