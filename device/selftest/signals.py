"""The sensor at work: how well it is sampled, and what it makes of its own calibration pulse."""

import math
from collections.abc import Callable
from typing import Final

import numpy as np

from device.sampling.sampler import SampleMessage, Sampler
from device.sampling.sources import SampleSource
from device.selftest.checks import Check, Verdict
from device.system.clocks import Clock
from drivers.errors import DriverError
from drivers.frontend import LOST, FrontEnd, FrontEndInfo
from drivers.sensors import Calibration, sensor
from dsp.types import FloatArray

SAMPLING_S: Final = 2.0
CALIBRATION_S: Final = 2.0
_SETTLING_S: Final = 0.5
_LONGEST_WAIT_S: Final = 5.0
_MOST_LATE: Final = 0.05
_RATE_WITHIN: Final = 0.02
_PULSE_WITHIN: Final = 0.1


def sampling(source: SampleSource, info: FrontEndInfo, clock: Clock) -> Check:
    """How the sampler keeps up over some seconds; closes the source."""
    messages, notes = _listen(source, clock)
    fault = next((message.fault for message in messages if message.fault), "")
    if fault:
        return Check("sampling", Verdict.FAULT, fault)
    read = sum(int((message.counts != LOST).sum()) for message in messages)
    if not read:
        return Check("sampling", Verdict.FAULT, "no sample came")
    end = messages[-1].first_index + len(messages[-1].counts)
    lost, late = end - messages[0].first_index - read, sum(message.late for message in messages)
    took_s = (messages[-1].newest_ns - messages[0].newest_ns) / 1e9
    rate_hz = (end - messages[0].first_index - len(messages[0].counts)) / took_s if took_s > 0.0 else math.nan
    text = f"{read} samples, {lost} lost, {late} over a millisecond late, {rate_hz:.1f} Hz" + "".join(
        f"; {note}" for note in notes
    )
    good = not lost and late <= _MOST_LATE * read and abs(rate_hz / info.fs_hz - 1.0) <= _RATE_WITHIN
    return Check("sampling", Verdict.OK if good else Verdict.FAULT, text)


def calibration(name: str, open_it: Callable[[Calibration], FrontEnd], clock: Clock) -> list[Check]:
    """The calibration pulse of the sensor called `name`, where it has one."""
    pulse = sensor(name).calibration
    if pulse is None:
        return []
    part = f"{name} calibration pulse"
    try:
        front_end = open_it(pulse)
        sampler = Sampler(lambda: front_end, clock)
        try:
            messages = []
            end_ns = clock.monotonic_ns() + round(CALIBRATION_S * 1e9)
            while clock.monotonic_ns() < end_ns:
                messages.append(sampler.next_message())
        finally:
            sampler.close()
    except DriverError as error:
        return [Check(part, Verdict.FAULT, str(error))]
    fault = next((message.fault for message in messages if message.fault), "")
    if fault:
        return [Check(part, Verdict.FAULT, fault)]
    uv = np.concatenate([message.counts for message in messages]) * front_end.info.units_per_count
    return [judge_pulse(part, uv[round(_SETTLING_S * front_end.info.fs_hz) :], front_end.info.fs_hz, pulse)]


def judge_pulse(part: str, uv: FloatArray, fs_hz: float, pulse: Calibration) -> Check:
    """Height by the middles of the two levels, rate by the rising edges."""
    if len(uv) < fs_hz:
        return Check(part, Verdict.FAULT, "too few samples came")
    low, high = np.quantile(uv, [0.25, 0.75])
    above = uv > (low + high) / 2.0
    rises = np.flatnonzero(above[1:] & ~above[:-1])
    hz = (len(rises) - 1) * fs_hz / (rises[-1] - rises[0]) if len(rises) > 1 else 0.0
    text = f"{high - low:.0f} uV at {hz:.2f} Hz, where {pulse.peak_to_peak_uv:.0f} uV at {pulse.hz:.2f} Hz were made"
    good = abs((high - low) / pulse.peak_to_peak_uv - 1.0) <= _PULSE_WITHIN and abs(hz / pulse.hz - 1.0) <= _RATE_WITHIN
    return Check(part, Verdict.OK if good else Verdict.FAULT, text)


def _listen(source: SampleSource, clock: Clock) -> tuple[list[SampleMessage], list[str]]:
    """Messages for as long as the check lasts from the first on, and what was noted."""
    messages: list[SampleMessage] = []
    notes: list[str] = []
    end_ns = clock.monotonic_ns() + round(_LONGEST_WAIT_S * 1e9)
    try:
        while clock.monotonic_ns() < end_ns:
            for message in source.wait(0.1):
                notes += [message.note] if message.note else []
                if message.fault or len(message.counts):
                    if not messages:
                        end_ns = clock.monotonic_ns() + round(SAMPLING_S * 1e9)
                    messages.append(message)
    except EOFError as error:
        notes.append(str(error))
    finally:
        source.close()
    return messages, notes
