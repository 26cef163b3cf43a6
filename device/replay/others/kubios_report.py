"""The RR intervals that Kubios HRV writes at the end of its report as text (.txt, .csv).

After the line that begins with RR INTERVAL DATA come columns side by side; the first two are the beats' times and the
intervals up to them, in s or ms. What is read is checked: times and intervals have to add up.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from device.errors import UsageError
from device.replay.recordings import BeatList
from device.replay.text.beat_lists import beat_list
from device.replay.text.lines import encoding_of, numbered_lines
from dsp.types import Beat

_HEAD_BYTES = 4096
_SECTION, _RESULTS = "RR INTERVAL DATA", "RESULTS FOR"
_SECOND = re.compile(r"[,;\t]\s{0,9}SAMPLE 2\b", re.IGNORECASE)
_FIRST_ALONE = "only the first of its samples is read"
_CELLS = re.compile(r"[;\t]|,(?=\s|,|$)|(?<=\d),(?=\d{1,9}\.)|(?<=\s),")
_SAME_S = 0.02
_LONGEST_S = 10.0  # more is no interval in s


def is_kubios_report(path: Path) -> bool:
    """Whether Kubios is named at its beginning and results or intervals follow, unlike in RR text made for Kubios."""
    with path.open("rb") as file:
        if b"kubios" not in file.read(_HEAD_BYTES).replace(b"\0", b"").lower():
            return False
    return any(_title(line).startswith((_SECTION, _RESULTS)) for _, line in numbered_lines(path, encoding_of(path)))


def read_kubios_report(path: Path) -> BeatList:
    """The intervals of the report's first sample. Raises UsageError."""
    rows = list(_rows(path))
    if not rows:
        raise UsageError(f"a report of Kubios without intervals: no section {_SECTION} is in it")
    scale = 1.0 if rows[0][2] < _LONGEST_S else 1e-3
    beats: list[Beat] = []
    breaks_s: list[float] = []
    start_s = rows[0][1] - rows[0][2] * scale
    beats.append(Beat(0.0, 0.0, 1.0))
    told = _FIRST_ALONE if _holds_two(path) else ""
    for line, clock_s, interval in rows:
        t_s, rr_s = clock_s - start_s, interval * scale
        if t_s <= beats[-1].t_s:
            told = _FIRST_ALONE
            break
        if t_s - rr_s < beats[-1].t_s - _SAME_S or rr_s <= 0:
            raise UsageError(f"line {line}: {interval:g} up to {clock_s:g} s: times and intervals do not add up")
        if t_s - rr_s > beats[-1].t_s + _SAME_S:
            breaks_s.append((beats[-1].t_s + t_s - rr_s) / 2)
            beats.append(Beat(t_s - rr_s, t_s - rr_s, 1.0))
        beats.append(Beat(t_s, t_s, 1.0))
    return beat_list(beats, breaks_s, "the RR intervals of a report of Kubios, as it corrected them", told)


def _rows(path: Path) -> Iterator[tuple[int, float, float]]:
    """(line, time, interval) of the section."""
    within = False
    for number, line in numbered_lines(path, encoding_of(path)):
        if _title(line).startswith(_SECTION):
            within = True
        elif within:
            values = [value for cell in _CELLS.split(line)[:3] if (value := _number(cell)) is not None]
            if len(values) >= 2:
                yield number, values[0], values[1]


def _holds_two(path: Path) -> bool:
    """Whether another sample's columns stand beside the first's."""
    return any(_SECOND.search(line) for _, line in numbered_lines(path, encoding_of(path)))


def _title(line: str) -> str:
    return line.strip(' ",;\t').upper()


def _number(cell: str) -> float | None:
    try:
        value = float(cell.strip(' "').replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) < 1e9 else None
