"""MAX86141 optical front end over SPI, mode 0: one LED's light through the skin, 19 bit, on the chip's own clock.

Every transfer is an address, a mode byte, and as many data bytes as are wanted; the address counts up with each, but at
FIFO_DATA, which gives the FIFO byte by byte (MAX86140/MAX86141 datasheet 19-100051, SPI Timing and Register Map):

    SDI  A7-A0 | R/W 0 0 0 0 0 0 0 | D7-D0 ...        R/W 1 reads, 0 writes
    SDO  x     | x                 | Q7-Q0 ...

A FIFO word is three bytes: 5 bits of tag, which tells whose exposure it was, and 19 bits of light. FIFO_RO stays 0, so
a full FIFO keeps its 128 oldest words and OVF_COUNTER tells how many newer ones were lost. Reading a word resets the
counter in the MAX30102; this driver assumes the same here.

The die's temperature comes once a second beside the pulse.
"""

import enum
from collections.abc import Callable
from typing import Final

from drivers.buses import SpiDevice
from drivers.errors import BusError, CorruptFrameError, NotRespondingError
from drivers.frontend import (
    LOST,
    STUCK_S,
    Burst,
    FrontEndInfo,
    HeartSignal,
    LeadsOff,
    SideSample,
    SideSignal,
    Sighting,
)
from drivers.skin_light import LightScale, SkinLight

SPI_HZ: Final = 4_000_000  # the chip takes 8 MHz
FS_HZ: Final = 128
PART_ID: Final = 0x25  # the MAX86140, with one photodiode, has 0x24
FIFO_DEPTH: Final = 128
WORD_BYTES: Final = 3
MAX_COUNT: Final = (1 << 19) - 1
_OVF_SATURATED: Final = 0x7F
_RESET_POLLS: Final = 50
_TRIES: Final = 3
_READ: Final = 0x80
_WRITE: Final = 0x00


class Max86141Reg(enum.IntEnum):
    """Register Map."""

    INTERRUPT_STATUS_1 = 0x00
    INTERRUPT_STATUS_2 = 0x01
    INTERRUPT_ENABLE_1 = 0x02
    INTERRUPT_ENABLE_2 = 0x03
    OVF_COUNTER = 0x06
    FIFO_DATA_COUNT = 0x07
    FIFO_DATA = 0x08
    FIFO_CONFIGURATION_2 = 0x0A
    SYSTEM_CONTROL = 0x0D
    PPG_SYNC_CONTROL = 0x10
    PPG_CONFIGURATION_1 = 0x11
    PPG_CONFIGURATION_2 = 0x12
    PPG_CONFIGURATION_3 = 0x13
    PHOTO_DIODE_BIAS = 0x15
    LED_SEQUENCE_1 = 0x20
    LED_SEQUENCE_2 = 0x21
    LED_SEQUENCE_3 = 0x22
    LED1_PA = 0x23
    LED_RANGE_1 = 0x2A
    DIE_TEMPERATURE_CONFIGURATION = 0x40
    DIE_TEMPERATURE_INTEGER = 0x41
    DIE_TEMPERATURE_FRACTION = 0x42
    REV_ID = 0xFE
    PART_ID = 0xFF


class Tag(enum.IntEnum):
    """FIFO tags that may come with one LED and one photodiode."""

    PPG1_LEDC1 = 0x01
    INVALID = 0x1E


RESET: Final = 1 << 0  # System Control
SHDN: Final = 1 << 1
LP_MODE: Final = 1 << 2  # sleeps between samples, at 256 sps and less
SINGLE_PPG: Final = 1 << 3
TEMP_EN: Final = 1 << 0  # Die Temperature Configuration
FLUSH_FIFO: Final = 1 << 4  # FIFO Configuration 2
PPG1_ADC_RGE_4UA: Final = 0b00 << 2
PPG_TINT_117US: Final = 0b11
LED_SETLNG_12US: Final = 0b11 << 6
PDBIAS1_TO_65PF: Final = 0b001
LED1_RGE_31MA: Final = 0b00
LEDC1_LED1: Final = 0b0001
PPG_SR: Final = {64: 0x0D, 128: 0x0E, 256: 0x0F}  # the rates, of one pulse a sample, that are whole
LIGHT: Final = LightScale(31.0 / 256.0, (1 << 19) / 4096.0, MAX_COUNT)  # of the ranges above
RUNNING: Final = SINGLE_PPG | LP_MODE
TEMPERATURE: Final = SideSignal("Temp die", "degC", 1.0, 1.0 / 16.0, -128 * 16, 128 * 16 - 1)


def front_end_info(fs_hz: int) -> FrontEndInfo:
    """What the chip delivers at one of the rates in `PPG_SR`; ValueError for another."""
    if fs_hz not in PPG_SR:
        raise ValueError(f"the MAX86141 samples at {', '.join(map(str, PPG_SR))} Hz here, not {fs_hz}")
    return FrontEndInfo(
        name="max86141",
        kind=HeartSignal.PPG,
        fs_hz=float(fs_hz),
        clock="chip",
        fifo_samples=FIFO_DEPTH,
        units_per_count=1.0,
        min_count=0,
        max_count=MAX_COUNT,
        pulses_fall=True,
        side=(TEMPERATURE,),
    )


