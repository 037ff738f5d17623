"""When the command began: before Python was there, before mpirun, as the clock on the wall says. Imports nothing that takes time."""

import os
import time

_BEGUN = "SPINFEM_BEGUN"  # seconds since the epoch, told to all that a command starts


def start_clock(inherited) -> None:
    """Note when this command began; inherited: it is a part of another one."""
    if not inherited or _BEGUN not in os.environ:
        os.environ[_BEGUN] = repr(time.time() - _age())


def begun() -> float:
    """When the command began, as `time.perf_counter` counts; now, where there is no command."""
    since = time.time() - float(os.environ[_BEGUN]) if _BEGUN in os.environ else 0.0
    return time.perf_counter() - max(since, 0.0)


def _age() -> float:
    """Seconds since this process was started, whatever program it was then; 0 where the system does not tell."""
    try:
        with open("/proc/self/stat") as file:
            ticks = int(file.read().rpartition(")")[2].split()[19])
        return max(time.clock_gettime(time.CLOCK_BOOTTIME) - ticks / os.sysconf("SC_CLK_TCK"), 0.0)
    except (OSError, AttributeError, ValueError, IndexError):
        return 0.0
