"""A device whose mesh can be made finer where that is asked for. The mesh is cut on rank 0, where it was read, and spread over the ranks again."""

import numpy as np

from spinfem.geometry.blunt import with_longest
from spinfem.geometry.build import check_shares
from spinfem.geometry.device import make_device
from spinfem.geometry.distribute import distribute
from spinfem.geometry.foresight import TOWARDS, foreseen
from spinfem.geometry.mesh_data import share
from spinfem.geometry.reading import opened_again
from spinfem.geometry.root import on_root
from spinfem.geometry.slivers import shaped
from spinfem.geometry.split import split

_ALIKE = 1e-3  # relative difference of indicators


class Adaptable:
    """Made of the MeshData `data` of a Recipe and the Metals that it has to resolve, both used on rank 0. Collective, as all its methods are.

    `device` is the Device of its mesh as it is now.
    """

    def __init__(self, comm, data, metals, recipe):
        self._comm, self._recipe = comm, recipe
        self._data, self._rims = on_root(comm, lambda: foreseen(data, metals, recipe)) or (None, None)
        self.device = self._spread()

    def refine(self, edges, indicators, part) -> None:
        """Cut those edges that have the largest indicators, as many as have `part` of their sum.

        edges: (n, 2) of this rank, as nodes of the mesh before it was spread over the ranks; an edge may be there several times, its indicators add up.
        """
        all_edges, all_indicators = self._comm.gather(edges), self._comm.gather(indicators)
        on_root(self._comm, lambda: self._cut(np.concatenate(all_edges), np.concatenate(all_indicators), part))
        self.device = self._spread()

    def _cut(self, edges, indicators, part):
        edges, which = np.unique(edges, axis=0, return_inverse=True)
        total = np.bincount(which.ravel(), indicators)
        falling = np.sort(total)[::-1]
        last = falling[min(np.searchsorted(np.cumsum(falling), part * total.sum()), len(falling) - 1)]
        # Those of a symmetric device fall together, whatever rounding says.
        chosen = with_longest(self._data, edges[total >= (1 - _ALIKE) * last])
        n = len(self._data.points)
        on_rim = np.zeros(n, dtype=bool)
        on_rim[self._rims] = True
        first, second = on_rim[chosen].T
        chosen = np.where((second & ~first)[:, None], chosen[:, ::-1], chosen)
        self._data = split(self._data, chosen, np.where(first != second, TOWARDS, 0.5))
        if self._data.curved:
            with opened_again(self._recipe.drawing, self._recipe.sizing):
                self._data = shaped(self._data, n)
        self._rims = _halved(self._rims, chosen, n)

    def _spread(self):
        data = share(self._comm, self._data)
        tagged = distribute(self._comm, data)
        check_shares(tagged.mesh)
        return make_device(
            tagged, self._recipe.drawing.unit, self._recipe.drawing.depth, data.has_curves, self._slivers(tagged.mesh)
        )

    def _slivers(self, mesh):
        """The Slivers beside the cells of this rank, None where all is straight."""
        every = self._comm.bcast(self._data and self._data.slivers)
        owned = mesh.topology.index_map(mesh.topology.dim).size_local
        return every and every.among(mesh.topology.original_cell_index[:owned])


def _halved(rims, cut, n):
    """Edges, (k, 2), of which some were cut: edge i of `cut` at node n + i. Rims that are points, (k, 1), stay what they are."""
    if rims.shape[1] < 2 or not len(rims):
        return rims
    known = {tuple(edge): n + i for i, edge in enumerate(np.sort(cut, axis=1).tolist())}
    halves = []
    for edge in np.sort(rims, axis=1).tolist():
        middle = known.get(tuple(edge))
        halves += [edge] if middle is None else [[edge[0], middle], [edge[1], middle]]
    return np.array(halves)
