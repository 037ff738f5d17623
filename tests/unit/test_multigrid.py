"""Both multigrid methods do the same work, as far as PETSc has them here."""

from functools import partial

import numpy as np
import pytest
from mpi4py import MPI
from petsc4py import PETSc

from spinfem.algebra import multigrid, preconditioners
from spinfem.case.schema import Case
from spinfem.study.simulation import Simulation
from tests import cases  # noqa: F401  (registers interface types)
from tests.boxes import bar

NM = 1e-9
CASE = {
    "geometry": {"script": "nonlocal_valve.geo"},
    "regions": {
        "a": {"material": "Py @ 4.2 K", "magnetization": "+x"},
        "b": {"material": "Cu @ 4.2 K"},
        "c": {"material": "Py @ 4.2 K", "magnetization": [1, 1, 0]},
    },
    "interfaces": {"b/c": {"resistance_area": "1 fohm m^2", "polarization": 0.4}},
    "terminals": {"left": {"current": "1 mA", "spin": "sink"}, "right": {"voltage": "0 V", "spin": "sink"}},
}


@pytest.fixture(scope="module")
def device():
    return bar(MPI.COMM_WORLD, [("a", 10, 3), ("b", 60, 8), ("c", 10, 3)], across=40, cells_across=4, dimension=3)


def solution(device, degree, method):
    case = Case.model_validate(CASE | {"solver": {"degree": degree, "method": method}})
    return Simulation(case, device).solution()


@pytest.mark.parametrize("degree", [1, 2])
def test_each_finds_the_solution_of_the_direct_solver_in_few_iterations(device, monkeypatch, degree):
    exact = solution(device, degree, "direct").potentials.x.array
    for name in multigrid.available():
        monkeypatch.setattr(preconditioners, "multigrid", partial(multigrid.multigrid, name))
        found = solution(device, degree, "iterative")
        assert name in found.report.method and 5 < found.report.iterations < 40
        assert np.abs(found.potentials.x.array - exact).max() < 1e-9 * np.abs(exact).max(), name


def test_boomeramg_is_preferred_where_there_is_hypre():
    assert multigrid.multigrid()[0] == ("BoomerAMG" if PETSc.Sys.hasExternalPackage("hypre") else "GAMG")


def test_the_options_of_others_are_left_as_they_were():
    PETSc.Options()["pc_type"] = "jacobi"
    before = PETSc.Options().getAll()
    matrix = PETSc.Mat().createAIJ([3, 3], comm=MPI.COMM_SELF)
    matrix.setUp()
    matrix.setDiagonal(matrix.createVecLeft() + 2.0)
    matrix.assemble()
    krylov = PETSc.KSP().create(MPI.COMM_SELF)
    krylov.setOperators(matrix)
    multigrid.precondition(krylov)
    assert krylov.getPC().getType() in ("hypre", "gamg")
    assert PETSc.Options().getAll() == before
    PETSc.Options().delValue("pc_type")
