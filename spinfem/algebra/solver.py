"""One reduced operator TᵀAT, set up once and driven many times.

Iterative: conjugate gradients (GMRES where the operator is not symmetric) preconditioned by a symmetric multiplicative
sweep over the fields (phi, v), multigrid in each. The charge and the spin block are both Laplacians with smooth
low-energy modes; swept together their coupling P costs few iterations, and the count stays bounded under refinement.
Direct: MUMPS.
"""

import time
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from petsc4py import PETSc

from spinfem.algebra.multigrid import multigrid


class SolveError(RuntimeError):
    """The linear solver did not reach its tolerance; `history` holds its residual norms."""

    def __init__(self, message, history):
        super().__init__(message)
        self.history = history


@dataclass(frozen=True)
class SolveReport:
    """How one solve went. `residual` is the true relative residual |b - A x| / |b|."""

    method: str
    iterations: int
    residual: float
    seconds: float


class ReducedOperator:
    """A full matrix under a constraint map, with its preconditioner."""

    def __init__(self, matrix, constraints, symmetric=True, method="iterative", tolerance=1e-12, max_iterations=500):
        self.matrix, self.constraints = matrix, constraints
        self._symmetric, self._options = symmetric, (method, tolerance, max_iterations)
        self.reduced = matrix.ptap(constraints.free)
        if symmetric:
            self.reduced.setOption(PETSc.Mat.Option.SPD, True)
        configure = {"iterative": _iterative, "direct": _direct}[method]
        self.krylov, self.method = configure(self.reduced, constraints.fields, symmetric)
        self.krylov.setTolerances(rtol=tolerance, atol=0.0, max_it=max_iterations)
        self.krylov.setConvergenceHistory(max_iterations + 1)
        self.krylov.setUp()

    @cached_property
    def adjoint(self):
        """The operator of the transposed matrix under the same constraints; itself, if it is symmetric."""
        if self._symmetric:
            return self
        return ReducedOperator(self.matrix.transpose(PETSc.Mat()), self.constraints, False, *self._options)

    def solve(self, loads=None, values=None):
        """Solve for given loads on shared columns and given values of prescribed ones.

        loads: name -> right-hand side of that free shared column (a terminal current in the operator's unit).
        values: name -> prescribed value; columns not named are zero.
        Returns (full unknowns, reactions A x, SolveReport); the vectors are PETSc vectors over the full unknowns.
        Raises SolveError if the tolerance is not reached.
        """
        loads, values = loads or {}, values or {}
        full, reaction = self.matrix.createVecs()
        given = np.zeros(len(self.constraints.prescribed_columns))
        for name, value in values.items():
            given[self.constraints.prescribed_columns[name]] = value
        full.array[:] = self.constraints.prescribed @ given
        self.matrix.mult(full, reaction)
        solution, load = self.reduced.createVecs()
        self.constraints.free.multTranspose(reaction, load)
        load.scale(-1.0)
        if load.comm.rank == 0:
            for name, value in loads.items():
                load.setValue(self.constraints.shared_columns[name], value, addv=PETSc.InsertMode.ADD_VALUES)
        load.assemble()
        report = self._solve_reduced(load, solution)
        self.constraints.free.multAdd(solution, full, full)
        self.matrix.mult(full, reaction)
        return full, reaction, report

    def _solve_reduced(self, load, solution):
        size = load.norm()
        if size == 0.0:  # nothing drives the device
            return SolveReport(self.method, 0, 0.0, 0.0)
        start = time.perf_counter()
        self.krylov.solve(load, solution)
        seconds = time.perf_counter() - start
        defect = load.duplicate()
        self.reduced.mult(solution, defect)
        defect.axpy(-1.0, load)
        residual, iterations = defect.norm() / size, self.krylov.getIterationNumber()
        if self.krylov.getConvergedReason() <= 0:
            raise SolveError(
                f"the linear solver ({self.method}) stopped after {iterations} iterations at a relative residual of "
                f"{residual:.1e} (wanted {self.krylov.getTolerances()[0]:.0e}): {self._reason()}",
                [float(norm) / size for norm in self.krylov.getConvergenceHistory()],
            )
        return SolveReport(self.method, iterations, residual, seconds)

    def _reason(self):
        reasons = {number: name for name, number in vars(PETSc.KSP.ConvergedReason).items() if isinstance(number, int)}
        return reasons.get(self.krylov.getConvergedReason(), "unknown reason").lower().replace("_", " ")


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
    options = {"ksp_type": "cg" if symmetric else "gmres", "ksp_norm_type": "unpreconditioned"}
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