def bring_up(fs_hz: int) -> tuple[tuple[Max86141Reg, int], ...]:
    """What is written after a reset, in order, and holds; sampling starts when SHDN is taken away."""
    return (
        (Max86141Reg.SYSTEM_CONTROL, RUNNING | SHDN),
        (Max86141Reg.PPG_SYNC_CONTROL, 0),
        (Max86141Reg.PPG_CONFIGURATION_1, PPG1_ADC_RGE_4UA | PPG_TINT_117US),
        (Max86141Reg.PPG_CONFIGURATION_2, PPG_SR[fs_hz] << 3),
        (Max86141Reg.PPG_CONFIGURATION_3, LED_SETLNG_12US),
        (Max86141Reg.PHOTO_DIODE_BIAS, PDBIAS1_TO_65PF),
        (Max86141Reg.LED_RANGE_1, LED1_RGE_31MA),
        (Max86141Reg.LED_SEQUENCE_1, LEDC1_LED1),
        (Max86141Reg.LED_SEQUENCE_2, 0),
        (Max86141Reg.LED_SEQUENCE_3, 0),
        (Max86141Reg.INTERRUPT_ENABLE_1, 0),
        (Max86141Reg.INTERRUPT_ENABLE_2, 0),
    )


def decode(data: list[int]) -> list[tuple[int, int]]:
    """FIFO_DATA bytes as (tag, counts), one for each whole word."""
    words = (data[i] << 16 | data[i + 1] << 8 | data[i + 2] for i in range(0, len(data) - WORD_BYTES + 1, WORD_BYTES))
    return [(word >> 19, word & MAX_COUNT) for word in words]


def recognise(spi: SpiDevice) -> Sighting:
    """Whether a MAX86141 answers, by its part number, alone and after its revision: a converter's channel may hit upon
    one of the two. OSError where the bus fails."""
    alone = spi.xfer2([Max86141Reg.PART_ID, _READ, 0])
    revision, part = spi.xfer2([Max86141Reg.REV_ID, _READ, 0, 0])[2:]
    if (alone[2], part) != (PART_ID, PART_ID):
        return Sighting("no MAX86141")
    return Sighting(f"MAX86141, revision {revision}", answered=True, recognised=True)


def _bits_apart(one: int, other: int) -> int:
    return (one ^ other).bit_count()


