import pytest

from hardware.energy import PAGE, block, hours, read_energy, with_block

ENERGY = read_energy()


def test_the_page_holds_what_the_figures_give() -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert with_block(page, block(ENERGY)) == page


def test_hours_by_hand() -> None:
    """1.2 Ah at 3.7 V are 4.44 Wh; nothing lost, 100 mA at 5 V take 0.5 W."""
    lossless = {**ENERGY, "path": {"usable": 1.0, "converter": 1.0}}
    assert hours(lossless, 100.0) == pytest.approx(8.88)


def test_each_figure_says_where_it_is_known_from_and_no_page_calls_the_hours_measured() -> None:
    assert all(load["known"] for load in ENERGY["loads"])
    assert "hours, estimated" in block(ENERGY)
