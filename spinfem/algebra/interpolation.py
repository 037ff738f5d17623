"""The values at the nodes of one Lagrange space of functions of another one, on the same cells."""

import basix.ufl
import numpy as np
from scipy import sparse

from spinfem.compat import interpolation_points

_ROUNDING = 1e-12


def interpolation(space, degree, cells, n_columns):
    """A sparse matrix (owned nodes of `space` x n_columns): node values of functions of lower `degree`, whose nodes in each local cell are `cells`, (cells, nodes).

    Both spaces are broken at the same places, or the functions jump nowhere.
    """
    every, nodes = space.dofmap.list, space.dofmap.index_map
    lower = basix.ufl.element("Lagrange", space.mesh.basix_cell(), degree)
    shapes = np.asarray(lower.tabulate(0, np.asarray(interpolation_points(space))))[0]
    shapes[abs(shapes) < _ROUNDING] = 0.0
    some_cell, place = np.zeros((2, nodes.size_local + nodes.num_ghosts), dtype=np.int64)
    some_cell[every], place[every] = np.arange(len(every))[:, None], np.arange(every.shape[1])
    some_cell, place = some_cell[: nodes.size_local], place[: nodes.size_local]
    rows = np.repeat(np.arange(nodes.size_local), cells.shape[1])
    entries = shapes[place].ravel(), (rows, cells[some_cell].ravel())
    found = sparse.csr_matrix(entries, (nodes.size_local, n_columns))
    found.eliminate_zeros()
    return found


def corner_places(space):
    """(owned nodes,) which of them are corners of cells."""
    nodes, corners = space.dofmap.index_map, space.mesh.topology.dim + 1
    found = np.zeros(nodes.size_local + nodes.num_ghosts, dtype=bool)
    found[space.dofmap.list[:, :corners]] = True
    return found[: nodes.size_local]
