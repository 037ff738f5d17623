"""Compiled forms that survive a killed run.

FFCx marks a form that is being compiled by creating its .c file, and waits for whoever did. A run that is killed in the middle leaves the
mark for ever, and every later run would wait in vain. Here a run compiles under a lock that the operating system takes
back when the process dies; whoever holds it knows that marks without a result are left over, and removes them.
"""

import fcntl
import os
import time
from contextlib import contextmanager
from pathlib import Path

from dolfinx import jit

_LOCK = "spinfem.lock"
_held = False  # by this process: the system would let it wait for itself
_tidy_since = None  # mtime of the cache when nothing was left over in it: a large one takes its time to be listed
_TICK = 1_000_000_000  # ns: two changes that are nearer to each other may have one mtime


@contextmanager
def compiling(comm):
    """To be held by all ranks while forms or expressions are made; rank 0 compiles for the others. It may be held inside itself."""
    global _held
    if comm.rank != 0 or _held:
        yield
        return
    cache = Path(jit.get_options()["cache_dir"])
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / _LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        _tidy(cache)
        _held = True
        try:
            yield
        finally:
            _held = False


def _tidy(cache):
    """Remove each half of a pair: a mark without its result, and a result whose mark is gone, over which FFCx would stumble."""
    global _tidy_since
    if (changed := cache.stat().st_mtime_ns) == _tidy_since:
        return
    _tidy_since = changed if time.time_ns() - changed > _TICK else None
    names = set(os.listdir(cache))
    marks = {name for name in names if name.endswith(".c")}
    results = {name.removesuffix(".cached") for name in names if name.endswith(".c.cached")}
    for name in marks - results:
        (cache / name).unlink(missing_ok=True)
    for name in results - marks:
        (cache / f"{name}.cached").unlink(missing_ok=True)
