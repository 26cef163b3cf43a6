"""The state of seconds that were observed before: what is entered when, apart from how readings are made."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bench.state_bodies import SimpleBody, spoil, step
from dsp.beat_pipeline import BeatPipeline
from dsp.state.estimator import LAST_WORD_S, StateEstimator, StateModel, may_enter, settles
from dsp.state.evidence import Evidence
from dsp.state.observer import Observed, Observer
from dsp.state.readings import Reading
from dsp.state.rest import RestReading
from dsp.types import Beat, StateInputs, StateKind, WearerState

MODEL = StateModel()
REST = RestReading(30.0, math.log(70.0), math.log(40.0))
CALMER = math.log(0.8), math.log(1.6)
TENSER = math.log(1.25), math.log(0.6)


class Listener:
    def __init__(self) -> None:
        self.seconds: list[StateInputs] = []

    def update(self, inputs: StateInputs) -> None:
        self.seconds.append(inputs)


def second(t_s: float, change: tuple[float, float], trend: float = 0.0, *, moving: bool = False) -> Observed:
    """A second whose minute differs by so much from the rest, in ln HR and ln RMSSD."""
    reading = Reading(t_s, REST.ln_hr + change[0], REST.ln_rmssd + change[1], 55.0, 0.0, trend=trend)
    return Observed(t_s, 1.0, False, True, reading, REST, moving)


def unread(t_s: float, *, beats_come: bool = True) -> Observed:
    return Observed(t_s, 0.9 if beats_come else 0.0, False, beats_come, None, REST)


def kinds(states: list[WearerState | None]) -> list[StateKind]:
    return [s.kind for s in states if s is not None]


@pytest.mark.parametrize("seed", range(4))
def test_a_recording_observed_once_is_judged_as_when_it_is_lived(seed: int) -> None:
    body = SimpleBody(step(70.0, 80.0, 150.0), step(90.0, 40.0, 150.0))
    listener = Listener()
    pipeline = BeatPipeline(state=listener)
    for t_s in spoil(body.beats(300, seed), 0.03, seed):
        pipeline.push(Beat(float(t_s) * 1000, float(t_s), 1.0))
    pipeline.finish()
    lived, judging, observer = StateEstimator(), StateEstimator(), Observer()
    for inputs in listener.seconds:
        assert judging.judge(observer.update(inputs)) == lived.update(inputs)


@pytest.mark.parametrize(("change", "kind"), [(CALMER, StateKind.CALM), (TENSER, StateKind.ALARM)])
@given(runs_s=st.integers(1, 200))
def test_a_change_is_entered_when_it_has_lasted_and_heart_rate_is_level_at_last(
    change: tuple[float, float], kind: StateKind, runs_s: int
) -> None:
    """Heart rate runs for so long; the wait counts meanwhile, and is not begun anew."""
    estimator = StateEstimator()
    found = kinds([estimator.judge(second(float(t_s), change, 0.3 * (t_s < runs_s))) for t_s in range(400)])
    assert found.index(kind) == max(runs_s, MODEL.hold_s - 1)
    assert set(found[: found.index(kind)]) == {StateKind.NEUTRAL}


@given(runs_s=st.integers(1, 200))
def test_a_leap_is_neutral_until_it_has_settled(runs_s: int) -> None:
    estimator = StateEstimator()
    found = kinds([estimator.judge(second(float(t_s), TENSER, moving=t_s < runs_s)) for t_s in range(400)])
    assert found.index(StateKind.ALARM) == max(runs_s, MODEL.hold_s - 1)


@given(st.floats(-3, 3), st.floats(-0.5, 0.5) | st.just(math.nan), st.booleans(), st.sampled_from(list(StateKind)))
def test_only_calm_and_on_guard_wait_for_level_and_not_where_heart_rate_is_faint(
    z_hr: float, trend: float, faint: bool, kind: StateKind
) -> None:
    most = {StateKind.CALM: MODEL.calm_level, StateKind.ALARM: MODEL.level}.get(kind, math.inf)
    enters = may_enter(kind, Evidence(z_hr, math.nan, trend=trend, faint=faint), MODEL)
    assert enters == (faint or math.isnan(trend) or abs(trend) <= most)


@given(st.floats(-4, 4))
def test_where_the_signal_tells_heart_rate_alone_less_is_settling_and_more_is_calm(z_hr: float) -> None:
    assume(abs(z_hr + MODEL.faint_calm) > 1e-6)
    told, faint = Evidence(z_hr, math.nan), Evidence(z_hr, math.nan, faint=True)
    assert settles(faint, MODEL) or not settles(told, MODEL)
    estimator = StateEstimator(model=MODEL)
    ln_hr = z_hr * MODEL.hr_spread.within_session
    words = kinds([estimator.judge(second(float(t_s), (ln_hr, math.nan))) for t_s in range(100)])
    assert (StateKind.CALM in words) == (-z_hr >= MODEL.faint_calm)


@given(st.integers(1, 60))
def test_the_last_word_stands_for_a_while_but_tells_nothing_new(unread_s: int) -> None:
    estimator = StateEstimator()
    for t_s in range(100):
        estimator.judge(second(float(t_s), CALMER))
    states = [estimator.judge(unread(99.0 + s)) for s in range(1, unread_s + 1)]
    for since_s, state in enumerate(states, 1):
        assert state is not None
        assert state.kind is (StateKind.CALM if since_s <= LAST_WORD_S else StateKind.UNSURE)
        assert math.isnan(state.arousal)
    gone = estimator.judge(unread(100.0 + unread_s, beats_come=False))
    assert gone is not None
    assert gone.kind is StateKind.UNSURE
