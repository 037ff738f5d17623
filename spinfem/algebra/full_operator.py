"""The operator at all nodes, before constraints: scalar matrices between components, and a matrix for what they cannot express.

As a PETSc matrix (of type python) it is multiplied with vectors as any other; `blocks` are those of the reduced operator.
"""

from functools import cached_property
from itertools import product

import numpy as np
from mpi4py import MPI
from petsc4py import PETSc

from spinfem.algebra.nodes import with_ghosts
from spinfem.algebra.preconditioners import bytes_of
from spinfem.algebra.reduction import field_map, reduced
from spinfem.algebra.together import times_columns

_DIGEST = "digest"
_RESTS = 4  # whose blocks are kept


class FullOperator:
    """A = sum_ab E_ab x S_ab + rest.

    cells: CellMatrices. tensors: (2, n_classes, block, block), of each class of cells the coefficients of grad.grad and of the mass between
    components (a of the test, b of the trial function). fields: name -> the slice of a block. rest: PETSc matrix, or None.
    """

    def __init__(self, cells, tensors, fields, rest=None):
        self.cells, self.fields, self.rest = cells, fields, rest
        self.tensors, self.block = tensors, tensors.shape[-1]
        of_pairs = tensors.transpose(2, 3, 0, 1).reshape(self.block**2, 2, -1)
        different, which = np.unique(of_pairs, axis=0, return_inverse=True)
        acting = different.any(axis=(1, 2))
        numbers = np.where(acting, np.cumsum(acting) - 1, -1).astype(np.int32)
        self._which = numbers[which.ravel()].reshape(self.block, self.block)
        self._different = different[acting]
        self._coefficients = [pair.tobytes() for pair in self._different]

    @cached_property
    def _entries(self):
        """Of each matrix. Collective when first asked for: blocks that are there already need none."""
        return self.cells.entries(self._different)

    def as_matrix(self):
        """The PETSc matrix."""
        n = self.cells.n_owned * self.block
        matrix = PETSc.Mat().createPython(((n, None), (n, None)), self, comm=self.cells.comm)
        matrix.setBlockSize(self.block)
        matrix.setUp()
        return matrix

    def with_tensors(self, tensors):
        """The same with other coefficients; itself where they are its own."""
        if (tensors == self.tensors).all():
            return self
        return FullOperator(self.cells, tensors, self.fields, self.rest)

    def transposed(self):
        """The FullOperator of the transposed matrix."""
        rest = self.rest and self.rest.transpose(PETSc.Mat())
        return FullOperator(self.cells, self.tensors.swapaxes(-1, -2), self.fields, rest)

    def mult(self, matrix, x, y):
        """y = A x, PETSc vectors."""
        self._multiply(self._which, x, y)
        if self.rest:
            self.rest.multAdd(x, y, y)

    def multTranspose(self, matrix, x, y):
        """y = Aᵀ x."""
        self._multiply(self._which.T, x, y)  # each S is symmetric
        if self.rest:
            self.rest.multTransposeAdd(x, y, y)

    def couples(self, first, others):
        """Does anything couple components and others, slices of a block?"""
        return max(self._which[first, others].max(), self._which[others, first].max()) >= 0

    def diagonal(self, component):
        """Of the matrix of a component with itself, (owned nodes,). Collective."""
        diagonal = self.cells.diagonal(self._entries[self._which[component, component]])
        if self.rest:
            diagonal = diagonal + self.rest.getDiagonal().array_r[component :: self.block]
        return diagonal

    def between(self, first, second, transposed):
        """The function that multiplies arrays (owned nodes, k) by the matrix between two components of A, or of Aᵀ. Collective, the function too."""
        pair = (second, first) if transposed else (first, second)
        number = self._which[pair]
        one = np.full((1, 1), min(number, 0), dtype=np.int32)
        rest = self.rest and self.rest.createSubMatrix(*map(self._rows_of, pair))

        def multiply(values):
            given = with_ghosts(self.cells.columns, values)[:, None]
            product = self.cells.multiply(one, [self._entries[number]], given)[:, 0]  # each is symmetric
            return product + times_columns(rest, values, transposed) if rest else product

        return multiply

    def _rows_of(self, component):
        """The index set of a component's unknowns of this rank."""
        start = self.rest.getOwnershipRange()[0] + component
        return PETSc.IS().createStride(self.cells.n_owned, start, self.block, comm=self.cells.comm)

    @property
    def memory(self):
        """Bytes on all ranks. Collective."""
        here = (8 * len(self._entries) + 4) * len(self.cells.ind)
        return self.cells.comm.allreduce(here) + (bytes_of(self.rest) if self.rest else 0)

    def norm(self, matrix, kind):
        """About the largest sum of magnitudes in a row, whichever norm is asked for: twice the largest entry, which is on the diagonal."""
        return 2 * self.cells.comm.allreduce(self._largest(), op=max)

    def _largest(self):
        largest = [max(entries.max(initial=0.0), -entries.min(initial=0.0)) for entries in self._entries]
        return max([*largest, float(abs(self.rest.getDiagonal().array).max(initial=0.0)) if self.rest else 0.0])

    def times(self, x, transposed=False):
        """A x, or Aᵀ x, without the rest: (owned nodes, block) of an array that begins with the owned unknowns. Collective."""
        owned = x[: self.cells.n_owned * self.block, None]
        return self._product(self._which.T if transposed else self._which, owned)[..., 0]

    def times_columns(self, columns, transposed=False):
        """A X, or Aᵀ X, of an array (owned unknowns, k). Collective."""
        found = self._product(self._which.T if transposed else self._which, columns).reshape(columns.shape)
        return found + times_columns(self.rest, columns, transposed) if self.rest else found

    def _multiply(self, which, x, y):
        y.array[:] = self._product(which, x.array_r[:, None]).ravel()

    def _product(self, which, owned):
        """(owned nodes, block, k) of an array (owned unknowns, k)."""
        count = owned.shape[1]
        given = with_ghosts(self.cells.columns, owned.reshape(-1, self.block * count))
        return self.cells.multiply(which, self._entries, given.reshape(-1, self.block, count))

    def blocks(self, constraints, within=False):
        """(test field, trial field) -> the PETSc matrix of TᵀAT between their free unknowns; fields without any are left out, and pairs that nothing
        couples. A block that an operator has already, on the same nodes, is that very matrix. within: none between different fields. Collective."""
        names = [name for name, index_set in constraints.fields.items() if index_set.getSize()]
        maps = {name: field_map(constraints, name, self.fields[name], self.block, self.cells.columns) for name in names}
        rest, added = self._reduced_rest(constraints, maps)
        found = dict(rest)
        for pair in product(names, repeat=2):
            left, right = (maps[name] for name in pair)
            which, mirrored = (self._which[self.fields[a], self.fields[b]] for a, b in (pair, pair[::-1]))
            if (which < 0).all() or (within and left is not right):
                continue
            if pair in added:
                found[pair] = self._made_once(left, right, which, rest[pair])
            elif (
                names.index(pair[0]) > names.index(pair[1]) and pair[::-1] not in added and (which == mirrored.T).all()
            ):
                found[pair] = PETSc.Mat().createTranspose(found[pair[::-1]])
            else:
                found[pair] = self._made_once(left, right, which)
        return found

    def _reduced_rest(self, constraints, maps):
        """(the blocks of the rest, the pairs of them that are not zero)."""
        if not self.rest:
            return {}, set()
        key = (digest(self.rest), *(field.digest for field in maps.values()))
        made = self.cells.rests.get(key)
        if not self.cells.comm.allreduce(made is not None, op=MPI.LAND):
            blocks = submatrices(self.rest.ptap(constraints.free), constraints)
            made = blocks, {pair for pair, block in blocks.items() if block.norm() > 0}
            self.cells.rests = {key: made} | dict(list(self.cells.rests.items())[: _RESTS - 1])
        return made

    def _made_once(self, left, right, which, rest=None):
        coefficients = [self._coefficients[number] if number >= 0 else None for number in which.flat]
        key = (tuple(coefficients), which.shape, left.digest, right.digest, rest and digest(rest))
        block = self.cells.blocks.get(key)
        if not self.cells.comm.allreduce(block is not None, op=MPI.LAND):
            block = reduced(left, right, which, self.cells, self._entries)
            if rest:
                block.axpy(1.0, rest, PETSc.Mat.Structure.DIFFERENT_NONZERO_PATTERN)
            self.cells.blocks[key] = block
        return block


def digest(matrix):
    """The same number on all ranks, equal for equal matrices. It is remembered: what is looked at so does not change any more. Collective.

    What is equal on one rank alone, as a transposed matrix is where nothing couples, must not be taken for the same there.
    """
    if (known := matrix.getAttr(_DIGEST)) is None:
        here = hash(tuple(part.tobytes() for part in matrix.getValuesCSR()))
        matrix.setAttr(_DIGEST, known := hash(tuple(matrix.comm.tompi4py().allgather(here))))
    return known


def submatrices(matrix, constraints):
    """(field, field) -> block of a reduced matrix, for fields that have unknowns. Collective."""
    fields = {name: index_set for name, index_set in constraints.fields.items() if index_set.getSize()}
    return {
        (first, second): matrix.createSubMatrix(rows, columns)
        for first, rows in fields.items()
        for second, columns in fields.items()
    }
