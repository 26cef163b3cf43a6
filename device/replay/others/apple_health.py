"""Beats from the export of Apple's Health app: the readings of heart rate variability that an Apple Watch takes.

Each is a `Record` of the type HKQuantityTypeIdentifierHeartRateVariabilitySDNN whose HeartRateVariabilityMetadataList
has an `InstantaneousBeatsPerMinute` for each beat: its time of day to 0.01 s, in the phone's own way of writing times,
and the rate since the beat before, rounded to a whole number. Beats that the watch left out show where the two
disagree: no interval spans them.
"""

import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError, iterparse

from device.errors import UsageError
from device.replay.recordings import BeatList
from device.replay.text.beat_lists import beat_list
from dsp.types import Beat

_TYPE = "HKQuantityTypeIdentifierHeartRateVariabilitySDNN"
_BEAT = "InstantaneousBeatsPerMinute"
_CLOCK = re.compile(r"(\d{1,2})[:.](\d{2})[:.](\d{2})([.,]\d+)?\s*(?:([AaPp])\.?\s?[Mm]\.?)?")
_HALF_DAY_S, _DAY_S = 43_200.0, 86_400.0
_APART = 0.25  # share of an interval by which time and rate may disagree: both are rounded
_LEAST = 2  # beats of a reading


@dataclass(frozen=True, slots=True)
class _Reading:
    started: str
    times_s: tuple[float, ...]
    rates_bpm: tuple[float, ...]


def read_apple_health(path: Path, wanted: str | None) -> BeatList:
    """The only reading of the file, or the one whose number from 1 is `wanted`. Raises UsageError."""
    number = int(wanted[:9]) if wanted is not None and wanted.isdecimal() else None
    first = last = chosen = None
    count = 0
    try:
        for reading in _readings(path):
            count += 1
            first, last = first or reading, reading
            if count == number:
                chosen = reading
    except ParseError as error:
        raise UsageError(f"not an export of Apple's Health app: {error}") from None
    if first is None or last is None:
        raise UsageError("an XML file without beats: no reading of heart rate variability by an Apple Watch is in it")
    if chosen is None and (count > 1 or wanted is not None):
        of = f"{count} readings of beats, 1 ({first.started}) to {count} ({last.started})"
        raise UsageError(f"it holds {of}: --signal takes the number of one")
    return _recording(chosen or first)


def _readings(path: Path) -> Iterator[_Reading]:
    """One at a time: an export may have gigabytes."""
    root: Element | None = None
    for event, element in iterparse(path, ("start", "end")):
        if root is None:
            root = element
        if event == "start" or element.tag not in ("Record", "Workout", "ActivitySummary", "Correlation"):
            continue
        if element.tag == "Record" and element.get("type") == _TYPE:
            reading = _reading(element)
            if len(reading.times_s) >= _LEAST:
                yield reading
        root.clear()


def _reading(record: Element) -> _Reading:
    times_s: list[float] = []
    rates_bpm: list[float] = []
    for beat in record.iter(_BEAT):
        told = _CLOCK.fullmatch(beat.get("time", "").replace("\u202f", " ").strip())
        with suppress(ValueError):
            bpm = float(beat.get("bpm", ""))
            if told is not None and bpm > 0:
                t_s = _seconds(told)
                while times_s and t_s < times_s[-1] - _HALF_DAY_S:
                    t_s += _DAY_S
                times_s.append(t_s)
                rates_bpm.append(bpm)
    return _Reading(record.get("startDate", "?"), tuple(times_s), tuple(rates_bpm))


def _seconds(told: re.Match[str]) -> float:
    hour, minute, second = (int(told[k]) for k in (1, 2, 3))
    if told[5]:
        hour = hour % 12 + (12 if told[5].lower() == "p" else 0)
    return 3600.0 * hour + 60.0 * minute + second + float((told[4] or "0").replace(",", "."))


def _recording(reading: _Reading) -> BeatList:
    start_s = reading.times_s[0]
    beats: list[Beat] = []
    breaks_s: list[float] = []
    for clock_s, bpm in zip(reading.times_s, reading.rates_bpm, strict=True):
        t_s = clock_s - start_s
        if beats and t_s <= beats[-1].t_s:
            raise UsageError(f"the reading of {reading.started}: its beats are not in order of time")
        rr_s = 60.0 / bpm
        if beats and abs(t_s - beats[-1].t_s - rr_s) > _APART * rr_s:
            breaks_s.append((beats[-1].t_s + t_s) / 2)
        beats.append(Beat(t_s, t_s, 1.0))
    told = f"the reading of {reading.started}, of {len(beats)} beats; its times are to 0.01 s, so RMSSD is coarse"
    recording = beat_list(beats, breaks_s, told)
    return BeatList(recording.beats, _started(reading.started), recording.breaks_s, recording.remarks)


def _started(text: str) -> datetime | None:
    with suppress(ValueError):
        return datetime.strptime(text[:19], "%Y-%m-%d %H:%M:%S")
    return None
