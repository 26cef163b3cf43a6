"""For every test: no deadlines (speed lives in bench/), the same examples in every CI run, pins that nobody holds."""

import os

import pytest
from gpiozero.pins.mock import MockFactory
from hypothesis import settings

settings.register_profile("here", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "here")


@pytest.fixture(autouse=True)
def _free_pins() -> None:
    """gpiozero before 2.0 has one set of mock pins for all boards: what a test left open would be in the next's way."""
    MockFactory().reset()
