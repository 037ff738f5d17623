"""A reduced operator in blocks, one for each pair of fields, and the sweep over the fields that preconditions it."""

import numpy as np
from petsc4py import PETSc

from spinfem.algebra.together import times_columns


class BlockOperator:
    """The context of a PETSc matrix of type python. blocks: (test field, trial field) -> matrix; pairs that nothing couples are left out.
    The numbers of a rank are those of one field after those of the other."""

    def __init__(self, comm, blocks):
        self._comm, self.blocks = comm, blocks
        self.fields = tuple(dict.fromkeys(first for first, _ in blocks))
        sizes = [blocks[name, name].getLocalSize()[0] for name in self.fields]
        ends = np.cumsum([0, *sizes])
        self.places = {name: slice(*ends[k : k + 2]) for k, name in enumerate(self.fields)}
        self._given, self._result = ({name: self.vector(name) for name in self.fields} for _ in range(2))

    def vector(self, field):
        """A PETSc vector over the unknowns of a field."""
        return self.blocks[field, field].createVecRight()

    def as_matrix(self):
        """The PETSc matrix."""
        n = sum(vector.getLocalSize() for vector in self._given.values())
        matrix = PETSc.Mat().createPython(((n, None), (n, None)), self, comm=self._comm)
        matrix.setUp()
        return matrix

    def mult(self, matrix, x, y):
        """y = A x."""
        for name, place in self.places.items():
            self._given[name].array[:] = x.array_r[place]
        for name, place in self.places.items():
            self._result[name].set(0.0)
            for other in self.fields:
                self.add(name, other, self._given[other], self._result[name])
            y.array[place] = self._result[name].array_r

    def add(self, first, second, x, y):
        """y += the block times x."""
        if (first, second) in self.blocks:
            self.blocks[first, second].multAdd(x, y, y)

    def together(self, columns):
        """A X of an array (local rows, k)."""
        found = np.zeros_like(columns)
        for first, second in self.blocks:
            found[self.places[first]] += times_columns(self.blocks[first, second], columns[self.places[second]])
        return found

    def whole(self, fields):
        """One matrix with the entries of all blocks; fields: name -> index set of its unknowns."""
        sets = [fields[name] for name in self.fields]
        rows = [[self.blocks.get((first, second)) for second in self.fields] for first in self.fields]
        return PETSc.Mat().createNest(rows, sets, sets).convert("aij")


class Sweep:
    """The context of a preconditioner: one field after the other and back again, each by its own, `inner` (field -> one of `preconditioners`).

    following: field -> (D, E), as of `preparation.following`. A step s of such a field takes the first field along by -D s, and is made for what is
    left in the field without Eᵀ times what is left in the first one. D is not a⁻¹b everywhere: of what it leaves in the first field a step of the
    next one would make too much, so the first field is solved for in between.
    """

    def __init__(self, operator, inner, following):
        self._operator, self._inner, self._following = operator, inner, following
        self._first, self._order = operator.fields[0], _there_and_back(operator.fields, following)
        self._given, self._rest, self._step = (
            {name: operator.vector(name) for name in operator.fields} for _ in range(3)
        )

    def apply(self, preconditioner, b, x):
        """x = about A⁻¹ b."""
        x.array[:] = self._swept(b.array_r, self._left, self._solved)

    def together(self, columns):
        """The same for each column of an array (local rows, k)."""
        return self._swept(columns, self._columns_left, self._columns_solved)

    def _swept(self, loads, left, solved):
        """About A⁻¹ times arrays of local rows. left(field, field -> sum of its steps so far, loads): what these leave in a field; solved(field, that)."""
        sums = {}
        for name in self._order:
            rest = left(name, sums, loads)
            if name in self._following:
                rest = rest - self._following[name][1].T @ left(self._first, sums, loads)
            step = solved(name, rest)
            sums[name] = sums[name] + step if name in sums else step
            if name in self._following:
                sums[self._first] = sums[self._first] - self._following[name][0] @ step
        found = np.empty_like(loads)
        for name, place in self._operator.places.items():
            found[place] = sums[name]
        return found

    def _left(self, name, sums, load):
        rest = self._rest[name]
        rest.set(0.0)
        for other, so_far in sums.items():
            self._given[other].array[:] = so_far
            self._operator.add(name, other, self._given[other], rest)
        return load[self._operator.places[name]] - rest.array_r

    def _columns_left(self, name, sums, columns):
        rest = columns[self._operator.places[name]].copy()
        for other, so_far in sums.items():
            if (name, other) in self._operator.blocks:
                rest -= times_columns(self._operator.blocks[name, other], so_far)
        return rest

    def _solved(self, name, rest):
        self._rest[name].array[:] = rest
        self._inner[name].apply(self._rest[name], self._step[name])
        return self._step[name].array_r.copy()

    def _columns_solved(self, name, rest):
        return self._inner[name].together(rest)


def _there_and_back(fields, following):
    first, *others = fields
    there = [first]
    for name in others:
        there += [name, first] if name in following and name != others[-1] else [name]
    return (*there, *reversed(there[:-1]))
