"""Between Lagrange spaces of two degrees on one mesh, broken at the same places."""

import basix.ufl
import numpy as np
from dolfinx import la
from scipy import sparse

from spinfem.algebra.nodes import with_ghosts


class Degrees:
    """From `lower` to `higher`, what functions of the lower one are in the higher one, and the transposed.

    Where a space is broken, a rank may own a node that none of its cells has: those that have it say what it is, each in equal parts. Collective, as
    both ways are.
    """

    def __init__(self, lower, higher):
        self._lower, self._higher = lower.dofmap.index_map, higher.dofmap.index_map
        low, high = (
            basix.ufl.element("Lagrange", space.mesh.basix_cell(), space.ufl_element().degree).basix_element
            for space in (lower, higher)
        )
        at_nodes = low.tabulate(0, high.points)[0, :, :, 0]
        nodes, first = np.unique(higher.dofmap.list.ravel(), return_index=True)
        cell, place = np.divmod(first, len(at_nodes))
        known = la.vector(self._higher, 1)
        known.array[:] = 0.0
        known.array[nodes] = 1.0
        known.scatter_reverse(la.InsertMode.add)
        known.scatter_forward()
        values = at_nodes[place] / known.array[nodes][:, None]
        rows = np.repeat(nodes, at_nodes.shape[1])
        shape = (len(known.array), self._lower.size_local + self._lower.num_ghosts)
        self._matrix = sparse.csr_matrix((values.ravel(), (rows, lower.dofmap.list[cell].ravel())), shape=shape)

    def up(self, values):
        """(owned nodes, n) of the higher space, of values at the owned nodes of the lower one, (owned nodes, n)."""
        return self._gathered(self._higher, self._matrix @ with_ghosts(self._lower, values))

    def down(self, loads):
        """(owned nodes, n) of the lower space: what loads at the owned nodes of the higher one, (owned nodes, n), are for its functions."""
        return self._gathered(self._lower, self._matrix.T @ with_ghosts(self._higher, loads))

    def _gathered(self, nodes, parts):
        """What all ranks together say of each owned node."""
        total = la.vector(nodes, parts.shape[1])
        total.array[:] = parts.ravel()
        total.scatter_reverse(la.InsertMode.add)
        return total.array.reshape(parts.shape)[: nodes.size_local].copy()
