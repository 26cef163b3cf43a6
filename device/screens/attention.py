"""What stands in the way of a session, said plainly: a cable, a card, a sensor."""

from device.screens import marks
from device.screens.canvas import Canvas
from device.session.showing.views import SensorView, Storage, StorageView, UsbState, UsbView

_ASKED = {
    UsbState.ASKING: "usb.ask",
    UsbState.SHARING: "usb.sharing",
    UsbState.OFFERED: "usb.offered",
    UsbState.UPDATING: "usb.updating",
}


def usb(canvas: Canvas, view: UsbView) -> None:
    marks.plug(canvas, 2, 1)
    canvas.say(35, 3, "usb.ended" if view.ended else "usb.connected")
    if view.state is UsbState.OFFERED:
        canvas.say_in_full(64, 18, _ASKED[view.state], view.version)
    else:
        canvas.say(64, 18, _ASKED[view.state], centred=True)
    if view.state is UsbState.UPDATING:
        canvas.say(64, 35, "usb.leave_in", centred=True)
    elif view.blocks:
        canvas.say(64, 35, "usb.why", centred=True)
    canvas.hint(view.hint)


def storage(canvas: Canvas, view: StorageView) -> None:
    marks.card(canvas, 2, 1)
    kind = Storage.READ_ONLY if view.storage is Storage.READ_ONLY else Storage.FULL
    canvas.say(28, 4, f"storage.{kind}")
    canvas.say(4, 24, "storage.note")
    canvas.hint(view.hint)


def sensor(canvas: Canvas, view: SensorView) -> None:
    marks.unplugged(canvas, 2, 10)
    canvas.say(40, 1, "sensor.missing")
    canvas.say(64, 34, "sensor.ended" if view.ended else "sensor.trying", centred=True)
    canvas.hint(view.hint)
