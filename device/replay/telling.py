"""What replay says beside its results."""

import sys

from device.recording.format.printable import printable


def tell(*clauses: str, name: str = "") -> None:
    """One line to the user, where there is anything to say."""
    if said := "; ".join(filter(None, clauses)):
        print(printable(f"rolig: {name}: {said}" if name else f"rolig: {said}"), file=sys.stderr)
