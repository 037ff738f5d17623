"""From the potentials at the corners of cells to those at all nodes: what multigrid coarsens by first, where the degree is more than 1."""

from functools import cached_property

import basix.ufl
import numpy as np
from mpi4py import MPI
from petsc4py import PETSc
from scipy import sparse

from spinfem.algebra.pattern import added_up
from spinfem.algebra.reduction import field_map, from_rows
from spinfem.compat import interpolation_points, nodes_of_cells

_STRETCHED = 15.0  # the longest edge over the smallest height, above which smoothing node by node fails
_MANY = 0.02  # of the cells
_LOOKED_AT = 20_000  # cells of a rank


class Corners:
    """Of the cells of a blocked Lagrange `space`, broken or not. fields: name -> the slice of a block."""

    def __init__(self, space, fields):
        self._space, self._fields = space, fields
        self.degree, self.dimension = space.ufl_element().degree, space.mesh.topology.dim

    @cached_property
    def stretched(self):
        """Are many cells much longer in one direction than in another? Collective."""
        mesh = self._space.mesh
        cells = mesh.topology.index_map(mesh.topology.dim).size_local
        some = nodes_of_cells(mesh)[: cells : max(1, cells // _LOOKED_AT)]
        corners = mesh.geometry.x[some, : mesh.topology.dim]
        sides = corners[:, 1:] - corners[:, :1]
        least = 1 / np.linalg.norm(np.linalg.inv(sides), axis=1).max(axis=1)  # of all but one of the heights
        many = np.count_nonzero(np.linalg.norm(sides, axis=2).max(axis=1) > _STRETCHED * least)
        counts = mesh.comm.allreduce(np.array([many, len(some)]), op=MPI.SUM)
        return bool(counts[0] > _MANY * counts[1])

    def interpolation(self, constraints, name):
        """The PETSc matrix, free unknowns of a field x those of them that have a corner: linear in each cell. Collective."""
        space = self._space
        free = field_map(constraints, name, self._fields[name], space.dofmap.index_map_bs, space.dofmap.index_map)
        weights, at_corner = self._weights
        each, owned = np.ones(free.n_components), free.owned_rows
        # Where v = s m the length is that of the nearest s m to what the corners give.
        squares = np.asarray(owned.multiply(owned).sum(axis=0)).ravel()
        inverse = sparse.diags(np.divide(1.0, squares, out=np.zeros_like(squares), where=squares > 0))
        linear = (inverse @ owned.T @ sparse.kron(weights, sparse.diags(each)) @ free.rows).tocsr()
        reached = np.asarray(abs(owned[np.repeat(at_corner, free.n_components)]).sum(axis=0)).ravel() > 0
        shared = free.mine(np.array(list(constraints.shared_columns.values()), dtype=np.int64))
        return _numbered(free, linear, reached, shared)

    @cached_property
    def _weights(self):
        """(owned nodes x local nodes, what each corner gives to a node; which of the owned nodes are corners)."""
        space = self._space
        cells, nodes = space.dofmap.list, space.dofmap.index_map
        corners = cells.shape[1], space.mesh.topology.dim + 1
        linear = basix.ufl.element("Lagrange", space.mesh.basix_cell(), 1)
        shapes = np.asarray(linear.tabulate(0, np.asarray(interpolation_points(space))))[0].copy()
        some_cell, place = np.zeros((2, nodes.size_local + nodes.num_ghosts), dtype=np.int32)
        some_cell[cells] = np.arange(len(cells), dtype=np.int32)[:, None]
        place[cells] = np.arange(corners[0], dtype=np.int32)
        some_cell, place = some_cell[: nodes.size_local], place[: nodes.size_local]
        shapes[abs(shapes) < 1e-12] = 0.0
        ends = np.arange(0, len(place) * corners[1] + 1, corners[1])
        entries = shapes[place].ravel(), cells[some_cell, : corners[1]].ravel(), ends
        weights = sparse.csr_matrix(entries, (nodes.size_local, nodes.size_local + nodes.num_ghosts))
        weights.eliminate_zeros()
        return weights, place < corners[1]


def _numbered(free, linear, reached, shared):
    """The PETSc matrix of `linear`, between the unknowns that a FieldMap numbers, with the coarse ones (`reached`, and those of this rank that are
    shared) numbered anew. Unknowns that are shared stay what they are."""
    mine = np.flatnonzero((free.numbers >= free.start) & (free.numbers < free.start + free.n_local))
    coarse = np.zeros(free.n_local, dtype=bool)
    coarse[free.numbers[mine] - free.start] = reached[mine]
    coarse[shared] = True
    n_coarse = int(coarse.sum())
    numbers = (free.comm.exscan(n_coarse) or 0) + np.cumsum(coarse) - 1
    columns = _at(free, np.where(coarse, numbers, -1))
    alone = np.ones(free.n_local, dtype=bool)
    alone[shared] = False
    mine = mine[alone[free.numbers[mine] - free.start]]
    own, lengths = linear[mine], np.zeros(free.n_local, dtype=np.int32)
    lengths[free.numbers[mine] - free.start] = np.diff(own.indptr)
    ends = np.append(0, np.cumsum(lengths))
    rows = sparse.csr_matrix((own.data, columns[own.indices], ends), (free.n_local, free.comm.allreduce(n_coarse)))
    rows.sort_indices()
    return from_rows(free.comm, added_up(rows, np.ones(len(shared)), shared, numbers[shared]), n_coarse)


def _at(free, values):
    """The values, one for each unknown of this rank, at the unknowns that a FieldMap knows."""
    everywhere = PETSc.Vec().createMPI((free.n_local, None), comm=free.comm)
    everywhere.array[:] = values
    found = PETSc.Vec().createSeq(len(free.numbers))
    places = PETSc.IS().createGeneral(free.numbers, comm=PETSc.COMM_SELF)
    scatter = PETSc.Scatter().create(everywhere, places, found, None)
    scatter.scatter(everywhere, found)
    return np.rint(found.array).astype(np.int64)
