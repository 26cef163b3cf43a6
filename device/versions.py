"""What a recording says it was made with."""

from importlib.metadata import PackageNotFoundError, version

# Raised whenever beats, intervals, HRV or state come out differently for the same samples.
ALGORITHM = "11"


def rolig_version() -> str:
    try:
        return version("rolig")
    except PackageNotFoundError:
        return "unpackaged"
