"""Every constraint as one sparse map:  full unknowns = T · free unknowns + G · prescribed values.

The full unknowns are the components (phi, v_1 .. v_n) at every node. A column of T is a free unknown: either it belongs to one
node (a potential; a spin component; the length s of v = s m in a ferromagnet) or it is *shared* by many (an equipotential
terminal). Columns of G are shared ones whose value is given. A component that no column reaches is zero.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from petsc4py import PETSc
from scipy import sparse

from spinfem.algebra.reduction import from_rows


@dataclass(frozen=True)
class ConstraintMap:
    """T (PETSc, full x free), G (this rank's rows, full x prescribed), and who is who among the columns."""

    free: PETSc.Mat
    rows: sparse.csr_matrix  # this rank's rows of `free`
    prescribed: sparse.csr_matrix
    fields: dict[str, PETSc.IS]  # the free unknowns of each field, for block preconditioners
    shared_columns: dict[str, int]  # name -> global number of the free column
    prescribed_columns: dict[str, int]  # name -> column of G

    @property
    def n_free(self):
        return self.free.getSize()[1]

    def spread(self, unknowns):
        """T times an array over this rank's free unknowns, (n,) or (n, k): one over the full unknowns. Collective."""
        own, far, shared = self._parts
        values = self._comm.bcast(unknowns[shared] if self._comm.rank == 0 else None)
        return own @ unknowns + far @ values

    def collected(self, full):
        """Tᵀ times an array over this rank's full unknowns, (n,) or (n, k): one over the free unknowns. Collective."""
        own, far, shared = self._parts
        unknowns, given = own.T @ full, self._comm.reduce(far.T @ full)
        if self._comm.rank == 0:
            unknowns[shared] += given
        return unknowns

    def given(self, values):
        """G times the values of prescribed columns, by name, 0 where none is given: (this rank's full unknowns,)."""
        amounts = np.zeros(self.prescribed.shape[1])
        for name, value in values.items():
            amounts[self.prescribed_columns[name]] = value
        return self.prescribed @ amounts

    def nearest(self, full, values):
        """What keeps the constraints and is nearest to full unknowns, (this rank's rows,); values: as of `given`. Columns of T are orthogonal to each other.
        Collective."""
        given = self.given(values)
        return self.spread(self.collected(full - given) / self.lengths) + given

    @cached_property
    def lengths(self):
        """The diagonal of TᵀT for this rank's free unknowns: the squared lengths of the columns of T. Collective."""
        own, far, shared = self._parts
        lengths, given = np.asarray(own.power(2).sum(axis=0)).ravel(), self._comm.reduce(far.power(2).sum(axis=0))
        if self._comm.rank == 0:
            lengths[shared] += np.asarray(given).ravel()
        return lengths

    @cached_property
    def field_maps(self):
        """What `reduction.field_map` has made of this one."""
        return {}

    def of_one_node(self, name, components, block):
        """This rank's rows of T for some components of each node, a slice of a block, over its own free unknowns of a field; of those that many nodes
        share, nothing."""
        own, _, _ = self._parts
        count = self.fields[name].getLocalSize()
        begin = self.fields[name].getInfo()[0] - self.free.getOwnershipRangeColumn()[0] if count else 0
        nodes = block * np.arange(own.shape[0] // block)[:, None]
        return own[(nodes + np.arange(components.start, components.stop)).ravel(), begin : begin + count]

    @property
    def _comm(self):
        return self.free.comm.tompi4py()

    @cached_property
    def _parts(self):
        """This rank's rows of T for its own columns and for the shared ones, which are the first rank's, and where those are among its own."""
        first, last = self.free.getOwnershipRangeColumn()
        columns = np.array(sorted(self.shared_columns.values()), dtype=np.int64)
        rows = self.rows.tocsc()
        far = rows[:, columns]
        own = rows[:, first:last]
        if self._comm.rank == 0:
            keep = np.ones(last - first)
            keep[columns - first] = 0.0
            own = own @ sparse.diags(keep)
        return own.tocsr(), far.tocsr(), columns - first


class ConstraintBuilder:
    """Collects columns; nodes are numbers of owned nodes on this rank, directions are block vectors at those nodes."""

    def __init__(self, comm, n_owned, block, fields):
        self._comm, self._n_owned, self._block, self._fields = comm, n_owned, block, fields
        self._own = defaultdict(list)  # field -> [(nodes, directions)]
        self._shared = {field: {} for field in fields}  # field -> name -> (nodes, direction)
        self._prescribed = {}  # name -> (nodes, directions)

    def own(self, field, nodes, directions) -> None:
        """One free unknown for each of the k nodes; directions has shape (k, block) or (block,)."""
        self._own[field].append((nodes, np.broadcast_to(directions, (len(nodes), self._block))))

    def shared(self, field, name, nodes, directions) -> None:
        """One free unknown for all nodes together, over all ranks."""
        self._shared[field][name] = (nodes, np.broadcast_to(directions, (len(nodes), self._block)))

    def given(self, name, nodes, directions) -> None:
        """One prescribed value for all nodes together, over all ranks."""
        self._prescribed[name] = (nodes, np.broadcast_to(directions, (len(nodes), self._block)))

    def build(self):
        comm, on_root = self._comm, self._comm.rank == 0
        counts = {
            field: (sum(len(nodes) for nodes, _ in self._own[field]), len(self._shared[field]) if on_root else 0)
            for field in self._fields
        }
        n_local = sum(map(sum, counts.values()))
        first = start = comm.exscan(n_local) or 0
        n_free = comm.allreduce(n_local)
        entries, fields, shared_columns = [], {}, {}
        for field in self._fields:
            column = start
            for nodes, directions in self._own[field]:
                entries.append((nodes, directions, column + np.arange(len(nodes))))
                column += len(nodes)
            shared_columns |= {name: column + k for k, name in enumerate(self._shared[field])} if on_root else {}
            fields[field] = PETSc.IS().createStride(sum(counts[field]), start, 1, comm=comm)
            start += sum(counts[field])
        shared_columns = comm.bcast(shared_columns)
        for field in self._fields:
            for name, (nodes, directions) in self._shared[field].items():
                entries.append((nodes, directions, np.full(len(nodes), shared_columns[name])))
        free = self._rows(entries, n_free)
        matrix = from_rows(comm, free, start - first)
        names = list(self._prescribed)
        given = [(nodes, d, np.full(len(nodes), k)) for k, (nodes, d) in enumerate(self._prescribed.values())]
        return ConstraintMap(
            matrix,
            free,
            self._rows(given, len(names)),
            fields,
            shared_columns,
            {name: k for k, name in enumerate(names)},
        )

    def _rows(self, entries, n_columns):
        """This rank's rows as a CSR matrix with global columns; zero entries are left out."""
        shape = (self._n_owned * self._block, n_columns)
        if not entries:
            return sparse.csr_matrix(shape, dtype=float)
        nodes = np.concatenate([nodes for nodes, _, _ in entries])
        values = np.concatenate([directions for _, directions, _ in entries]).astype(float)
        columns = np.concatenate([columns for _, _, columns in entries])
        rows = nodes[:, None] * self._block + np.arange(self._block)
        keep = values != 0
        return sparse.csr_matrix(
            (values[keep], (rows[keep], np.broadcast_to(columns[:, None], rows.shape)[keep])), shape=shape
        )
