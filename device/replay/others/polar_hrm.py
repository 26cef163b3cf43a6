"""RR intervals of a Polar watch's .hrm file: sections in square brackets, of which Params tells how the rows of HRData
were taken. An `Interval` of 238 means RR intervals in ms; any other holds heart rates every so many seconds.

Source: Polar's description of the format (Polar_HRM_file format.pdf) as rhenanbartels/hrv and Runalyze read it.
"""

from pathlib import Path

from device.errors import UsageError
from device.replay.recordings import BeatList
from device.replay.text.beat_lists import beat_list, of_intervals
from device.replay.text.lines import encoding_of, numbered_lines

SIGN = b"[Params]"
_PARAMS, _DATA = "[params]", "[hrdata]"
_OF_INTERVALS = "238"


def read_polar_hrm(path: Path) -> BeatList:
    """Raises UsageError, also where the file holds heart rates alone."""
    section, interval = "", ""
    found: list[float] = []
    for number, line in numbered_lines(path, encoding_of(path)):
        text = line.strip()
        if text.startswith("["):
            section = text.lower()
        elif section == _PARAMS and text.lower().startswith("interval="):
            interval = text.partition("=")[2].strip()
        elif section == _DATA and text:
            if interval != _OF_INTERVALS:
                raise UsageError(
                    f"a Polar file of heart rates (Interval={interval[:10] or '?'}); RR intervals have Interval=238"
                )
            found.append(_interval_ms(number, text))
    if not found:
        raise UsageError("a Polar file without RR intervals: its HRData is empty")
    return beat_list(of_intervals(found), None, f"{len(found)} RR intervals of a Polar file, in ms")


def _interval_ms(number: int, text: str) -> float:
    if not text.isdecimal() or not 0 < int(text[:9]) < 65_536:
        raise UsageError(f"line {number}: one RR interval in ms is wanted, not {text[:40]!r}")
    return float(text)
