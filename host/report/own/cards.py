"""What the wearer's own findings are in words, a card each: a question, an answer, and how it was found."""

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from host.report.own.days import OwnExperiment, experiment_of
from host.report.own.trial import LOOKS, TrialVerdict
from host.report.weeks import Row
from host.report.words import Words


@dataclass(frozen=True, slots=True)
class OwnCard:
    """`rows` stand under `headings`, behind the definition; both may be empty."""

    title: str
    answer: str
    definition: str
    headings: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)


def own_cards(rows: Sequence[Row], language: str) -> list[dict[str, Any]]:
    """From the rows of dated sessions, oldest first; none where there is nothing to tell of."""
    words = Words(language)
    found = experiment_of(rows)
    cards = [_transfer(rows, words), None if found is None else _experiment(found, words)]
    return [asdict(card) for card in cards if card is not None]


def _transfer(rows: Sequence[Row], words: Words) -> OwnCard | None:
    tried = [row for row in rows if row["transfer_held"] is not None]
    if not tried:
        return None
    known = [row for row in tried if not math.isnan(row["transfer_held"])]
    answer = words.text("transfer_unknown")
    if known:
        answer = words.text("transfer", words.day(_date(known[-1])), _percent(known[-1]))
    return OwnCard(
        words.text("transfer_question"),
        answer,
        words.text("transfer_note"),
        words.texts("transfer_columns"),
        [[words.day(_date(row)), "–" if row not in known else f"{_percent(row)} %"] for row in tried],
    )


def _date(row: Row) -> date:
    return date.fromisoformat(row["at"][:10])


def _percent(row: Row) -> str:
    return str(round(100.0 * row["transfer_held"]))


def _experiment(found: OwnExperiment, words: Words) -> OwnCard:
    """Nothing of it is shown before its first look, and of the other comparisons only where it is."""
    shown = [] if not found.primary.look else [("tension_fast", found.primary), *_secondary(found)]
    return OwnCard(
        words.text("trial_question"),
        " ".join([_verdict(found.primary, words), *_dropped(found.primary, words)]),
        words.text("trial_note", str(found.days)),
        words.texts("trial_columns") if shown else [],
        [[words.text(f"trial_{name}"), *_interval(one, words), str(one.look)] for name, one in shown if one.look],
    )


def _secondary(found: OwnExperiment) -> list[tuple[str, TrialVerdict]]:
    return [(f"{outcome}_{less}", one) for (outcome, less), one in found.secondary.items()]


def _verdict(told: TrialVerdict, words: Words) -> str:
    following = next((look for look in LOOKS if look > told.look), None)
    if told.mean is None or told.interval is None:
        return words.text("trial_waiting", str(told.pairs), str(min(LOOKS)))
    if told.changed:
        sizes = [words.number(size, 1) for size in (abs(told.mean), *sorted(map(abs, told.interval)))]
        return words.text("trial_less" if told.mean < 0 else "trial_more", *sizes)
    if following is None:
        return words.text("trial_end", str(told.look), *_limits(told, words))
    return words.text("trial_not_yet", str(told.look), str(following), *_limits(told, words))


def _dropped(told: TrialVerdict, words: Words) -> list[str]:
    return [words.text("trial_dropped", str(told.dropped))] if told.dropped else []


def _limits(told: TrialVerdict, words: Words) -> tuple[str, str]:
    low, high = told.interval or (math.nan, math.nan)
    return _signed(low, words), _signed(high, words)


def _interval(told: TrialVerdict, words: Words) -> tuple[str, str]:
    low, high = _limits(told, words)
    return _signed(told.mean or 0.0, words), words.text("trial_from_to", low, high)


def _signed(value: float, words: Words) -> str:
    return ("−" if round(value, 2) < 0 else "+") + words.number(abs(value), 2)
