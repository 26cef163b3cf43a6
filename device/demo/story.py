"""What the simulated wearer lives through in the demo that is watched, and how fast the film runs.

At rest, then tense as a telephone rings, then calmer and calmer with the guide: so the state goes from neutral through
on guard and settling to calm, from a body that does it, not from a script of states.
"""

from dataclasses import dataclass

from device.session.state import Step

REST_TONE, TENSE_TONE, CALM_TONE = 0.4, 1.2, 0.0
GUIDED_S = 300.0


@dataclass(frozen=True, slots=True)
class Moment:
    """From `after_s` into a step on: where the wearer's tone goes, what they do, and how many times faster than life
    the film runs."""

    after_s: float
    tells: str
    tone: float = REST_TONE
    speed: float = 1.0


TELLS = "The wearer answers by holding the button."
STORY: dict[Step, tuple[Moment, ...]] = {
    Step.WELCOME: (Moment(0.0, "The wearer sits down and presses the button."),),
    Step.MENU: (Moment(0.0, "The menu: space goes on, l changes."),),
    Step.CARDS: (Moment(0.0, "Before a first session: two cards."),),
    Step.CONTACT: (Moment(0.0, "The electrodes are on; the heart is being found."),),
    Step.CHECK_IN: (Moment(0.0, TELLS),),
    Step.REST: (Moment(0.0, "A minute of rest, breathing freely.", speed=10.0),),
    Step.GUIDED: (
        Moment(0.0, "A telephone rings as the guide begins: the wearer tenses up.", TENSE_TONE),
        Moment(8.0, "Following the guide, still tense from the call.", TENSE_TONE, speed=14.0),
        Moment(130.0, "The call is over. Small breaths, out longer than in.", CALM_TONE, speed=14.0),
        Moment(200.0, "Heart rate sinks, and swings with the breath.", CALM_TONE, speed=14.0),
        Moment(292.0, "Calm: the last breaths with the guide.", CALM_TONE),
    ),
    Step.RESONANCE: (Moment(0.0, "The finder tries four paces.", CALM_TONE, speed=12.0),),
    Step.HELP: (Moment(0.0, "Help now: the guide at once, nothing asked.", CALM_TONE),),
    Step.EVENING: (Moment(0.0, "An evening: dark after half a minute.", CALM_TONE),),
    Step.NIGHT: (Moment(0.0, "Dark until a press.", CALM_TONE),),
    Step.POSTURE: (Moment(0.0, "How a morning reading is taken: asked once."),),
    Step.MORNING_READING: (Moment(0.0, "A morning reading: three minutes, breathing freely.", speed=8.0),),
    Step.MORNING_WORD: (Moment(0.0, "Where the last mornings lie among the wearer's own."),),
    Step.EASE: (Moment(0.0, "Dizzy: no guide, the wearer breathes as usual.", CALM_TONE),),
    Step.FREE: (Moment(0.0, "Free breathing: does it last?", CALM_TONE, speed=10.0),),
    Step.OFFER: (Moment(0.0, "An offer of quiet rest; today no, thanks.", CALM_TONE),),
    Step.QUIET: (Moment(0.0, "Quiet rest.", CALM_TONE, speed=12.0),),
    Step.CHECK_OUT: (Moment(0.0, TELLS, CALM_TONE),),
    Step.SUMMARY: (Moment(0.0, "The summary, page by page.", CALM_TONE),),
}
ELSEWHERE = Moment(0.0, "")


def moment(step: Step, elapsed_s: float) -> Moment:
    """What goes on so far into a step; a step that is not in the story says nothing and changes nothing."""
    reached = [told for told in STORY.get(step, ()) if told.after_s <= elapsed_s]
    return reached[-1] if reached else ELSEWHERE
