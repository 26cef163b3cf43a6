"""What presses walk through: cards, the menu, the questions, the offer of quiet rest, the summary, and "Share?"."""

from dataclasses import replace

from device.session.choosing.cards import OWN_TRIAL
from device.session.choosing.menu import MenuItem, changed
from device.session.commands import LookForCable, WayBackRead
from device.session.course import Course
from device.session.state import Step


class Choices(Course):
    """The course, and the lists that presses walk and choose in on it."""

    def next_card(self) -> None:
        """After the last card the session begins, and the cards are not shown again."""
        if not self._s.cards.move_on():
            self._s.keep_history(replace(self._s.history, cards_seen=True))
            self.start()

    def close_way_back(self) -> None:
        """It was read, and is not shown again."""
        self._s.cards.way_back_read()
        self._s.out.append(WayBackRead(self._s.now_s))
        self.go_idle()

    def next_trial_card(self) -> None:
        """Past the last card the experiment stays off."""
        if not self._s.cards.move_on():
            self.enter(Step.MENU)

    def begin_trial(self) -> None:
        self._s.keep_preferences(changed(self._s.preferences, MenuItem.TRIAL))
        self.enter(Step.MENU)

    def next_answer(self) -> None:
        self._s.check_ins.form.move_on()

    def choose_answer(self) -> None:
        form = self._s.check_ins.form
        form.choose()
        if form.done:
            self.move_on()

    def open_menu(self) -> None:
        self._s.menu.begin()
        self.enter(Step.MENU)

    def next_item(self) -> None:
        self._s.menu.move_on(self._s.menu_absent)

    def change_item(self) -> None:
        s = self._s
        item = s.menu.selected(s.menu_absent)
        if item in (MenuItem.RESONANCE, MenuItem.RECHECK):
            self.find_resonance(recheck=item is MenuItem.RECHECK)
        elif item is MenuItem.MORNING:
            self.morning()
        elif item is MenuItem.EVENING:
            self.evening()
        elif item is MenuItem.TRIAL and not s.preferences.trial:
            s.cards.begin(OWN_TRIAL)
            self.enter(Step.OWN_TRIAL)
        elif item is MenuItem.BACK:
            self.go_idle()
        else:
            s.keep_preferences(changed(s.preferences, item))

    def morning(self) -> None:
        """A morning reading; the first asks for the posture."""
        self._s.run.drop()
        self._s.morning.choose()
        if self._s.preferences.posture is None:
            self.enter(Step.POSTURE)
        else:
            self.start()

    def next_posture(self) -> None:
        self._s.morning.next_posture()

    def choose_posture(self) -> None:
        self._s.keep_preferences(replace(self._s.preferences, posture=self._s.morning.posture))
        self.start()

    def find_resonance(self, recheck: bool = False) -> None:
        self._s.morning.drop()
        self._s.run.choose(recheck)
        self.start()

    def next_offer(self) -> None:
        self._s.offer.move_on()

    def next_page(self) -> None:
        self._s.pages.move_on()
        if self._s.pages.over:
            self.go_idle()

    def ask_to_share(self) -> None:
        """A long press beside the cable. It counts when the button comes up, so that holding on to shut down shares
        nothing on the way."""
        self._s.ask_to_share()

    def answer_share(self) -> None:
        """The button came up."""
        if not self._s.share_asked:
            return
        if self._s.attached.offered:
            self._s.allow_update(self._s.attached.usb and not self._s.updating)
        else:
            self._s.share(self._s.attached.usb and not self._s.sharing)

    def leave_usb(self) -> None:
        """A short press beside the cable: stop what was allowed; else, where a cable blocks, it is out for all that the
        wearer sees, and where it does not, begin a session."""
        allowed = self._s.sharing or self._s.updating
        if allowed or self._s.settings.usb_blocks:
            if not allowed:
                self._s.out.append(LookForCable(self._s.now_s))
            self._s.close_port()
        else:
            self.start()
