import subprocess
import sys

from device.peripherals.splash import splash
from device.screens import draw
from device.session.choosing.preferences import Language
from device.session.showing.views import WelcomeView

NAME_BOX = (0, 0, 92, 30)
BEFORE_THE_SPLASH = """
import sys
import device.cli
device.cli.build_parser("run")
late = ("dsp.pipeline", "device.appliance", "device.recording.store", "device.screens", "dsp.resonance.finder")
print([name for name in late if name in sys.modules])
"""


def test_the_name_stays_where_it_is_when_the_welcome_comes() -> None:
    welcome = draw(WelcomeView(Language.NB, 5))
    assert splash().crop(NAME_BOX).tobytes() == welcome.crop(NAME_BOX).tobytes()
    assert splash().getbbox() == welcome.crop(NAME_BOX).getbbox()


def test_nothing_that_loads_slowly_is_loaded_before_it() -> None:
    done = subprocess.run([sys.executable, "-c", BEFORE_THE_SPLASH], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
