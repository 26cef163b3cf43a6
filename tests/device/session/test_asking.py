"""What is asked before and after, and how little it takes."""

from dataclasses import replace

import pytest

from device.session.choosing.cards import Card
from device.session.choosing.check_in import Question
from device.session.choosing.preferences import History, LastAnswers, Preferences
from device.session.commands import KeepHistory
from device.session.events import CheckIn
from device.session.showing.views import CardView, LastAnswersView, QuestionView
from device.session.state import Step
from tests.session_driver import SEEN_TODAY, Driver


def test_the_answers_are_those_the_wearer_chose() -> None:
    driver = Driver(history=SEEN_TODAY).begin()
    driver.short().long()  # energy 4
    driver.long()  # tension as it stands, in the middle
    driver.short().short().short().long()  # don't know
    assert driver.step() is Step.REST
    (check_in,) = driver.got(CheckIn)
    assert isinstance(check_in, CheckIn)
    assert (check_in.when, check_in.energy, check_in.tension, check_in.on_guard_guess) == ("before", 4, 3, None)
    kept = driver.got(KeepHistory)[-1]
    assert isinstance(kept, KeepHistory)
    assert kept.history.answers == LastAnswers(energy=4, tension=3)


LAST = LastAnswers(energy=2, tension=4, on_guard=5, sleep=1)


def test_a_later_check_in_offers_the_last_answers_all_at_once() -> None:
    driver = Driver(history=replace(SEEN_TODAY, answers=LAST)).begin()
    view = driver.session.view(driver.t_s)
    assert isinstance(view, LastAnswersView)
    assert view.answers == ((Question.ENERGY, 2), (Question.TENSION, 4), (Question.ON_GUARD, 5))
    driver.long()
    assert driver.step() is Step.REST
    (check_in,) = driver.got(CheckIn)
    assert check_in == CheckIn(check_in.t_s, "before", 2, 4, 5)


def test_a_press_goes_through_the_last_answers_one_by_one() -> None:
    driver = Driver(history=replace(SEEN_TODAY, answers=LAST)).begin().short()
    for expected in (2, 4, 5):
        view = driver.session.view(driver.t_s)
        assert isinstance(view, QuestionView)
        assert view.selected == expected
        driver.long()
    assert driver.step() is Step.REST


def test_after_the_session_the_questions_start_at_the_answers_before_it() -> None:
    driver = Driver(history=replace(SEEN_TODAY, answers=LAST)).begin().short().short().long().long().long()
    view = driver.run_until(Step.CHECK_OUT).session.view(driver.t_s)
    assert isinstance(view, QuestionView)
    assert view.selected == 3


@pytest.mark.parametrize(("history", "holds"), [(History(), 3), (replace(SEEN_TODAY, answers=LAST), 1)])
def test_from_the_welcome_to_the_guide_takes_few_presses(history: History, holds: int) -> None:
    """At most 6 the first time, every question answered; 2 later."""
    driver = Driver(history=history).run(1.0).short()
    presses = 1
    while driver.step() is Step.CARDS:
        driver.short()
        presses += 1
    driver.run_until(Step.CHECK_IN, 30.0)
    for _ in range(holds):
        driver.long()
        presses += 1
    driver.run_until(Step.GUIDED)
    (check_in,) = driver.got(CheckIn)
    assert None not in (check_in.energy, check_in.tension, check_in.on_guard_guess)
    assert presses <= (6 if history == History() else 2)


def test_the_cards_are_shown_before_the_very_first_session_and_never_again() -> None:
    driver = Driver(history=History()).run(1.0).short()
    seen = []
    while driver.step() is Step.CARDS:
        view = driver.session.view(driver.t_s)
        assert isinstance(view, CardView)
        seen.append(view.card)
        driver.short()
    assert seen == [Card.SAFETY, Card.HOW]
    kept = driver.got(KeepHistory)[-1]
    assert isinstance(kept, KeepHistory)
    again = Driver(history=kept.history).run(1.0).short()
    assert again.step() is Step.CONTACT


def test_cards_that_nobody_reads_go_away_and_come_back() -> None:
    driver = Driver(history=History()).run(1.0).short().run_until(Step.WELCOME, 70.0).short()
    assert driver.step() is Step.CARDS


def test_the_days_first_session_also_asks_for_sleep_and_tolerance_where_that_is_wanted() -> None:
    driver = Driver(Preferences(minutes=3, ask_more=True), History(cards_seen=True, first_today=True)).begin()
    questions = []
    while driver.step() is Step.CHECK_IN:
        view = driver.session.view(driver.t_s)
        assert isinstance(view, QuestionView)
        questions.append(view.question)
        driver.short().long()
    assert questions == ["energy", "tension", "on_guard", "sleep", "tolerance"]
    (check_in,) = driver.got(CheckIn)
    assert isinstance(check_in, CheckIn)
    assert (check_in.sleep, check_in.tolerance) == (4, 4)


def test_two_presses_skip_all_that_is_left_and_so_does_silence() -> None:
    for leave in (Driver.skip, lambda driver: driver.run(46.0)):
        driver = Driver().begin()
        leave(driver)
        assert driver.step() is Step.REST
        (check_in,) = driver.got(CheckIn)
        assert check_in == CheckIn(check_in.t_s, "before")


def test_an_answer_given_slowly_is_waited_for() -> None:
    driver = Driver().begin()
    for _ in range(4):
        driver.run(40.0).short()
    assert driver.step() is Step.CHECK_IN
