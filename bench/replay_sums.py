"""What `rolig replay` says of every recording, as one checksum a table: a change that moves code moves none of them.

Run it before and after, and compare: `python -m bench.replay_sums [FOLDER ...] > FILE`; all folders where none is
named. Every line is `SHA-256 (16 digits)  FOLDER/RECORDING TABLE`; the last one sums up all of them.
"""

import hashlib
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.recordings import DATA

TABLES = ("beats", "intervals", "metrics")
WORKERS = 2
SIGNALS = {"bidmc": ("PLETH", "II")}
"""Folders whose files hold more than one heart signal: each of them is replayed."""
RR_FOLDERS = ("rr-day", "rr-days-more", "rr-reference")


def recordings(data: Path) -> Iterator[tuple[str, list[str]]]:
    """Every recording as (name, arguments of `rolig replay`)."""
    for file in sorted(data.glob("*/*.edf")):
        if file.parent.name == "odd-files":
            continue
        for signal in SIGNALS.get(file.parent.name, ("",)):
            name = f"{file.parent.name}/{file.stem}" + (f" {signal}" if signal else "")
            yield name, [str(file), *(["--signal", signal] if signal else [])]
    for folder in RR_FOLDERS:
        for file in sorted((data / folder).glob("*.txt")):
            yield f"{folder}/{file.stem}", [str(file), "--kind", "rr"]
    for file in sorted((data / "gudb-rpeaks").glob("*.csv")):
        yield f"gudb-rpeaks/{file.stem}", [str(file), "--kind", "beats"]


def sums(name: str, arguments: list[str]) -> list[str]:
    with tempfile.TemporaryDirectory() as folder:
        tables = {table: Path(folder) / f"{table}.csv" for table in TABLES}
        wanted = [word for table, path in tables.items() for word in (f"--{table}", str(path))]
        done = subprocess.run(
            [sys.executable, "-m", "device", "replay", *arguments, *wanted], capture_output=True, text=True, check=False
        )
        if done.returncode:
            return [f"exit {done.returncode}            {name}: {done.stderr.strip()[:100]}"]
        return [f"{_digest(path.read_bytes())}  {name} {table}" for table, path in tables.items()]


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()[:16]


def main() -> None:
    folders = set(sys.argv[1:])
    jobs = [job for job in recordings(DATA) if not folders or job[0].split("/")[0] in folders]
    with ThreadPoolExecutor(WORKERS) as pool:
        lines = [line for found in pool.map(lambda job: sums(*job), jobs) for line in found]
    print("\n".join(lines))
    print(f"{_digest(chr(10).join(lines).encode())}  all of {len(jobs)} recordings")


if __name__ == "__main__":
    main()
