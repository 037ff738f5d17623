"""One reduced operator TᵀAT, set up once and driven many times.

Iterative: conjugate gradients (GMRES where the operator is not symmetric) preconditioned by a symmetric multiplicative
sweep over the fields (phi, v), each preconditioned by itself (`preconditioners`), v as it is where phi follows, if they are strongly coupled (`elimination`). The charge and the spin block are both
Laplacians with smooth low-energy modes; swept together so, the count of iterations stays bounded under refinement, and as P comes near to 1.
Direct: MUMPS, with up to two steps of iterative refinement.

Whatever the method says of itself, a solution is judged by its true residual (`limits`).
"""

import time
from dataclasses import dataclass, replace
from functools import cached_property, partial

import numpy as np
from mpi4py import MPI
from petsc4py import PETSc

from spinfem.algebra.block_operator import BlockOperator, Sweep
from spinfem.algebra.full_operator import submatrices
from spinfem.algebra.limits import GOOD, POOR, residual_limits
from spinfem.algebra.preconditioners import Factors, bytes_of, precondition, worth_factors
from spinfem.algebra.together import column_norms, conjugate_gradients, least_left, minimal_residuals

_REFINEMENTS = 2  # of a direct solution


class SolveError(RuntimeError):
    """There is no solution that can be trusted; `history` holds the relative residuals on the way, as far as there are any."""

    def __init__(self, message, history):
        super().__init__(message)
        self.history = [float(residual) for residual in history if np.isfinite(residual)]


@dataclass(frozen=True)
class SolveReport:
    """How one solve went. `residual` is the true relative residual |b - A x| / |b|."""

    method: str
    iterations: int
    residual: float
    seconds: float
    load: float = 0.0  # |b|, in the operator's unit
    history: tuple = ()  # relative residuals on the way
    doubt: str = ""  # what to warn of, in a sentence


