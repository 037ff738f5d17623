"""What preconditions the block of one field: each has `words`, to be told of, `apply(b, x)`, and `together` for many columns at once.

In one and two dimensions factors are cheap. In three: cells of about the same size in all directions: smoothing node by node, multigrid on what the corners of cells see (p-multigrid). Cells that are stretched: their
nodes are coupled so unevenly that no smoothing of that kind works; up to degree 2 multigrid does that looks for strong couplings,
beyond it only an exact factorization of the block. (Measured by benchmarks/stretched.py.)
"""

from functools import partial

import numpy as np
from petsc4py import PETSc

from spinfem.algebra.multigrid import multigrid, options_of
from spinfem.algebra.sweeps import Sweeps
from spinfem.algebra.together import apply_to_columns, one_by_one

_ENTRY = 8 + np.dtype(PETSc.IntType).itemsize
_FACTORED = 300_000  # unknowns of a block, at most
_LASTING = 30_000  # unknowns of a block in three dimensions, at most, whose factors are worth their time
_ONE_RANK = 60_000  # unknowns of a block, at most


def precondition(block, symmetric, corners=None, interpolation=None, lasting=False):
    """The preconditioner of a block. corners: the Corners of its space; interpolation: makes the matrix from them to all nodes; lasting: other operators, as those
    of other fields, will use it too. Collective."""
    if corners is None:
        return AlgebraicMultigrid(block)
    if lasting and worth_factors(block):
        return Factors(block, symmetric)
    factors = corners.dimension < 3 or (corners.stretched and corners.degree > 2)
    if factors and block.getSize()[0] <= _FACTORED:
        return Factors(block, symmetric)
    if corners.degree == 1 or corners.stretched:
        return AlgebraicMultigrid(block, "stretched" if corners.stretched else "")
    return CornerMultigrid(block, interpolation(), symmetric)


def worth_factors(block):
    """Is a block in three dimensions small enough to be factored, if the factors last?"""
    return block.getSize()[0] <= _LASTING


class Factors:
    """The exact inverse, by MUMPS. Factors of a small block are one rank's: ranks that share them would mostly wait for each other."""

    _MEMORY = 12.0  # of the block

    def __init__(self, block, symmetric):
        self.words = "MUMPS"
        kind = {"pc_type": "cholesky" if symmetric else "lu", "pc_factor_mat_solver_type": "mumps"}
        self.memory = self._MEMORY * bytes_of(block)
        if block.comm.size > 1 and block.getSize()[0] <= _ONE_RANK:
            alone = _OnOneRank(block, kind, symmetric)
            self.apply, self.together = alone.apply, alone.together
        else:
            made = _preconditioner(block, kind)
            self.apply, self.together = made.apply, partial(apply_to_columns, made)


class _OnOneRank:
    """A preconditioner that the first rank has, as of PETSc's `options`, for a block of all."""

    def __init__(self, block, options, symmetric):
        self._comm = block.comm.tompi4py()
        self._counts = np.array(self._comm.allgather(block.getLocalSize()[0]))
        first = self._comm.rank == 0
        every = PETSc.IS().createStride(self._counts.sum() if first else 0, 0, 1, comm=PETSc.COMM_SELF)
        (whole,) = block.createSubMatrices(every)
        whole.setOption(PETSc.Mat.Option.SPD, symmetric)
        self._made = _preconditioner(whole, options) if first else None

    def apply(self, b, x):
        """x = about A⁻¹ b."""
        x.array[:] = self.together(b.array_r[:, None])[:, 0]

    def together(self, columns):
        """About A⁻¹ times an array (local rows, k)."""
        found, counts, every = np.empty(columns.shape), self._counts * columns.shape[1], None
        if self._made:
            every = np.empty((self._counts.sum(), columns.shape[1]))
        self._comm.Gatherv(np.ascontiguousarray(columns), (every, counts))
        if self._made:
            every = np.ascontiguousarray(apply_to_columns(self._made, every))
        self._comm.Scatterv((every, counts), found)
        return found


class AlgebraicMultigrid:
    """The multigrid that PETSc has here, on the block as it is."""

    _MEMORY = 2.5  # of the block

    def __init__(self, block, purpose=""):
        self._block = block
        self.words, options = multigrid(purpose=purpose)
        self.apply = _preconditioner(block, options).apply
        self.memory = self._MEMORY * bytes_of(block)

    def together(self, columns):
        """About A⁻¹ times an array (local rows, k)."""
        return one_by_one(self.apply, self._block, columns)


class CornerMultigrid:
    """One sweep of Gauss and Seidel forwards, multigrid on what the corners see, one sweep backwards."""

    def __init__(self, block, interpolation, symmetric):
        self._block, self._interpolation, self._sweeps = block, interpolation, Sweeps(block)
        corners = block.ptap(interpolation)
        corners.setOption(PETSc.Mat.Option.SPD, symmetric)
        self._coarse = AlgebraicMultigrid(corners, "corners")
        self.words = self._coarse.words
        self.memory = bytes_of(corners) + bytes_of(interpolation) + self._sweeps.memory + self._coarse.memory
        self._load, self._step = corners.createVecs()
        self._rest = block.createVecLeft()

    def apply(self, b, x):
        """x = about A⁻¹ b."""
        self._sweeps.forwards(b, x)
        self._block.mult(x, self._rest)
        self._rest.aypx(-1.0, b)
        self._interpolation.multTranspose(self._rest, self._load)
        self._coarse.apply(self._load, self._step)
        self._interpolation.multAdd(self._step, x, x)
        self._sweeps.backwards(b, x)

    def together(self, columns):
        """About A⁻¹ times an array (local rows, k)."""
        return one_by_one(self.apply, self._block, columns)


def bytes_of(matrix):
    """Of the entries of a matrix and their columns, on all ranks; none are a transposed view's own. Collective."""
    if matrix.getType() == PETSc.Mat.Type.TRANSPOSE:
        return 0.0
    return _ENTRY * matrix.getInfo(PETSc.Mat.InfoType.GLOBAL_SUM)["nz_used"]


def _preconditioner(matrix, options):
    made = PETSc.PC().create(matrix.comm)
    made.setOperators(matrix)
    with options_of(made, options):
        made.setFromOptions()
        made.setUp()
    return made
