"""(A + i w C) x = f: what oscillates at an angular frequency w, in real numbers,

    [A  -wC] [Re x]   [Re f]
    [wC   A] [Im x] = [Im f].

GMRES, preconditioned by the same matrix with A + 2wC at its end, which two solves with A + wC invert; where A and C are symmetric and not negative the
eigenvalues of what is left lie between 1/2 and 1 whatever w is (PRESB: Axelsson, Neytcheva, Ahmad, Numer. Algorithms 66, 811 (2014)), so that the count of
iterations stays bounded.
"""

from dataclasses import dataclass

import numpy as np
from petsc4py import PETSc

from spinfem.algebra.limits import POOR, residual_limits
from spinfem.algebra.reduced_operator import ReducedOperator
from spinfem.algebra.solver import SolveError

_MOST = 500  # iterations


@dataclass(frozen=True)
class Harmonic:
    """stiffness: the PETSc matrix A; capacity: C; near: the ReducedOperator of A + wC, which preconditions; frequency: w."""

    stiffness: PETSc.Mat
    capacity: PETSc.Mat
    near: ReducedOperator
    frequency: float

    def solve(self, load, tolerance):
        """(Re x, Im x, iterations) for a load (Re f, Im f) of vectors. Collective. Raises SolveError."""
        real, imaginary = self.stiffness.createVecs()
        n, total = (2 * size for size in real.getSizes())
        matrix = PETSc.Mat().createPython(((n, total), (n, total)), self, comm=self.stiffness.comm)
        matrix.setUp()
        x, b = matrix.createVecs()
        b.array[:] = np.concatenate([part.array_r for part in load])
        size = b.norm()
        if size == 0.0:
            return real, imaginary, 0
        b.scale(1.0 / size)
        krylov = PETSc.KSP().create(matrix.comm)
        krylov.setOperators(matrix)
        krylov.setType("gmres")
        krylov.setPCSide(PETSc.PC.Side.RIGHT)
        krylov.setGMRESRestart(100)
        krylov.setTolerances(rtol=tolerance, atol=0.0, max_it=_MOST)
        krylov.getPC().setType("python")
        krylov.getPC().setPythonContext(self)
        try:
            krylov.solve(b, x)
        except PETSc.Error as error:
            raise SolveError(
                f"the linear solver gave up at an angular frequency of {self.frequency:g} 1/s: {error}", []
            ) from error
        self._judge(matrix, b, x, tolerance)
        x.scale(size)
        for part, place in zip((real, imaginary), self._halves(x), strict=True):
            part.array[:] = x.array_r[place]
        return real, imaginary, krylov.getIterationNumber()

    def _judge(self, matrix, b, x, tolerance):
        rest = b.duplicate()
        matrix.mult(x, rest)
        rest.aypx(-1.0, b)
        if residual_limits(tolerance).verdict(residual := rest.norm()) == POOR:
            words = f"the solution at an angular frequency of {self.frequency:g} 1/s leaves a relative residual of {residual:.1e}"
            raise SolveError(words, [residual])

    def _halves(self, x):
        half = x.getLocalSize() // 2
        return slice(0, half), slice(half, 2 * half)

    def _parts(self, x):
        """Re and Im of a joined vector, vectors of their own."""
        parts = self.stiffness.createVecs()
        for part, place in zip(parts, self._halves(x), strict=True):
            part.array[:] = x.array_r[place]
        return parts

    def mult(self, matrix, x, y):
        """y = the matrix times x."""
        parts, product = self._parts(x), self.stiffness.createVecLeft()
        rest = product.duplicate()
        for place, own, other, sign in zip(self._halves(x), parts, parts[::-1], (-1.0, 1.0), strict=True):
            self.stiffness.mult(own, product)
            self.capacity.mult(other, rest)
            product.axpy(sign * self.frequency, rest)
            y.array[place] = product.array_r

    def apply(self, pc, b, x):
        """x = the preconditioner's solution: with H = A + wC,  H(Re x + Im x) = Re b + Im b  and  H Im x = Im b - wC (Re x + Im x)."""
        (real, imaginary), (total, part) = self._parts(b), self.stiffness.createVecs()
        first, second = self._halves(b)
        real.axpy(1.0, imaginary)
        self.near.precondition(real, total)
        self.capacity.mult(total, part)
        imaginary.axpy(-self.frequency, part)
        self.near.precondition(imaginary, part)
        x.array[first] = total.array_r - part.array_r
        x.array[second] = part.array_r
