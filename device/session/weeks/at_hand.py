"""The session at hand holds to what the weeks held when it began, whatever changes meanwhile."""

from device.session.choosing.check_in import CheckIns
from device.session.choosing.preferences import Preferences
from device.session.commands import Practised
from device.session.events import ArmDrawn, Event, PlanFollowed
from device.session.practice import Practice
from device.session.weeks.fading import fade_at, is_away
from device.session.weeks.today import Dose, Guidance, Today, dose_of


class WeeksAtHand:
    """`outlook` is what the device last told; from `begin` to `end` a session holds to it."""

    def __init__(self, today: Today) -> None:
        self._today = today
        self._dose: Dose | None = None
        self._called_back = False

    @property
    def outlook(self) -> Today:
        return self._today

    def take(self, today: Today) -> None:
        """Take over what the device reckons."""
        self._today = today

    def dose(self, chosen: Preferences) -> Dose:
        """Of the session at hand, and without one of the next."""
        return dose_of(self._today, chosen) if self._dose is None else self._dose

    def plan_holds(self, chosen: Preferences) -> bool:
        return chosen.plan and self._today.plan is not None

    def is_enough(self, chosen: Preferences, practice: Practice | None = None) -> bool:
        """Whether today's dose is done, with the `practice` of a session that is about to end; not again with that of
        one that was told already."""
        plan = self._today.plan
        more = 0.0 if practice is None or self._dose is None else practice.practised_s / 60.0
        return chosen.plan and plan is not None and self._today.done_minutes + more >= plan.minutes

    # --- the session at hand

    def begin(self, chosen: Preferences, ordinary: bool) -> None:
        """Not `ordinary`: the pace is looked for. Such a session follows no plan, and nothing was drawn, fades, or is
        tried."""
        dose = dose_of(self._today, chosen)
        self._dose = dose if ordinary else Dose(dose.minutes)
        self._called_back = False

    def told(self, t_s: float) -> list[Event]:
        """As the guide begins, or what is in its place: what the log keeps."""
        dose, events = self._dose, list[Event]()
        if dose is not None and dose.week is not None:
            events.append(PlanFollowed(t_s, dose.week, dose.minutes, dose.fade))
        if dose is not None and dose.draw is not None:
            draw = dose.draw
            events.append(ArmDrawn(t_s, draw.seed, draw.day, draw.guidance.value, dose.minutes))
        return events

    def end(self, t_s: float, practice: Practice, check_ins: CheckIns) -> Practised | None:
        """The session is over: what it was, told once; None where nothing was practised."""
        dose, self._dose = self._dose, None
        if dose is None or not practice.practised_s:
            return None
        held = practice.transfer.held if practice.transfer.alone_s else None
        return Practised(t_s, practice.practised_s / 60.0, *check_ins.tensions(), held)

    @property
    def guidance(self) -> Guidance:
        """Of the session at hand; without one, the guide at the own pace."""
        return Guidance.RESONANCE if self._dose is None else self._dose.guidance

    @property
    def transfer(self) -> bool:
        return self._dose is not None and self._dose.transfer

    # --- fading

    def fade(self, chosen: Preferences, progress: float) -> float:
        """How thin the guide is, 0 to 1."""
        return 0.0 if self._called_back else fade_at(self._level(chosen), progress)

    def away(self, chosen: Preferences, progress: float) -> bool:
        """Whether the guide is away for a while."""
        return not self._called_back and is_away(self._level(chosen), progress)

    def call_back(self) -> None:
        """The wearer wants the guide: it stays, whole, for the rest of the session."""
        self._called_back = True

    def _level(self, chosen: Preferences) -> int:
        return max(int(chosen.fade_guide), 0 if self._dose is None else self._dose.fade)
