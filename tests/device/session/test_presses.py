import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.session.presses import MOST_IN_A_ROW, Press, PressKind, PressReader


def read(edges: list[tuple[float, bool]], ticks: list[float]) -> list[Press]:
    reader = PressReader()
    presses: list[Press] = []
    moments = sorted([(t_s, 1, down) for t_s, down in edges] + [(t_s, 0, False) for t_s in ticks])
    for t_s, is_edge, down in moments:
        presses += reader.edge(t_s, down) if is_edge else reader.tick(t_s)
    return presses


def held(seconds: float, from_s: float = 1.0) -> list[tuple[float, bool]]:
    return [(from_s, True), (from_s + seconds, False)]


@pytest.mark.parametrize(
    ("seconds", "kinds"),
    [
        (0.05, [PressKind.SHORT]),
        (0.59, [PressKind.SHORT]),
        (0.61, []),
        (0.79, []),
        (0.81, [PressKind.LONG]),
        (5.9, [PressKind.LONG]),
        (6.1, [PressKind.LONG, PressKind.SHUTDOWN]),
    ],
)
def test_how_long_the_button_is_down_decides(seconds: float, kinds: list[PressKind]) -> None:
    assert [press.kind for press in read(held(seconds), [20.0])] == kinds


def test_a_short_press_is_told_only_once_no_second_can_come() -> None:
    reader = PressReader()
    assert reader.edge(0.0, True) == []
    assert reader.edge(0.1, False) == []
    assert reader.tick(0.45) == []
    (press,) = reader.tick(0.55)
    assert press.kind is PressKind.SHORT
    assert press.t_s == pytest.approx(0.5)
    assert reader.tick(9.0) == []


def test_a_second_press_in_time_makes_one_double_and_nothing_else() -> None:
    presses = read([*held(0.1), *held(0.1, from_s=1.4)], [5.0])
    assert presses == [Press(1.4, PressKind.DOUBLE, 2), Press(1.4 + 0.1 + 0.4, PressKind.OUT, 2)]


@pytest.mark.parametrize("count", range(3, MOST_IN_A_ROW + 1))
def test_more_presses_in_time_take_the_way_out_back_and_are_many(count: int) -> None:
    presses = read([edge for n in range(count) for edge in held(0.1, from_s=1.0 + 0.3 * n)], [15.0])
    assert [press.kind for press in presses] == [PressKind.DOUBLE] * (count // 2) + [PressKind.MANY]
    assert presses[-1].in_row == count
    assert presses[-1].t_s == pytest.approx(1.0 + 0.3 * (count - 1) + 0.5)


def test_more_than_a_finger_gives_in_a_row_mean_nothing() -> None:
    row = [edge for n in range(MOST_IN_A_ROW + 1) for edge in held(0.1, from_s=1.0 + 0.3 * n)]
    assert {press.kind for press in read(row, [15.0])} == {PressKind.DOUBLE}
    assert read([*row, *held(0.1, from_s=20.0)], [25.0])[-1].kind is PressKind.SHORT


def test_a_long_press_in_a_row_is_one_of_it() -> None:
    presses = read([*held(0.1), *held(0.1, from_s=1.3), *held(2.0, from_s=1.6)], [15.0])
    assert [press.kind for press in presses] == [PressKind.DOUBLE, PressKind.MANY]


def test_two_presses_further_apart_are_two_short_ones() -> None:
    presses = read([*held(0.1), *held(0.1, from_s=1.6)], [5.0])
    assert [press.kind for press in presses] == [PressKind.SHORT, PressKind.SHORT]


def test_a_double_press_that_is_held_shuts_down_but_is_not_long() -> None:
    presses = read([*held(0.1), *held(7.0, from_s=1.3)], [20.0])
    assert [press.kind for press in presses] == [PressKind.DOUBLE, PressKind.SHUTDOWN]


def test_long_is_told_while_the_button_is_down_and_shutdown_when_it_is_let_go() -> None:
    reader = PressReader()
    reader.edge(0.0, True)
    assert reader.tick(0.79) == []
    assert [press.kind for press in reader.tick(0.8)] == [PressKind.LONG]
    assert reader.tick(5.9) == []
    before = reader.shuts_down
    assert reader.tick(6.0) == []
    assert (before, reader.shuts_down) == (False, True)
    assert [press.kind for press in reader.edge(6.5, False)] == [PressKind.SHUTDOWN]


def test_a_press_that_was_none_is_forgotten_however_long_it_was() -> None:
    reader = PressReader()
    reader.edge(0.0, True)
    reader.tick(7.0)
    reader.forget()
    assert reader.edge(7.5, False) == []
    assert reader.tick(20.0) == []


def test_a_repeated_edge_is_no_press_but_no_quiet_either() -> None:
    (press,) = read([(1.0, True), (1.1, True), (1.2, False), (1.3, False)], [5.0])
    assert press.kind is PressKind.SHORT
    assert press.t_s == pytest.approx(1.7)


hold_and_gap = st.tuples(st.floats(0.01, 8.0), st.floats(0.01, 2.0))


def edges_of(presses: list[tuple[float, float]]) -> list[tuple[float, bool]]:
    edges, t_s = [], 0.0
    for seconds, gap_s in presses:
        edges += [(t_s, True), (t_s + seconds, False)]
        t_s += seconds + gap_s
    return edges


@given(st.lists(hold_and_gap, max_size=8), st.lists(st.floats(0.0, 90.0), max_size=40))
def test_ticks_in_between_change_nothing(presses: list[tuple[float, float]], ticks: list[float]) -> None:
    edges = edges_of(presses)
    assert read(edges, [100.0]) == read(edges, [*ticks, 100.0])


@given(st.lists(hold_and_gap, max_size=8))
def test_presses_come_in_order_and_never_more_than_the_button_gave(presses: list[tuple[float, float]]) -> None:
    told = read(edges_of(presses), [100.0])
    assert [press.t_s for press in told] == sorted(press.t_s for press in told)
    assert sum(press.kind is not PressKind.SHUTDOWN for press in told) <= len(presses)
    assert sum(press.kind is PressKind.SHUTDOWN for press in told) == sum(seconds >= 6.0 for seconds, _ in presses)


def test_an_edge_told_late_still_counts_from_when_it_was() -> None:
    reader = PressReader()
    reader.tick(1.05)
    reader.edge(1.0, True)
    reader.tick(1.6)
    reader.edge(1.59, False)
    assert [press.kind for press in reader.tick(3.0)] == [PressKind.SHORT]
