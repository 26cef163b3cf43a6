"""MAX30102 pulse sensor over I2C: infrared light through the skin, 18 bit, on the chip's own clock.

Register names, fields and values are those of the MAX30102 datasheet (19-7740), Register Maps and Descriptions. One
slot of multi-LED mode is used, infrared: it goes deeper than red, and three bytes a sample let ten samples into
one SMBus block. FIFO_ROLLOVER_EN stays 0, so a full FIFO keeps its 32 oldest samples and OVF_COUNTER tells how many
newer ones were lost.
"""

import enum
from collections.abc import Callable
from typing import Final

from drivers.buses import I2cBus, InputPin
from drivers.errors import BusError, CorruptFrameError, NotRespondingError
from drivers.frontend import STUCK_S, Burst, FrontEndInfo, HeartSignal, LeadsOff, Sighting
from drivers.skin_light import LightScale, SkinLight

ADDRESS: Final = 0x57
PART_ID: Final = 0x15
FS_HZ: Final = 100
FIFO_DEPTH: Final = 32
SAMPLE_BYTES: Final = 3
MAX_COUNT: Final = (1 << 18) - 1
LIGHT: Final = LightScale(0.2, (1 << 18) / 4096.0, MAX_COUNT)  # LED Pulse Amplitude; SpO2 ADC Range 4096 nA
_BLOCK_SAMPLES: Final = 32 // SAMPLE_BYTES  # an SMBus block holds 32 bytes
_OVF_SATURATED: Final = 0x1F
_RESET_POLLS: Final = 50
_TRIES: Final = 3


class Max30102Reg(enum.IntEnum):
    """Register Maps and Descriptions."""

    INTERRUPT_STATUS_1 = 0x00
    INTERRUPT_ENABLE_1 = 0x02
    INTERRUPT_ENABLE_2 = 0x03
    FIFO_WR_PTR = 0x04
    OVF_COUNTER = 0x05
    FIFO_RD_PTR = 0x06
    FIFO_DATA = 0x07
    FIFO_CONFIGURATION = 0x08
    MODE_CONFIGURATION = 0x09
    SPO2_CONFIGURATION = 0x0A
    LED1_PA = 0x0C
    LED2_PA = 0x0D
    MULTI_LED_MODE_CONTROL_1 = 0x11
    MULTI_LED_MODE_CONTROL_2 = 0x12
    REVISION_ID = 0xFE
    PART_ID = 0xFF


SHDN: Final = 1 << 7  # Mode Configuration
RESET: Final = 1 << 6
MULTI_LED_MODE: Final = 0b111
A_FULL_EN: Final = 1 << 7  # Interrupt Enable 1
SLOT1_IR: Final = 0b010  # Multi-LED Mode Control: LED2 in slot 1
SPO2_ADC_RGE_4096NA: Final = 0b01 << 5
LED_PW_411US_18BIT: Final = 0b11
FIFO_A_FULL_AT_17: Final = 15  # interrupt with 15 places left
SPO2_SR: Final = {50: 0b000, 100: 0b001, 200: 0b010, 400: 0b011}  # the rates at which 18 bit fit


def front_end_info(fs_hz: int) -> FrontEndInfo:
    """What the chip delivers at one of the rates in `SPO2_SR`; ValueError for another."""
    if fs_hz not in SPO2_SR:
        raise ValueError(f"the MAX30102 samples 18 bit at {', '.join(map(str, SPO2_SR))} Hz, not {fs_hz}")
    return FrontEndInfo(
        name="max30102",
        kind=HeartSignal.PPG,
        fs_hz=float(fs_hz),
        clock="chip",
        fifo_samples=FIFO_DEPTH,
        units_per_count=1.0,
        min_count=0,
        max_count=MAX_COUNT,
        pulses_fall=True,
    )


