import pytest

from device.session.choosing.check_in import CheckIns
from device.session.choosing.preferences import Language, Preferences
from device.session.events import (
    Phase,
)
from device.session.practice import Practice
from device.session.showing.hints import Hint
from device.session.showing.summary_pages import WORTH_TELLING_S, summary_pages
from device.session.showing.views import (
    Advice,
    AdviceView,
    GuessMeaningView,
    LastAnswersView,
    OfferView,
    PageView,
    QuestionView,
    SummaryGuessView,
    SummaryNumbersView,
    SummarySettledView,
    SummaryTimeView,
)
from device.session.state import Step
from tests.session_driver import CALM, ON_GUARD, SEEN_TODAY, Driver, pages, phases


def test_a_settled_body_is_offered_quiet_rest_which_begins_by_itself() -> None:
    driver = Driver()
    driver.state = CALM
    driver.to(Step.OFFER)
    view = driver.session.view(driver.t_s)
    assert isinstance(view, OfferView)
    assert view.minutes == 2
    driver.run(16.0)
    assert driver.session.step is Step.QUIET
    start_s = driver.t_s
    driver.run_until(Step.CHECK_OUT)
    assert driver.t_s - start_s == pytest.approx(120.0, abs=2.0)


def test_the_offer_can_be_lengthened_or_declined() -> None:
    for presses, step in ((3, Step.QUIET), (4, Step.CHECK_OUT)):
        driver = Driver()
        driver.state = CALM
        driver.to(Step.OFFER)
        for _ in range(presses):
            driver.short()
        driver.long()
        assert driver.session.step is step
    assert driver.session.recording


def test_an_unsettled_body_is_offered_nothing() -> None:
    driver = Driver()
    driver.state = ON_GUARD
    driver.to(Step.FREE).run_until(Step.CHECK_OUT)
    assert Phase.QUIET not in phases(driver)


def test_the_summary_tells_minutes_calm_settling_and_rest() -> None:
    driver = Driver(Preferences(minutes=5, hide_numbers=False), SEEN_TODAY)
    driver.state = ON_GUARD
    driver.to(Step.GUIDED).run(125.0)
    driver.state = CALM
    driver.run_until(Step.SUMMARY)
    time, settled, meaning, guess, numbers = pages(driver)
    assert (time, settled) == (SummaryTimeView(Language.NB, 8, 6), SummarySettledView(Language.NB, 2, 3))
    assert isinstance(meaning, GuessMeaningView)
    assert isinstance(guess, SummaryGuessView)
    assert guess.guess_before is None
    assert guess.body_before == pytest.approx(4.6)
    assert guess.body_after == pytest.approx(1.4)
    assert isinstance(numbers, SummaryNumbersView)
    assert (numbers.hr_bpm, numbers.rmssd_ms, numbers.rsa_ms) == (60, 40, 120)
    assert driver.session.step is Step.WELCOME


def test_the_shortest_practice_worth_telling_of_is_a_minute() -> None:
    practice = Practice(practised_s=WORTH_TELLING_S)
    (time,) = summary_pages(Preferences(), practice, CheckIns(), None, [], guess_seen=False)
    assert isinstance(time, SummaryTimeView)
    assert time.minutes == 1


def test_the_guess_stands_beside_the_body() -> None:
    driver = Driver(history=SEEN_TODAY).begin()
    driver.long().long().short().long().run_until(Step.CHECK_OUT)
    driver.long().long()
    for _ in range(4):
        driver.short()
    driver.long()
    guess = next(page for page in pages(driver) if isinstance(page, SummaryGuessView))
    assert (guess.guess_before, guess.body_before, guess.guess_after, guess.body_after) == (4, 3.0, 2, 3.0)


def test_the_page_with_the_guess_is_explained_once() -> None:
    driver = Driver(history=SEEN_TODAY)
    for explained in (True, False):
        driver.begin().run_until(Step.SUMMARY)
        kinds = [type(page) for page in pages(driver)]
        assert SummaryGuessView in kinds
        assert (GuessMeaningView in kinds) is explained


def test_where_one_is_in_the_summary_is_always_told() -> None:
    driver = Driver(history=SEEN_TODAY).begin().run_until(Step.SUMMARY)
    seen = []
    while driver.session.step is Step.SUMMARY:
        view = driver.session.view(driver.t_s)
        assert isinstance(view, PageView)
        seen.append((view.number, view.count, view.hint))
        driver.short()
    count = len(seen)
    assert [(number, of) for number, of, _ in seen] == [(i + 1, count) for i in range(count)]
    assert [hint for _, _, hint in seen] == [Hint.NEXT] * (count - 1) + [Hint.DONE]


def tense(driver: Driver, before: int | None, after: int | None) -> Driver:
    """A session with these answers to how tense; None skips."""
    driver.begin()
    for answer, step in ((before, Step.CHECK_OUT), (after, Step.SUMMARY)):
        if answer is not None:
            view = driver.session.view(driver.t_s)
            if isinstance(view, LastAnswersView):
                driver.short()
            driver.long()
            while True:
                view = driver.session.view(driver.t_s)
                assert isinstance(view, QuestionView)
                if view.selected == answer:
                    break
                driver.short()
            driver.long()
        driver.skip().run_until(step)
    return driver


def test_tension_that_rose_in_two_sessions_brings_a_kind_word() -> None:
    driver = tense(Driver(history=SEEN_TODAY), 1, 3)
    assert AdviceView(Language.NB, Advice.TENSION) not in pages(driver)
    driver = tense(driver, 2, 5)
    assert AdviceView(Language.NB, Advice.TENSION) in pages(driver)
    driver = tense(driver, 2, 3)
    assert AdviceView(Language.NB, Advice.TENSION) not in pages(driver)


def test_a_session_without_answers_does_not_forget_that_tension_rose() -> None:
    driver = Driver(history=SEEN_TODAY)
    for before, after in ((2, 4), (None, None)):
        assert AdviceView(Language.NB, Advice.TENSION) not in pages(tense(driver, before, after))
    assert AdviceView(Language.NB, Advice.TENSION) in pages(tense(driver, 2, 4))


def test_a_session_too_short_to_tell_does_not_forget_the_rhythm() -> None:
    driver = Driver()
    driver.irregular = True
    driver.begin().run_until(Step.SUMMARY)
    pages(driver)
    driver.irregular = False
    driver.to(Step.REST).run(5.0).double().skip().run(0.6)
    assert driver.session.step is Step.WELCOME
    driver.irregular = True
    driver.begin().run_until(Step.SUMMARY)
    assert AdviceView(Language.NB, Advice.RHYTHM) in pages(driver)


def test_a_pacemaker_is_named_after_the_first_session_that_saw_one() -> None:
    driver = Driver()
    for paced in (True, False):
        driver.paced = paced
        driver.begin().run_until(Step.SUMMARY)
        told = pages(driver)
        assert (AdviceView(Language.NB, Advice.PACED) in told) is paced
        assert AdviceView(Language.NB, Advice.RHYTHM) not in told


def test_a_rhythm_that_could_not_be_read_twice_is_for_a_doctor() -> None:
    driver = Driver()
    driver.irregular = True
    for expected in (False, True):
        driver.begin().run_until(Step.SUMMARY)
        assert (AdviceView(Language.NB, Advice.RHYTHM) in pages(driver)) is expected
