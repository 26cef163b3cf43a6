"""The answers in a language's words, from host/report_page/words.json."""

import json
import math
from collections.abc import Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from host.report.answers import Answers

AT_ONCE_S = 10.0
"""A body that settles within the seconds by which settling is recognised was settled."""
_IN_SECONDS = 100.0


@cache
def all_words() -> Mapping[str, Mapping[str, Any]]:
    words: Mapping[str, Mapping[str, Any]] = json.loads(
        (files("host") / "report_page" / "words.json").read_text(encoding="utf-8")
    )
    return words


class Words:
    """The texts of one language, and what they need put in."""

    def __init__(self, language: str) -> None:
        self._texts = all_words()[language]

    def text(self, key: str, *values: str) -> str:
        return str(self._texts[key]).format(*values)

    def texts(self, key: str) -> list[str]:
        return list(self._texts[key])

    def number(self, value: float, decimals: int = 0) -> str:
        return f"{value:.{decimals}f}".replace(".", self.text("decimal"))

    def day(self, day: date, form: str = "date") -> str:
        month = self._texts["months"][day.month - 1]
        return str(self._texts[form]).format(day=day.day, month=month, year=day.year)

    def year_date(self, day: date) -> str:
        return self.day(day, "year_date")

    def times(self, count: int) -> str:
        return self.text("once") if count == 1 else self.text("times", str(count))

    def duration(self, seconds: float) -> str:
        """Below 100 seconds to the nearest ten, then to the nearest minute: as one would say it."""
        if seconds < _IN_SECONDS:
            count, one, many = round(seconds, -1) if seconds >= 10.0 else seconds, "one_second", "seconds"
        else:
            count, one, many = seconds / 60.0, "one_minute", "minutes"
        return self.text(one) if round(count) == 1 else self.text(many, str(round(count)))

    def answers(self, told: Answers) -> list[tuple[str, str]]:
        """The three questions with their answers."""
        return [
            (self.text("practice_question"), self._practice(told)),
            (self.text("settle_question"), self._settle(told)),
            (self.text("read_question"), self._read(told)),
        ]

    def _practice(self, told: Answers) -> str:
        if told.monday is None:
            return self.text("practice_unknown")
        counted = (self.times(told.times), self.duration(60.0 * told.minutes))
        if told.this_week:
            return self.text("practice_this_week", *counted)
        return self.text("practice_week", self.day(told.monday), *counted)

    def _settle(self, told: Answers) -> str:
        if math.isnan(told.settle_s):
            return self.text("settle_unknown")
        if math.isinf(told.settle_s):
            return self.text("settle_over")
        if told.settle_s < AT_ONCE_S:
            return self.text("settle_at_once")
        change_s = told.sooner_s
        after = self.duration(told.settle_s)
        if math.isnan(change_s):
            return self.text("settle_same" if told.compared else "settle", after)
        return self.text("settle_sooner" if change_s > 0 else "settle_later", after, self.duration(abs(change_s)))

    def _read(self, told: Answers) -> str:
        known = told.calibration
        if known is None or math.isnan(told.gap):
            return self.text("read_unknown")
        for stands_out, key in (
            (known.closer, "read_closer"),
            (known.too_high, "read_high"),
            (known.too_low, "read_low"),
        ):
            if stands_out:
                return self.text(key)
        return self.text("read", self.number(told.gap, 1))
