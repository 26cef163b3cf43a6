"""The configuration: one TOML file, every key known, every value checked, defaults for the rest.

Each section is a frozen dataclass; a field's type and metadata say what is allowed, and the same text stands in the
error. A value that may be absent (a pin that is not wired) is written "none".
"""

import json
import math
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal, TypeVar, get_args, get_origin, get_type_hints

from device.errors import ConfigError
from device.session.choosing.preferences import FASTEST_TARGET, MINUTES, GuideForm, Language
from drivers.sensors import DEFAULT, FRONT_ENDS
from drivers.wiring import Wiring

SYSTEM_CONFIG = Path("/etc/rolig/rolig.toml")

Section = TypeVar("Section")


def one_of(default: Any, *allowed: Any) -> Any:
    return field(default=default, metadata={"one_of": allowed})


def between(default: float | None, low: float, high: float) -> Any:
    return field(default=default, metadata={"low": low, "high": high})


def a_path(default: str | None) -> Any:
    return field(default=default, metadata={"path": True})


def default_store() -> str:
    """Where sessions go when nothing is configured: the user's own data folder. ConfigError where there is none."""
    if data_home := os.environ.get("XDG_DATA_HOME"):
        return str(Path(data_home) / "rolig")
    try:
        return str(Path.home() / ".local" / "share" / "rolig")
    except RuntimeError:  # neither HOME nor an entry in passwd, as for a service's or a container's user
        raise ConfigError("[store] folder: this user has no home folder; set HOME, or folder in [store]") from None


@dataclass(frozen=True, slots=True)
class SensorConfig:
    front_end: str = one_of(DEFAULT, *FRONT_ENDS)
    sampling_priority: bool = True


@dataclass(frozen=True, slots=True)
class DisplayConfig:
    contrast: int = between(128, 1, 255)


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """Where a new wearer starts; what they choose in the menu overrides it and is kept in the profile."""

    minutes: int = one_of(5, *MINUTES)
    rest_s: float = between(60.0, 30.0, 600.0)
    breaths_per_min: float = between(6.0, 4.0, FASTEST_TARGET)
    language: str = one_of("nb", *(language.value for language in Language))
    hide_state: bool = False
    hide_numbers: bool = True
    fade_guide: bool = False
    guide: str = one_of("outline", *(form.value for form in GuideForm))
    ask_more: bool = False
    plan: bool = True
    trial: bool = False


@dataclass(frozen=True, slots=True)
class CuesConfig:
    """0 is off, 3 the strongest."""

    led_level: int = between(0, 0, 3)
    vibration_level: int = between(0, 0, 3)


@dataclass(frozen=True, slots=True)
class PowerConfig:
    """`gauge` is a file that holds the battery's charge in per cent, as the kernel's fuel gauge drivers make it
    (/sys/class/power_supply/NAME/capacity); "none" where there is no gauge. `off_after_min`: left alone for so long,
    on its battery, the device switches off; "none": never, for then only its power switch brings it back."""

    gauge: str | None = a_path(None)
    low_pct: int = between(15, 1, 90)
    off_after_min: int | None = between(None, 2, 240)


@dataclass(frozen=True, slots=True)
class UsbConfig:
    """`interlock = false` lets the device record while a computer powers it. A mains-powered computer can then put a
    fault current through the electrodes into the wearer: only with an isolated USB port."""

    interlock: bool = True
    port: str = a_path("/dev/ttyGS0")


@dataclass(frozen=True, slots=True)
class StoreConfig:
    folder: str = field(default_factory=default_store, metadata={"path": True})


@dataclass(frozen=True, slots=True)
class Config:
    sensor: SensorConfig = field(default_factory=SensorConfig)
    display: DisplayConfig = field(default_factory=DisplayConfig)
    session: SessionConfig = field(default_factory=SessionConfig)
    cues: CuesConfig = field(default_factory=CuesConfig)
    usb: UsbConfig = field(default_factory=UsbConfig)
    power: PowerConfig = field(default_factory=PowerConfig)
    store: StoreConfig = field(default_factory=StoreConfig)
    wiring: Wiring = field(default_factory=Wiring)


SECTIONS: dict[str, type] = {
    "sensor": SensorConfig,
    "display": DisplayConfig,
    "session": SessionConfig,
    "cues": CuesConfig,
    "usb": UsbConfig,
    "power": PowerConfig,
    "store": StoreConfig,
    "wiring": Wiring,
}


