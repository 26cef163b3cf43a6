"""A simulated wearer: knows the true beats, breathes with a guide, calms down or tenses up.

Shares no mathematics with dsp, so that what dsp reads can be held against what happened.
"""

import math
from array import array

import numpy as np
from numpy.typing import ArrayLike

from drivers.sim.arrays import FloatArray
from drivers.sim.person.physiology import Physiology, TrueBeat
from drivers.sim.person.waves import CHUNK, GRID_HZ, UPSLOPE_S, Waves
from drivers.sim.person.wearer import REFERENCE_TONE, Disturbances, WearerProfile

_KEPT_CHUNKS = 60


class Body:
    """One wearer from `t_s` 0 on. The same seed and the same calls give the same body.

    Reading runs the body up to about a second past the time read, so `follow` and `set_tone` act from there on.
    """

    def __init__(
        self,
        seed: int = 0,
        profile: WearerProfile | None = None,
        disturbances: Disturbances | None = None,
        tone: float = REFERENCE_TONE,
    ) -> None:
        self.profile = profile or WearerProfile()
        self.disturbances = disturbances or Disturbances()
        self._physiology = Physiology(self.profile, np.random.default_rng(seed), tone)
        self._waves = Waves(seed, self._physiology, self.disturbances)
        self._now_s = 0.0
        self._ecg: dict[int, list[float]] = {}
        self._ppg: dict[int, list[float]] = {}

    def follow(self, breaths_per_min: float, inhale_share: float = 0.4, phase: float = math.nan) -> None:
        """Tell the wearer what the guide shows from now on; NaN when there is none.

        `phase` (0 at the start of the inhale, to 1), the guide's at the latest time read, lets the breath also come
        in step with it.
        """
        ahead = (self._physiology.frontier_s - self._now_s) * breaths_per_min / 60.0
        self._physiology.breath.follow(breaths_per_min, inhale_share, (phase + ahead) % 1.0)

    def set_tone(self, tone: float) -> None:
        """Where the wearer's tone drifts to, 0 (calm) to 1 (stress), over a minute or two."""
        self._physiology.tone_goal = min(max(tone, 0.0), 1.0)

    def advance_to(self, t_s: float) -> None:
        """Live through the time up to `t_s` without drawing waveforms."""
        self._now_s = max(self._now_s, t_s)
        self._physiology.advance_to(t_s)

    @property
    def tone(self) -> float:
        """True tone at the latest time read."""
        return self._trace_at_now(self._physiology.tone_trace, self._physiology.tone)

    @property
    def lung_volume(self) -> float:
        """True breath at the latest time read, -1 (empty) to 1 (full)."""
        return self._trace_at_now(self._physiology.volume, 0.0)

    def _trace_at_now(self, trace: "array[float]", default: float) -> float:
        index = math.floor(self._now_s * len(trace) / max(self._physiology.frontier_s, 1e-9))
        return trace[min(index, len(trace) - 1)] if trace else default

    @property
    def true_beats(self) -> list[TrueBeat]:
        """The beats up to the latest time read."""
        return self._physiology.beats_between(0.0, self._now_s)

    @property
    def true_beats_s(self) -> FloatArray:
        """R-peak times up to the latest time read, shape (n,)."""
        return np.array([beat.t_s for beat in self.true_beats])

    @property
    def true_pulses_s(self) -> FloatArray:
        """When each of those beats' pulses rises most steeply in the finger, shape (n,)."""
        return np.array([self._waves.pulse_foot_s(beat) + UPSLOPE_S for beat in self.true_beats])

    def loose(self, t_s: float) -> frozenset[str]:
        """What is off at `t_s`: "positive", "negative", "finger"."""
        names = {which for start_s, end_s, which in self.disturbances.leads_off if start_s <= t_s < end_s}
        return frozenset({"positive", "negative"} | names - {"both"} if "both" in names else names)

    def ecg_mv_at(self, t_s: float) -> float:
        """ECG at one moment, in mV at the electrodes."""
        return self._at(self._ecg, t_s)

    def ppg_at(self, t_s: float) -> float:
        """Pulse wave at one moment: about 0 in diastole, 1 at the systolic peak, NaN without a finger."""
        return self._at(self._ppg, t_s)

    def ecg_mv(self, t_s: ArrayLike) -> FloatArray:
        """ECG at the times `t_s` (any shape), in mV."""
        times = np.asarray(t_s, dtype=np.float64)
        return np.array([self._at(self._ecg, t) for t in times.ravel().tolist()]).reshape(times.shape)

    def ppg(self, t_s: ArrayLike) -> FloatArray:
        """Pulse wave at the times `t_s` (any shape)."""
        times = np.asarray(t_s, dtype=np.float64)
        return np.array([self._at(self._ppg, t) for t in times.ravel().tolist()]).reshape(times.shape)

    def _at(self, chunks: dict[int, list[float]], t_s: float) -> float:
        self._now_s = max(self._now_s, t_s)
        place = t_s * GRID_HZ
        whole = int(place)
        number, index = divmod(whole, CHUNK)
        chunk = chunks.get(number)
        if chunk is None:
            chunk = self._draw(chunks, number)
        left = chunk[index]
        return left + (place - whole) * (chunk[index + 1] - left)

    def _draw(self, chunks: dict[int, list[float]], number: int) -> list[float]:
        draw = self._waves.ecg_chunk if chunks is self._ecg else self._waves.ppg_chunk
        while len(chunks) >= _KEPT_CHUNKS:
            del chunks[next(iter(chunks))]
        chunks[number] = draw(number).tolist()
        return chunks[number]
