"""What summary.json tells of the weeks: taken as it is documented, and refused where it is something else."""

from typing import Any

import pytest

from host.copies.summary_file import checked

PLAN = {"week": 3, "minutes": 5, "fade": 0}
TRIAL = {"seed": 7, "day": 0, "minutes": 3, "arm": "quiet"}


@pytest.mark.parametrize("known", [{}, {"plan": None}, {"plan": PLAN, "trial": TRIAL, "transfer": {"held": None}}])
def test_what_is_documented_is_taken(known: dict[str, Any]) -> None:
    assert checked(known) == known


@pytest.mark.parametrize(
    "odd",
    [
        {"plan": [3, 5, 0]},
        {"plan": {"week": 3}},
        {"plan": PLAN | {"week": -1}},
        {"plan": PLAN | {"fade": "<b>"}},
        {"trial": TRIAL | {"arm": "sham"}},
        {"trial": TRIAL | {"day": 0.5}},
        {"trial": {**TRIAL, "seed": None}},
        {"transfer": {"held": "much"}},
        {"transfer": 0.7},
    ],
)
def test_what_is_something_else_is_refused_in_a_line(odd: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"plan|trial|transfer|week|fade|arm|day|seed|held"):
        checked(odd)
