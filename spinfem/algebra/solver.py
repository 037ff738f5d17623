"""One reduced operator TᵀAT, set up once and driven many times.

Iterative: conjugate gradients (GMRES where the operator is not symmetric) preconditioned by a symmetric multiplicative
sweep over the fields (phi, v), multigrid in each. The charge and the spin block are both Laplacians with smooth
low-energy modes; swept together their coupling P costs few iterations, and the count stays bounded under refinement.
Direct: MUMPS, with up to two steps of iterative refinement.

Whatever the method says of itself, a solution is judged by its true residual (`limits`).
"""

import time
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from petsc4py import PETSc

from spinfem.algebra.limits import GOOD, POOR, residual_limits
from spinfem.algebra.multigrid import multigrid

_REFINEMENTS = 2  # of a direct solution
_ENTRY = 8 + np.dtype(PETSc.IntType).itemsize  # bytes of a matrix entry: the number and its column
_MULTIGRID = 4  # how many times as much as the matrix, the matrix and all coarser ones take


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
    """A full matrix under a constraint map, with its preconditioner."""

    def __init__(self, matrix, constraints, symmetric=True, method="iterative", tolerance=1e-12, max_iterations=500):
        self.matrix, self.constraints = matrix, constraints
        self._symmetric, self._options = symmetric, (method, tolerance, max_iterations)
        self.reduced = matrix.ptap(constraints.free)
        if symmetric:
            self.reduced.setOption(PETSc.Mat.Option.SPD, True)
        configure = {"iterative": _iterative, "direct": _direct}[method]
        self.direct = method == "direct"
        try:
            self.krylov, self.method = configure(self.reduced, constraints.fields, symmetric)
            self.krylov.setTolerances(rtol=tolerance, atol=0.0, max_it=max_iterations)
            self.krylov.setConvergenceHistory(max_iterations + 1)
            self.krylov.setUp()
        except PETSc.Error as error:
            raise SolveError(f"the linear solver ({method}) cannot be set up: {_words(error)}", []) from error

    @cached_property
    def size(self):
        """The largest sum of magnitudes in a row of the full matrix."""
        return self.matrix.norm(PETSc.NormType.NORM_INFINITY)

    @property
    def tolerance(self):
        """The relative residual that was asked for."""
        return self._options[1]

    @cached_property
    def memory(self):
        """Bytes that the matrices and the preconditioner take on all ranks, about. Collective when first asked for."""
        entries = (m.getInfo(PETSc.Mat.InfoType.GLOBAL_SUM)["nz_used"] for m in (self.matrix, self.reduced))
        full, reduced = (_ENTRY * count for count in entries)
        if self.direct:
            return (
                full + reduced + 1e6 * self.krylov.getPC().getFactorMatrix().getMumpsInfog(19)
            )  # its working memory, MB
        return full + _MULTIGRID * reduced

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

    @cached_property
    def adjoint(self):
        """The operator of the transposed matrix under the same constraints; itself, if it is symmetric."""
        if self._symmetric:
            return self
        return ReducedOperator(self.matrix.transpose(PETSc.Mat()), self.constraints, False, *self._options)

    def solve(self, loads=None, values=None, nodal=None):
        """Solve for given loads and given values of prescribed columns.

        loads: name -> right-hand side of that free shared column (a terminal current in the operator's unit).
        values: name -> prescribed value; columns not named are zero.
        nodal: right-hand side at every node of this rank, any shape, over the full unknowns.
        Returns (full unknowns, reactions A x, SolveReport); the vectors are PETSc vectors over the full unknowns.
        Raises SolveError if the tolerance is not reached, or the true residual is poor.
        """
        loads, values = loads or {}, values or {}
        full, reaction = self.matrix.createVecs()
        given = np.zeros(len(self.constraints.prescribed_columns))
        for name, value in values.items():
            given[self.constraints.prescribed_columns[name]] = value
        full.array[:] = self.constraints.prescribed @ given
        self.matrix.mult(full, reaction)
        if nodal is not None:
            reaction.array[:] -= np.ravel(nodal)
        solution, load = self.reduced.createVecs()
        self.constraints.free.multTranspose(reaction, load)
        load.scale(-1.0)
        self._add(load, loads)
        report = self._solve_reduced(load, solution)
        self.constraints.free.multAdd(solution, full, full)
        self.matrix.mult(full, reaction)
        return full, reaction, report

    def rest(self, reaction, loads):
        """What is left of the reduced equations, Tᵀ reaction - loads: a PETSc vector over the free unknowns, zero for an exact solution."""
        rest = self.reduced.createVecs()[0]
        self.constraints.free.multTranspose(reaction, rest)
        self._add(rest, {name: -value for name, value in loads.items()})
        return rest

    def _add(self, vector, loads):
        if vector.comm.rank == 0:
            for name, value in loads.items():
                vector.setValue(self.constraints.shared_columns[name], value, addv=PETSc.InsertMode.ADD_VALUES)
        vector.assemble()

    def _solve_reduced(self, load, solution):
        """Solve for `load`, which is scaled on the way: what is relative stays so however small or large a drive is."""
        size = load.norm(PETSc.NormType.NORM_INFINITY)
        if size == 0.0:  # nothing drives the device
            return SolveReport(self.method, 0, 0.0, 0.0)
        if not np.isfinite(size):
            raise SolveError("what drives the device is not a finite number", [])
        start = time.perf_counter()
        load.scale(1.0 / size)  # by the largest entry first: squares of what is very small are zero
        length = load.norm()
        load.scale(1.0 / length)
        size *= length
        self._run(load, solution)
        iterations, history = self.krylov.getIterationNumber(), [float(r) for r in self.krylov.getConvergenceHistory()]
        converged, reason = self.krylov.getConvergedReason() > 0, self._reason()
        defect, residual = self._defect(load, solution)
        if self.direct:
            history = self._refine(load, solution, defect, residual)
            residual = history[-1]
        solution.scale(size)
        report = SolveReport(self.method, iterations, residual, time.perf_counter() - start, size, tuple(history))
        if not converged:
            raise SolveError(
                f"the linear solver ({self.method}) stopped after {iterations} iterations at a relative residual of "
                f"{residual:.1e} (wanted {self.tolerance:.0e}): {reason}",
                history,
            )
        return self._judged(report)

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

    def _refine(self, load, solution, defect, residual):
        """Solve for what is left, as long as that helps; the residuals from the first one on."""
        history, better, step = [residual], solution.duplicate(), solution.duplicate()
        while len(history) <= _REFINEMENTS and np.isfinite(residual) and residual > self.tolerance:
            self._run(defect, step)
            better.waxpy(1.0, step, solution)
            defect, residual = self._defect(load, better)
            if not residual < history[-1]:
                break
            better.copy(solution)
            history.append(residual)
        return history

    def _judged(self, report):
        """The report, with what there is to doubt about it. Raises SolveError."""
        verdict = residual_limits(self.tolerance).verdict(report.residual)
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