class ReducedOperator:
    """A full matrix under a constraint map, with its preconditioner.

    matrix: PETSc matrix over the full unknowns, a FullOperator's among them. corners: the Corners of the space, for multigrid where the degree is more
    than 1. others: ReducedOperators whose preconditioners may serve here too: fields whose block is the very same share it, as those of the
    magnetic states of a collinear device do.
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
        self._symmetric, self._options, self._corners = symmetric, (method, tolerance, max_iterations), corners
        self.direct = method == "direct"
        self.blocks = _blocks(matrix, constraints)
        self.inner, self._shared = {}, set()
        self.prepared = self._prepared()
        for name, block in self.prepared.items():
            block.setOption(PETSc.Mat.Option.SPD, symmetric)
            self._share(name, others)
        try:
            self.reduced, self.krylov, self.method = (self._direct if self.direct else self._iterative)()
            self.krylov.setConvergenceHistory(max_iterations + 1)
            self.krylov.setUp()
        except PETSc.Error as error:
            raise SolveError(f"the linear solver ({method}) cannot be set up: {_words(error)}", []) from error

    def _prepared(self):
        """Field -> the block that its preconditioner is made for: its own, without what follows it in the first field; in three dimensions, where it turns spins, a steady one."""
        own = {name: self.blocks[name, name] for name in dict.fromkeys(first for first, _ in self.blocks)}
        self._lasting, self._followed = False, None
        if self.direct or not _is_sum(self.matrix):
            return own
        full = prepared = self.matrix.getPythonContext()
        if full.is_strongly_coupled:
            self._followed = full.followed(self.constraints)
            prepared = self._followed.eliminated()
        if self._corners and self._corners.dimension == 3:
            steady = prepared.steadied(all(worth_factors(block) for block in own.values()))
            self._lasting, prepared = steady is not None, steady or prepared
        if prepared in (full, self._followed):
            return own
        blocks = prepared.blocks(self.constraints, within=True)
        return {name: blocks[name, name] for name in own}

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
        krylov.setType("cg" if self._symmetric else "gmres")
        krylov.setNormType(PETSc.KSP.NormType.UNPRECONDITIONED)
        if not self._symmetric:
            krylov.setPCSide(PETSc.PC.Side.RIGHT)
            krylov.setGMRESRestart(100)
        krylov.getPC().setType("python")
        following = self._followed.following(self.constraints, self._symmetric) if self._followed else {}
        sweep = Sweep(operator, self.inner, following)
        krylov.getPC().setPythonContext(sweep)
        self._contexts = operator, sweep
        inside = " and ".join(dict.fromkeys(inner.words for inner in self.inner.values()))
        by_fields = " by fields" if len(operator.fields) > 1 else ""
        return reduced, krylov, ("CG" if self._symmetric else "GMRES") + f" + {inside}{by_fields}"

    def _preconditioner(self, name):
        block, corners = self.prepared[name], self._corners
        interpolation = corners and partial(corners.interpolation, self.constraints, name)
        return precondition(block, self._symmetric, corners, interpolation, self._lasting)

    def _direct(self):
        reduced = BlockOperator(self.matrix.comm, self.blocks).whole(self.constraints.fields)
        reduced.setOption(PETSc.Mat.Option.SPD, self._symmetric)
        krylov = PETSc.KSP().create(self.matrix.comm)
        krylov.setOperators(reduced)
        krylov.setType("preonly")
        krylov.getPC().setType("cholesky" if self._symmetric else "lu")
        krylov.getPC().setFactorSolverType("mumps")
        return reduced, krylov, "MUMPS " + ("Cholesky" if self._symmetric else "LU")

    @cached_property
    def size(self):
        """About the largest sum of magnitudes in a row of the full matrix."""
        return self.matrix.norm(PETSc.NormType.NORM_INFINITY)

    @property
    def tolerance(self):
        """The relative residual that was asked for."""
        return self._options[1]

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
            total += bytes_of(self.reduced) + 1e6 * self.krylov.getPC().getFactorMatrix().getMumpsInfog(19)
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
        if self._symmetric:
            return self
        if _is_sum(self.matrix):
            transposed = self.matrix.getPythonContext().transposed().as_matrix()
        else:
            transposed = self.matrix.transpose(PETSc.Mat())
        return ReducedOperator(transposed, self.constraints, False, *self._options, self._corners, (self, *others))

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
        report = self._solve_reduced(load, solution, tolerance or self.tolerance, start is not None)
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
        nearby: answers of other operators to such loads, arrays like the result, to begin with. They are solved together, unless directly. Raises SolveError."""
        if self.direct:
            return np.stack([self.solve(nodal=load, tolerance=tolerance)[0].array for load in nodal.T], axis=1)
        method = conjugate_gradients if self._symmetric else minimal_residuals
        loads, most = self.constraints.collected(nodal), self._options[2]
        multiply, precondition = (context.together for context in self._contexts)
        comm = self.matrix.comm.tompi4py()
        starts = [self.constraints.collected(array) / self.constraints.lengths[:, None] for array in nearby]
        begun, rest = least_left(multiply, starts, loads, comm)
        already = column_norms(comm, rest) / np.maximum(column_norms(comm, loads), np.finfo(float).tiny)
        found, residuals = method(multiply, precondition, rest, comm, tolerance / np.maximum(already, tolerance), most)
        if not (residuals * already <= tolerance).all():
            raise SolveError(
                f"the linear solver ({self.method}) stopped after {most} iterations at a relative residual of "
                f"{(residuals * already).max():.1e} (wanted {tolerance:.0e})",
                [],
            )
        return self.constraints.spread(begun + found)

    def precondition(self, load, solution) -> None:
        """solution = about A⁻¹ load, vectors over the free unknowns: the preconditioner alone, or the factors."""
        self.krylov.getPC().apply(load, solution)

    def follow(self, name, unknowns, load) -> None:
        """Put into a vector over the free unknowns those of one field that a load of all makes, the other fields being as they are. Raises SolveError."""
        if name not in self.constraints.fields or not self.constraints.fields[name].getSize():
            return
        block, place = self.blocks[name, name], self.constraints.fields[name]
        rest, found = block.createVecs()
        product = unknowns.duplicate()
        self.reduced.mult(unknowns, product)
        product.aypx(-1.0, load)
        with_place = product.getSubVector(place)
        with_place.copy(rest)
        product.restoreSubVector(place, with_place)
        krylov = self._of_field(name)
        krylov.solve(rest, found)
        if krylov.getConvergedReason() < 0:
            raise SolveError(f"the linear solver of {name} alone stopped at {krylov.getResidualNorm():.1e}", [])
        own = unknowns.getSubVector(place)
        own.axpy(1.0, found)
        unknowns.restoreSubVector(place, own)

    def _of_field(self, name):
        """A solver of one field's equations alone."""
        krylov = PETSc.KSP().create(self.matrix.comm)
        krylov.setOperators(self.blocks[name, name])
        krylov.setType("cg" if self._symmetric else "gmres")
        krylov.setTolerances(rtol=self.tolerance, atol=0.0, max_it=self._options[2])
        krylov.getPC().setType("python")
        krylov.getPC().setPythonContext(
            _Alone(self.inner.get(name) or Factors(self.blocks[name, name], self._symmetric))
        )
        return krylov

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

    def _solve_reduced(self, load, solution, tolerance, started):
        """Solve for `load`, from what `solution` is if that is where to begin (`started`). `load` is scaled on the way: what is relative stays so however small or large a drive is."""
        size = load.norm(PETSc.NormType.NORM_INFINITY)
        if size == 0.0:  # nothing drives the device
            return SolveReport(self.method, 0, 0.0, 0.0)
        if not np.isfinite(size):
            raise SolveError("what drives the device is not a finite number", [])
        start = time.perf_counter()
        load.scale(1.0 / size)  # by the largest entry first: squares of what is very small are zero
        size *= load.normalize()
        solution.scale(1.0 / size)
        if started and self._defect(load, solution)[1] > 1.0:  # nothing is nearer than that
            solution.set(0.0)
        self.krylov.setTolerances(rtol=tolerance, atol=0.0, max_it=self._options[2])
        self.krylov.setInitialGuessNonzero(started and not self.direct)
        self._run(load, solution)
        iterations, history = self.krylov.getIterationNumber(), [float(r) for r in self.krylov.getConvergenceHistory()]
        converged, reason = self.krylov.getConvergedReason() > 0, self._reason()
        defect, residual = self._defect(load, solution)
        if self.direct:
            history = self._refine(load, solution, defect, residual, tolerance)
            residual = history[-1]
        solution.scale(size)
        report = SolveReport(self.method, iterations, residual, time.perf_counter() - start, size, tuple(history))
        if not converged:
            raise SolveError(
                f"the linear solver ({self.method}) stopped after {iterations} iterations at a relative residual of "
                f"{residual:.1e} (wanted {tolerance:.0e}): {reason}",
                history,
            )
        return self._judged(report, tolerance)

    def _run(self, load, solution):
        try:
            self.krylov.solve(load, solution)
        except PETSc.Error as error:
            raise SolveError(f"the linear solver ({self.method}) gave up: {_words(error)}", []) from error

    def _defect(self, load, solution):
        """(load - A solution, its norm)."""
        defect = load.duplicate()
        self.reduced.mult(solution, defect)
        defect.aypx(-1.0, load)
        return defect, defect.norm()

    def _refine(self, load, solution, defect, residual, tolerance):
        """Solve for what is left, as long as that helps; the residuals from the first one on."""
        history, better, step = [residual], solution.duplicate(), solution.duplicate()
        while len(history) <= _REFINEMENTS and np.isfinite(residual) and residual > tolerance:
            self._run(defect, step)
            better.waxpy(1.0, step, solution)
            defect, residual = self._defect(load, better)
            if not residual < history[-1]:
                break
            better.copy(solution)
            history.append(residual)
        return history

    def _judged(self, report, tolerance):
        """The report, with what there is to doubt about it. Raises SolveError."""
        verdict = residual_limits(tolerance).verdict(report.residual)
        if verdict == GOOD:
            return report
        words = f"the solution ({self.method}) leaves a relative residual of {report.residual:.1e}"
        if verdict == POOR:
            message = f"{words}: it solves nothing; is a part of the device connected to nothing, or a number extreme?"
            raise SolveError(message, list(report.history))
        return replace(report, doubt=f"{words}: its numbers are less exact than they look")

    def _reason(self):
        reasons = {number: name for name, number in vars(PETSc.KSP.ConvergedReason).items() if isinstance(number, int)}
        return reasons.get(self.krylov.getConvergedReason(), "unknown reason").lower().replace("_", " ")


def _words(error):
    """What a PETSc.Error has to say, on one line."""
    return " ".join(str(error).split())[:300]


def _is_sum(matrix):
    """Is the context of a PETSc matrix a FullOperator?"""
    return matrix.getType() == PETSc.Mat.Type.PYTHON


class _Alone:
    """The context of a preconditioner by what has `apply(b, x)`."""

    def __init__(self, inner):
        self._inner = inner

    def apply(self, preconditioner, b, x):
        """x = about A⁻¹ b."""
        self._inner.apply(b, x)


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
