from hypothesis import given
from hypothesis import strategies as st

from drivers.button import SETTLE_S, ButtonEvent, Debouncer
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


def test_a_spike_is_nothing() -> None:
    assert feed([(1.0, True), (1.0 + SETTLE_S / 2, False)], 2.0) == []


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
    assert [event.pressed for event in events] == [i % 2 == 0 for i in range(len(events))]
    assert [event.t_s for event in events] == sorted(event.t_s for event in events)
    assert (len(events) % 2 == 1) == (bool(timed) and timed[-1][1])


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


def test_held_at_power_on_is_seen_without_an_edge(make_board: MakeBoard, time: Time) -> None:
    board = make_board()
    button = board.open_button()
    button.close()
    button = board.open_button()
    pin = board._pin_factory.pin(board.wiring.button_gpio)
    pin._state = False
    button.events()
    time.pass_s(0.1)
    assert [event.pressed for event in button.events()] == [True]
    button.close()
