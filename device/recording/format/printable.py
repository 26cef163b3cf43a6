"""Text from elsewhere, made fit for a terminal."""


def printable(text: str) -> str:
    """`text` in one line, with escapes for what a terminal would obey or could not show: control characters, half of a
    surrogate pair, marks that turn the direction of writing."""
    return "".join(char if char.isprintable() else char.encode("unicode_escape").decode("ascii") for char in text)
