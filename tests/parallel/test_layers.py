"""Layers on 1, 2 and 3 ranks: the same numbers; and on more ranks than cells, a message."""

import subprocess
import sys

import numpy as np
import pytest

from tests.commands import CASES, TREE, run

PILLAR = CASES / "gmr_pillar.yaml"
# Five layers of one cell each.
FEW_CELLS = f"""
import spinfem.model.interfaces, spinfem.observables
from mpi4py import MPI
from spinfem.case.reader import load_case
from spinfem.geometry.build import build_device
from spinfem.geometry.errors import GeometryError
comm = MPI.COMM_WORLD
try:
    build_device(load_case("{PILLAR}"), comm, coarsen=1000)
except GeometryError as error:
    assert all(comm.allgather("5 cells, too few for 7 ranks" in error.message))
    print("refused")
"""


@pytest.mark.parametrize("dimension, refinements", [(1, 0), (1, 1), (2, 0), (3, 0)])
def test_every_number_agrees(dimension, refinements, tmp_path):
    settings = (
        f"geometry.dimension={dimension}",
        f"mesh.refinements={refinements}",
        "interfaces={spacer/free: {resistance_area: 1 fohm m^2, polarization: 0.4}}",
        "regions.free.magnetization=+z",
        "solver.error_estimate=false",
    )
    results = [run(PILLAR, tmp_path / f"{n}", *settings, ranks=n) for n in (1, 2, 3)]
    for other in results[1:]:
        assert other["mesh"] == results[0]["mesh"]
        for name, expected in results[0]["observables"].items():
            found = np.array(other["observables"][name]["value"])
            assert np.allclose(found, expected["value"], rtol=1e-8, atol=1e-12), name


def test_a_rank_without_cells_is_refused_on_all_ranks():
    command = ["mpirun", "-n", "7", sys.executable, "-c", FEW_CELLS]
    done = subprocess.run(command, cwd=TREE, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("refused") == 7
