"""Time-stamped annotation lists, the text that an 'EDF Annotations' signal carries (EDF+ 2.2.2).

Onset [0x15 Duration] 0x14 Text 0x14 [Text 0x14 ...] 0x00
"""

import re
from decimal import Decimal

from device.recording.edf.errors import EdfError
from device.recording.format.annotation import Annotation

_SECONDS = rb"\d{1,12}(?:\.\d{0,99})?"  # 30 000 years
_BEGINS = re.compile(rb"(?P<onset>[+-]" + _SECONDS + rb")(?:\x15(?P<duration>" + _SECONDS + rb"))?\x14")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def encode_tal(annotation: Annotation) -> bytes:
    """One annotation as one list, times with five decimals. Control characters in the text become spaces."""
    if annotation.duration_s is not None and annotation.duration_s < 0:
        raise EdfError(f"an annotation's duration must not be negative, but is {annotation.duration_s} s")
    onset = f"{annotation.onset_s:+.5f}"
    duration = "" if annotation.duration_s is None else f"\x15{annotation.duration_s:.5f}"
    return f"{onset}{duration}\x14{_CONTROL.sub(' ', annotation.text)}\x14\0".encode()


def encode_time_keeping(onset_s: Decimal) -> bytes:
    """The list that begins every data record and tells when it starts: an empty annotation (2.2.4)."""
    text = f"{onset_s:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return f"+{text}\x14\x14\0".encode()


def parse_tals(raw: bytes) -> tuple[Decimal | None, list[Annotation]]:
    """The start that a record's annotation bytes announce (None where they announce none), and its annotations.

    Bytes that are not such a list are skipped; the readable ones still count.
    """
    start_s: Decimal | None = None
    annotations: list[Annotation] = []
    *ended, _ = raw.split(b"\0")
    for part in ended:
        match = _BEGINS.search(part)
        if match is None:
            continue
        onset, texts = match["onset"].decode(), part[match.end() :].removesuffix(b"\x14").split(b"\x14")
        if start_s is None and not annotations and texts[0] == b"":
            start_s = Decimal(onset)
        duration_s = float(match["duration"]) if match["duration"] else None
        annotations += [Annotation(float(onset), text.decode("utf-8", "replace"), duration_s) for text in texts if text]
    return start_s, annotations
