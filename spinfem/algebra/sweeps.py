"""Sweeps of Gauss and Seidel over each rank's own unknowns, one forwards and one backwards, for preconditioners that must be positive.

With A = D + L + Lᵀ + O, where O is between ranks, M = D + L forwards and Mᵀ backwards do not take too much where M + Mᵀ - A = D - O is positive. For elements of degree 1 it is;
beyond, the couplings within a cell are as large as the diagonal, and most of a node's may be with other ranks. In a row where the magnitudes in O are more than the diagonal, M has the mean of both there:
its diagonal then dominates, however the ranks share the cells. (Baker, Falgout, Kolev, Yang, SIAM J. Sci. Comput. 33, 2864 (2011).)
"""

import numpy as np
from mpi4py import MPI
from petsc4py import PETSc

_FORWARDS, _BACKWARDS = PETSc.Mat.SORType.LOCAL_FORWARD_SWEEP, PETSc.Mat.SORType.LOCAL_BACKWARD_SWEEP
_FROM_ZERO = PETSc.Mat.SORType.ZERO_INITIAL_GUESS


class Sweeps:
    """Over a PETSc matrix. Collective.

    memory: bytes beside the matrix, on all ranks.
    """

    def __init__(self, matrix):
        self._matrix, self._own, self.memory = matrix, None, 0.0
        comm, diagonal, between = matrix.comm.tompi4py(), matrix.getDiagonal().array, _between_ranks(matrix)
        if comm.allreduce(bool((between > diagonal).any()), op=MPI.LOR):
            self._own = own = matrix.getDiagonalBlock().copy()
            self.memory = comm.allreduce(own.getInfo()["memory"])
            self._load, self._step = own.createVecs()
            self._load.array[:] = np.maximum(diagonal, (diagonal + between) / 2)
            own.setDiagonal(self._load)
            self._rest = matrix.createVecLeft()

    def forwards(self, b, x):
        """x = M⁻¹ b."""
        if self._own is None:
            return self._matrix.SOR(b, x, sortype=_FORWARDS | _FROM_ZERO)
        x.array[:] = self._alone(self._own, b, _FORWARDS)

    def backwards(self, b, x):
        """x += M⁻ᵀ (b - A x)."""
        if self._own is None:
            return self._matrix.SOR(b, x, sortype=_BACKWARDS)
        self._matrix.mult(x, self._rest)
        self._rest.aypx(-1.0, b)
        x.array[:] += self._alone(self._own, self._rest, _BACKWARDS)

    def _alone(self, own, b, sweep):
        self._load.array[:] = b.array_r
        own.SOR(self._load, self._step, sortype=sweep | _FROM_ZERO)
        return self._step.array_r


def _between_ranks(matrix):
    """The sum of the magnitudes in each row of this rank that are in columns of others, (rows,)."""
    first, last = matrix.getOwnershipRange()
    if matrix.comm.size == 1:
        return np.zeros(last - first)
    ptr, columns, values = matrix.getValuesCSR()
    row = np.repeat(np.arange(last - first), np.diff(ptr))
    other = (columns < first) | (columns >= last)
    return np.bincount(row[other], np.abs(values[other]), last - first)
