"""The check-in: one question at a time, each with a row of answers that a short press walks and a long press takes."""

import enum

from device.session.events import CheckIn


class Question(enum.StrEnum):
    ENERGY = "energy"
    TENSION = "tension"
    ON_GUARD = "on_guard"
    SLEEP = "sleep"
    TOLERANCE = "tolerance"


class Answer(enum.StrEnum):
    """An answer that is no number."""

    SKIP = "skip"
    DONT_KNOW = "dont_know"


Choice = int | Answer

RISEN_BY = 2
QUESTIONS_AFTER = (Question.ENERGY, Question.TENSION, Question.ON_GUARD)
QUESTIONS_BEFORE = QUESTIONS_AFTER
QUESTIONS_FIRST_TODAY = (*QUESTIONS_BEFORE, Question.SLEEP, Question.TOLERANCE)


def choices(question: Question) -> tuple[Choice, ...]:
    """The answers in the order a short press walks them. It starts at "skip": no number is ever kept by accident."""
    last = (Answer.DONT_KNOW,) if question is Question.ON_GUARD else ()
    return (Answer.SKIP, 1, 2, 3, 4, 5, *last)


class Questionnaire:
    """Asks `questions` in order; `done` when the last is answered or skipped."""

    def __init__(self, questions: tuple[Question, ...]) -> None:
        self._questions = questions
        self._number = 0
        self._selected = 0
        self._answers: dict[Question, int] = {}

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
        self._selected = (self._selected + 1) % len(choices(self.question))

    def choose(self) -> None:
        selected = self.selected
        if isinstance(selected, int):
            self._answers[self.question] = selected
        self._number += 1
        self._selected = 0

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

    def begin(self, questions: tuple[Question, ...]) -> None:
        """A session begins: nothing is answered yet."""
        self._told = {}
        self.ask(questions)

    def ask(self, questions: tuple[Question, ...]) -> None:
        self._form = Questionnaire(questions)

    def close(self, t_s: float, when: str) -> CheckIn:
        """The event with what was answered; `when` is "before" or "after"."""
        self._told[when] = self.form.result(t_s, when)
        return self._told[when]

    def guess(self, when: str) -> int | None:
        """The wearer's guess how on guard the body is, None where there is none."""
        told = self._told.get(when)
        return None if told is None else told.on_guard_guess

    def tension_rose(self) -> bool | None:
        """By `RISEN_BY` or more from before to after; None where either was skipped."""
        before, after = self._told.get("before"), self._told.get("after")
        if before is None or after is None or before.tension is None or after.tension is None:
            return None
        return after.tension - before.tension >= RISEN_BY
