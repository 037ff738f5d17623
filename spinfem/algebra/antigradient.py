"""The scalar field whose gradient is nearest to a given vector field."""

import ufl
from dolfinx import fem
from dolfinx.fem import petsc as fem_petsc
from petsc4py import PETSc

from spinfem.algebra.compiling import compiling
from spinfem.algebra.multigrid import precondition
from spinfem.algebra.solver import SolveError

_TOLERANCE = 1e-12


def antigradient(space, gradient):
    """The Function f of `space` (scalar Lagrange) that minimises int |grad f - gradient|^2. Collective.

    Of the constant that may be added, the one is chosen for which the mean over the nodes is zero. Raises SolveError.
    """
    f, w = ufl.TrialFunction(space), ufl.TestFunction(space)
    with compiling(space.mesh.comm):
        left = fem.form(ufl.inner(ufl.grad(f), ufl.grad(w)) * ufl.dx)
        right = fem.form(ufl.inner(gradient, ufl.grad(w)) * ufl.dx)
    matrix = fem_petsc.assemble_matrix(left)
    matrix.assemble()
    load = fem_petsc.assemble_vector(right)
    load.ghostUpdate(addv=PETSc.InsertMode.ADD, mode=PETSc.ScatterMode.REVERSE)
    # The constant is fixed at one node: on a singular matrix multigrid may fail.
    matrix.zeroRowsColumns([0] if space.mesh.comm.rank == 0 else [], diag=1.0)
    if space.mesh.comm.rank == 0:
        load.setValue(0, 0.0)
    load.assemble()
    found, solution = fem.Function(space), matrix.createVecRight()
    krylov = _krylov(matrix)
    krylov.solve(load, solution)
    if krylov.getConvergedReason() <= 0:
        raise SolveError("the potential of a vector field was not found by CG + multigrid", [krylov.getResidualNorm()])
    solution.shift(-solution.sum() / solution.getSize())
    found.x.array[: solution.array.size] = solution.array
    found.x.scatter_forward()
    return found


def _krylov(matrix):
    krylov = PETSc.KSP().create(matrix.comm)
    krylov.setOperators(matrix)
    krylov.setType("cg")
    krylov.setTolerances(rtol=_TOLERANCE, atol=0.0, max_it=500)
    precondition(krylov)
    return krylov
