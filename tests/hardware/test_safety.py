from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAID = (
    "not a medical device",
    "battery only while electrodes are worn",
    "second barrier in software, not isolation",
    "isolated usb port",
    "ask a doctor first with a pacemaker or arrhythmia, serious heart or lung disease, epilepsy, pregnancy, panic",
    "panic disorder, fainting or low blood pressure, or heart medicine",
    "driving or bathing",
    "slow breathing can lead to over-breathing",
    "dizzy, press twice",
    "after trauma, relaxing can feel unsafe",
    "stop whenever you want",
    "shorter and talk to someone",
)


@pytest.mark.parametrize("guide", ["README.md", "hardware/README.md"])
def test_all_that_is_to_be_known_before_the_first_breath_stands_in_both_guides(guide: str) -> None:
    text = " ".join((ROOT / guide).read_text(encoding="utf-8").replace("*", "").lower().split())
    assert [word for word in SAID if word not in text] == []