def bring_up(fs_hz: int) -> tuple[tuple[Max30102Reg, int], ...]:
    """What is written after a reset, in order; sampling starts with the last."""
    return (
        (Max30102Reg.INTERRUPT_ENABLE_1, A_FULL_EN),
        (Max30102Reg.INTERRUPT_ENABLE_2, 0),
        (Max30102Reg.FIFO_CONFIGURATION, FIFO_A_FULL_AT_17),
        (Max30102Reg.SPO2_CONFIGURATION, SPO2_ADC_RGE_4096NA | SPO2_SR[fs_hz] << 2 | LED_PW_411US_18BIT),
        (Max30102Reg.LED1_PA, 0),
        (Max30102Reg.MULTI_LED_MODE_CONTROL_1, SLOT1_IR),
        (Max30102Reg.MULTI_LED_MODE_CONTROL_2, 0),
        (Max30102Reg.FIFO_WR_PTR, 0),
        (Max30102Reg.OVF_COUNTER, 0),
        (Max30102Reg.FIFO_RD_PTR, 0),
        (Max30102Reg.MODE_CONFIGURATION, MULTI_LED_MODE),
    )


def decode(data: list[int]) -> list[int]:
    """FIFO_DATA bytes to counts: big-endian triplets of which the low 18 bits count (FIFO Data, table 2)."""
    return [
        (data[i] << 16 | data[i + 1] << 8 | data[i + 2]) & MAX_COUNT
        for i in range(0, len(data) - SAMPLE_BYTES + 1, SAMPLE_BYTES)
    ]


def recognise(bus: I2cBus) -> Sighting:
    """Whether a MAX30102 answers, by its part number."""
    where = f"{ADDRESS:#x}"
    try:
        part = bus.read_byte_data(ADDRESS, Max30102Reg.PART_ID)
        revision = bus.read_byte_data(ADDRESS, Max30102Reg.REVISION_ID)
    except OSError:
        return Sighting(f"{where}: nothing answers")
    if part != PART_ID:
        return Sighting(f"{where}: part {part:#04x}, which is no MAX30102", answered=True)
    return Sighting(f"{where}: MAX30102, revision {revision}", answered=True, recognised=True)


