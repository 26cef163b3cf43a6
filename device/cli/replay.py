"""rolig replay: a recording in place of the sensor, through the very same pipeline."""

import argparse
import sys
from pathlib import Path

from device.cli.arguments import add_language, block_ms, iso_date, span_s
from device.recording.format.printable import printable
from device.replay.job import ReplayJob, run_replay
from device.system.stop_signals import StopRequest


def add_parser(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    parser = commands.add_parser(
        "replay",
        description="Run a recording through the very same pipeline as on the device. Reads EDF, EDF+ and BDF, WFDB "
        "records, CSV with a header (times, and a column in mV or in the unit that its name ends with), beat lists (a "
        "column time_s), RR text (ms or s, one a line or a column), FIT, Apple's Health export, Movesense's JSON and "
        "reports of Kubios. What had to be assumed is told in a line.",
        epilog="Example: rolig replay night.edf --signal ECG --beats beats.csv --metrics metrics.csv --out sessions",
    )
    parser.add_argument("file", type=Path, metavar="FILE", help="the recording")
    parser.add_argument(
        "--signal", metavar="LABEL", help="which signal: its label, its number from 1, or how its label alone begins"
    )
    parser.add_argument(
        "--kind", choices=("ecg", "ppg", "beats", "rr"), help="what it is (default: by the label, else ecg)"
    )
    parser.add_argument("--unit", help="what it is in, whatever the file says: uV, mV, V or nV; of RR ms, s or us")
    parser.add_argument(
        "--speed", choices=("max", "1"), default="max", help="as fast as possible (default), or as in life"
    )
    parser.add_argument(
        "--block-ms", type=block_ms, default=20.0, metavar="MS", help="length of the blocks (default: 20)"
    )
    parser.add_argument(
        "--guide",
        type=Path,
        metavar="CSV",
        help="the pace breathed at: time_s,breaths_per_min (default: what a session of Rolig recorded)",
    )
    parser.add_argument("--profile", type=Path, metavar="JSON", help="the wearer's own baseline: read, and updated")
    parser.add_argument("--date", type=iso_date, metavar="YYYY-MM-DD", help="the profile's day, if not the recording's")
    parser.add_argument(
        "--baseline",
        type=span_s,
        metavar="START:END",
        help="the seconds that are rest (default: as a session of Rolig recorded it, else the first 60 readable)",
    )
    parser.add_argument("--out", type=Path, metavar="STORE", help="write a session into a new folder in STORE")
    parser.add_argument("--beats", type=Path, metavar="CSV", help="write every beat: time_s,quality,known_s")
    parser.add_argument(
        "--intervals", type=Path, metavar="CSV", help="write time_s,interval_ms,kind,known_s,sd_ms,doubt"
    )
    parser.add_argument("--metrics", type=Path, metavar="CSV", help="write one row of metrics a second")
    parser.add_argument(
        "--display",
        default="none",
        metavar="none|terminal|DIR",
        help="show the screen, or write it as PNGs into DIR (default: none)",
    )
    add_language(parser, "of the screen")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    stop = StopRequest()
    folder = run_replay(
        ReplayJob(
            file=args.file,
            signal=args.signal,
            kind=args.kind,
            unit=args.unit,
            real_time=args.speed == "1",
            block_ms=args.block_ms,
            guide=args.guide,
            profile=args.profile,
            day=args.date,
            baseline_s=args.baseline,
            out=args.out,
            beats=args.beats,
            intervals=args.intervals,
            metrics=args.metrics,
            display=args.display,
            language=args.language,
        ),
        stop,
    )
    if folder is not None:
        print(printable(str(folder)) if sys.stdout.isatty() else folder)
    return stop.status
