"""The configuration: one TOML file, every key known, every value checked, defaults for the rest.

Each section is a frozen dataclass; a field's metadata says what is allowed, and the same text stands in the error.
"""

import json
import os
import tomllib
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, TypeVar

from device.errors import ConfigError

SYSTEM_CONFIG = Path("/etc/rolig/rolig.toml")
FRONT_ENDS = ("ad8232", "pulse", "max30102", "max30003")

Section = TypeVar("Section")


def one_of(default: Any, *allowed: Any) -> Any:
    return field(default=default, metadata={"one_of": allowed})


def between(default: float, low: float, high: float) -> Any:
    return field(default=default, metadata={"low": low, "high": high})


def default_store() -> str:
    """Where sessions go when nothing is configured: the user's own data folder."""
    data_home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return str(Path(data_home) / "rolig")


@dataclass(frozen=True, slots=True)
class SensorConfig:
    front_end: str = one_of("ad8232", *FRONT_ENDS)
    gain: float = between(1100.0, 1.0, 10000.0)
    adc: str = one_of("mcp3208", "mcp3208", "mcp3008")


@dataclass(frozen=True, slots=True)
class DisplayConfig:
    chip: str = one_of("ssd1306", "ssd1306", "sh1106")
    link: str = one_of("i2c", "i2c", "spi")
    contrast: int = between(128, 1, 255)
    rotate: int = one_of(0, 0, 2)


@dataclass(frozen=True, slots=True)
class SessionConfig:
    minutes: float = between(10.0, 1.0, 60.0)
    rest_s: float = between(60.0, 30.0, 600.0)
    breaths_per_min: float = between(6.0, 4.0, 12.0)
    inhale_share: float = between(0.4, 0.3, 0.6)
    language: str = one_of("nb", "nb", "en")
    hide_state: bool = False
    hide_numbers: bool = False
    fade_guide: bool = False


@dataclass(frozen=True, slots=True)
class CuesConfig:
    led_level: int = between(0, 0, 3)
    vibration_level: int = between(0, 0, 3)


@dataclass(frozen=True, slots=True)
class UsbConfig:
    """`interlock = false` lets the device record while a computer powers it. A mains-powered computer can then put a
    fault current through the electrodes into the wearer: only with an isolated USB port."""

    interlock: bool = True
    port: str = "/dev/ttyGS0"
    udc: str = ""


@dataclass(frozen=True, slots=True)
class StoreConfig:
    folder: str = field(default_factory=default_store)


@dataclass(frozen=True, slots=True)
class WiringConfig:
    """GPIO numbers are BCM; -1 where nothing is wired."""

    sensor_spi_bus: int = between(0, 0, 1)
    sensor_spi_device: int = between(0, 0, 2)
    ecg_channel: int = between(0, 0, 7)
    pulse_channel: int = between(1, 0, 7)
    lo_plus_gpio: int = between(17, -1, 27)
    lo_minus_gpio: int = between(27, -1, 27)
    sdn_gpio: int = between(22, -1, 27)
    i2c_bus: int = between(1, 0, 22)
    display_i2c_address: int = between(0x3C, 0x08, 0x77)
    display_spi_bus: int = between(1, 0, 1)
    display_spi_device: int = between(0, 0, 2)
    display_dc_gpio: int = between(24, -1, 27)
    display_reset_gpio: int = between(25, -1, 27)
    button_gpio: int = between(5, 0, 27)
    led_gpio: int = between(12, -1, 27)
    vibration_gpio: int = between(13, -1, 27)
    vbus_gpio: int = between(-1, -1, 27)


@dataclass(frozen=True, slots=True)
class Config:
    sensor: SensorConfig = field(default_factory=SensorConfig)
    display: DisplayConfig = field(default_factory=DisplayConfig)
    session: SessionConfig = field(default_factory=SessionConfig)
    cues: CuesConfig = field(default_factory=CuesConfig)
    usb: UsbConfig = field(default_factory=UsbConfig)
    store: StoreConfig = field(default_factory=StoreConfig)
    wiring: WiringConfig = field(default_factory=WiringConfig)


SECTIONS: dict[str, type] = {
    "sensor": SensorConfig,
    "display": DisplayConfig,
    "session": SessionConfig,
    "cues": CuesConfig,
    "usb": UsbConfig,
    "store": StoreConfig,
    "wiring": WiringConfig,
}


def load_config(path: Path | None = None) -> Config:
    """The configuration in `path`, else in $ROLIG_CONFIG, else in the system's file where there is one.

    Raises ConfigError for a file that is missing, is no TOML, or holds an unknown key or a value out of bounds.
    """
    if path is None and (named := os.environ.get("ROLIG_CONFIG")):
        path = Path(named)
    if path is None:
        if not SYSTEM_CONFIG.exists():
            return Config()
        path = SYSTEM_CONFIG
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such configuration file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: the configuration cannot be read: {error}") from error
    return parse_config(text, str(path))


def parse_config(text: str, source: str) -> Config:
    """The configuration in TOML `text`; `source` names it in errors (ConfigError)."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source}: not valid TOML: {error}") from error
    _refuse_unknown(tables, list(SECTIONS), source, "section")
    return Config(**{name: _section(SECTIONS[name], table, f"{source}: [{name}]") for name, table in tables.items()})


def _section(section: type[Section], table: object, where: str) -> Section:
    if not isinstance(table, dict):
        raise ConfigError(f"{where}: must be a table, not {table!r}")
    known = {f.name: f for f in fields(section)}  # type: ignore[arg-type]
    _refuse_unknown(table, list(known), where, "key")
    return section(**{name: _checked(known[name], value, where) for name, value in table.items()})


def _refuse_unknown(table: dict[str, Any], known: list[str], where: str, what: str) -> None:
    for name in table:
        if name not in known:
            raise ConfigError(f"{where}: unknown {what} {name!r}; allowed: {', '.join(known)}")


def _checked(spec: Any, value: Any, where: str) -> Any:
    where = f"{where} {spec.name} = {value!r}"
    wanted: type = spec.type
    if wanted is float and isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    if type(value) is not wanted:
        raise ConfigError(f"{where}: must be {_TYPE_WORDS[wanted]}")
    allowed = spec.metadata.get("one_of")
    if allowed is not None and value not in allowed:
        raise ConfigError(f"{where}: must be one of {', '.join(repr(a) for a in allowed)}")
    if "low" in spec.metadata and not spec.metadata["low"] <= value <= spec.metadata["high"]:
        raise ConfigError(f"{where}: must be {spec.metadata['low']} to {spec.metadata['high']}")
    return value


_TYPE_WORDS = {float: "a number", int: "a whole number", str: "a text in quotes", bool: "true or false"}


def to_toml(config: Config) -> str:
    """The whole resolved configuration as TOML that load_config reads back."""
    lines: list[str] = []
    for name in SECTIONS:
        section = getattr(config, name)
        lines += [f"[{name}]", *(f"{f.name} = {_toml(getattr(section, f.name))}" for f in fields(section)), ""]
    return "\n".join(lines)


def _toml(value: bool | float | str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)
