"""lgpio, through which gpiozero reaches the pins: Raspberry Pi OS has it, Debian has not.

Its source, pinned by its checksum, compiled here for the card's Python; everything else on the card is Debian's.
"""

import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import Final

from recipe import PYTHON, SUITE

LGPIO: Final = "lgpio==0.2.2.0 --hash=sha256:11372e653b200f76a0b3ef8a23a0735c85ec678a9f8550b9893151ed0f863fff\n"
COMPILER: Final = "aarch64-linux-gnu-gcc"
MODULE: Final = f"_lgpio.cpython-{PYTHON.replace('.', '')}-aarch64-linux-gnu.so"


def lgpio(cache: Path) -> Path:
    """The folder with the module, made if `cache` does not hold it. CalledProcessError where it cannot be had."""
    made = cache / f"lgpio-0.2.2.0-python{PYTHON}"
    if not made.exists():
        with tempfile.TemporaryDirectory(dir=cache, prefix=".new-") as scratch:
            _compile(_headers(Path(scratch)), Path(scratch))
            (Path(scratch) / "made").rename(made)
    return made


def install(made: Path, root: Path) -> None:
    for path in made.iterdir():
        shutil.copy(path, root / "usr/lib/python3/dist-packages" / path.name)


def _headers(scratch: Path) -> Path:
    """Python's alone: the compiler has the C library's of its own."""
    root, kept = scratch / "unpacked", scratch / "headers"
    options = ["--mode=root", "--variant=extract", "--architectures=arm64", "--format=directory"]
    subprocess.run(["mmdebstrap", *options, f"--include=libpython{PYTHON}-dev", SUITE, root], check=True)
    for name in (f"python{PYTHON}", f"aarch64-linux-gnu/python{PYTHON}"):
        shutil.copytree(root / "usr/include" / name, kept / name)
    return kept


def _compile(headers: Path, scratch: Path) -> None:
    wanted, made = scratch / "wanted.txt", scratch / "made"
    wanted.write_text(LGPIO, encoding="ascii")
    pip = [sys.executable, "-m", "pip", "-q", "--disable-pip-version-check", "download", "--no-deps"]
    pip += ["--no-binary=:all:", "--require-hashes", "-r", str(wanted), "-d", str(scratch)]
    subprocess.run(pip, check=True)
    (archive,) = scratch.glob("lgpio-*.tar.gz")
    with tarfile.open(archive) as tar:
        tar.extractall(scratch, filter="data")
    source = archive.with_name(archive.name.removesuffix(".tar.gz"))
    subprocess.run(["swig", "-python", "lgpio.i"], check=True, cwd=source)
    made.mkdir()
    shutil.copy(source / "lgpio.py", made / "lgpio.py")
    code = [*sorted((source / "src").glob("lg*.c")), source / "src/rgpiod.c", source / "lgpio_wrap.c"]
    includes = [f"-I{headers / f'python{PYTHON}'}", f"-I{headers}", f"-I{source / 'src'}"]
    options = ["-shared", "-fPIC", "-O2", "-pthread", *includes, "-o", str(made / MODULE)]
    subprocess.run([COMPILER, *options, *code, "-lrt", "-ldl"], check=True)
