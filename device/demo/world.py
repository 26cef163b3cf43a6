"""A simulated board whose wearer sees the guide, also from inside the sampler's process."""

import math
import multiprocessing
from collections.abc import Callable

import numpy as np

from drivers.frontend import Burst, FrontEnd, FrontEndInfo
from drivers.sensors import front_end_info
from drivers.sim.board import SimBoard
from drivers.sim.person.body import Body
from drivers.sim.person.wearer import Disturbances, random_body
from drivers.wiring import Wiring
from dsp.guide import INHALE_SHARE
from dsp.types import BreathKind, BreathPhase, FloatArray

_MOST_BEATS = 20_000  # some hours


class World:
    """`sensor` is one of drivers.sensors; `now_s` a monotonic clock: the wearer's time is 0 when the world is made."""

    def __init__(
        self,
        seed: int,
        sensor: str,
        now_s: Callable[[], float],
        disturbances: Disturbances | None = None,
        wiring: Wiring | None = None,
    ) -> None:
        self._body = Body(seed, random_body(np.random.default_rng(seed)), disturbances)
        self._sensor = sensor
        self.board = SimBoard(self._body, now_s, sensor, wiring)
        # The body may live in the sampler's process. Shared with it: the guide's pace and phase, and from it the number
        # of beats and their times. The mood is where the wearer's tone drifts to.
        shared = multiprocessing.get_context("fork")
        self._guide = shared.Array("d", [math.nan, math.nan], lock=False)
        self._mood = shared.Value("d", math.nan, lock=False)
        self._beats_s = shared.Array("d", 1 + _MOST_BEATS, lock=False)

    @property
    def true_beats_s(self) -> FloatArray:
        """When the simulated heart beat, up to the wearer's last look up; in the wearer's time, shape (n,)."""
        return np.array(self._beats_s[1 : 1 + int(self._beats_s[0])])

    def open_front_end(self) -> FrontEnd:
        return _WatchedFrontEnd(self.board.open_front_end(self._sensor), self._follow)

    def front_end_info(self) -> FrontEndInfo:
        return front_end_info(self._sensor, self.board.wiring)

    def show_guide(self, breath: BreathPhase | None) -> None:
        """What the wearer sees from now on; None without a guide."""
        self._guide[0] = math.nan if breath is None else breath.breaths_per_min
        self._guide[1] = math.nan if breath is None else _cycle_share(breath)

    def feel(self, tone: float) -> None:
        """Where the wearer's tone goes from now on, 0 (calm) to 1 (stress)."""
        self._mood.value = tone

    def _follow(self) -> None:
        if not math.isnan(self._mood.value):
            self._body.set_tone(self._mood.value)
        self._body.follow(self._guide[0], INHALE_SHARE, self._guide[1])
        told = int(self._beats_s[0])
        for beat in self._body.true_beats[told:_MOST_BEATS]:
            told += 1
            self._beats_s[told] = beat.t_s
        self._beats_s[0] = told


def _cycle_share(breath: BreathPhase) -> float:
    if breath.kind is BreathKind.INHALE:
        return INHALE_SHARE * breath.progress
    return INHALE_SHARE + (1.0 - INHALE_SHARE) * breath.progress


class _WatchedFrontEnd:
    """A front end that lets the wearer look up now and then."""

    LOOK_EVERY = 25

    def __init__(self, front_end: FrontEnd, look: Callable[[], None]) -> None:
        self._front_end = front_end
        self._look = look
        self._reads = 0

    @property
    def info(self) -> FrontEndInfo:
        return self._front_end.info

    def start(self) -> None:
        self._front_end.start()

    def read(self) -> Burst:
        if self._reads % self.LOOK_EVERY == 0:
            self._look()
        self._reads += 1
        return self._front_end.read()

    def close(self) -> None:
        self._front_end.close()
