"""The pace that a recording was breathed at, from a CSV."""

import csv
import math
from pathlib import Path

from device.errors import UsageError
from device.recording.format.vocabulary import FASTEST_PACE, SLOWEST_PACE


def read_guide(path: Path) -> list[tuple[float, float]]:
    """(time_s, breaths_per_min) changes in order; an empty or nan pace means free breathing. Raises UsageError."""
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"{path}: not a CSV file: {error}") from None
    changes: list[tuple[float, float]] = []
    for line, row in enumerate(rows, start=2):
        try:
            t_s, pace_text = float(row["time_s"]), (row["breaths_per_min"] or "nan")
            pace = float(pace_text)
        except (KeyError, TypeError, ValueError):
            raise UsageError(f"{path}: line {line}: columns time_s,breaths_per_min with numbers are wanted") from None
        if not 0.0 <= t_s < math.inf or (changes and t_s < changes[-1][0]):
            raise UsageError(f"{path}: line {line}: times must be in order and not below 0, not {t_s}")
        if not (math.isnan(pace) or SLOWEST_PACE <= pace <= FASTEST_PACE):
            raise UsageError(
                f"{path}: line {line}: breaths_per_min must be {SLOWEST_PACE:g} to {FASTEST_PACE:g}, not {pace}"
            )
        changes.append((t_s, pace))
    if not changes:
        raise UsageError(f"{path}: no line with a pace")
    return changes
