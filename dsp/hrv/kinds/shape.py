"""Whether a beat looks like the wearer's own, held against how alike the wearer's beats have been of late."""

import math
from collections import deque

from dsp.hrv.kinds.raw import Shape
from dsp.types import Beat

_MEMORY = 48  # beats
_USUAL_RANK = 0.3  # of the unlikeness of these: below the middle, so that every other beat may be ectopic
_LOST = 0.45  # usual unlikeness from which on none of the shapes seen is the wearer's own
_ODD, _ODD_TIMES = 0.06, 2.5  # least unlikeness, and how many times the usual
_STRANGE, _STRANGE_TIMES = 0.10, 16.0
_FOREIGN = 0.25  # and as many times the usual as a strange one


class UsualShape:
    """Grades beats in time order by `Beat.likeness`."""

    def __init__(self) -> None:
        self._unlike: deque[float] = deque(maxlen=_MEMORY)

    def grade(self, beat: Beat) -> Shape:
        if math.isnan(beat.likeness):
            return Shape.UNKNOWN
        unlike = 1.0 - beat.likeness
        self._unlike.append(unlike)
        usual = sorted(self._unlike)[int(_USUAL_RANK * len(self._unlike))]
        if usual > _LOST or unlike > max(_FOREIGN, _STRANGE_TIMES * usual):
            return Shape.FOREIGN
        if unlike > max(_STRANGE, _STRANGE_TIMES * usual):
            return Shape.STRANGE
        return Shape.ODD if unlike > max(_ODD, _ODD_TIMES * usual) else Shape.USUAL
