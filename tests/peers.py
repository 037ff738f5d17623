"""Other people's programs that spinfem is tried against: ParaView, Slurm, Chromium. They live in a Debian folder of their own."""

import subprocess
from pathlib import Path

import pytest

_SETUP = Path(__file__).parent.parent / "docker/setup"
_PROGRAMS = ("pvbatch", "slurmctld", "chromium")


def peer(*command):
    """The words that run a command among these programs."""
    return [str(_SETUP), "peers", "run", *map(str, command)]


def _lacking():
    done = subprocess.run(peer("which", *_PROGRAMS), capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stderr.strip() or f"not all of {', '.join(_PROGRAMS)} are there"


_REASON = _lacking()
needs_peers = pytest.mark.skipif(bool(_REASON), reason=_REASON)
