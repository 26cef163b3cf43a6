import math

import numpy as np
import pytest

from drivers.sim.body import Body
from drivers.sim.wearer import WearerProfile
from dsp.following import following
from dsp.hrv.guided_swing import guided_breaths
from dsp.hrv.intervals import IntervalClassifier
from dsp.types import Beat, IntervalKind, RRInterval

GUIDE = [(20.0, 10.0), (80.0, 6.0)]


def lived(compliance: float, *, pace: float = math.nan):
    body = Body(3, WearerProfile(compliance=compliance))
    body.advance_to(20.0)
    for start_s, breaths_per_min in GUIDE:
        body.advance_to(start_s)
        body.follow(breaths_per_min if math.isnan(pace) else pace, 0.4)
    body.advance_to(200.0)
    classifier = IntervalClassifier()
    return [i for t in body.true_beats_s.tolist() for i in classifier.push(Beat(1000 * t, t, 1.0))]


def test_who_follows_is_told_from_who_does_not():
    does, does_not, elsewhere = lived(0.95), lived(0.0), lived(0.95, pace=7.5)
    assert following(does, GUIDE, 190.0) > 0.6
    assert following(does_not, GUIDE, 190.0) < 0.5
    assert following(elsewhere, GUIDE, 190.0) < 0.4


def test_nothing_is_said_without_a_guide_or_before_four_breaths_of_it():
    intervals = lived(0.95)
    assert math.isnan(following(intervals, [], 190.0))
    assert math.isnan(following(intervals, GUIDE, 15.0))
    assert math.isnan(following(intervals, GUIDE, 30.0))
    assert math.isnan(following(intervals, [*GUIDE, (150.0, math.nan)], 190.0))
    assert math.isnan(following([], GUIDE, 190.0))


def test_unreadable_intervals_do_not_count():
    spoilt = [RRInterval(i.t_s, i.rr_ms, IntervalKind.UNREADABLE, i.number) for i in lived(0.95)]
    assert math.isnan(following(spoilt, GUIDE, 190.0))


def test_a_steady_heart_says_nothing():
    steady = [RRInterval(float(t), 800.0, IntervalKind.NORMAL, n) for n, t in enumerate(np.arange(0.0, 200.0, 0.8))]
    value = following(steady, GUIDE, 190.0)
    assert math.isnan(value) or value <= 1.0


def test_the_guide_s_breaths_run_on_through_changes_and_begin_anew_after_a_stop():
    pace = [(0.0, 6.0), (15.0, 12.0), (20.0, math.nan), (30.0, 6.0)]
    breaths = guided_breaths(pace, np.array([0.0, 5.0, 15.0, 17.5, 25.0, 30.0, 35.0]))
    assert breaths[:4] == pytest.approx([0.0, 0.5, 1.5, 2.0])
    assert math.isnan(breaths[4])
    assert breaths[5:] % 1.0 == pytest.approx([0.0, 0.5])
