"""Asking the kernel for real-time treatment of this process and for its end, and saying plainly what it refused."""

import ctypes
import gc
import os
import signal
from contextlib import suppress

MCL_CURRENT = 1
MCL_FUTURE = 2
MCL_ONFAULT = 4  # without it every page ever reserved becomes real: some 200 MB for a process that uses 30
PR_SET_PDEATHSIG = 1
PRIORITY = 50


def become_realtime(priority: int = PRIORITY) -> list[str]:
    """SCHED_FIFO, locked memory, no garbage collection pauses. Returns one sentence for each thing refused."""
    refused: list[str] = []
    gc.collect()
    gc.freeze()
    gc.disable()
    try:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(priority))
    except (OSError, AttributeError) as error:
        refused.append(f"no SCHED_FIFO ({error})")
    try:
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0:
            refused.append(f"no mlockall ({os.strerror(ctypes.get_errno())})")
    except (OSError, AttributeError) as error:
        refused.append(f"no mlockall ({error})")
    return refused


def end_with_parent(parent_pid: int, within_s: int = 0) -> None:
    """This process is killed when its parent ends, however that ends, or `within_s` later (whole seconds); it ends here
    if that has happened already. Only Linux kills; elsewhere no more than the second happens."""
    number = signal.SIGKILL
    if within_s:
        # An alarm without a handler would kill the process at some later moment.
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        number = signal.SIGUSR1
        signal.signal(number, lambda *_: signal.alarm(within_s))
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, ctypes.c_ulong(number))
    if os.getppid() != parent_pid:
        os._exit(1)
