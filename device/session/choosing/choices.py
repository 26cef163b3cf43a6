"""What the wearer chooses from: the menu, the questions, the offer of quiet rest, the summary's pages, and "Share?"."""

from device.session.choosing.check_in import Questionnaire
from device.session.choosing.menu import MenuItem, changed
from device.session.commands import KeepPreferences
from device.session.course import Course
from device.session.state import OFFERS, SessionState, Step


class Choices:
    """Walks lists and chooses in them; a choice that leads elsewhere goes by the course."""

    def __init__(self, state: SessionState, course: Course) -> None:
        self._s = state
        self._course = course

    def next_answer(self, steps: int = 1) -> None:
        for _ in range(steps):
            self._form().move_on()

    def choose_answer(self) -> None:
        self._form().choose()
        if self._form().done:
            self._course.move_on()

    def _form(self) -> Questionnaire:
        assert self._s.form is not None
        return self._s.form

    def open_menu(self) -> None:
        self._s.menu_index = 0
        self._course.enter(Step.MENU)

    def next_item(self, steps: int = 1) -> None:
        self._s.menu_index = (self._s.menu_index + steps) % len(self._s.menu_lines())

    def change_item(self) -> None:
        s = self._s
        item = s.menu_lines()[s.menu_index]
        if item in (MenuItem.RESONANCE, MenuItem.RECHECK):
            s.resonance, s.recheck = True, item is MenuItem.RECHECK
            self._course.start()
        elif item is MenuItem.BACK:
            self._course.go_idle()
        else:
            s.preferences = changed(s.preferences, item)
            s.out.append(KeepPreferences(s.preferences))

    def next_offer(self, steps: int = 1) -> None:
        self._s.offer_index = (self._s.offer_index + steps) % len(OFFERS)

    def next_page(self) -> None:
        self._s.page += 1
        if self._s.page >= len(self._s.pages):
            self._course.go_idle()

    def ask_to_share(self) -> None:
        """A long press beside the cable. It counts when the button comes up, so that holding on to shut down shares
        nothing on the way."""
        self._s.share_asked = True

    def answer_share(self) -> None:
        """The button came up."""
        if self._s.share_asked:
            self._s.share_asked = False
            self._s.share(self._s.around.usb and not self._s.sharing)

    def leave_usb(self) -> None:
        """A short press beside the cable: stop sharing; where a cable does not block, begin a session."""
        if self._s.sharing or self._s.config.usb_blocks:
            self._s.share(False)
        else:
            self._course.start()
