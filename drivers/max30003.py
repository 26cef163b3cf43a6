"""MAX30003 single-lead ECG front end over SPI, mode 0, on the chip's own clock.

Every transfer is 32 bits (MAX30003 datasheet 19-8658, SPI Interface Description):

    SDI  A6 A5 A4 A3 A2 A1 A0 R/W | D23 ... D0        R/W 1 reads, 0 writes
    SDO  x  x  x  x  x  x  x  x   | Q23 ... Q0

An ECG FIFO word (ECG FIFO Memory) holds, from the left, 18 bits of voltage in two's complement, 3 bits of ETAG and
3 bits of PTAG. The FIFO keeps 32 words; once it overflowed nothing in it can be trusted until FIFO_RST or SYNCH.
"""

import enum
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from drivers.buses import SpiDevice
from drivers.errors import BusError, CorruptFrameError, NotRespondingError
from drivers.fifo_clock import AMBIGUOUS, FifoClock
from drivers.frontend import STUCK_S, Burst, FrontEndInfo, HeartSignal, LeadsOff, Sighting

SPI_HZ: Final = 4_000_000
FS_HZ: Final = 512
CHIP_GAIN: Final = 20  # V/V
FIFO_DEPTH: Final = 32
VREF_UV: Final = 1_000_000.0
_PLL_POLLS: Final = 2000
_RESETS_IN_A_ROW: Final = 3


class Max30003Reg(enum.IntEnum):
    """Register Map, table 38."""

    NO_OP = 0x00
    STATUS = 0x01
    EN_INT = 0x02
    MNGR_INT = 0x04
    MNGR_DYN = 0x05
    SW_RST = 0x08
    SYNCH = 0x09
    FIFO_RST = 0x0A
    INFO = 0x0F
    CNFG_GEN = 0x10
    CNFG_CAL = 0x12
    CNFG_EMUX = 0x14
    CNFG_ECG = 0x15
    CNFG_RTOR1 = 0x1D
    ECG_FIFO = 0x21


class Status(enum.IntFlag):
    """STATUS (0x01)."""

    EINT = 1 << 23
    EOVF = 1 << 22
    FSTINT = 1 << 21
    DCLOFFINT = 1 << 20
    RRINT = 1 << 10
    PLLINT = 1 << 8
    LDOFF_PH = 1 << 3
    LDOFF_PL = 1 << 2
    LDOFF_NH = 1 << 1
    LDOFF_NL = 1 << 0


class Etag(enum.IntEnum):
    """ECG FIFO ETAG: what a FIFO word is, where it is a sample. 6 is an empty FIFO and 7 an overflow; 4 and 5 are not
    used."""

    VALID = 0
    FAST = 1
    VALID_EOF = 2
    FAST_EOF = 3


_SAMPLE: Final = frozenset({Etag.VALID, Etag.FAST, Etag.VALID_EOF, Etag.FAST_EOF})
_LAST: Final = frozenset({Etag.VALID_EOF, Etag.FAST_EOF})
_LDOFF: Final = Status.LDOFF_PH | Status.LDOFF_PL | Status.LDOFF_NH | Status.LDOFF_NL
_RESERVED: Final = 0x0FF0F0  # bits of STATUS that mean nothing
_STATUS_TRIES: Final = 3
INFO_NIBBLE: Final = 0b0101

EN_ECG: Final = 1 << 19  # CNFG_GEN; FMSTR 00 is 32 768 Hz / 64
EN_DCLOFF: Final = 0b01 << 12
IMAG_10NA: Final = 0b010 << 8
VTH_300MV: Final = 0b00 << 6
EN_RBIAS: Final = 0b01 << 4
RBIASV_100M: Final = 0b01 << 2
RBIASP_RBIASN: Final = 0b11
DHPF_0P5HZ: Final = 1 << 14  # CNFG_ECG
DLPF_40HZ: Final = 0b01 << 12
DLPF_100HZ: Final = 0b10 << 12
GAIN: Final = {20: 0b00, 40: 0b01, 80: 0b10, 160: 0b11}
RATE: Final = {512: 0b00, 256: 0b01, 128: 0b10}

CALIBRATION_UV: Final = 1000.0
CALIBRATION_HZ: Final = 4.0
_VCAL_HALF_MV_AT_4_HZ: Final = 0b111 << 20 | 0b011 << 12 | 1 << 11  # CNFG_CAL: EN_VCAL, bipolar, 0.5 mV; FCAL; FIFTY
_VCALP_AGAINST_VMID: Final = 0b11 << 20 | 0b10 << 18 | 0b01 << 16  # CNFG_EMUX: electrodes apart


