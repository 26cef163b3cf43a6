"""rolig resonance: the pace at which heart rate swings the most."""

import argparse
import json
import math
from dataclasses import asdict
from pathlib import Path

from device.errors import UsageError
from device.replay.guide_file import read_guide
from device.replay.opening import open_recording
from device.replay.player import play
from device.replay.telling import tell
from dsp.resonance.finder import NEAR_BREATHS_PER_MIN, ResonanceFinding, find_resonance, steps_of
from dsp.types import NAN


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "resonance",
        description="Find the breathing rate at which heart rate swings the most, in a recording that was breathed at "
        "several paces for two minutes each. On the device it is an entry of the menu; without hardware: rolig demo "
        "--resonance.",
    )
    parser.add_argument("--from", dest="file", type=Path, required=True, metavar="FILE", help="the recording")
    parser.add_argument(
        "--guide", type=Path, required=True, metavar="CSV", help="the paces breathed at: time_s,breaths_per_min"
    )
    parser.add_argument("--signal", metavar="LABEL", help="which signal: its label, or its number from 1")
    parser.add_argument("--kind", choices=("ecg", "ppg", "beats", "rr"), help="what it is (default: by its label)")
    parser.add_argument(
        "--prior", type=_prior, metavar="PACE:SD", help="an earlier finding, for a quick recheck of fewer paces"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    recording = open_recording(args.file, args.kind, args.signal)
    tell(*recording.remarks, name=str(args.file))
    pace = read_guide(args.guide)
    intervals = [i for step in play(recording, pace=pace, block_ms=1000.0) for i in step.output.intervals]
    steps = steps_of(pace, recording.duration_s)
    if not steps:
        raise UsageError(f"{args.guide}: no pace is held for 50 s or more")
    print(json.dumps(finding_as_json(find_resonance(intervals, steps, args.prior)), indent=2))
    return 0


def finding_as_json(finding: ResonanceFinding) -> dict[str, object]:
    """Numbers without support become null; each step carries its score."""
    content = {"conclusive": finding.conclusive, "in_words": _in_words(finding), **asdict(finding)}
    steps = [asdict(step) for step in finding.steps]
    content["steps"] = [
        step | {"score": score} for step, score in zip(steps, finding.scores or [NAN] * len(steps), strict=True)
    ]
    return _known(content)


def _known(content: dict[str, object]) -> dict[str, object]:
    return {
        name: None
        if isinstance(value, float) and math.isnan(value)
        else [_known(part) for part in value]
        if isinstance(value, list)
        else value
        for name, value in content.items()
    }


def _in_words(finding: ResonanceFinding) -> str:
    if finding.conclusive:
        return (
            f"The resonance is {finding.breaths_per_min:.2f} breaths/min; with probability {finding.confidence:.2f} "
            f"the true one lies within {NEAR_BREATHS_PER_MIN} of that."
        )
    guess = finding.best_guess_breaths_per_min
    if math.isnan(guess):
        return f"Inconclusive: {finding.reason}."
    return (
        f"Inconclusive: {finding.reason}. If there is a resonance, {guess:.2f} breaths/min is the best guess, with "
        f"probability {finding.best_guess_confidence:.2f} within {NEAR_BREATHS_PER_MIN} of it."
    )


def _prior(text: str) -> tuple[float, float]:
    try:
        pace, sd = (float(part) for part in text.split(":"))
    except ValueError:
        raise argparse.ArgumentTypeError(f"must be PACE:SD in breaths per minute, not {text!r}") from None
    if not (3.0 <= pace <= 9.0 and 0.05 <= sd <= 2.0):
        raise argparse.ArgumentTypeError(f"PACE must be 3 to 9 and SD 0.05 to 2, not {text!r}")
    return pace, sd