def _krylov(operator, options):
    """A KSP configured by its own options only, which leave PETSc's database as they found it."""
    krylov = PETSc.KSP().create(operator.comm)
    prefix = f"spinfem{krylov.handle:x}_"
    database = PETSc.Options(prefix)
    for key, value in options.items():
        database[key] = value
    krylov.setOptionsPrefix(prefix)
    krylov.setOperators(operator)
    krylov.setFromOptions()
    return krylov, database


def _iterative(operator, fields, symmetric):
    populated = {name: index_set for name, index_set in fields.items() if index_set.getSize()}
    split = len(populated) > 1
    inside, of_each_field = multigrid()
    options: dict[str, str | int] = {"ksp_type": "cg" if symmetric else "gmres", "ksp_norm_type": "unpreconditioned"}
    if not symmetric:
        options |= {"ksp_pc_side": "right", "ksp_gmres_restart": 100}
    if split:
        options |= {"pc_type": "fieldsplit", "pc_fieldsplit_type": "symmetric_multiplicative"}
        for name in populated:
            options |= {f"fieldsplit_{name}_ksp_type": "preonly"}
            options |= {f"fieldsplit_{name}_{key}": value for key, value in of_each_field.items()}
    else:
        options |= of_each_field
    krylov, database = _krylov(operator, options)
    if split:
        krylov.getPC().setFieldSplitIS(*populated.items())
    krylov.setUp()
    for inner in krylov.getPC().getFieldSplitSubKSP() if split else ():
        inner.setUp()
    _forget(database, options)
    return krylov, ("CG" if symmetric else "GMRES") + f" + {inside}" + (" by fields" if split else "")


def _direct(operator, fields, symmetric):
    options = {
        "ksp_type": "preonly",
        "pc_type": "cholesky" if symmetric else "lu",
        "pc_factor_mat_solver_type": "mumps",
    }
    krylov, database = _krylov(operator, options)
    krylov.setUp()
    _forget(database, options)
    return krylov, "MUMPS " + ("Cholesky" if symmetric else "LU")


def _forget(database, options):
    for key in options:
        database.delValue(key)