def front_end_info(fs_hz: int, gain: int) -> FrontEndInfo:
    """What the chip delivers at a rate in `RATE` and a gain in `GAIN`; ValueError for others."""
    if fs_hz not in RATE:
        raise ValueError(f"the MAX30003 samples at {', '.join(map(str, RATE))} Hz, not {fs_hz}")
    if gain not in GAIN:
        raise ValueError(f"the MAX30003 has gains {', '.join(map(str, GAIN))}, not {gain}")
    return FrontEndInfo(
        name="max30003",
        kind=HeartSignal.ECG,
        fs_hz=float(fs_hz),
        clock="chip",
        fifo_samples=FIFO_DEPTH,
        units_per_count=VREF_UV / ((1 << 17) * gain),
        min_count=-(1 << 17),
        max_count=(1 << 17) - 1,
    )


def bring_up(fs_hz: int, gain: int, calibrating: bool = False) -> tuple[tuple[Max30003Reg, int], ...]:
    """What is written after SW_RST, in order; SYNCH follows once the PLL has locked. `calibrating`: the chip measures
    its own square wave instead of the electrodes, and lets it through unfiltered."""
    leads = EN_DCLOFF | IMAG_10NA | VTH_300MV | EN_RBIAS | RBIASV_100M | RBIASP_RBIASN
    low_pass = DLPF_100HZ if fs_hz > 128 else DLPF_40HZ
    return (
        (Max30003Reg.CNFG_GEN, EN_ECG | leads),
        (Max30003Reg.CNFG_CAL, _VCAL_HALF_MV_AT_4_HZ if calibrating else 0),
        # 0: both inputs connected, not inverted, no calibration signal
        (Max30003Reg.CNFG_EMUX, _VCALP_AGAINST_VMID if calibrating else 0),
        (Max30003Reg.CNFG_ECG, RATE[fs_hz] << 22 | GAIN[gain] << 16 | (0 if calibrating else DHPF_0P5HZ) | low_pass),
        (Max30003Reg.CNFG_RTOR1, 0),  # R-peaks are found elsewhere: RTOR resolves 7.8 ms
        (Max30003Reg.MNGR_INT, 0),
        (Max30003Reg.MNGR_DYN, 0),
        (Max30003Reg.EN_INT, 0),
    )


def request(register: Max30003Reg, data: int | None = None) -> list[int]:
    """The four bytes that read `register`, or write `data` (24 bits) to it."""
    if data is None:
        return [register << 1 | 1, 0, 0, 0]
    return [register << 1, data >> 16 & 0xFF, data >> 8 & 0xFF, data & 0xFF]


@dataclass(frozen=True, slots=True)
class FifoWord:
    """One ECG FIFO word: `counts` is signed, 18 bits."""

    counts: int
    etag: int


def decode(word: int) -> FifoWord:
    """Split a 24-bit ECG FIFO word."""
    raw = word >> 6 & 0x3FFFF
    return FifoWord(raw - 0x40000 if raw & 0x20000 else raw, word >> 3 & 0b111)


def recognise(spi: SpiDevice) -> Sighting:
    """Whether a MAX30003 answers. OSError where the bus fails."""
    spi.xfer2(request(Max30003Reg.STATUS))  # INFO is not valid as the first command after power-up
    answer = spi.xfer2(request(Max30003Reg.INFO))
    if answer[1] >> 4 != INFO_NIBBLE:
        return Sighting("no MAX30003")
    return Sighting(f"MAX30003, revision {answer[1] & 0xF}", answered=True, recognised=True)


