"""The scalar field whose gradient is nearest to a given vector field."""

import ufl
from dolfinx import fem, la
from dolfinx.fem import petsc as fem_petsc
from petsc4py import PETSc

from spinfem.algebra.compiling import compiling
from spinfem.algebra.multigrid import precondition
from spinfem.algebra.solver import SolveError

_TOLERANCE = 1e-12


class Antigradient:
    """Of fields in `space` (scalar Lagrange), for many vector fields. Collective."""

    def __init__(self, space):
        self.space = space
        f, w = ufl.TrialFunction(space), ufl.TestFunction(space)
        with compiling(space.mesh.comm):
            left = fem.form(ufl.inner(ufl.grad(f), ufl.grad(w)) * ufl.dx)
        matrix = fem_petsc.assemble_matrix(left)
        matrix.assemble()
        # The constant is fixed at one node: on a singular matrix multigrid may fail.
        matrix.zeroRowsColumns([0] if space.mesh.comm.rank == 0 else [], diag=1.0)
        self._krylov = PETSc.KSP().create(matrix.comm)
        self._krylov.setOperators(matrix)
        self._krylov.setType("cg")
        self._krylov.setTolerances(rtol=_TOLERANCE, atol=0.0, max_it=500)
        precondition(self._krylov)
        self._load, self._found = matrix.createVecs()

    def of(self, gradient):
        """The Function f that minimises int |grad f - gradient|^2.

        Of the constant that may be added, the one is chosen for which the mean over the nodes is zero. Raises SolveError.
        """
        with compiling(self.space.mesh.comm):
            right = fem.form(ufl.inner(gradient, ufl.grad(ufl.TestFunction(self.space))) * ufl.dx)
        load = fem.assemble_vector(right)
        load.scatter_reverse(la.InsertMode.add)
        return self.adjoint(load.array[: self.space.dofmap.index_map.size_local])

    def adjoint(self, weights):
        """The Function w with int grad w . grad f = sum(weights f) for all f of the space, and so sum(weights f) = int grad w . gradient for what
        `of` makes of a gradient. weights: (owned nodes,); their sum over all ranks is zero. Raises SolveError."""
        self._load.array[:] = weights
        if self.space.mesh.comm.rank == 0:
            self._load.setValue(0, 0.0)
        self._load.assemble()
        self._krylov.solve(self._load, self._found)
        if self._krylov.getConvergedReason() <= 0:
            residual = self._krylov.getResidualNorm()
            raise SolveError("the potential of a vector field was not found by CG + multigrid", [residual])
        self._found.shift(-self._found.sum() / self._found.getSize())
        function = fem.Function(self.space)
        function.x.array[: self._found.array.size] = self._found.array
        function.x.scatter_forward()
        return function
