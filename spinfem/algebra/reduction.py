"""The constraint map T of one field on the nodes of this rank, and products TᵀST with matrices S on the nodes.

A row of T has hardly more than one entry, so TᵀST is a renumbering with factors.
"""

from functools import cached_property

import numpy as np
from dolfinx import la
from mpi4py import MPI
from petsc4py import PETSc
from scipy import sparse

from spinfem.algebra.kernels import call
from spinfem.algebra.pattern import added_up


class FieldMap:
    """T of a field, with the free unknowns of the field numbered by themselves. components: the slice of a block of `block` numbers that is this
    field's. columns: the index map of the nodes, ghosts included. Collective."""

    def __init__(self, constraints, name, components, block, columns):
        self.comm, self.components = constraints.free.comm.tompi4py(), components
        count = constraints.fields[name].getLocalSize()
        first = int(constraints.fields[name].getIndices()[0]) if count else 0
        firsts, counts = np.array(self.comm.allgather((first, count))).T
        self.n_local, self.size = count, int(counts.sum())
        starts = np.cumsum(counts) - counts
        self.start, self._first = int(starts[self.comm.rank]), first
        self.n_components = components.stop - components.start
        table = _rows(constraints.rows, components, block)
        self.width = self.comm.allreduce(int(np.diff(table.indptr).max(initial=0)), op=MPI.MAX)
        if self.comm.size > 1:
            table = self._with_ghosts(table, columns)
        reached, places = _numbered(table.indices)
        owner = np.searchsorted(constraints.free.getOwnershipRangesColumn(), reached, side="right") - 1
        self.numbers = (reached - firsts[owner] + starts[owner]).astype(
            PETSc.IntType
        )  # of the columns of `rows`, increasing
        self.rows = sparse.csr_matrix(
            (table.data, places.astype(np.int32), table.indptr), (table.shape[0], len(reached))
        )
        self._n_owned = columns.size_local * self.n_components

    @cached_property
    def digest(self):
        """The same number on all ranks, equal for equal maps. Collective when first asked for."""
        arrays = (self.numbers, self.rows.indptr, self.rows.indices, self.rows.data)
        here = hash((*(array.tobytes() for array in arrays), self.n_local, self.start))
        return hash(tuple(self.comm.allgather(here)))

    def mine(self, columns):
        """Places, among this rank's unknowns, of those of some columns of T that are among them."""
        places = columns - self._first
        return places[(places >= 0) & (places < self.n_local)]

    def _with_ghosts(self, rows, columns):
        """The rows of this rank's nodes, ghosts last."""
        counts = np.diff(rows.indptr)
        width = self.width
        everywhere = la.vector(columns, self.n_components * width * 2)
        everywhere.array[:] = -1.0
        places = np.arange(rows.nnz) - np.repeat(rows.indptr[:-1], counts)
        owned = everywhere.array[: len(counts) * width * 2].reshape(len(counts), width, 2)
        owned[np.repeat(np.arange(len(counts)), counts), places] = np.stack([rows.indices, rows.data], axis=1)
        everywhere.scatter_forward()
        entries = everywhere.array.reshape(-1, width, 2)
        there = entries[..., 0] >= 0
        ends = np.append(0, np.cumsum(there.sum(axis=1)))
        shape = (len(entries), rows.shape[1])
        return sparse.csr_matrix((entries[there][:, 1].copy(), entries[there][:, 0].astype(np.int32), ends), shape)

    @property
    def owned_rows(self):
        """`rows` of this rank's own nodes."""
        return self.rows[: self._n_owned]


def field_map(constraints, name, components, block, columns) -> FieldMap:
    """The FieldMap, made once for all operators under these constraints. Collective."""
    key, made = (name, columns), constraints.field_maps
    if key not in made:
        made[key] = FieldMap(constraints, name, components, block, columns)
    return made[key]


def _numbered(columns):
    """What np.unique gives with the inverse, for numbers that lie close together."""
    first = columns.min(initial=0)
    there = np.zeros(columns.max(initial=-1) + 1 - first, dtype=bool)
    there[columns - first] = True
    return np.flatnonzero(there) + first, (np.cumsum(there) - 1)[columns - first]


def _rows(rows, components, block):
    """Of the rows of T those for some components of each node."""
    nodes = np.arange(0, rows.shape[0], block)[:, None]
    return rows[(nodes + np.arange(components.start, components.stop)).ravel()]


def reduced(left, right, which, cells, entries):
    """The PETSc matrix  sum_ab L_aᵀ S_ab R_b  over the components of two FieldMaps.

    which: (components of left, of right), the number of S_ab in the list `entries`, which fill the pattern of the CellMatrices `cells`; -1: none. Collective.
    """
    which = np.ascontiguousarray(which)
    transposed = left.owned_rows.T.tocsr()
    n_left, n_right = which.shape
    mark, ends = np.full(len(right.numbers), -1, np.int32), np.zeros(len(left.numbers) + 1, np.int32)
    terms = (which >= 0).sum(axis=1)[transposed.indices % n_left]
    most = right.width * int((terms * np.diff(cells.ptr)[transposed.indices // n_left]).sum())
    columns, values = np.empty(most, np.int32), np.empty(most)  # what is not used is never touched
    call(
        "reduce", len(left.numbers), transposed.indptr, transposed.indices, transposed.data,
        n_left, n_right, which, cells.ptr, cells.ind, entries,
        right.rows.indptr, right.rows.indices, right.rows.data, right.numbers, mark, ends, columns, values,
    )  # fmt: skip
    return _distributed(left, right, ends, columns[: ends[-1]], values[: ends[-1]])


def _distributed(left, right, ends, columns, values):
    """A PETSc matrix of entries by rows `left.numbers`; rows of others (shared unknowns belong to the first rank) go to their owner."""
    comm, shape = left.comm, (left.n_local, right.size)
    first, last = np.searchsorted(left.numbers, [left.start, left.start + left.n_local])
    counts = np.diff(ends)
    lengths = np.zeros(left.n_local, PETSc.IntType)
    lengths[left.numbers[first:last] - left.start] = counts[first:last]
    mine = slice(ends[first], ends[last])
    rows = np.append(0, np.cumsum(lengths)).astype(PETSc.IntType), columns[mine], values[mine]
    if comm.size > 1:
        others, far = np.r_[:first, last : len(counts)], np.r_[: ends[first], ends[last] : ends[-1]]
        arrived = comm.gather((np.repeat(left.numbers[others], counts[others]), columns[far], values[far]))
        if arrived:
            i, j, v = (np.concatenate(parts) for parts in zip(*arrived, strict=True))
            ptr, ind, entries = rows
            both = added_up(sparse.csr_matrix((entries, ind, ptr), shape), v, i - left.start, j)
            rows = both.indptr, both.indices, both.data
    return _from_arrays(comm, rows, left.n_local, right.n_local)


def from_rows(comm, rows, n_columns):
    """The PETSc matrix of this rank's `rows` (scipy, global columns); n_columns: how many columns are this rank's."""
    return _from_arrays(comm, (rows.indptr, rows.indices, rows.data), rows.shape[0], n_columns)


def _from_arrays(comm, arrays, n_rows, n_columns):
    ptr, ind, values = arrays
    parts = (*(part.astype(PETSc.IntType, copy=False) for part in (ptr, ind)), values)
    return PETSc.Mat().createAIJWithArrays(((n_rows, None), (n_columns, None)), parts, comm=comm)
