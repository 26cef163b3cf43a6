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

AFTER = (Question.ENERGY, Question.TENSION, Question.ON_GUARD)
BEFORE = AFTER
BEFORE_FIRST_TODAY = (*BEFORE, Question.SLEEP, Question.TOLERANCE)


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
