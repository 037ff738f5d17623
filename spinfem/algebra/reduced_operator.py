"""One reduced operator TᵀAT, set up once and driven many times.

Iterative: conjugate gradients (GMRES where the operator is not symmetric) preconditioned by a symmetric multiplicative
sweep over the fields (phi, v), each preconditioned by itself (`preconditioners`), v as it is where phi follows, if they are strongly coupled
(`elimination`). The charge and the spin block are both Laplacians with smooth low-energy modes; swept together so, the count of iterations stays
bounded under refinement, and as P comes near to 1. Direct: MUMPS.
"""

from functools import cached_property, partial

import numpy as np
from mpi4py import MPI
from petsc4py import PETSc

from spinfem.algebra.block_operator import BlockOperator, Sweep
from spinfem.algebra.full_operator import submatrices
from spinfem.algebra.preconditioners import bytes_of, precondition
from spinfem.algebra.preparation import prepare
from spinfem.algebra.solver import SolveError, Solver, explained
from spinfem.algebra.together import column_norms, conjugate_gradients, least_left, minimal_residuals


class ReducedOperator:
    """A full matrix under a constraint map, with its preconditioner.

    matrix: PETSc matrix over the full unknowns, a FullOperator's among them. corners: the Corners of the space, for multigrid where the degree is more
    than 1. others: ReducedOperators whose preconditioners may serve here too: fields whose block is the very same share it, as those of the
    magnetic states of a collinear device do.

    blocks: (test field, trial field) -> block. prepared: field -> the block that it is preconditioned by, with `inner`, one of `preconditioners`.
    """

    def __init__(
        self,
        matrix,
        constraints,
        symmetric=True,
        method="iterative",
        tolerance=1e-12,
        max_iterations=500,
        corners=None,
        others=(),
    ):
        self.matrix, self.constraints = matrix, constraints
        self.symmetric, self.direct, self._corners = symmetric, method == "direct", corners
        self.tolerance, self.most = tolerance, max_iterations  # the relative residual asked for, in so many iterations
        self.blocks = _blocks(matrix, constraints)
        self.inner, self._shared = {}, set()
        self.prepared, self._following, self._lasting = self._prepare()
        for name, block in self.prepared.items():
            block.setOption(PETSc.Mat.Option.SPD, symmetric)
            self._share(name, others)
        with explained(f"the linear solver ({method}) cannot be set up"):
            self.reduced, krylov, words = (self._direct if self.direct else self._iterative)()
            self.solver = Solver(krylov, words, max_iterations)

    def _prepare(self):
        """As of `prepare`."""
        own = {name: self.blocks[name, name] for name in dict.fromkeys(first for first, _ in self.blocks)}
        if self.direct or not _is_sum(self.matrix):
            return own, {}, False
        dimension = self._corners and self._corners.dimension
        return prepare(self.matrix.getPythonContext(), self.constraints, own, dimension, self.symmetric)

    def _share(self, name, others):
        for other in others:
            if name in other.inner and same(self.prepared[name], other.prepared[name]):
                if self.prepared[name] is self.blocks[name, name]:
                    self.blocks[name, name] = other.prepared[name]
                self.prepared[name], self.inner[name] = other.prepared[name], other.inner[name]
                self._shared.add(name)
                return

    def _iterative(self):
        operator = BlockOperator(self.matrix.comm, self.blocks)
        for name in operator.fields:
            if name not in self.inner:
                self.inner[name] = self._preconditioner(name)
        reduced = operator.as_matrix()
        krylov = PETSc.KSP().create(self.matrix.comm)
        krylov.setOperators(reduced)
        krylov.setType("cg" if self.symmetric else "gmres")
        krylov.setNormType(PETSc.KSP.NormType.UNPRECONDITIONED)
        if not self.symmetric:
            krylov.setPCSide(PETSc.PC.Side.RIGHT)
            krylov.setGMRESRestart(100)
        krylov.getPC().setType("python")
        sweep = Sweep(operator, self.inner, self._following)
        krylov.getPC().setPythonContext(sweep)
        self._contexts = operator, sweep
        inside = " and ".join(dict.fromkeys(inner.words for inner in self.inner.values()))
        by_fields = " by fields" if len(operator.fields) > 1 else ""
        return reduced, krylov, ("CG" if self.symmetric else "GMRES") + f" + {inside}{by_fields}"

    def _preconditioner(self, name):
        block, corners = self.prepared[name], self._corners
        interpolation = corners and partial(corners.interpolation, self.constraints, name)
        return precondition(block, self.symmetric, corners, interpolation, self._lasting)

    def _direct(self):
        reduced = BlockOperator(self.matrix.comm, self.blocks).whole(self.constraints.fields)
        reduced.setOption(PETSc.Mat.Option.SPD, self.symmetric)
        krylov = PETSc.KSP().create(self.matrix.comm)
        krylov.setOperators(reduced)
        krylov.setType("preonly")
        krylov.getPC().setType("cholesky" if self.symmetric else "lu")
        krylov.getPC().setFactorSolverType("mumps")
        return reduced, krylov, "MUMPS " + ("Cholesky" if self.symmetric else "LU")

    @cached_property
    def size(self):
        """About the largest sum of magnitudes in a row of the full matrix."""
        return self.matrix.norm(PETSc.NormType.NORM_INFINITY)

    @cached_property
    def memory(self):
        """Bytes that the matrices and the preconditioner take on all ranks, without what is shared, about. Collective when first asked for."""
        full = self.matrix.getPythonContext().memory if _is_sum(self.matrix) else bytes_of(self.matrix)
        shared = [self.prepared[name] for name in self._shared]
        blocks = {id(block): block for block in (*self.blocks.values(), *self.prepared.values())}
        own = [block for block in blocks.values() if not any(block is other for other in shared)]
        inner = [inner.memory for name, inner in self.inner.items() if name not in self._shared]
        total = full + sum(map(bytes_of, own)) + sum(inner)
        if self.direct:  # the whole reduced matrix, and its working memory in MB
            total += bytes_of(self.reduced) + 1e6 * self.solver.krylov.getPC().getFactorMatrix().getMumpsInfog(19)
        return total

    @cached_property
    def totals(self):
        """For each component of a node: (A^T e, T^T e) of the vector e that is 1 in this component, without the shared columns of T.

        What x adds to the sum of that component of A x, and what a free unknown adds to the sum of that component of T x.
        """
        one, total = self.matrix.createVecs()
        block = self.matrix.getBlockSize()
        found = []
        for k in range(block):
            one.array[:] = np.arange(one.array.size) % block == k
            self.matrix.multTranspose(one, total)
            free = self.reduced.createVecs()[0]
            self.constraints.free.multTranspose(one, free)
            free.assemble()
            first, last = free.getOwnershipRange()
            shared = np.array(list(self.constraints.shared_columns.values()), dtype=int)
            free.array[shared[(shared >= first) & (shared < last)] - first] = 0.0
            found.append((total.copy(), free))
        return found

    def adjoint(self, others=()):
        """The operator of the transposed matrix under the same constraints; itself, if it is symmetric. others: as for a new one, beside this one."""
        if self.symmetric:
            return self
        if _is_sum(self.matrix):
            transposed = self.matrix.getPythonContext().transposed().as_matrix()
        else:
            transposed = self.matrix.transpose(PETSc.Mat())
        method = "direct" if self.direct else "iterative"
        options = method, self.tolerance, self.most, self._corners
        return ReducedOperator(transposed, self.constraints, False, *options, (self, *others))

    def solve(self, loads=None, values=None, nodal=None, tolerance=None, start=None):
        """Solve for given loads and given values of prescribed columns.

        loads: name -> right-hand side of that free shared column (a terminal current in the operator's unit).
        values: name -> prescribed value; columns not named are zero.
        nodal: right-hand side at every node of this rank, any shape, over the full unknowns.
        tolerance: the relative residual that is good enough, instead of the operator's. start: where to begin, full unknowns of this rank, (rows,); or
        several such as columns, (rows, k): with the combination of them that leaves least.
        Returns (full unknowns, reactions A x, SolveReport); the vectors are PETSc vectors over the full unknowns.
        Raises SolveError if the tolerance is not reached, or the true residual is poor.
        """
        loads, values = loads or {}, values or {}
        full, reaction = self.matrix.createVecs()
        full.array[:] = self.constraints.given(values)
        self.matrix.mult(full, reaction)
        if nodal is not None:
            reaction.array[:] -= np.ravel(nodal)
        solution, load = self.reduced.createVecs()
        self.constraints.free.multTranspose(reaction, load)
        load.scale(-1.0)
        self.add_loads(load, loads)
        if start is not None and not self.direct:
            self._begin(solution, load, start, full)
        report = self.solver.solve(load, solution, tolerance or self.tolerance, start is not None)
        self.constraints.free.multAdd(solution, full, full)
        self.matrix.mult(full, reaction)
        return full, reaction, report

    def _begin(self, solution, load, start, given):
        """Put into `solution` where to begin, as of `solve`; given: the full unknowns with nothing but given values."""
        starts = [self.free_of(one - given.array).array.copy() for one in start.reshape(len(given.array), -1).T]
        if start.ndim > 1:
            columns = [one[:, None] for one in starts]
            comm = self.matrix.comm.tompi4py()
            starts = least_left(self._contexts[0].together, columns, load.array_r[:, None].copy(), comm)[0].T
        solution.array[:] = starts[0]

    def responses(self, nodal, tolerance, nearby=()):
        """The full unknowns (rows of this rank, k) for right-hand sides at every node of this rank, (rows, k), all else being zero; tolerance: as in `solve`.
        nearby: answers of other operators to such loads, arrays like the result, to begin with. They are solved together, unless directly. Raises
        SolveError."""
        if self.direct:
            return np.stack([self.solve(nodal=load, tolerance=tolerance)[0].array for load in nodal.T], axis=1)
        method = conjugate_gradients if self.symmetric else minimal_residuals
        loads, most = self.constraints.collected(nodal), self.most
        multiply, precondition = (context.together for context in self._contexts)
        comm = self.matrix.comm.tompi4py()
        starts = [self.constraints.collected(array) / self.constraints.lengths[:, None] for array in nearby]
        begun, rest = least_left(multiply, starts, loads, comm)
        already = column_norms(comm, rest) / np.maximum(column_norms(comm, loads), np.finfo(float).tiny)
        found, residuals = method(multiply, precondition, rest, comm, tolerance / np.maximum(already, tolerance), most)
        if not (residuals * already <= tolerance).all():
            raise SolveError(
                f"the linear solver ({self.solver.method}) stopped after {most} iterations at a relative residual of "
                f"{(residuals * already).max():.1e} (wanted {tolerance:.0e})",
                [],
            )
        return self.constraints.spread(begun + found)

    def precondition(self, load, solution) -> None:
        """solution = about A⁻¹ load, vectors over the free unknowns: the preconditioner alone, or the factors."""
        self.solver.krylov.getPC().apply(load, solution)

    def rest(self, reaction, loads):
        """What is left of the reduced equations, Tᵀ reaction - loads: a PETSc vector over the free unknowns, zero for an exact solution."""
        rest = self.reduced.createVecs()[0]
        self.constraints.free.multTranspose(reaction, rest)
        self.add_loads(rest, {name: -value for name, value in loads.items()})
        return rest

    def free_of(self, full):
        """The free unknowns of given full ones, those of this rank in any shape, as a PETSc vector; the nearest, where these keep not to the constraints."""
        unknowns = self.reduced.createVecRight()
        unknowns.array[:] = self.constraints.collected(np.ravel(full)) / self.constraints.lengths
        return unknowns

    def add_loads(self, vector, loads) -> None:
        """Put loads of free shared columns, by name, on top of a vector over the free unknowns."""
        if vector.comm.rank == 0:
            for name, value in loads.items():
                vector.setValue(self.constraints.shared_columns[name], value, addv=PETSc.InsertMode.ADD_VALUES)
        vector.assemble()


def _is_sum(matrix):
    """Is the context of a PETSc matrix a FullOperator?"""
    return matrix.getType() == PETSc.Mat.Type.PYTHON


def _blocks(matrix, constraints):
    """(test field, trial field) -> block of the reduced operator."""
    if _is_sum(matrix):
        return matrix.getPythonContext().blocks(constraints)
    return submatrices(matrix.ptap(constraints.free), constraints)


def same(one, other):
    """Do two matrices have the same entries? Collective; what one rank alone could tell is agreed on."""
    agreed = partial(one.comm.tompi4py().allreduce, op=MPI.LAND)
    if agreed(one is other):
        return True
    return bool(agreed(one.getSizes() == other.getSizes()) and one.equal(other))
