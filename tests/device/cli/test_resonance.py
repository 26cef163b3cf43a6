"""`rolig resonance` as a user types it, and the run of the demo."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from edfio import read_edf

from device.cli import main
from device.demo.simulation import Scene, Simulation
from dsp.resonance.finder import RUN_BREATHS_PER_MIN

RESONANCE = 5.6
STEPS = (6.5, 6.0, 5.5, 5.0, 4.5)


def write(folder: Path, size: Callable[[float], float], step_s: float = 120.0) -> list[str]:
    """RR and guide of a heart that answers Lehrer's steps with a swing of `size(pace)` ms."""
    rng = np.random.default_rng(4)
    t_s, rows = 0.0, []
    while t_s < step_s * len(STEPS):
        pace = STEPS[min(len(STEPS) - 1, int(t_s / step_s))]
        rr_ms = 880.0 + size(pace) / 2 * math.cos(2 * math.pi * (t_s % step_s) * pace / 60) + rng.normal(0.0, 4.0)
        t_s += rr_ms / 1000
        rows.append(f"{rr_ms:.1f}")
    recording, guide = folder / "rr.txt", folder / "guide.csv"
    recording.write_text("\n".join(rows) + "\n")
    lines = [f"{step_s * n},{pace}" for n, pace in enumerate(STEPS)]
    guide.write_text("time_s,breaths_per_min\n" + "\n".join(lines) + "\n")
    return ["resonance", "--from", str(recording), "--kind", "rr", "--guide", str(guide)]


def test_it_prints_what_it_found_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = write(tmp_path, lambda pace: 90.0 / math.hypot(1, 4 * (pace / RESONANCE - RESONANCE / pace)))
    assert main(arguments) == 0
    finding = json.loads(capsys.readouterr().out)
    assert finding["conclusive"]
    assert finding["breaths_per_min"] == pytest.approx(RESONANCE, abs=0.25)
    assert [step["breaths_per_min"] for step in finding["steps"]] == list(STEPS)
    assert len(finding["scores"]) == len(STEPS)
    assert finding["scores"] == [step["score"] for step in finding["steps"]]
    assert f"{finding['breaths_per_min']:.2f}" in finding["in_words"]
    assert {"rsa_ms", "phase_synchrony", "lf_power_ms2", "lf_peak_ms2_per_hz", "lf_peaks", "smoothness"} <= set(
        finding["steps"][0]
    )


def test_a_flat_response_is_inconclusive_and_says_why(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(write(tmp_path, lambda pace: 60.0)) == 0
    finding = json.loads(capsys.readouterr().out)
    assert not finding["conclusive"]
    assert finding["breaths_per_min"] is None
    assert finding["reason"] in finding["in_words"]
    assert 4.0 <= finding["best_guess_breaths_per_min"] <= 7.5
    assert finding["confidence"] == 0.0
    assert finding["best_guess_confidence"] < 1.0


def test_a_guide_without_steps_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = write(tmp_path, lambda pace: 60.0)
    Path(arguments[-1]).write_text("time_s,breaths_per_min\n0,6\n20,\n")
    assert main(arguments) == 2
    assert "50 s" in capsys.readouterr().err


@pytest.mark.parametrize("prior", ["6", "6:x", "20:0.3", "6:9"])
def test_a_bad_prior_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], prior: str) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*write(tmp_path, lambda pace: 60.0), "--prior", prior])
    assert stopped.value.code == 2
    assert "PACE" in capsys.readouterr().err


@pytest.mark.slow
def test_the_demo_s_run_walks_all_its_paces_and_is_recorded(tmp_path: Path) -> None:
    simulation = Simulation(Scene(seed=2, resonance=True), tmp_path)
    while not simulation.done:
        simulation.step()
        assert simulation.now_s < 1500.0, f"still {simulation.session.step}"
    simulation.close()
    notes = [a.text for a in read_edf(simulation.log.folders[-1] / "session.edf").annotations]
    assert [text for text in notes if text.startswith("phase ") and text.endswith("=resonance")]
    paces = " ".join(text for text in notes if text.startswith("pace "))
    assert all(f"{pace:g}" in paces for pace in RUN_BREATHS_PER_MIN)