class Max30003:
    """ECG at the chip's own rate. Implements `drivers.frontend.FrontEnd`.

    `gain` is the chip's, in V/V. `now_s` is a monotonic clock: it dates a stuck FIFO, and tells how much an
    overflow cost, which the chip does not count. `calibrating`: see `bring_up`.
    """

    def __init__(
        self,
        spi: SpiDevice,
        now_s: Callable[[], float],
        fs_hz: int = FS_HZ,
        gain: int = CHIP_GAIN,
        calibrating: bool = False,
    ) -> None:
        self._info = front_end_info(fs_hz, gain)
        self._spi = spi
        self._now_s = now_s
        self._fs_hz = fs_hz
        self._setup = bring_up(fs_hz, gain, calibrating)
        self._clock = FifoClock(fs_hz)
        self._drained_s = 0.0
        self._resets = 0

    @property
    def info(self) -> FrontEndInfo:
        return self._info

    def start(self) -> None:
        """Check the part, reset and configure it, and start conversions with SYNCH.

        NotRespondingError when nothing or another part answers, when a register does not hold what was written, or
        when the PLL does not lock.
        """
        self._write(Max30003Reg.SW_RST, 0)
        self._read(Max30003Reg.STATUS)  # INFO is not valid as the first command after a reset
        self._check_part()
        for register, value in self._setup:
            self._write(register, value)
            if self._read(register) != value:
                raise NotRespondingError(f"MAX30003: {register.name} does not hold {value:#08x}")
        for _ in range(_PLL_POLLS):
            if not self._read(Max30003Reg.STATUS) & Status.PLLINT:
                break
        else:
            raise NotRespondingError("MAX30003: the PLL does not lock; is the 32.768 kHz clock there?")
        self._write(Max30003Reg.SYNCH, 0)
        self._resets = 0
        self._drained_s = self._now_s()
        self._clock.start(self._drained_s)

    def read(self) -> Burst:
        """Empty the FIFO. After an overflow it is reset, and the burst tells how many samples that cost.

        The bus has no checksum. EINT tells, beside the words' own tags, whether there is more; the number of words is
        held against the time, and some may come with the next burst.
        """
        before_s = self._now_s()
        words, leads_off = self._empty_fifo()
        if words is None:
            return Burst((), self._recover(before_s), leads_off)
        after_s = self._now_s()
        if words:
            self._resets = 0
            self._drained_s = before_s
        elif before_s - self._drained_s > STUCK_S:
            self._check_part()
            raise NotRespondingError(f"MAX30003: no new sample for {STUCK_S} s, the FIFO is stuck")
        return Burst(self._clock.place(words, before_s, after_s), 0, leads_off)

    def close(self) -> None:
        """Back to the reset state, in which the ECG channel is off; a chip that is gone is no error here."""
        try:
            self._write(Max30003Reg.SW_RST, 0)
        except BusError:
            pass
        finally:
            self._spi.close()

    def _empty_fifo(self) -> tuple[list[int] | None, LeadsOff]:
        """Words until EINT says that there is no more, None after an overflow. More may come in while reading, but not
        another 32."""
        words: list[int] = []
        leads_off = LeadsOff.NONE
        for turn in range(2 * FIFO_DEPTH):
            status = self._status(words)
            if turn == 0:
                leads_off = _leads_off(status)
            if status & Status.EOVF and self._status(words) & Status.EOVF:
                return None, leads_off
            if not status & Status.EINT and (turn or not self._status(words) & Status.EINT):
                return words, leads_off
            self._read_words(words)
        self._check_part()
        raise CorruptFrameError("MAX30003: the FIFO does not end")

    def _read_words(self, words: list[int]) -> None:
        """Words up to one that is the last, or cannot be told from one that is not there."""
        for _ in range(FIFO_DEPTH):
            word = decode(self._read(Max30003Reg.ECG_FIFO))
            words.append(word.counts if word.etag in _SAMPLE else AMBIGUOUS)
            if word.etag not in _SAMPLE or word.etag in _LAST:
                return

    def _status(self, words: list[int]) -> int:
        """STATUS, where it agrees with itself, or says the same twice. What does neither may have been a word of the
        FIFO, which is gone then."""
        before: int | None = None
        for _ in range(_STATUS_TRIES):
            status = self._read(Max30003Reg.STATUS)
            if not status & _RESERVED and bool(status & Status.DCLOFFINT) == bool(status & _LDOFF):
                words += [] if before is None else [AMBIGUOUS]
                return status
            if before is not None and not (status ^ before) & ~Status.EINT:
                return status
            before = status
        self._check_part()
        raise CorruptFrameError(f"MAX30003: STATUS reads {status:#08x}, which does not exist, and not twice")

    def _recover(self, before_s: float) -> int:
        self._check_part()
        self._resets += 1
        if self._resets > _RESETS_IN_A_ROW:
            raise NotRespondingError("MAX30003: the FIFO overflows again after each reset")
        self._write(Max30003Reg.FIFO_RST, 0)
        after_s = self._drained_s = self._now_s()
        return self._clock.lose(before_s, after_s)

    def _check_part(self) -> None:
        info = self._read(Max30003Reg.INFO)
        if info >> 20 != INFO_NIBBLE:
            raise NotRespondingError(f"INFO reads {info:#08x}, which is no MAX30003: not connected, or another chip?")

    def _read(self, register: Max30003Reg) -> int:
        answer = self._transfer(register, None)
        return answer[1] << 16 | answer[2] << 8 | answer[3]

    def _write(self, register: Max30003Reg, data: int) -> None:
        self._transfer(register, data)

    def _transfer(self, register: Max30003Reg, data: int | None) -> list[int]:
        try:
            answer = self._spi.xfer2(request(register, data))
        except OSError as error:
            raise BusError(f"MAX30003: SPI transfer for {register.name} failed: {error}") from error
        if len(answer) != 4:
            raise CorruptFrameError(f"MAX30003 answered {len(answer)} bytes instead of 4")
        return answer


def _leads_off(status: int) -> LeadsOff:
    """DC leads-off: either comparator of an input tripped (STATUS, LDOFF bits)."""
    positive = status & (Status.LDOFF_PH | Status.LDOFF_PL)
    negative = status & (Status.LDOFF_NH | Status.LDOFF_NL)
    return (LeadsOff.POSITIVE if positive else LeadsOff.NONE) | (LeadsOff.NEGATIVE if negative else LeadsOff.NONE)
