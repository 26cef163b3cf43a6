"""The parts on pins and buses: what answers, what an electrode's pins say, what only the eye can tell."""

import contextlib
from collections.abc import Callable
from typing import Final

from device.selftest.checks import Check, Verdict
from device.system.clocks import Clock
from device.system.wall_clock import EARLIEST_YEAR
from drivers.analog import channel_volts
from drivers.board import WiredBoard
from drivers.cues import PwmCue
from drivers.errors import DriverError
from drivers.probe import Finding

_CUE: Final = 0.5
_CUE_NS: Final = 500_000_000
_ASLEEP_V: Final = 0.1  # between awake and asleep, or the pin does nothing


def from_probe(findings: list[Finding]) -> list[Check]:
    """What answers. A bus without a sensor is as it should be where the other one has it."""
    found = any(finding.front_end for finding in findings)
    return [_from_finding(finding, found) for finding in findings]


def _from_finding(finding: Finding, sensor_found: bool) -> Check:
    verdict = Verdict.OK if finding.seen else Verdict.MISSING
    if verdict is Verdict.MISSING and finding.part.endswith("sensor") and sensor_found:
        verdict = Verdict.NOT_FITTED
    return Check(finding.part, verdict, finding.text)


def leads(board: WiredBoard, front_end: str) -> list[Check]:
    """SDN and the leads-off pins of the ECG board, where it is the sensor."""
    if front_end != "ad8232":
        return []
    wiring = board.wiring
    return [
        _safely("SDN", wiring.sdn_gpio, lambda gpio: _shutdown(board, gpio)),
        _safely("LO+", wiring.lo_plus_gpio, lambda gpio: _lead(board, "LO+", gpio)),
        _safely("LO-", wiring.lo_minus_gpio, lambda gpio: _lead(board, "LO-", gpio)),
    ]


def cues(board: WiredBoard, clock: Clock) -> list[Check]:
    """LED and motor, each on for half a second."""
    wiring = board.wiring
    return [
        _safely("LED", wiring.led_gpio, lambda gpio: _cue("LED", gpio, board.open_led, "shone", clock)),
        _safely("motor", wiring.vibration_gpio, lambda gpio: _cue("motor", gpio, board.open_vibration, "ran", clock)),
    ]


def battery(board: WiredBoard) -> list[Check]:
    """What the battery board tells, where one is wired."""
    if board.wiring.power_board == "none":
        return []
    try:
        with contextlib.closing(board.open_power_board()) as opened:
            opened.prepare()
            charge, told = opened.charge(), opened.time()
    except DriverError as error:
        return [Check("battery board", Verdict.FAULT, str(error))]
    cell = f"{charge.pct} %, {charge.cell_mv / 1000.0:.2f} V" if charge.cell else "no battery"
    charger = "a charger is in" if charge.external else "no charger"
    running = told is not None and told.year >= EARLIEST_YEAR
    said = "no time" if told is None else told.strftime("%Y-%m-%d %H:%M UTC")
    return [
        Check("battery board", Verdict.OK if charge.cell else Verdict.FAULT, f"{cell}, {charger}"),
        Check(
            "board's clock",
            Verdict.OK if running else Verdict.LOOK,
            said if running else f"{said}: it was without its battery; a host or the network sets it",
        ),
    ]


def _safely(part: str, gpio: int | None, look: Callable[[int], Check]) -> Check:
    if gpio is None:
        return Check(part, Verdict.NOT_FITTED, "no pin in the configuration")
    try:
        return look(gpio)
    except (DriverError, OSError) as error:
        return Check(part, Verdict.FAULT, str(error))


def _shutdown(board: WiredBoard, gpio: int) -> Check:
    """Whether the signal goes when the chip is told to sleep, and comes back."""
    pin = board.output_pin(gpio)
    assert pin is not None
    with contextlib.closing(pin):
        pin.on()
        awake_v = channel_volts(board, board.wiring.ecg_channel)
        pin.off()
        asleep_v = channel_volts(board, board.wiring.ecg_channel)
        pin.on()
    text = f"GPIO {gpio}: {awake_v:.2f} V awake, {asleep_v:.2f} V asleep"
    if abs(awake_v - asleep_v) < _ASLEEP_V:
        return Check("SDN", Verdict.LOOK, f"{text}; no difference: is it wired, and does the board have that pin?")
    return Check("SDN", Verdict.OK, text)


def _lead(board: WiredBoard, part: str, gpio: int) -> Check:
    pin = board.input_pin(gpio)
    assert pin is not None
    with contextlib.closing(pin):
        loose = bool(pin.value)
    electrode = "LA" if part == "LO+" else "RA"
    return Check(part, Verdict.OK, f"GPIO {gpio}: {electrode} {'loose, or not worn' if loose else 'has contact'}")


def _cue(part: str, gpio: int, open_it: Callable[[], PwmCue | None], did: str, clock: Clock) -> Check:
    cue = open_it()
    assert cue is not None
    with contextlib.closing(cue):
        cue.set(_CUE)
        clock.sleep_until_ns(clock.monotonic_ns() + _CUE_NS)
    return Check(part, Verdict.LOOK, f"GPIO {gpio}: {did} for half a second, if it is fitted")
