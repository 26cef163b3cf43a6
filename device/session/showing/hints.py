"""What the button does, in words: each gesture of the step table has its hint, and the step's screen says it."""

import enum


class Hint(enum.StrEnum):
    """One line below, or a few short ones beside the guide."""

    BEGIN = "begin"
    MENU = "menu"
    BACK = "back"
    HELP = "help"
    HELP_BY_MANY = "help_by_many"
    NEXT = "next"
    DONE = "done"
    CHANGE = "change"
    TRY_IT = "try_it"
    NOT_NOW = "not_now"
    CHOOSE = "choose"
    DONT_KNOW = "dont_know"
    SKIP = "skip"
    AS_LAST = "as_last"
    ONE_BY_ONE = "one_by_one"
    GO_ON = "go_on"
    FINISH = "finish"
    LEAVE = "leave"
    DECLINE = "decline"
    EASIER = "easier"
    GUIDE_BACK = "guide_back"
    DIZZY = "dizzy"
    ANYWAY = "anyway"
    UNSAVED = "unsaved"
    SHARE = "share"
    STOP_SHARING = "stop_sharing"
    CABLE_OUT = "cable_out"


HINT_S = 4.0
"""How long a hint stands before the next takes its place."""


def turn(hints: tuple[Hint | None, ...], elapsed_s: float, each_s: float = HINT_S) -> Hint | None:
    """The hint of the moment, each in its turn, round and round; None where that is its turn, or there are none."""
    return hints[int(max(0.0, elapsed_s) / each_s) % len(hints)] if hints else None


def once(hints: tuple[Hint | None, ...], elapsed_s: float, each_s: float = HINT_S) -> Hint | None:
    """The same, but said only once; None before and after."""
    return turn(hints, elapsed_s, each_s) if 0.0 <= elapsed_s < each_s * len(hints) else None
