"""What a session adds up to, from its metrics rows: the numbers of the summary and of the offer of quiet rest."""

import math
from collections import deque
from dataclasses import dataclass, field
from statistics import fmean

from device.session.events import GUIDED_PHASES, PRACTICE_PHASES, Phase
from device.session.weeks.transfer import TransferMinute
from dsp.types import CONFIDENT_BREATHING, TRUSTED_QUALITY, MetricsRow, StateKind

SETTLED_AFTER_S = 10
SETTLED_WINDOW_S = 30
BODY_WINDOW_S = 60
BODY_BEFORE_S = 30
OWN_PACE_ROWS = 20
CLEAR_SIGNAL = 0.8
CLEAR_OVER_S = 60
COHERENCE_STEPS = (0.5, 1.5, 3.0)


def is_settled(row: MetricsRow) -> bool:
    """Calm, or neutral but clearly quieter than today's rest."""
    return row.state is not None and (row.state.kind is StateKind.CALM or row.state.settling)


def coherence_level(row: MetricsRow) -> int | None:
    """0 to 3 for the screen; None without coherence, without RSA to see it in, or where the signal is hard to read."""
    if math.isnan(row.coherence) or math.isnan(row.rsa_ms) or row.quality < TRUSTED_QUALITY:
        return None
    return sum(row.coherence >= step for step in COHERENCE_STEPS)


def on_guard(arousal: float) -> float:
    """`arousal` (0 to 1) on the check-in's scale (1 to 5)."""
    return 1.0 + 4.0 * arousal


@dataclass(slots=True)
class Practice:
    """Seconds, counted one row at a time. Practice is guided and free breathing and quiet rest, with good contact;
    never the check-ins. `settled_after_s` counts seconds of practice, `irregular_s` those of a signal that was clear
    for a minute: beats found in movement are irregular, too (docs/decisions/0005); `paced_s` those in which a pacemaker
    set the pulse. `numbers` is the last row with an
    RMSSD, or while there is none the last with a heart rate."""

    practised_s: int = 0
    calm_s: int = 0
    rest_after_settling_s: int = 0
    irregular_s: int = 0
    paced_s: int = 0
    settled_after_s: int | None = None
    numbers: MetricsRow | None = None
    transfer: TransferMinute = field(default_factory=TransferMinute)
    _settled_run_s: int = 0
    _qualities: deque[float] = field(default_factory=lambda: deque(maxlen=CLEAR_OVER_S))
    _settled_recently: deque[bool] = field(default_factory=lambda: deque(maxlen=SETTLED_WINDOW_S))
    _rest_paces: deque[float] = field(default_factory=lambda: deque(maxlen=OWN_PACE_ROWS))
    _arousals: dict[Phase, deque[float]] = field(default_factory=dict)

    def add(self, phase: Phase, row: MetricsRow) -> None:
        if row.contact:
            return
        self._qualities.append(row.quality)
        self.irregular_s += row.irregular_rhythm and fmean(self._qualities) >= CLEAR_SIGNAL
        self.paced_s += row.paced_rhythm
        self._add_arousal(phase, row)
        self.transfer.add(phase, row)
        if phase is Phase.REST and row.breath_confidence >= CONFIDENT_BREATHING:
            self._rest_paces.append(row.breaths_per_min)
        if phase in PRACTICE_PHASES:
            self._add_practice(phase, row)

    def settled(self) -> bool:
        """Whether the body was settled for most of the last half minute."""
        recently = self._settled_recently
        return len(recently) == SETTLED_WINDOW_S and 2 * sum(recently) > SETTLED_WINDOW_S

    def own_breaths_per_min(self) -> float:
        """The wearer's own pace at rest, NaN where it could not be told."""
        if not self._rest_paces:
            return math.nan
        return sorted(self._rest_paces)[len(self._rest_paces) // 2]

    def body_on_guard(self, phase: Phase) -> float | None:
        """How on guard the body was in REST (or, where the state came only then, as the guide began) or in FREE,
        1 to 5; None where it could not be told."""
        arousals = self._arousals.get(phase)
        return on_guard(sum(arousals) / len(arousals)) if arousals else None

    def _add_arousal(self, phase: Phase, row: MetricsRow) -> None:
        begins = phase in GUIDED_PHASES and self.practised_s < BODY_BEFORE_S
        if not begins and phase not in (Phase.REST, Phase.FREE):
            return
        if row.state is not None and not math.isnan(row.state.arousal):
            moment = Phase.REST if begins else phase
            self._arousals.setdefault(moment, deque(maxlen=BODY_WINDOW_S)).append(row.state.arousal)

    def _add_practice(self, phase: Phase, row: MetricsRow) -> None:
        self.practised_s += 1
        self.calm_s += row.state is not None and row.state.kind is StateKind.CALM
        settled = is_settled(row)
        self._settled_recently.append(settled)
        self._settled_run_s = self._settled_run_s + 1 if settled else 0
        if self.settled_after_s is None and self._settled_run_s == SETTLED_AFTER_S:
            self.settled_after_s = self.practised_s - SETTLED_AFTER_S
        if self.settled_after_s is not None and phase in (Phase.FREE, Phase.QUIET):
            self.rest_after_settling_s += 1
        if not math.isnan(row.rmssd_ms) or (
            not math.isnan(row.mean_hr_bpm) and (self.numbers is None or math.isnan(self.numbers.rmssd_ms))
        ):
            self.numbers = row
