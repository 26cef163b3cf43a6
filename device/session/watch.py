"""What changes with time alone: a step is over, contact has been lost or good for long enough, a sensor does not come
back, a screen is left alone."""

import math

from device.session.course import Course
from device.session.events import EndReason
from device.session.showing.builder import CONTACT_HOLD_S
from device.session.state import SessionState, Step

CONTACT_LOST_S = 1.0
CONTACT_BACK_S = 2.0
PAUSE_LIMIT_S = 300.0
SENSOR_GRACE_S = 10.0
REST_AFTER_S = 10.0


class Watch:
    """To be called with every input, before it is acted on."""

    def __init__(self, state: SessionState, course: Course) -> None:
        self._s = state
        self._course = course

    def advance(self, t_s: float) -> None:
        """Time has come to `t_s`."""
        s = self._s
        if s.now_s == -math.inf:
            s.clock.enter(t_s)
        s.now_s = max(s.now_s, t_s)
        self._sensor()
        self._contact()
        self._course.lead()
        self._left_alone()
        if s.clock.paused:
            if s.clock.paused_s(s.now_s) >= PAUSE_LIMIT_S:
                self._course.give_up()
        elif s.elapsed_s >= s.rules.lasts_s(s) and not s.rules.goes_on(s) and s.pacing.breath_is_over():
            self._course.move_on()

    def _sensor(self) -> None:
        s = self._s
        away = s.attached.sensor_fault is not None and s.now_s >= s.attached.sensor_fault_s + SENSOR_GRACE_S
        if away and s.rules.in_session:
            self._course.cut_off(Step.SENSOR, EndReason.SENSOR)

    def _contact(self) -> None:
        """Pause the session where contact or the sensor is lost, and go on when it is back. Not for a dizzy wearer: all
        that the screen says to them is to breathe normally, even if an electrode comes loose."""
        s = self._s
        since_s = s.now_s - s.sensor.contact_since_s
        back_s = min(since_s, s.now_s - s.attached.sensor_back_s)
        faulty_s = -math.inf if s.attached.sensor_fault is None else s.now_s - s.attached.sensor_fault_s
        away = bool(s.sensor.contact) or s.attached.sensor_fault is not None
        if s.step is Step.CONTACT:
            s.sensor.look(s.now_s)
            if s.sensor.steady_s(s.now_s) >= CONTACT_HOLD_S:
                self._course.begin()
        elif s.rules.alone:
            s.sensor.look(s.now_s)
            if s.sensor.steady_s(s.now_s) >= CONTACT_HOLD_S and not away:
                self._course.record_alone()
        elif s.rules.breathing and s.reason is not EndReason.DIZZY and not s.clock.paused:
            if max(since_s if s.sensor.contact else -math.inf, faulty_s) >= CONTACT_LOST_S:
                self._course.pause()
        elif s.clock.paused and not away and back_s >= CONTACT_BACK_S:
            self._course.resume()

    def _left_alone(self) -> None:
        s = self._s
        untouched_s = s.clock.untouched_s(s.now_s)
        asked = s.step is Step.USB and s.attached.offered
        s.blank_screen(untouched_s >= s.rules.dark_after_s and not (s.sharing or asked))
        s.rest(untouched_s >= REST_AFTER_S and not (s.rules.in_session or s.rules.awaits_sensor or s.rules.alone))
        if untouched_s >= s.settings.off_after_s and s.blank and not s.attached.usb and s.step is not Step.GOODBYE:
            self._course.switch_off(EndReason.COMPLETED)
