"""What a column's name says: time and its unit, intervals and theirs."""

import re

from device.recording.format.units import bracketed, plain

SECONDS_PER_UNIT = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "ns": 1e-9, "1/1024 s": 1 / 1024}
_SPELT = {
    "s": ("s", "sec", "secs", "second", "seconds", "sek", "sekunder"),
    "ms": ("ms", "msec", "msecs", "millis", "millisecond", "milliseconds"),
    "us": ("us", "μs", "usec", "micros", "microsecond", "microseconds"),
    "ns": ("ns", "nsec", "nanos", "nanosecond", "nanoseconds"),
    "1/1024 s": (
        "1/1024",
        "1/1024s",
        "1/1024sec",
        "1/1024second",
        "1/1024seconds",
    ),  # of Bluetooth's heart rate service
}
_UNIT_OF = {word: unit for unit, words in _SPELT.items() for word in words}
_TIME = frozenset({
    "time", "times", "timestamp", "timestamps", "datetime", "date", "t", "elapsed", "clock", "epoch", "unixtime", "tid",
    "zeit", "temps", "tiempo",
})  # fmt: skip
_INTERVAL = frozenset({
    "rr", "rri", "rris", "rrs", "nn", "nni", "ibi", "ibis", "pp", "ppi", "interval", "intervals", "rrinterval",
    "rrintervals",
})  # fmt: skip
_WORDS = re.compile(r"[a-zμ]+")
_TICKS = re.compile(r"(?<!\d)1\s?[/_ ]\s?1024(?!\d)")


def time_unit(text: str) -> str | None:
    """`s`, `ms`, `us` or `ns`, however it is spelt; None where it is none of them."""
    return _UNIT_OF.get(plain(text))


def unit_of_time(column: str) -> str | None:
    """The unit that a column of times or intervals ends with; None where it tells none."""
    if _TICKS.search(column):
        return "1/1024 s"
    if told := bracketed(column):
        return time_unit(told[2])
    return time_unit(re.split(r"[_ .]", column.strip())[-1])


def unknown_unit(column: str) -> str | None:
    """What stands in brackets at a column's end and is no unit of time; None where nothing does."""
    told = bracketed(column)
    return told[2] if told and unit_of_time(column) is None else None


def is_time(column: str) -> bool:
    words = _words(column)
    return not words & _INTERVAL and bool(words & _TIME or plain(column) in _UNIT_OF)


def is_interval(column: str) -> bool:
    """Not of breaths: Polar's loggers have a `Breathing interval [rpm]` beside the heart rate."""
    words = _words(column)
    return bool(words & _INTERVAL) and not any(word.startswith("breath") for word in words)


def _words(column: str) -> set[str]:
    told = bracketed(column)
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", told[0] if told else column).lower()
    return set(_WORDS.findall(re.sub(r"\b([rnp])-\1\b", r"\1\1", name)))
