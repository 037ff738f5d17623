"""Other people's programs that spinfem is tried against: ParaView, Slurm, Chromium, discretisedfield. They live in a Debian folder of their own."""

import subprocess
from pathlib import Path

import pytest

_SETUP = Path(__file__).parent.parent / "docker/setup"
_PYTHON = "/usr/local/solvers/bin/python3"  # has the packages of the extra `peers`
_PROGRAMS = ("pvbatch", "slurmctld", "chromium")


def peer(*command):
    """The words that run a command among these programs."""
    return [str(_SETUP), "peers", "run", *map(str, command)]


def python_peer(script, *arguments):
    """The words that run a script by the Python that has other people's packages."""
    return peer(_PYTHON, script, *arguments)


def on_a_screen(*command):
    """The words that run a command among these programs, with an X server of its own.

    -noreset: ParaView opens a connection, closes it and opens the next one, and a server whose last client has gone starts anew, which
    throws out whoever comes meanwhile ("bad X server connection"). -a: a display that is free; xvfb-run waits for the server however
    long it takes, and takes the next number where another server is faster.
    """
    return peer("xvfb-run", "-a", "-s", "-noreset -screen 0 1280x1024x24", *command)


def _lacking():
    done = subprocess.run(peer("which", *_PROGRAMS), capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stderr.strip() or f"not all of {', '.join(_PROGRAMS)} are there"


_REASON = _lacking()
needs_peers = pytest.mark.skipif(bool(_REASON), reason=_REASON)
