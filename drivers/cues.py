"""Cues for closed eyes: an LED and a vibration motor, each on a PWM pin."""

from drivers.buses import PwmPin
from drivers.errors import BusError


class PwmCue:
    """An output with a strength from 0 to 1."""

    def __init__(self, pin: PwmPin, name: str) -> None:
        self._pin = pin
        self._name = name
        self._strength = 0.0

    def set(self, strength: float) -> None:
        """Hold this strength, clipped to 0-1, until the next call. Raises BusError."""
        wanted = min(max(strength, 0.0), 1.0)
        if wanted == self._strength:
            return
        try:
            self._pin.value = wanted
        except OSError as error:
            raise BusError(f"{self._name}: cannot set the pin: {error}") from error
        self._strength = wanted

    def close(self) -> None:
        self.set(0.0)
        self._pin.close()
