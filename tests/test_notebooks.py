"""The notebooks, run from their first cell to their last in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from device.replay.job import ReplayJob, run_replay
from tests.pulled_sessions import record_days
from tests.synthetic import ecg, wandering_r_times

ROOT = Path(__file__).parent.parent
NOTEBOOKS = sorted((ROOT / "docs" / "notebooks").glob("*.ipynb"))
FS_HZ = 250.0


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Days of sessions, the last one replayed from an ECG that lies beside them."""
    root = tmp_path_factory.mktemp("notebooks")
    record_days(root / "sessions", 9)
    ecg_uv = ecg(wandering_r_times(150.0, 0.85, 40.0, seed=4), FS_HZ, 150.0)
    rows = (f"{k / FS_HZ:.3f},{value / 1000:.4f}" for k, value in enumerate(ecg_uv))
    (root / "ecg.csv").write_text("\n".join(["time_s,ecg_mv", *rows]))
    folder = run_replay(ReplayJob(root / "ecg.csv", out=root / "sessions"))
    assert folder is not None
    return root


def code_of(notebook: Path) -> str:
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    return "\n\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_holds_no_output_and_its_code_is_code(notebook: Path) -> None:
    cells = json.loads(notebook.read_text("utf-8"))["cells"]
    assert all(not cell["outputs"] for cell in cells if cell["cell_type"] == "code")
    compile(code_of(notebook), notebook.name, "exec")


@pytest.mark.slow
@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_from_end_to_end(notebook: Path, place: Path, tmp_path: Path) -> None:
    script = tmp_path / "notebook.py"
    script.write_text(code_of(notebook), "utf-8")
    told = {"ROLIG_SESSIONS": str(place / "sessions"), "ROLIG_RECORDING": str(place / "ecg.csv"), "MPLBACKEND": "Agg"}
    done = subprocess.run(
        [sys.executable, str(script)],
        env={**os.environ, **told, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert list(tmp_path.glob("*.png"))