class Max30102:
    """PPG in counts of reflected light, which falls as blood flows in. Implements `drivers.frontend.FrontEnd`.

    `now_s` is a monotonic clock: it dates a stuck FIFO, and gaps too long for OVF_COUNTER. With `interrupt` (the
    open-drain INT pin, active when low) read() leaves the bus alone until the FIFO is half full.
    """

    def __init__(
        self, bus: I2cBus, now_s: Callable[[], float], fs_hz: int = FS_HZ, interrupt: InputPin | None = None
    ) -> None:
        self._info = front_end_info(fs_hz)
        self._bus = bus
        self._now_s = now_s
        self._fs_hz = fs_hz
        self._interrupt = interrupt
        self._light = SkinLight(fs_hz, LIGHT)
        self._lost_next = 0
        self._next = 0
        self._drained_s = 0.0

    @property
    def info(self) -> FrontEndInfo:
        return self._info

    def start(self) -> None:
        """Check the part, reset it, bring it up. NotRespondingError when it is another part or does not reset."""
        self._check_part()
        self._write(Max30102Reg.MODE_CONFIGURATION, RESET)
        for _ in range(_RESET_POLLS):
            if not self._read(Max30102Reg.MODE_CONFIGURATION) & RESET:
                break
        else:
            raise NotRespondingError("MAX30102: the reset does not end")
        self._light = SkinLight(self._fs_hz, LIGHT)
        self._write(Max30102Reg.LED2_PA, self._light.led_pa)
        for register, value in bring_up(self._fs_hz):
            self._write(register, value)
        self._lost_next = self._next = 0
        self._drained_s = self._now_s()

    def read(self) -> Burst:
        """Empty the FIFO. Samples lost to a full FIFO came after those it held, so the next burst counts them."""
        now_s = self._now_s()
        if self._interrupt is not None and not self._interrupted(now_s):
            return Burst((), 0, self._leads_off())
        write, overflow, _ = self._pointers()
        waiting = FIFO_DEPTH if overflow else (write - self._next) % FIFO_DEPTH
        if waiting == 0:
            if now_s - self._drained_s > STUCK_S:
                self._explain_silence()
            return Burst((), 0, self._leads_off())
        counts = self._take(waiting)
        lost, self._lost_next = self._lost_next, self._count_lost(overflow, now_s)
        self._drained_s = now_s
        if self._light.see(counts):
            self._write(Max30102Reg.LED2_PA, self._light.led_pa)
        return Burst(tuple(counts), lost, self._leads_off())

    def close(self) -> None:
        """Light off, chip asleep, bus released; a chip that is gone is no error here."""
        try:
            self._write(Max30102Reg.MODE_CONFIGURATION, SHDN)
        except BusError:
            pass
        finally:
            self._bus.close()
            if self._interrupt is not None:
                self._interrupt.close()

    def _interrupted(self, now_s: float) -> bool:
        assert self._interrupt is not None
        if not self._interrupt.value and now_s - self._drained_s < STUCK_S:
            return False
        self._read(Max30102Reg.INTERRUPT_STATUS_1)  # reading clears A_FULL and lets INT go
        return True

    def _pointers(self) -> tuple[int, int, int]:
        """FIFO_WR_PTR, OVF_COUNTER and FIFO_RD_PTR, which stands where the next sample is to be read. Equal pointers
        mean empty, or full if something was lost already. The bus has no checksum: they are read until two readings
        agree, of which the second may be a sample further."""
        for _ in range(_TRIES):
            first, second = self._look(), self._look()
            further = [(new - old) % FIFO_DEPTH for old, new in zip(first, second, strict=True)]
            if further[0] > 1 or further[1] > 1 or further[2]:
                continue
            if first[2] == self._next:
                return first
            self._rewind()
        raise CorruptFrameError("MAX30102: the FIFO's pointers do not read the same twice")

    def _look(self) -> tuple[int, int, int]:
        write, overflow, read = self._read_block(Max30102Reg.FIFO_WR_PTR, 3)
        return write % FIFO_DEPTH, overflow & _OVF_SATURATED, read % FIFO_DEPTH

    def _take(self, waiting: int) -> list[int]:
        """The next samples, read again where the chip did not take them for read."""
        for _ in range(_TRIES):
            counts: list[int] = []
            while len(counts) < waiting:
                n = min(_BLOCK_SAMPLES, waiting - len(counts))
                counts += decode(self._read_block(Max30102Reg.FIFO_DATA, SAMPLE_BYTES * n))
            after = (self._next + waiting) % FIFO_DEPTH
            if after in (self._look()[2], self._look()[2]):
                self._next = after
                return counts
            self._rewind()
        raise CorruptFrameError("MAX30102: the FIFO does not let itself be read")

    def _rewind(self) -> None:
        """Samples may be read again by writing the pointer, as when the bus failed between."""
        self._check_settings()
        self._write(Max30102Reg.FIFO_RD_PTR, self._next)

    def _count_lost(self, overflow: int, now_s: float) -> int:
        if overflow < _OVF_SATURATED:
            return overflow
        return max(overflow, round((now_s - self._drained_s) * self._fs_hz) - FIFO_DEPTH)

    def _leads_off(self) -> LeadsOff:
        return LeadsOff.NONE if self._light.finger else LeadsOff.FINGER

    def _check_part(self) -> None:
        part = self._read(Max30102Reg.PART_ID)
        if part != PART_ID:
            raise NotRespondingError(
                f"I2C {ADDRESS:#x} answers with part {part:#04x}, a MAX30102 with {PART_ID:#04x}: another chip?"
            )

    def _check_settings(self) -> None:
        for _ in range(_TRIES):
            if self._read(Max30102Reg.MODE_CONFIGURATION) == MULTI_LED_MODE:
                return
        raise NotRespondingError("MAX30102: the chip lost its settings, as after a power cut")

    def _explain_silence(self) -> None:
        self._check_part()
        self._check_settings()
        raise NotRespondingError(f"MAX30102: no new sample for {STUCK_S} s, the FIFO is stuck")

    def _read(self, register: Max30102Reg) -> int:
        try:
            return self._bus.read_byte_data(ADDRESS, register)
        except OSError as error:
            raise BusError(f"MAX30102: cannot read {register.name}: {error}") from error

    def _read_block(self, register: Max30102Reg, length: int) -> list[int]:
        try:
            return self._bus.read_i2c_block_data(ADDRESS, register, length)
        except OSError as error:
            raise BusError(f"MAX30102: cannot read {register.name}: {error}") from error

    def _write(self, register: Max30102Reg, value: int) -> None:
        try:
            self._bus.write_byte_data(ADDRESS, register, value)
        except OSError as error:
            raise BusError(f"MAX30102: cannot write {register.name}: {error}") from error
