"""A matrix over the full unknowns, under a constraint map."""

from petsc4py import PETSc


class Confined:
    """The context of the PETSc matrix TᵀCT, times a factor. matrix: C; constraints: the ConstraintMap."""

    def __init__(self, matrix, constraints, factor=1.0):
        self._matrix, self._free, self._factor = matrix, constraints.free, factor
        self._full, self._product = matrix.createVecs()

    def as_matrix(self):
        """The PETSc matrix."""
        n = self._free.getSizes()[1]
        matrix = PETSc.Mat().createPython((n, n), self, comm=self._free.comm)
        matrix.setUp()
        return matrix

    def mult(self, matrix, x, y):
        """y = TᵀCT x, times the factor."""
        self._free.mult(x, self._full)
        self._matrix.mult(self._full, self._product)
        self._free.multTranspose(self._product, y)
        y.scale(self._factor)
