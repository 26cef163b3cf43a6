"""--language is one flag in every command, and what the user's locale says where it is not given."""

import pytest

from device.cli import build_parser


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("nb_NO.UTF-8", "nb"),
        ("nn_NO.UTF-8", "nb"),
        ("no_NO", "nb"),
        ("sv_SE.ISO-8859-1", "sv"),
        ("en_GB.UTF-8", "en"),
        ("de_DE.UTF-8", "en"),
        ("C.UTF-8", "en"),
        ("", "en"),
    ],
)
@pytest.mark.parametrize("command", [["demo"], ["report"], ["replay", "file.txt"]])
def test_the_locale_decides_and_the_flag_overrides_it(
    monkeypatch: pytest.MonkeyPatch, locale: str, language: str, command: list[str]
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", locale)
    parser = build_parser()
    assert parser.parse_args(command).language == language
    assert parser.parse_args([*command, "--language", "sv"]).language == "sv"


def test_the_strongest_of_the_locales_variables_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "sv_SE.UTF-8")
    monkeypatch.setenv("LC_MESSAGES", "en_GB.UTF-8")
    monkeypatch.setenv("LC_ALL", "nb_NO.UTF-8")
    assert build_parser().parse_args(["demo"]).language == "nb"
