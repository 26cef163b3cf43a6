"""What ends a command on the host: one clear line, no traceback."""


class HostError(Exception):
    """Says what, where and what to do about it."""
