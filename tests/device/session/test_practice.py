import math
from typing import Any

import pytest

from device.session.events import Phase
from device.session.practice import Practice, coherence_level, on_guard
from dsp.types import Contact, MetricsRow, StateKind, WearerState

CALM = WearerState(StateKind.CALM, 0.9, 0.0, arousal=0.1)
SETTLING = WearerState(StateKind.NEUTRAL, 0.9, 0.0, arousal=0.3, settling=True)
NEUTRAL = WearerState(StateKind.NEUTRAL, 0.9, 0.0, arousal=0.5)


def add(tally: Practice, phase: Phase, seconds: int, state: WearerState | None = None, **fields: Any) -> None:
    for _ in range(seconds):
        tally.add(phase, MetricsRow(0.0, state=state, **fields))


def test_only_breathing_counts_as_practice() -> None:
    tally = Practice()
    for phase in (Phase.CHECK_IN, Phase.REST, Phase.CHECK_OUT):
        add(tally, phase, 30, CALM)
    assert (tally.practised_s, tally.calm_s, tally.settled_after_s) == (0, 0, None)


@pytest.mark.parametrize(("quality", "counted"), [(0.9, 120), (0.7, 0)])
def test_an_irregular_rhythm_counts_only_of_a_clear_signal(quality: float, counted: int) -> None:
    """At the wrist movement alone makes one, for minutes on end, at a mean quality of up to 0.79."""
    tally = Practice()
    add(tally, Phase.GUIDED, 120, NEUTRAL, irregular_rhythm=True, quality=quality)
    assert tally.irregular_s == counted


def test_a_few_clear_seconds_in_noise_make_no_irregular_rhythm() -> None:
    tally = Practice()
    for _ in range(10):
        add(tally, Phase.GUIDED, 30, NEUTRAL, irregular_rhythm=True, quality=0.5)
        add(tally, Phase.GUIDED, 20, NEUTRAL, irregular_rhythm=True, quality=1.0)
    assert tally.irregular_s == 0


def test_a_row_with_a_heart_rate_alone_hides_no_earlier_rmssd() -> None:
    tally = Practice()
    add(tally, Phase.GUIDED, 1, mean_hr_bpm=61.0)
    add(tally, Phase.GUIDED, 1, mean_hr_bpm=62.0)
    assert tally.numbers is not None
    assert tally.numbers.mean_hr_bpm == 62.0
    add(tally, Phase.GUIDED, 1, mean_hr_bpm=63.0, rmssd_ms=40.0)
    add(tally, Phase.GUIDED, 1, mean_hr_bpm=64.0)
    assert (tally.numbers.mean_hr_bpm, tally.numbers.rmssd_ms) == (63.0, 40.0)


def test_settling_needs_ten_seconds_in_a_row() -> None:
    tally = Practice()
    for _ in range(10):
        add(tally, Phase.GUIDED, 9, CALM)
        add(tally, Phase.GUIDED, 1, NEUTRAL)
    assert tally.settled_after_s is None
    add(tally, Phase.GUIDED, 10, SETTLING)
    assert tally.settled_after_s == 100


def test_rest_counts_only_after_settling() -> None:
    tally = Practice()
    add(tally, Phase.FREE, 20, NEUTRAL)
    add(tally, Phase.FREE, 40, CALM)
    assert tally.settled_after_s == 20
    assert tally.rest_after_settling_s == 31
    add(tally, Phase.QUIET, 100, NEUTRAL)
    assert tally.rest_after_settling_s == 131


def test_settled_means_most_of_the_last_half_minute() -> None:
    tally = Practice()
    add(tally, Phase.FREE, 29, CALM)
    assert not tally.settled()
    add(tally, Phase.FREE, 1, CALM)
    assert tally.settled()
    add(tally, Phase.FREE, 16, NEUTRAL)
    assert not tally.settled()


def test_the_own_pace_is_the_median_of_what_could_be_trusted() -> None:
    tally = Practice()
    assert math.isnan(tally.own_breaths_per_min())
    add(tally, Phase.REST, 5, breaths_per_min=30.0, breath_confidence=0.2)
    add(tally, Phase.REST, 3, breaths_per_min=12.0, breath_confidence=0.8)
    add(tally, Phase.REST, 1, breaths_per_min=40.0, breath_confidence=0.8)
    assert tally.own_breaths_per_min() == 12.0


def test_the_body_is_read_where_breathing_is_free() -> None:
    tally = Practice()
    add(tally, Phase.REST, 30, NEUTRAL)
    add(tally, Phase.CHECK_IN, 30, CALM)
    assert tally.body_on_guard(Phase.REST) == pytest.approx(3.0)
    assert tally.body_on_guard(Phase.FREE) is None
    add(tally, Phase.FREE, 60, WearerState(StateKind.UNSURE, 0.1, 0.0))
    assert tally.body_on_guard(Phase.FREE) is None


def test_where_the_state_came_only_after_rest_the_guides_beginning_speaks_for_it() -> None:
    tally = Practice()
    add(tally, Phase.REST, 60, None)
    add(tally, Phase.GUIDED, 30, NEUTRAL)
    add(tally, Phase.GUIDED, 300, CALM)
    assert tally.body_on_guard(Phase.REST) == pytest.approx(3.0)


def test_seconds_without_contact_are_not_practice() -> None:
    tally = Practice()
    for contact in (Contact.GOOD, Contact.POSITIVE_OFF, Contact.GOOD):
        for _ in range(10):
            tally.add(Phase.GUIDED, MetricsRow(0.0, contact=contact))
    assert tally.practised_s == 20


def test_on_guard_spans_the_check_ins_scale() -> None:
    assert (on_guard(0.0), on_guard(0.5), on_guard(1.0)) == (1.0, 3.0, 5.0)


@pytest.mark.parametrize(
    ("fields", "level"),
    [
        ({"coherence": 4.0, "rsa_ms": 100.0, "quality": 0.9}, 3),
        ({"coherence": 1.0, "rsa_ms": 100.0, "quality": 0.9}, 1),
        ({"coherence": 0.1, "rsa_ms": 100.0, "quality": 0.9}, 0),
        ({"coherence": 9.0, "rsa_ms": 100.0, "quality": 0.3}, None),
        ({"coherence": 9.0, "quality": 0.9}, None),
        ({"rsa_ms": 100.0, "quality": 0.9}, None),
    ],
)
def test_a_spike_in_a_poor_signal_is_no_coherence(fields: dict[str, Any], level: int | None) -> None:
    assert coherence_level(MetricsRow(0.0, **fields)) == level
