"""One A4 page for a therapist or doctor: the three answers, the wearer's own experiment, the latest weeks, how it was
measured, what it cannot tell, and room for the sums of questionnaires, of which only the names stand here: they belong
to others.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

from host.report.answers import answers
from host.report.own.cards import own_cards
from host.report.page import Folder, filled
from host.report.weeks import by_week
from host.report.words import Words

MOST_WEEKS = 8
"""That a page has room for."""


def therapist_page(folder: Folder, language: str) -> str:
    words = Words(language)
    rows = folder.dated_rows()
    weeks = by_week(rows)
    shown = weeks[-MOST_WEEKS:]
    told = words.answers(answers(rows, folder.today))
    told += [(card["title"], card["answer"]) for card in own_cards(rows, language)]
    first, last = (rows[0]["at"], rows[-1]["at"]) if rows else (None, None)
    dash = "–"
    period = [words.year_date(date.fromisoformat(at[:10])) if at else dash for at in (first, last)]
    contents = {
        "language": language,
        "title": escape(words.text("therapist_title")),
        "period": escape(words.text("period", *period, words.year_date(folder.today))),
        "answers": "".join(f"<dt>{escape(question)}</dt><dd>{escape(answer)}</dd>" for question, answer in told),
        "weeks": _table(
            [words.text("week_from"), *words.texts("columns")], [_week_cells(week, words) for week in shown]
        ),
        "table_note": escape(
            words.text("table_note") + (" " + words.text("earlier") if len(weeks) > len(shown) else "")
        ),
        "how_text": escape(words.text("how_text", _measured_by(folder, words))),
        "cannot_list": "".join(f"<li>{escape(text)}</li>" for text in words.texts("cannot_list")),
        "sums_table": _table(
            words.texts("sums_columns"), [[name, *[""] * 6] for name in words.texts("sums_names")], "sums"
        ),
    }
    plain = ("by_week", "how", "cannot", "sums", "sums_note")
    return filled("therapist.html", contents | {name: escape(words.text(name)) for name in plain})


def _week_cells(week: Mapping[str, Any], words: Words) -> list[str]:
    def mean(name: str, decimals: int) -> str:
        return words.number(week[name]["mean"], decimals) if week[name] else "–"

    return [
        words.day(date.fromisoformat(week["monday"])),
        str(week["times"]),
        words.number(week["minutes"]),
        words.number(week["rest_minutes"]),
        _clock(week["settle_s"]),
        words.text("of", str(week["settled"]), str(week["settle_of"])),
        mean("gap", 1),
        f"{mean('tension_before', 1)} → {mean('tension_after', 1)}",
        mean("rest_bpm", 0),
        mean("rest_ln_rmssd", 2),
        f"{mean('rest_artefact_pct', 1)} %",
    ]


def _clock(seconds: float | None) -> str:
    return "–" if seconds is None else f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def _measured_by(folder: Folder, words: Words) -> str:
    signals = sorted({str(session.summary["signal"]) for session in folder.sessions if session.summary.get("signal")})
    return words.text("_".join(signals or ["ecg", "ppg"]))


def _table(headings: Sequence[str], rows: Iterable[Sequence[str]], kind: str = "") -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in headings)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>' + "".join(f"<td>{escape(text)}</td>" for text in rest) + "</tr>"
        for first, *rest in rows
    )
    return f'<table class="{kind}"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
