"""For what looks on at a simulation, a test or a bench: a source that stands between the sampler and the appliance."""

from device.sampling.sampler import SampleMessage
from device.sampling.sources import SampleSource


class SourceBetween:
    """Passes everything on; a class made of it says in `wait` what is looked at or changed."""

    def __init__(self, source: SampleSource) -> None:
        self._source = source

    def wait(self, timeout_s: float) -> list[SampleMessage]:
        return self._source.wait(timeout_s)

    def rest(self) -> None:
        self._source.rest()

    def wake(self) -> None:
        self._source.wake()

    def nudge(self) -> None:
        self._source.nudge()

    def close(self) -> None:
        self._source.close()
