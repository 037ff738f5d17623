"""Becoming another command, and dying with the one that started us."""

import ctypes
import os
import signal
import sys
from collections.abc import Mapping, Sequence

PR_SET_PDEATHSIG = 1
NOT_FOUND = 127  # as a shell says it


def become(command: Sequence[str], variables: Mapping[str, str]) -> None:
    if "PMIX_RANK" in variables or "PMI_RANK" in variables:
        die_with_parent()  # a rank whose mpirun was killed would wait for the other ranks forever
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # Python ignores it, and the command would too
    try:
        os.execvpe(command[0], list(command), variables)
    except FileNotFoundError:
        print(f"spinfem: {command[0]}: command not found", flush=True, file=sys.stderr)
        sys.exit(NOT_FOUND)


def die_with_parent() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