def runtime_config() -> Path:
    """Where the running service keeps its configuration for what is called when the file's own place is gone."""
    return Path(os.environ.get("RUNTIME_DIRECTORY", "/run/rolig")) / "rolig.toml"


def load_config(path: Path | None = None) -> Config:
    """The configuration in `path`, else in $ROLIG_CONFIG, else in the system's file where there is one.

    Raises ConfigError for a file that is missing, is no TOML, or holds an unknown key or a value out of bounds.
    """
    if path is None and (named := os.environ.get("ROLIG_CONFIG")):
        path = Path(named)
    if path is None:
        if not SYSTEM_CONFIG.exists() and not SYSTEM_CONFIG.is_symlink():
            return Config()
        path = SYSTEM_CONFIG
    try:
        text = path.read_text(encoding="utf-8-sig")  # as some editors save it, with a mark of their own in front
    except FileNotFoundError:
        raise ConfigError(f"{path}: no such configuration file") from None
    except OSError as error:
        raise ConfigError(f"{path}: the configuration cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: the configuration cannot be read: it is no UTF-8 text") from error
    return parse_config(text, str(path))


def parse_config(text: str, source: str) -> Config:
    """The configuration in TOML `text`; `source` names it in errors (ConfigError)."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source}: not valid TOML: {error}") from error
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{source}: not valid TOML: thousands of digits or brackets in a row") from error
    _refuse_unknown(tables, list(SECTIONS), source, "section")
    return Config(**{name: _section(SECTIONS[name], table, f"{source}: [{name}]") for name, table in tables.items()})


def _section(section: type[Section], table: object, where: str) -> Section:
    if not isinstance(table, dict):
        raise ConfigError(f"{where}: must be a table, not {table!r}")
    types = get_type_hints(section)
    metadata = {f.name: f.metadata for f in fields(section)}  # type: ignore[arg-type]
    _refuse_unknown(table, list(types), where, "key")
    values = {name: _checked(name, types[name], metadata[name], value, where) for name, value in table.items()}
    try:
        return section(**values)
    except ValueError as error:
        raise ConfigError(f"{where}: {error}") from None


def _refuse_unknown(table: dict[str, Any], known: list[str], where: str, what: str) -> None:
    for name in table:
        if name not in known:
            raise ConfigError(f"{where}: unknown {what} {name!r}; allowed: {', '.join(known)}")


def _checked(name: str, wanted: Any, metadata: Mapping[str, Any], value: Any, where: str) -> Any:
    where = f"{where} {name} = {_shortened(repr(value))}"
    allowed = metadata.get("one_of")
    if get_origin(wanted) is Literal:
        allowed, wanted = get_args(wanted), type(get_args(wanted)[0])
    optional = type(None) in get_args(wanted)
    if optional:
        if value == NONE:
            return None
        wanted = get_args(wanted)[0]
    if wanted is float and type(value) is int:
        value = float(value) if abs(value) < _LARGEST else math.inf
    if type(value) is not wanted:
        or_none = f' or "{NONE}"' if optional else ""
        raise ConfigError(f"{where}: must be {_TYPE_WORDS[wanted]}{or_none}")
    if wanted is str and not value.isprintable():
        raise ConfigError(f"{where}: must hold no control characters")
    if "path" in metadata and not Path(value).is_absolute():
        raise ConfigError(
            f"{where}: must be an absolute path, as it would lie elsewhere for whoever asks from elsewhere"
        )
    if allowed is not None and value not in allowed:
        raise ConfigError(f"{where}: must be one of {', '.join(repr(a) for a in allowed)}")
    if "low" in metadata and not metadata["low"] <= value <= metadata["high"]:
        raise ConfigError(f"{where}: must be {metadata['low']} to {metadata['high']}")
    return value


def _shortened(told: str) -> str:
    return told if len(told) <= _LONGEST_TOLD else told[:_LONGEST_TOLD] + "..."


NONE = "none"
_LARGEST = 1 << 53
_LONGEST_TOLD = 80
_TYPE_WORDS = {float: "a number", int: "a whole number", str: "a text in quotes", bool: "true or false"}


def to_toml(config: Config) -> str:
    """The whole resolved configuration as TOML that load_config reads back."""
    lines: list[str] = []
    for name in SECTIONS:
        section = getattr(config, name)
        lines += [f"[{name}]", *(f"{f.name} = {_toml(getattr(section, f.name))}" for f in fields(section)), ""]
    return "\n".join(lines)


def _toml(value: bool | float | str | None) -> str:
    if value is None:
        value = NONE
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return repr(value)