class Max86141:
    """PPG in counts of reflected light, which falls as blood flows in. Implements `drivers.frontend.FrontEnd`.

    `now_s` is a monotonic clock: it dates a stuck FIFO, and gaps too long for OVF_COUNTER.
    """

    def __init__(self, spi: SpiDevice, now_s: Callable[[], float], fs_hz: int = FS_HZ) -> None:
        self._info = front_end_info(fs_hz)
        self._spi = spi
        self._now_s = now_s
        self._fs_hz = fs_hz
        self._light = SkinLight(fs_hz, LIGHT)
        self._lost_next = 0
        self._drained_s = 0.0
        self._taken = 0  # samples since the start, those lost included
        self._temperature_at = 0  # the sample that the next temperature belongs to
        self._converting = False

    @property
    def info(self) -> FrontEndInfo:
        return self._info

    def start(self) -> None:
        """Check the part, reset it, bring it up. NotRespondingError when it is another part, does not reset, or does
        not hold what is written."""
        self._check_part()
        self._write(Max86141Reg.SYSTEM_CONTROL, RESET)
        for _ in range(_RESET_POLLS):
            if not self._read(Max86141Reg.SYSTEM_CONTROL)[0] & RESET:
                break
        else:
            raise NotRespondingError("MAX86141: the reset does not end")
        self._light = SkinLight(self._fs_hz, LIGHT)
        for register, value in (*bring_up(self._fs_hz), (Max86141Reg.LED1_PA, self._light.led_pa)):
            self._write(register, value)
            if self._read(register) != [value]:
                raise NotRespondingError(f"MAX86141: {register.name} does not hold {value:#04x}")
        self._write(Max86141Reg.FIFO_CONFIGURATION_2, FLUSH_FIFO)
        self._read(Max86141Reg.INTERRUPT_STATUS_1)
        self._write(Max86141Reg.SYSTEM_CONTROL, RUNNING)
        self._lost_next = self._taken = self._temperature_at = 0
        self._converting = False
        self._drained_s = self._now_s()

    def read(self) -> Burst:
        """Empty the FIFO. Samples lost to a full FIFO came after those it held, so the next burst counts them."""
        now_s = self._now_s()
        overflow, waiting = self._waiting()
        counts = self._read_fifo(FIFO_DEPTH if overflow else waiting)
        if not counts:
            if now_s - self._drained_s > STUCK_S:
                self._explain_silence()
            return Burst((), 0, self._leads_off())
        lost, self._lost_next = self._lost_next, self._count_lost(overflow, now_s)
        self._drained_s = now_s
        first = self._taken + lost
        self._taken = first + len(counts)
        side = self._temperature(first)
        if self._light.see([count for count in counts if count != LOST]):
            self._write(Max86141Reg.LED1_PA, self._light.led_pa)
        return Burst(tuple(counts), lost, self._leads_off(), side)

    def _waiting(self) -> tuple[int, int]:
        """OVF_COUNTER and FIFO_DATA_COUNT, read until two readings agree, of which the second may be some words on.

        One at a time: both in one transfer would run on into FIFO_DATA where one bit of the address is wrong, and what
        is read there is gone."""
        for _ in range(_TRIES):
            (overflow,), (waiting,) = self._read(Max86141Reg.OVF_COUNTER), self._read(Max86141Reg.FIFO_DATA_COUNT)
            (again,), (more,) = self._read(Max86141Reg.OVF_COUNTER), self._read(Max86141Reg.FIFO_DATA_COUNT)
            if 0 <= again - overflow <= 1 and 0 <= more - waiting <= 1 and waiting <= FIFO_DEPTH:
                return overflow & _OVF_SATURATED, waiting
        self._check_part()
        raise CorruptFrameError("MAX86141: the FIFO's counters do not read the same twice")

    def close(self) -> None:
        """Light off, chip asleep, bus released; a chip that is gone is no error here."""
        try:
            self._write(Max86141Reg.SYSTEM_CONTROL, SHDN)
        except BusError:
            pass
        finally:
            self._spi.close()

    def _read_fifo(self, waiting: int) -> list[int]:
        """Up to `waiting` samples; fewer where the FIFO says that there is nothing more. A word whose tag is one bit
        off ours is lost, in its place."""
        words = decode(self._read(Max86141Reg.FIFO_DATA, WORD_BYTES * waiting) if waiting else [])
        counts: list[int] = []
        for tag, count in words:
            if tag == Tag.PPG1_LEDC1:
                counts.append(count)
            elif _bits_apart(tag, Tag.PPG1_LEDC1) == 1:
                counts.append(LOST)
            elif _bits_apart(tag, Tag.INVALID) > 1:
                self._check_part()
                raise CorruptFrameError(f"MAX86141: FIFO word with tag {tag:#04x}, of an exposure that is not made")
        if counts and counts.count(LOST) == len(counts) > 1:
            self._check_part()
            raise CorruptFrameError("MAX86141: no FIFO word has a tag of an exposure that is made")
        return counts

    def _temperature(self, first: int) -> tuple[SideSample, ...]:
        """The temperature that was asked for in an earlier burst; then it is asked for anew, once a second of samples.

        One that was not ready within its second is let go. `first` is the number of this burst's first sample.
        """
        found: tuple[SideSample, ...] = ()
        # TEMP_EN goes back to 0 when it is there. Not INTERRUPT_STATUS_1: its address is one bit off FIFO_DATA's.
        if self._converting and not self._read(Max86141Reg.DIE_TEMPERATURE_CONFIGURATION)[0] & TEMP_EN:
            whole, sixteenths = self._read(Max86141Reg.DIE_TEMPERATURE_INTEGER, 2)
            signed = whole - 0x100 if whole & 0x80 else whole
            found = (SideSample(0, self._temperature_at - first, 16 * signed + (sixteenths & 0x0F)),)
            self._converting = False
        latest = (self._taken - 1) // self._fs_hz * self._fs_hz
        if latest > self._temperature_at or first == 0:
            self._write(Max86141Reg.DIE_TEMPERATURE_CONFIGURATION, TEMP_EN)
            self._temperature_at, self._converting = latest, True
        return found

    def _count_lost(self, overflow: int, now_s: float) -> int:
        if overflow < _OVF_SATURATED:
            return overflow
        return max(overflow, round((now_s - self._drained_s) * self._fs_hz) - FIFO_DEPTH)

    def _leads_off(self) -> LeadsOff:
        return LeadsOff.NONE if self._light.finger else LeadsOff.FINGER

    def _check_part(self) -> None:
        (part,) = self._read(Max86141Reg.PART_ID)
        if part != PART_ID:
            raise NotRespondingError(
                f"PART_ID reads {part:#04x}, a MAX86141's {PART_ID:#04x}: not connected, or another chip?"
            )

    def _explain_silence(self) -> None:
        self._check_part()
        if self._read(Max86141Reg.SYSTEM_CONTROL) != [RUNNING]:
            raise NotRespondingError("MAX86141: the chip lost its settings, as after a power cut")
        raise NotRespondingError(f"MAX86141: no new sample for {STUCK_S} s, the FIFO is stuck")

    def _read(self, register: Max86141Reg, length: int = 1) -> list[int]:
        return self._transfer(register, [register, _READ, *[0] * length])[2:]

    def _write(self, register: Max86141Reg, value: int) -> None:
        self._transfer(register, [register, _WRITE, value])

    def _transfer(self, register: Max86141Reg, data: list[int]) -> list[int]:
        try:
            answer = self._spi.xfer2(data)
        except OSError as error:
            raise BusError(f"MAX86141: SPI transfer for {register.name} failed: {error}") from error
        if len(answer) != len(data):
            raise CorruptFrameError(f"MAX86141 answered {len(answer)} bytes instead of {len(data)}")
        return answer
