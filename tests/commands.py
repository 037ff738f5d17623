"""The commands as a person types them, in a process of their own: a fork of one that has imported what they import (`warm.py`)."""

import json
import os
import subprocess
import sys
from pathlib import Path

from spinfem.case.overrides import replaced
from spinfem.mpi import on_ranks
from tests import warm

TREE = Path(__file__).parent.parent
CASES = TREE / "cases"
# Small meshes: these tests look at the chain of tools, not at the accuracy.
COARSE = ("mesh.resolution=3", "mesh.rim=1", "mesh.growth=1", "solver.degree=1", "output.pictures=false")
PATIENCE = 600  # seconds after which a command hangs, on a slow machine with other work too


def spinfem(*arguments, cwd=None, launcher=()):
    """Run `spinfem ARGUMENTS`; returns the finished process with its text output. launcher: words before, then everything is started afresh."""
    words, environment = list(map(str, arguments)), os.environ | {"PYTHONPATH": str(TREE)}
    if not launcher:
        return warm.run(words, cwd or os.getcwd(), environment, PATIENCE)
    command = [*launcher, sys.executable, "-m", "spinfem", *words]
    return subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=PATIENCE)


def sets(*overrides):
    """`--set` words; where one replaces another, which the program refuses, the later one alone."""
    kept = [
        one for k, one in enumerate(overrides) if not any(any(replaced((one, other))) for other in overrides[k + 1 :])
    ]
    return [word for override in kept for word in ("--set", override)]


def run(case, folder, *overrides, ranks=1):
    """`spinfem run`, which has to succeed; returns its results.json."""
    overrides = ("output.report=false", *overrides)  # a page takes a second; who wants it says so
    done = spinfem("run", case, "-o", folder, "-n", ranks, *sets(*overrides))
    assert done.returncode == 0, done.stderr
    return json.loads((Path(folder) / "results.json").read_text())


def module_on_ranks(ranks, module):
    """What a module of the tests, run by that many ranks, tells as JSON."""
    command = on_ranks(ranks, [sys.executable, "-m", module])
    done = subprocess.run(command, cwd=TREE, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
