"""C du/dt + A u = f(t), step by step.

PETSc's TS integrates, by a diagonally implicit Runge-Kutta method of order 3 with an embedded one of order 2: L-stable, stiffly accurate, its first stage
explicit (Kennedy, Carpenter, Appl. Numer. Math. 146, 221 (2019)). C may be singular: unknowns that store nothing follow at once, and count nothing in the
error. Every stage solves (A + s C) x = b, with the same s for all stages of a step; what preconditions it is made for the nearest s on a coarse grid,
so that steps that change a little share it.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from petsc4py import PETSc

from spinfem.algebra.solver import SolveError

METHOD = "es324sal"
_STEPS = 1_000_000  # of a piece, at most
_PER_OCTAVE = 2  # preconditioners
_STAGE = 1e-10  # relative residual of the equations of a stage
_ROUNDING = 1e-12  # of a piece
_FIRST = 1e-3  # of a piece: the first step that is tried


@dataclass(frozen=True)
class Moment:
    """Unknowns and their rates (1/unit of time) at a time: this rank's numbers."""

    time: float
    unknowns: np.ndarray
    rates: np.ndarray


class Evolution:
    """The equations of `n` free unknowns. stiffness: the PETSc matrix A; capacity: C. preconditioner(s): of A + s C, something with
    `precondition(b, x)`. load(t, f): puts f(t) into a vector. weights: of the error of each unknown, a PETSc vector: the error that it may have beside
    `tolerance` of its size. Times count in any one unit."""

    def __init__(self, stiffness, capacity, preconditioner, load, weights, tolerance, symmetric):
        self._stiffness, self._capacity, self._preconditioner = stiffness, capacity, preconditioner
        self._load, self._weights, self._tolerance, self._symmetric = load, weights, tolerance, symmetric
        self._force, self._part, self._given, self._rate = (stiffness.createVecLeft() for _ in range(4))
        self._shift, self._scale = 0.0, 1.0
        self._near: float | None = None  # the shift that it is preconditioned for
        self._by: Any = None  # and by what

    def run(self, start, end, on_step, step=None, stops=()):
        """From the Moment `start` to the time `end`; on_step(Moment) is told every step. f must be smooth in between. Collective. Raises SolveError.

        step: the first one to try. stops: the ends of all steps, increasing, if these are not to follow the error. Returns (the last Moment, the step
        to go on with)."""
        unknowns = self._stiffness.createVecRight()
        unknowns.array[:] = start.unknowns
        moments, ts, stops = [start], self._integrator(), iter(stops)
        ts.setTime(start.time)
        ts.setTimeStep(step or _FIRST * (end - start.time))
        ts.setMaxTime(end)
        ts.setSolution(unknowns)
        ts.setUp()
        while end - ts.getTime() > _ROUNDING * (end - start.time) and ts.getConvergedReason() >= 0:
            if (stop := next(stops, None)) is not None:
                ts.setTimeStep(stop - ts.getTime())
            try:
                ts.step()
            except PETSc.Error as error:
                raise SolveError(f"the integration in time gave up: {error}", []) from error
            moments = [*moments[-2:], self._moment(ts.getTime(), unknowns)]
            on_step(moments[-1])
        if ts.getConvergedReason() < 0:
            raise SolveError("the integration in time stopped: no step was small enough", [])
        return moments[-1], float(np.diff([moment.time for moment in moments]).max())

    def _integrator(self):
        ts = PETSc.TS().create(self._stiffness.comm)
        ts.setType(PETSc.TS.Type.DIRK)
        ts.setDIRKType(METHOD)
        ts.setEquationType(PETSc.TS.EquationType.DAE_IMPLICIT_INDEX1)
        ts.setProblemType(PETSc.TS.ProblemType.LINEAR)
        ts.setExactFinalTime(PETSc.TS.ExactFinalTime.MATCHSTEP)
        ts.setMaxSteps(_STEPS)
        ts.setTolerances(self._tolerance, self._weights)
        ts.setIFunction(self._residual, self._stiffness.createVecLeft())
        sizes = self._stiffness.getSizes()
        jacobian = PETSc.Mat().createPython(sizes, self, comm=self._stiffness.comm)
        jacobian.setUp()
        ts.setIJacobian(self._jacobian, jacobian, jacobian)
        ts.getSNES().setType("ksponly")
        krylov = ts.getSNES().getKSP()
        krylov.setType("cg" if self._symmetric else "gmres")
        krylov.setNormType(PETSc.KSP.NormType.UNPRECONDITIONED)
        if not self._symmetric:
            krylov.setPCSide(PETSc.PC.Side.RIGHT)
        krylov.setTolerances(rtol=_STAGE, atol=0.0, max_it=500)
        krylov.getPC().setType("python")
        krylov.getPC().setPythonContext(self)
        return ts

    def _residual(self, ts, time, x, rate, result):
        x.copy(self._given)
        rate.copy(self._rate)
        self._load(time, self._force)
        self._stiffness.mult(x, result)
        self._capacity.mult(rate, self._part)
        result.axpy(1.0, self._part)
        result.axpy(-1.0, self._force)

    def _jacobian(self, ts, time, x, rate, shift, matrix, preconditioner):
        self._shift, self._scale = shift, 1.0
        near = 2.0 ** (round(_PER_OCTAVE * np.log2(shift)) / _PER_OCTAVE)
        if near != self._near:
            self._near, self._by = near, self._preconditioner(near)
        return False

    def mult(self, matrix, x, y):
        """y = (A + s C) x."""
        self._stiffness.mult(x, y)
        self._capacity.mult(x, self._part)
        y.axpy(self._shift, self._part)
        y.scale(self._scale)

    def scale(self, matrix, factor):
        """The matrix times a factor: the integrator's wish where it looks for the first rates."""
        self._scale *= factor

    def apply(self, pc, b, x):
        """x = about (A + s C)⁻¹ b."""
        self._by.precondition(b, x)
        x.scale(1.0 / self._scale)

    def _moment(self, time, x):
        """The last stage ends at x, and began its one solve at what the residual was last told: the rate there follows from both."""
        now = x.array_r.copy()
        return Moment(time, now, self._rate.array + self._shift * (now - self._given.array))
