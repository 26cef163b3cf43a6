"""What a driver may raise. A bad signal is data, never an error."""


class DriverError(Exception):
    """Something between us and a chip went wrong."""


class BusError(DriverError):
    """The bus refused or failed a transfer; chained from the OSError."""


class NotRespondingError(DriverError):
    """The bus works, but the chip does not answer, or it is another part."""


class CorruptFrameError(DriverError):
    """A frame arrived that the chip cannot have sent."""
