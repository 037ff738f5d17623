"""Linear solvers of PETSc whose answers are judged.

Whatever the method says of itself, a solution is judged by its true residual (`limits`). A direct one has up to two steps of iterative refinement.
"""

import time
from contextlib import contextmanager
from dataclasses import dataclass, replace

import numpy as np
from petsc4py import PETSc

from spinfem.algebra.limits import GOOD, POOR, residual_limits

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


@contextmanager
def explained(words):
    """What PETSc raises meanwhile becomes a SolveError that begins with `words`, on one line."""
    try:
        yield
    except PETSc.Error as error:
        raise SolveError(f"{words}: {' '.join(str(error).split())[:300]}", []) from error


class Solver:
    """A PETSc KSP that has its matrix. method: what to call it; steps: at most."""

    def __init__(self, krylov, method, steps):
        self.krylov, self.method, self._steps = krylov, method, steps
        self._matrix, self._direct = krylov.getOperators()[0], krylov.getType() == PETSc.KSP.Type.PREONLY
        krylov.setConvergenceHistory(steps + 1)
        krylov.setUp()

    def solve(self, load, solution, tolerance, started=False) -> SolveReport:
        """Solve for `load`, from what `solution` is if that is where to begin (`started`). Raises SolveError.

        `load` is scaled on the way: what is relative stays so however small or large a drive is.
        """
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
        self.krylov.setTolerances(rtol=tolerance, atol=0.0, max_it=self._steps)
        self.krylov.setInitialGuessNonzero(started and not self._direct)
        self._run(load, solution)
        iterations, history = self.krylov.getIterationNumber(), [float(r) for r in self.krylov.getConvergenceHistory()]
        converged, reason = self.krylov.getConvergedReason() > 0, self._reason()
        defect, residual = self._defect(load, solution)
        if self._direct:
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
        with explained(f"the linear solver ({self.method}) gave up"):
            self.krylov.solve(load, solution)

    def _defect(self, load, solution):
        """(load - A solution, its norm)."""
        defect = load.duplicate()
        self._matrix.mult(solution, defect)
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
