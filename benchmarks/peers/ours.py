"""spinfem among its peers."""

import json
import shutil
import subprocess
from functools import cache

from benchmarks.peers.device import CASE, TREE
from benchmarks.peers.ways import ACCURACY, SAME

SPINFEM = str(TREE / "bin/spinfem")
NUMBERS_ONLY = ["output.pictures=false", "output.fields=false"]
SAME_MESH = ["mesh.resolution=1"]  # the finest of which each peer is done in ten minutes and 8 GB


def command(goal, ranks, folder):
    """The words that make results.json in `folder`/run."""
    values = NUMBERS_ONLY + (SAME_MESH + ["solver.error_estimate=false"] if goal == SAME else _accuracy(goal))
    return [SPINFEM, "run", str(CASE), "-n", str(ranks), "-o", str(folder / "run"), *_set(values)]


def manner(goal):
    """How the mesh is chosen, to be told beside the name."""
    return "" if goal == SAME or _accuracy(goal) else ", default mesh"


def mesh(folder):
    """The path of the exported mesh that all peers get."""
    command = [SPINFEM, "mesh", str(CASE), "-o", f"{folder}/mesh", *_set(SAME_MESH)]
    subprocess.run(command, check=True, capture_output=True)
    return f"{folder}/mesh/mesh.msh"


def found(folder):
    """The two signals (ohm) and the number of unknowns in `folder`/run, which is removed; None where there are no results."""
    path = folder / "run/results.json"
    if not path.is_file():
        return None
    results = json.loads(path.read_text())
    shutil.rmtree(path.parent)
    signals = [results["observables"][f"nonlocal_resistance.{s}"]["value"] for s in ("parallel", "antiparallel")]
    return {"signals": signals, "unknowns": results["mesh"]["unknowns"]}


def _accuracy(goal):
    return [f"accuracy={ACCURACY[goal]}"] if _is_known() else []


@cache
def _is_known():
    """Whether cases may say how accurate the numbers are to be."""
    from spinfem.case.faults import CaseError
    from spinfem.case.reader import load_case

    try:
        load_case(CASE, ["accuracy=0.01"])
    except CaseError:
        return False
    return True


def _set(values):
    return [word for value in values for word in ("--set", value)]
