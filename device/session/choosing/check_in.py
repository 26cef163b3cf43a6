"""The check-in: one question at a time. It starts at the last answer; a short press walks the answers, a long press
takes one, and a double press skips all that is left. Who has answered before may take all the last answers at once.
"""

import enum
from dataclasses import replace

from device.session.choosing.preferences import LastAnswers
from device.session.events import CheckIn


class Question(enum.StrEnum):
    ENERGY = "energy"
    TENSION = "tension"
    ON_GUARD = "on_guard"
    SLEEP = "sleep"
    TOLERANCE = "tolerance"


class Answer(enum.StrEnum):
    """An answer that is no number."""

    DONT_KNOW = "dont_know"


Choice = int | Answer

RISEN_BY = 2
FIRST_ANSWER = 3
"""Where a question starts that was never answered: the middle."""
QUESTIONS = (Question.ENERGY, Question.TENSION, Question.ON_GUARD)
QUESTIONS_ONCE_A_DAY = (Question.SLEEP, Question.TOLERANCE)


def choices(question: Question) -> tuple[Choice, ...]:
    """The answers in the order a short press walks them, round and round."""
    last = (Answer.DONT_KNOW,) if question is Question.ON_GUARD else ()
    return (1, 2, 3, 4, 5, *last)


def last_answer(last: LastAnswers, question: Question) -> int | None:
    value: int | None = getattr(last, question)
    return value


class Questionnaire:
    """Asks `questions` in order, each from its `last` answer; `done` when the last is answered or skipped. With
    `at_once` it offers the last answers of them all first (`offering`), where each of `QUESTIONS` has one."""

    def __init__(self, questions: tuple[Question, ...], last: LastAnswers, at_once: bool = False) -> None:
        self._questions = questions
        self._last = last
        self._number = 0
        self._answers: dict[Question, int] = {}
        self.offering = at_once and all(last_answer(last, question) is not None for question in QUESTIONS)
        self._selected = self._first()

    @property
    def done(self) -> bool:
        return self._number >= len(self._questions)

    @property
    def question(self) -> Question:
        """The one being asked; meaningless once `done` (IndexError)."""
        return self._questions[self._number]

    @property
    def selected(self) -> Choice:
        return choices(self.question)[self._selected]

    @property
    def progress(self) -> tuple[int, int]:
        """The number of the question being asked, from 1, and how many there are."""
        return self._number + 1, len(self._questions)

    def move_on(self) -> None:
        """To the next answer; from the offer of all last answers to the first question."""
        if self.offering:
            self.offering = False
        else:
            self._selected = (self._selected + 1) % len(choices(self.question))

    def choose(self) -> None:
        """Take the answer selected, or all that are offered."""
        for _ in QUESTIONS if self.offering else (None,):
            selected = self.selected
            if isinstance(selected, int):
                self._answers[self.question] = selected
            self._number += 1
            self._selected = self._first()
        self.offering = False

    def _first(self) -> int:
        """Where the answers of the question at hand start."""
        return 0 if self.done else (last_answer(self._last, self.question) or FIRST_ANSWER) - 1

    def result(self, t_s: float, when: str) -> CheckIn:
        """The event with what was answered so far; `when` is "before" or "after"."""
        answered = self._answers.get
        return CheckIn(
            t_s,
            when,
            energy=answered(Question.ENERGY),
            tension=answered(Question.TENSION),
            on_guard_guess=answered(Question.ON_GUARD),
            sleep=answered(Question.SLEEP),
            tolerance=answered(Question.TOLERANCE),
        )


class CheckIns:
    """The questions being asked, and what was answered before and after the session at hand."""

    def __init__(self) -> None:
        self._form: Questionnaire | None = None
        self._told: dict[str, CheckIn] = {}

    @property
    def form(self) -> Questionnaire:
        """The one on the screen; only while questions are asked."""
        assert self._form is not None
        return self._form

    def begin(self, questions: tuple[Question, ...], last: LastAnswers) -> None:
        """A session begins: nothing is answered yet."""
        self._told = {}
        self.ask(questions, last, at_once=True)

    def ask(self, questions: tuple[Question, ...], last: LastAnswers, at_once: bool = False) -> None:
        self._form = Questionnaire(questions, last, at_once)

    def close(self, t_s: float, when: str) -> CheckIn:
        """The event with what was answered; `when` is "before" or "after"."""
        self._told[when] = self.form.result(t_s, when)
        return self._told[when]

    def last_answers(self, before: LastAnswers, when: str) -> LastAnswers:
        """`before`, and what was answered at `when`."""
        told = self._told[when]
        given = {
            Question.ENERGY: told.energy,
            Question.TENSION: told.tension,
            Question.ON_GUARD: told.on_guard_guess,
            Question.SLEEP: told.sleep,
            Question.TOLERANCE: told.tolerance,
        }
        return replace(before, **{question: value for question, value in given.items() if value is not None})

    def guess(self, when: str) -> int | None:
        """The wearer's guess how on guard the body is, None where there is none."""
        told = self._told.get(when)
        return None if told is None else told.on_guard_guess

    def tension_rose(self) -> bool | None:
        """By `RISEN_BY` or more from before to after; None where either was skipped."""
        before, after = self.tensions()
        return None if before is None or after is None else after - before >= RISEN_BY

    def tensions(self) -> tuple[int | None, int | None]:
        """Before and after, None where not told."""
        before, after = self._told.get("before"), self._told.get("after")
        return None if before is None else before.tension, None if after is None else after.tension
