import contextlib
from dataclasses import fields, replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from device.config import SECTIONS, Config, StoreConfig, load_config, parse_config, to_toml
from device.errors import ConfigError


def test_printed_configuration_reads_back_the_same() -> None:
    assert parse_config(to_toml(Config()), "printed") == Config()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[sesion]\n", "x.toml: unknown section 'sesion'; allowed: sensor, display"),
        ("[session]\nminuts = 5\n", "x.toml: [session]: unknown key 'minuts'; allowed: minutes"),
        ("[session]\nminutes = 0\n", "x.toml: [session] minutes = 0: must be one of 3, 5, 10, 20"),
        ("[session]\nrest_s = nan\n", "rest_s = nan: must be 30.0 to 600.0"),
        ("[session]\nbreaths_per_min = 9\n", "breaths_per_min = 9: must be 4.0 to 8.0"),
        ("[session]\nlanguage = 'de'\n", "language = 'de': must be one of 'nb', 'en'"),
        ("[usb]\ninterlock = 'no'\n", "interlock = 'no': must be true or false"),
        ("[cues]\nled_level = 1.5\n", "led_level = 1.5: must be a whole number"),
        ("[wiring]\nled_gpio = 17\n", "[wiring]: GPIO 17 is claimed by lo_plus_gpio and led_gpio"),
        ("[wiring]\nled_gpio = 'off'\n", "led_gpio = 'off': must be a whole number or \"none\""),
        ("[wiring]\ndisplay = 'lcd'\n", "display = 'lcd': must be one of 'ssd1306', 'ssd1309', 'sh1106'"),
        ("[session]\nrest_s = 1" + 400 * "0", "rest_s = 1000000"),
        ("[session]\nminutes = 1" + 5000 * "0", "x.toml: not valid TOML: thousands of digits or brackets"),
        (5000 * "[", "x.toml: not valid TOML"),
        ('[store]\nfolder = "sessions"\n', "[store] folder = 'sessions': must be an absolute path"),
        ('[store]\nfolder = "~/rolig"\n', "must be an absolute path"),
        ('[store]\nfolder = ""\n', "must be an absolute path"),
        ('[power]\ngauge = "capacity"\n', "must be an absolute path"),
        ('[store]\nfolder = "/a\\u0000b"\n', "must hold no control characters"),
        ("session = 3\n", "must be a table, not 3"),
        ("[session\n", "not valid TOML"),
    ],
)
def test_a_wrong_value_is_named_with_what_is_allowed(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse_config(text, "x.toml")
    assert says in str(error.value)
    assert "\n" not in str(error.value)
    assert len(str(error.value)) < 300


def test_an_editor_s_mark_in_front_and_its_line_ends_mean_nothing(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_bytes(b"\xef\xbb\xbf[session]\r\nminutes = 10\r\n")
    assert load_config(path).session.minutes == 10


@given(st.text(min_size=1))
def test_a_path_is_refused_or_read_back_as_it_is(name: str) -> None:
    config = replace(Config(), store=StoreConfig("/" + name))
    with contextlib.suppress(ConfigError):
        assert parse_config(to_toml(config), "x.toml") == config


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such configuration file"):
        load_config(tmp_path / "none.toml")


@given(st.text())
def test_any_text_is_a_configuration_or_a_config_error(text: str) -> None:
    with contextlib.suppress(ConfigError):
        assert isinstance(parse_config(text, "x.toml"), Config)


def test_every_section_of_the_configuration_is_loadable() -> None:
    assert [f.name for f in fields(Config)] == list(SECTIONS)
