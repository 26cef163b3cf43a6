import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.session.choosing.check_in import (
    QUESTIONS_AFTER,
    QUESTIONS_FIRST_TODAY,
    Answer,
    Question,
    Questionnaire,
    choices,
)


def test_only_the_guess_offers_dont_know() -> None:
    assert [question for question in Question if Answer.DONT_KNOW in choices(question)] == [Question.ON_GUARD]


@pytest.mark.parametrize("question", list(Question))
def test_every_question_begins_at_skip_and_offers_1_to_5(question: Question) -> None:
    assert choices(question)[0] is Answer.SKIP
    assert [choice for choice in choices(question) if isinstance(choice, int)] == [1, 2, 3, 4, 5]


def test_moving_on_comes_round() -> None:
    form = Questionnaire(QUESTIONS_AFTER)
    seen = []
    for _ in range(7):
        seen.append(form.selected)
        form.move_on()
    assert seen == [Answer.SKIP, 1, 2, 3, 4, 5, Answer.SKIP]


@given(st.lists(st.integers(0, 6), min_size=5, max_size=5))
def test_what_was_chosen_is_what_is_told(moves: list[int]) -> None:
    form = Questionnaire(QUESTIONS_FIRST_TODAY)
    expected: list[int | None] = []
    for count in moves:
        for _ in range(count):
            form.move_on()
        expected.append(form.selected if isinstance(form.selected, int) else None)
        form.choose()
    assert form.done
    result = form.result(12.0, "before")
    assert [result.energy, result.tension, result.on_guard_guess, result.sleep, result.tolerance] == expected


def test_leaving_early_keeps_what_was_answered() -> None:
    form = Questionnaire(QUESTIONS_AFTER)
    form.move_on()
    form.choose()
    assert not form.done
    result = form.result(1.0, "after")
    assert (result.energy, result.tension) == (1, None)
