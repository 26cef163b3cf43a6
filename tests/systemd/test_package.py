import re
import shutil
import subprocess
import sys
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest

from device.config import SECTIONS, Config, parse_config

ROOT = Path(__file__).parents[2]
CONFFILE = ROOT / "systemd" / "rolig.toml"
VALUE = re.compile(r"^# (\w+ = .+)$", re.MULTILINE)


def test_the_configuration_as_shipped_only_says_where_sessions_go() -> None:
    shipped = parse_config(CONFFILE.read_text(encoding="utf-8"), "rolig.toml")
    assert shipped.store.folder == "/var/lib/rolig"
    for name in SECTIONS.keys() - {"store"}:
        assert getattr(shipped, name) == getattr(Config(), name)


def test_every_comment_shows_a_key_and_its_default() -> None:
    text = CONFFILE.read_text(encoding="utf-8")
    assert parse_config(VALUE.sub(r"\1", text), "rolig.toml") == parse_config(text, "rolig.toml")
    shown = {name: set(table) for name, table in tomllib.loads(VALUE.sub(r"\1", text)).items()}
    assert shown == {name: {field.name for field in fields(section)} for name, section in SECTIONS.items()}


def test_package_and_distribution_have_one_version() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    changelog = (ROOT / "systemd" / "debian" / "changelog").read_text(encoding="utf-8")
    assert changelog.startswith(f"rolig ({project['version']}) ")


def test_every_dependency_of_the_distribution_is_one_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    control = (ROOT / "systemd" / "debian" / "control").read_text(encoding="utf-8")
    debian = {"pillow": "pil", "pyserial": "serial", "luma.core": "luma.oled"}
    for requirement in [*project["dependencies"], *extras["pi"], *extras["update"]]:
        name = re.split(r"[><=]", requirement)[0].lower()
        assert f"python3-{debian.get(name, name)}" in control


@pytest.mark.skipif(shutil.which("dpkg-parsechangelog") is None or shutil.which("make") is None, reason="no dpkg-dev")
def test_what_is_installed_is_the_firmware_without_the_gallery_and_starts(tmp_path: Path) -> None:
    """The package's own recipe, without debhelper around it."""
    for folder in ("device", "drivers", "dsp", "host", "systemd"):
        shutil.copytree(ROOT / folder, tmp_path / folder)
    (tmp_path / "systemd" / "debian").rename(tmp_path / "debian")
    recipe = ["make", "-f", "debian/rules", "override_dh_auto_install"]
    made = subprocess.run(recipe, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    library = tmp_path / "debian" / "rolig" / "usr" / "lib" / "rolig"
    assert (library / "device" / "screens" / "fonts" / "helvR12.pil").is_file()
    assert not (library / "device" / "screens" / "gallery").exists()
    said = subprocess.run(
        [sys.executable, "-P", "-m", "device", "--version"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(library), "PATH": ""},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith("rolig ")


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("dpkg-buildpackage") is None or shutil.which("dh") is None, reason="no debhelper here")
def test_the_package_holds_the_firmware_alone_and_lintian_finds_nothing() -> None:
    built = subprocess.run([ROOT / "systemd" / "build-deb"], capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    package = ROOT / built.stdout.strip()
    listed = subprocess.run(["dpkg-deb", "-c", package], capture_output=True, text=True, check=True).stdout
    modes = {line.split()[5]: line.split()[0] for line in listed.splitlines()}
    assert {
        "./usr/lib/rolig/device/cli/run.py",
        "./usr/lib/rolig/rolig-start",
        "./usr/lib/rolig/device/screens/fonts/helvR12.pil",
        "./usr/lib/systemd/system/rolig.service",
        "./usr/lib/udev/rules.d/60-rolig.rules",
        "./etc/rolig/rolig.toml",
    } <= modes.keys()
    assert modes["./usr/bin/rolig"] == "-rwxr-xr-x"
    assert not [name for name in modes if "tests" in name or "gallery" in name or name.endswith(".pyc")]
    if shutil.which("lintian") is not None:
        told = subprocess.run(["lintian", "--allow-root", package], capture_output=True, text=True, check=False)
        assert (told.returncode, told.stdout) == (0, "")
