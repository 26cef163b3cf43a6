import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.session.choosing.check_in import (
    FIRST_ANSWER,
    QUESTIONS,
    QUESTIONS_ONCE_A_DAY,
    Answer,
    Question,
    Questionnaire,
    choices,
)
from device.session.choosing.preferences import LastAnswers

ALL = (*QUESTIONS, *QUESTIONS_ONCE_A_DAY)
ANSWERS = st.integers(1, 5)
LAST = st.builds(LastAnswers, ANSWERS, ANSWERS, ANSWERS, st.none() | ANSWERS, st.none() | ANSWERS)


def test_only_the_guess_offers_dont_know() -> None:
    assert [question for question in Question if Answer.DONT_KNOW in choices(question)] == [Question.ON_GUARD]


@pytest.mark.parametrize("question", list(Question))
def test_every_question_offers_1_to_5_and_starts_in_the_middle(question: Question) -> None:
    assert [choice for choice in choices(question) if isinstance(choice, int)] == [1, 2, 3, 4, 5]
    assert Questionnaire((question,), LastAnswers()).selected == FIRST_ANSWER == 3


@given(LAST)
def test_every_question_starts_at_its_last_answer(last: LastAnswers) -> None:
    form = Questionnaire(ALL, last)
    for expected in (last.energy, last.tension, last.on_guard, last.sleep or 3, last.tolerance or 3):
        assert form.selected == expected
        form.choose()


def test_moving_on_comes_round() -> None:
    form = Questionnaire(QUESTIONS, LastAnswers())
    seen = []
    for _ in range(6):
        seen.append(form.selected)
        form.move_on()
    assert seen == [3, 4, 5, 1, 2, 3]


@given(st.lists(st.integers(0, 6), min_size=5, max_size=5), LAST)
def test_what_was_chosen_is_what_is_told(moves: list[int], last: LastAnswers) -> None:
    form = Questionnaire(ALL, last)
    expected: list[int | None] = []
    for count in moves:
        for _ in range(count):
            form.move_on()
        expected.append(form.selected if isinstance(form.selected, int) else None)
        form.choose()
    assert form.done
    result = form.result(12.0, "before")
    assert [result.energy, result.tension, result.on_guard_guess, result.sleep, result.tolerance] == expected


@given(LAST)
def test_one_choice_takes_all_that_is_offered_and_no_more(last: LastAnswers) -> None:
    form = Questionnaire(ALL, last, at_once=True)
    assert form.offering
    form.choose()
    assert form.progress == (4, 5)
    result = form.result(1.0, "before")
    assert (result.energy, result.tension, result.on_guard_guess) == (last.energy, last.tension, last.on_guard)
    assert (result.sleep, result.tolerance) == (None, None)


@pytest.mark.parametrize("last", [LastAnswers(), LastAnswers(energy=2, tension=3)])
def test_nothing_is_offered_at_once_that_was_never_answered(last: LastAnswers) -> None:
    assert not Questionnaire(ALL, last, at_once=True).offering


def test_leaving_early_keeps_what_was_answered() -> None:
    form = Questionnaire(QUESTIONS, LastAnswers())
    form.move_on()
    form.choose()
    assert not form.done
    result = form.result(1.0, "after")
    assert (result.energy, result.tension) == (4, None)
