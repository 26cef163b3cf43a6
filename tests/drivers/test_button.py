from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from drivers.button import CHATTER_S, MOST_PRESSES, QUIET_S, SETTLE_S, STUCK_S, Button, ButtonEvent, Debouncer
from tests.driver_helpers import MakeBoard, Time


def feed(edges: list[tuple[float, bool]], until_s: float) -> list[ButtonEvent]:
    debouncer = Debouncer()
    events = [event for t_s, pressed in edges for event in debouncer.edge(t_s, pressed)]
    return events + debouncer.poll(until_s)


def test_a_clean_press_is_dated_from_its_edge() -> None:
    assert feed([(1.0, True), (1.5, False)], 2.0) == [ButtonEvent(1.0, True), ButtonEvent(1.5, False)]


def test_bounce_is_one_press_dated_from_where_it_came_to_rest() -> None:
    edges = [(1.0, True), (1.002, False), (1.003, True), (1.006, False), (1.008, True)]
    assert feed(edges, 2.0) == [ButtonEvent(1.008, True)]


def test_a_spike_is_no_press_but_no_quiet_either() -> None:
    assert feed([(1.0, True), (1.0 + SETTLE_S / 2, False)], 2.0) == [ButtonEvent(1.0 + SETTLE_S / 2, False)]


@given(st.lists(st.tuples(st.floats(0.001, SETTLE_S * 0.9), st.floats(SETTLE_S * 1.1, 0.9)), min_size=3, max_size=20))
def test_a_contact_that_breaks_for_moments_while_it_is_held_is_a_fault(breaks: list[tuple[float, float]]) -> None:
    t_s, edges = 2.0, [(1.0, True)]
    for open_s, closed_s in breaks:
        edges += [(t_s, False), (t_s + open_s, True)]
        t_s += open_s + closed_s
    events = feed(edges, t_s)
    assert [(event.pressed, event.fault) for event in events] == [(True, False), (False, True)]


def test_nothing_is_certain_before_it_has_settled() -> None:
    assert feed([(1.0, True)], 1.0 + SETTLE_S / 2) == []


edges = st.lists(st.tuples(st.floats(1e-4, 0.2), st.booleans()), max_size=60)


@given(edges)
def test_presses_and_releases_alternate_in_time_order(steps: list[tuple[float, bool]]) -> None:
    t_s, timed = 0.0, []
    for gap_s, pressed in steps:
        t_s += gap_s
        timed.append((t_s, pressed))
    events = feed(timed, t_s + 1.0)
    assert [event.t_s for event in events] == sorted(event.t_s for event in events)
    down = False
    for event in events:
        assert not (event.pressed and event.fault)
        assert not (event.pressed and down), "pressed twice"
        down = event.pressed
    if not any(event.fault for event in events):
        assert down == (bool(timed) and timed[-1][1])


@given(st.floats(0.0005, SETTLE_S * 0.9), st.floats(0.5, 30.0))
def test_a_contact_that_never_comes_to_rest_is_a_fault_and_no_press(gap_s: float, seconds: float) -> None:
    count = round(seconds / gap_s)
    events = feed([(1.0 + i * gap_s, i % 2 == 0) for i in range(count)], 1.0 + count * gap_s)
    assert [event.fault for event in events] == [True]
    assert abs(events[0].t_s - 1.0 - CHATTER_S) < 1e-6


@given(st.lists(st.floats(SETTLE_S * 1.1, 0.19), min_size=200, max_size=200))
def test_more_presses_than_a_finger_makes_are_a_fault_until_it_is_quiet(gaps_s: list[float]) -> None:
    t_s, edges = 1.0, []
    for i, gap_s in enumerate(gaps_s):
        edges.append((t_s, i % 2 == 0))
        t_s += gap_s
    events = feed(edges, t_s + QUIET_S)
    assert sum(event.pressed for event in events) == MOST_PRESSES
    assert [event.fault for event in events[-2:]] == [True, False]
    assert feed([*edges, (t_s + 2.0, True)], t_s + 3.0)[-1] == ButtonEvent(t_s + 2.0, True)


def test_a_button_that_something_lies_on_is_a_fault() -> None:
    assert feed([(1.0, True)], 100.0) == [ButtonEvent(1.0, True), ButtonEvent(1.0 + STUCK_S, False, fault=True)]


@given(edges, st.lists(st.floats(0.0, 15.0), max_size=30))
def test_polling_in_between_changes_nothing(steps: list[tuple[float, bool]], polls: list[float]) -> None:
    t_s, timed = 0.0, []
    for gap_s, pressed in steps:
        t_s += gap_s
        timed.append((t_s, pressed))
    debouncer, events = Debouncer(), []
    looks: list[tuple[float, bool | None]] = [(t, None) for t in polls]
    for t, edge in sorted([*timed, *looks], key=lambda item: item[0]):
        events += debouncer.poll(t) if edge is None else debouncer.edge(t, edge)
    assert events + debouncer.poll(100.0) == feed(timed, 100.0)


def test_the_gpio_button_is_active_low_and_timed_by_its_edges(make_board: MakeBoard, time: Time) -> None:
    board = make_board()
    button = board.open_button()
    assert button.events() == []
    time.pass_s(1.0)
    board.press()
    assert button.held
    time.pass_s(0.3)
    assert button.events() == [ButtonEvent(1.0, True)]
    board.release()
    time.pass_s(0.01)
    assert button.events() == []
    time.pass_s(0.02)
    assert button.events() == [ButtonEvent(1.3, False)]
    button.close()


def test_presses_between_two_looks_are_all_there(make_board: MakeBoard, time: Time) -> None:
    board = make_board()
    button = board.open_button()
    for _ in range(2):
        time.pass_s(0.1)
        board.press()
        time.pass_s(0.1)
        board.release()
    time.pass_s(0.1)
    assert [event.pressed for event in button.events()] == [True, False, True, False]
    button.close()


def test_an_edge_that_was_missed_is_caught_up_with_from_the_level(make_board: MakeBoard, time: Time) -> None:
    board = make_board()
    button = board.open_button()
    pin = board._pin_factory.pin(board.wiring.button_gpio)
    pin._state = False
    button.events()
    time.pass_s(0.1)
    assert [event.pressed for event in button.events()] == [True]
    button.close()


class Pin:
    """A contact; gpiozero's mock pins cannot be held down before they are opened."""

    when_activated: Callable[[], None] | None = None
    when_deactivated: Callable[[], None] | None = None
    value = 1.0

    def close(self) -> None: ...


def test_closed_when_it_is_opened_it_is_stuck_until_it_has_been_open(time: Time) -> None:
    pin = Pin()
    button = Button(pin, time)
    assert button.events() == [ButtonEvent(0.0, False, fault=True)]
    time.pass_s(60.0)
    assert button.events() == []
    pin.value = 0.0
    assert button.events() == []
    time.pass_s(QUIET_S + 0.1)
    assert button.events() == [ButtonEvent(60.0 + QUIET_S, False)]
    pin.value = 1.0
    assert button.events() == []
    time.pass_s(0.1)
    assert [event.pressed for event in button.events()] == [True]
    button.close()


def test_who_waits_for_edges_is_told_of_the_first_and_of_none_while_the_contact_is_at_fault(
    make_board: MakeBoard, time: Time
) -> None:
    board = make_board()
    button = board.open_button()
    told: list[float] = []
    button.on_edge = lambda: told.append(time.s)
    board.press()
    assert told == [0.0]
    for _ in range(2000):
        time.pass_s(0.001)
        board.release()
        board.press()
        button.events()
    assert len(told) < 500
    assert not button.settling
    button.close()
