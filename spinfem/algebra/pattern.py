"""The sparsity pattern of matrices on nodes that are coupled where they share a cell."""

import numpy as np
from scipy import sparse

from spinfem.algebra.kernels import call
from spinfem.compat import index_map


class Pattern:
    """Rows of the owned nodes, then of ghosts as far as this rank's cells reach them; columns are local nodes, sorted.

    nodes: their index map. dofs: (owned cells, nodes of a cell) local numbers, int32. `columns` is the index map with the nodes that only other ranks' cells
    couple to those of this rank at its end. `at_nodes`: (cells, local nodes), a scipy matrix by columns of which node of a cell a node is. Collective.
    """

    def __init__(self, comm, nodes, dofs):
        self._comm, self.n_owned, self.columns = comm, nodes.size_local, nodes
        self.at_nodes = _cells_at_nodes(dofs, nodes.size_local + nodes.num_ghosts)
        self.ptr, self.ind = _coupled(dofs, self.at_nodes)
        if comm.size > 1:
            self._add_others(nodes)

    def exchange(self, values):
        """The entries in the rows of owned nodes: what other ranks' cells add is fetched. values: of all rows. Collective."""
        end = self.ptr[self.n_owned]
        if self._comm.size > 1:
            for places, arrived in zip(self._places, self._to_owners(values[end:]), strict=True):
                np.add.at(values, places, arrived)
        return values[:end]

    def _add_others(self, nodes):
        ghost_rows = np.repeat(np.arange(nodes.num_ghosts), np.diff(self.ptr[self.n_owned :]))
        owners = nodes.owners[ghost_rows]
        self._sent = [np.flatnonzero(owners == rank) for rank in range(self._comm.size)]
        first = nodes.local_range[0]
        numbers = np.append(np.arange(*nodes.local_range), nodes.ghosts)  # global ones of local nodes
        rows = [arrived - first for arrived in self._to_owners(nodes.ghosts[ghost_rows])]
        columns = self._to_owners(numbers[self.ind[self.ptr[self.n_owned] :]])
        new = np.setdiff1d(np.concatenate(columns), numbers)
        starts = np.array(self._comm.allgather(first))
        ghosts = np.append(nodes.ghosts, new), np.append(nodes.owners, np.searchsorted(starts, new, side="right") - 1)
        self.columns = index_map(self._comm, self.n_owned, *ghosts)
        numbers = np.append(numbers, new)
        order = np.argsort(numbers)
        columns = [order[np.searchsorted(numbers, arrived, sorter=order)] for arrived in columns]
        i, j = np.concatenate(rows), np.concatenate(columns)
        shape = (len(self.ptr) - 1, len(numbers))
        here = sparse.csr_matrix((np.ones(len(self.ind), bool), self.ind, self.ptr), shape)
        both = added_up(here, np.ones(len(i), bool), i, j)
        self.ptr, self.ind = both.indptr, both.indices
        self._places = [self._places_of(i, j, shape[1]) for i, j in zip(rows, columns, strict=True)]

    def _places_of(self, rows, columns, n_columns):
        """Where the entries at (rows, columns) are; a row's are sorted."""
        touched, at = np.unique(rows, return_inverse=True)
        starts, lengths = self.ptr[touched], np.diff(self.ptr)[touched]
        first = np.cumsum(lengths) - lengths
        places = np.arange(lengths.sum()) + np.repeat(starts - first, lengths)
        keys = np.repeat(np.arange(len(touched)), lengths) * n_columns + self.ind[places]  # increasing
        return places[np.searchsorted(keys, at * n_columns + columns)]

    def _to_owners(self, of_ghosts):
        """What each rank sends here, of entries in rows of its ghosts."""
        return self._comm.alltoall([of_ghosts[sent] for sent in self._sent])


def _cells_at_nodes(dofs, n):
    cells, nodes = dofs.shape
    ends = np.arange(0, dofs.size + 1, nodes, dtype=np.int32)
    places = np.tile(np.arange(nodes, dtype=np.int8), cells)
    return sparse.csr_matrix((places, dofs.ravel(), ends), (cells, n)).tocsc()


def _coupled(dofs, at_nodes):
    """(ptr, ind) of this rank's cells alone."""
    n, nodes = at_nodes.shape[1], dofs.shape[1]
    counts = np.zeros(n + 1, np.int32)
    where = n, nodes, at_nodes.indptr, at_nodes.indices, dofs
    call("pattern", *where, np.full(n, -1, np.int32), counts, None)
    ptr = np.cumsum(counts, dtype=np.int32)
    ind = np.empty(ptr[-1], np.int32)
    call("pattern", *where, np.full(n, -1, np.int32), ptr.copy(), ind)
    return ptr, ind


def added_up(matrix, entries, rows, columns):
    """A scipy matrix by rows with sorted columns, and more entries on top of it. Rows without any stay as they are, without being looked at."""
    if not len(rows):
        return matrix
    touched, at = np.unique(rows, return_inverse=True)
    more = sparse.csr_matrix((entries, (at, columns)), (len(touched), matrix.shape[1]))
    changed = matrix[touched] + more
    changed.sort_indices()
    begin, end, lengths = matrix.indptr[touched], matrix.indptr[touched + 1], np.diff(matrix.indptr)
    lengths[touched] = np.diff(changed.indptr)

    def joined(old, new):
        pieces = np.split(old, np.stack([begin, end], axis=1).ravel())
        pieces[1::2] = np.split(new, changed.indptr[1:-1])
        return np.concatenate(pieces)

    arrays = joined(matrix.data, changed.data), joined(matrix.indices, changed.indices)
    return sparse.csr_matrix((*arrays, np.append(0, np.cumsum(lengths)).astype(lengths.dtype)), matrix.shape)
