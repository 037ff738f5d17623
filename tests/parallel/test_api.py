"""A script on two ranks finds what it finds on one."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from tests.commands import PATIENCE, TREE

SCRIPT = """
import json, sys
import spinfem
import numpy as np, ufl
from dolfinx import fem
from mpi4py import MPI

comm = MPI.COMM_WORLD
changes = {"mesh.resolution": 3, "mesh.rim": 1, "mesh.growth": 1, "output.pictures": False, "solver.error_estimate": False}
case = spinfem.load("nonlocal_valve_2d").changed(changes)
case = case.changed({"interfaces": {"wire/detector": {"resistance_area": 1e-15, "polarization": 0.4}}})
faults = 0
try:
    case.changed({"regions.wire.material": "Alu"})
except spinfem.CaseError as error:
    faults = len(error.faults)
assert comm.allgather(faults) == [1] * comm.size
result = spinfem.solve(case)
fields = result.fields
def total(integrand):
    with spinfem.compiling(comm):
        form = fem.form(integrand * ufl.dx)
    return comm.allreduce(fem.assemble_scalar(form))
parts, whole = result.grid(gather=False), result.grid()
assert comm.allreduce(parts.n_cells) == result.mesh["cells"]
assert (whole is None) == (comm.rank > 0)
turned = result.solution(magnetizations={"detector": "-z"})
folder = result.save(sys.argv[1])
assert (folder / "results.json").is_file()
numbers = {name: np.ravel(result[name].value.magnitude).tolist() for name in result}
numbers |= {"phi": total(fields.phi), "v": total(fields.v[2]), "j": total(ufl.inner(fields.j, fields.j))}
numbers |= {"J": total(ufl.inner(fields.J, fields.J)), "turned": total(turned.fields.v[2])}
if comm.rank == 0:
    assert whole.n_cells == result.mesh["cells"]
    sizes = whole.compute_cell_sizes()["Area"]
    numbers |= {"area": sizes.sum(), "grid": (whole["j [A/m^2]"][:, 0] * sizes).sum(), "largest": whole["v [V]"].max()}
    print(json.dumps(numbers))
"""


def results(ranks, folder):
    command = [sys.executable, "-m", "mpi4py", "-c", SCRIPT, str(folder)]
    launcher = ["mpirun", "-n", str(ranks)] if ranks > 1 else []
    environment = os.environ | {"PYTHONPATH": str(TREE)}
    done = subprocess.run([*launcher, *command], env=environment, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_two_ranks_find_what_one_finds(tmp_path):
    one, two = (results(ranks, tmp_path / f"{ranks}") for ranks in (1, 2))
    assert one.keys() == two.keys()
    for name, expected in one.items():
        scale = 1e-3 if name.endswith("current") else np.abs(expected).max()
        assert two[name] == pytest.approx(expected, rel=1e-7, abs=1e-9 * scale), name
    written = json.loads((tmp_path / "2" / "results.json").read_text())
    assert written["ranks"] == 2
