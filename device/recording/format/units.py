"""The units of a voltage, however they are spelt: `uV`, `µV`, `μV`, `[uV]`, `mVolt`, `Microvolts`.

Both letters that look like a micro sign are read (the sign, U+00B5, and the Greek letter, U+03BC), also where a file's
UTF-8 was taken for Latin-1. Upper and lower case are not told apart: no heart gives megavolts.
"""

import unicodedata
from contextlib import suppress

UV = "uV"
"""How we write it: EDF's header takes ASCII alone."""
KNOWN = "nV, uV, mV or V"
"""What an error message names."""

_PREFIXES = {"n": 1e-3, "nano": 1e-3, "u": 1.0, "μ": 1.0, "micro": 1.0, "m": 1e3, "milli": 1e3, "": 1e6}
UV_PER_UNIT = {prefix + word: uv for prefix, uv in _PREFIXES.items() for word in ("v", "volt", "volts")}
NO_UNIT = frozenset({"", "nu", "adu", "count", "counts", "none", "n/a", "-"})
"""The file has no volts to tell: a blank field, PhysioNet's normalised units, an ADC's counts."""
_BRACKETS = {"]": "[", ")": "("}


def plain(unit: str) -> str:
    """One spelling for all that mean the same to a reader."""
    with suppress(UnicodeError):
        unit = unit.encode("latin-1").decode("utf-8")
    return unicodedata.normalize("NFKC", unit).strip().strip("[]()").replace(" ", "").lower()


def is_voltage(unit: str) -> bool:
    return plain(unit) in UV_PER_UNIT


def uv_per_unit(unit: str) -> float | None:
    """Microvolts in one `unit`; 1 where it says that there is none (see `NO_UNIT`), None where it is no voltage."""
    spelt = plain(unit)
    return 1.0 if spelt in NO_UNIT else UV_PER_UNIT.get(spelt)


def bracketed(name: str) -> tuple[str, str, str] | None:
    """(what stands before, `[` or `(`, what stands within) where a name ends in brackets; None where it does not."""
    text = name.rstrip()
    opening = _BRACKETS.get(text[-1:])
    if opening is None:
        return None
    before, sign, within = text[:-1].rpartition(opening)
    return (before, sign, within.strip()) if sign and text[-1] not in within else None


def unit_of_column(name: str) -> str | None:
    """The unit that a column's name ends with, as in `ecg_uV`, `ECG [uV]`, `ECG uV` and `lead II (mV)`; None where it
    tells none. In square brackets stands a unit, whatever it is; elsewhere a voltage alone is taken for one, and a
    lone `V`, also after a space, is a lead."""
    if told := bracketed(name):
        _, sign, within = told
        return within if sign == "[" or uv_per_unit(within) is not None else None
    for word in (name.rsplit("_", 1)[-1], name.rsplit(" ", 1)[-1]):
        if is_voltage(word) and (word.upper() != "V" or name.endswith("_" + word)):
            return word
    return None
