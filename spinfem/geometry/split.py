"""Cells are made smaller by cutting edges: the one operation that all local refinement here is made of.

Every cell with edges to cut is halved at the first of them, its halves at their first one, and so on; which comes first is one order for all
edges, the longest one before the others. So two cells cut the face that they share in the same way, whatever else is cut in each of them, and
any choice of edges gives a sound mesh. Where an edge is cut decides what it is good for: in the middle it makes cells smaller, near one
end it makes thin cells there. Edges that lie in a place where something happens stay whole, those that leave it are cut: cells become thin
across it and stay long along it (anisotropic refinement towards edges and layers; Apel, Anisotropic Finite Elements (Teubner, 1999)).
"""

from dataclasses import replace
from itertools import combinations

import numpy as np

from spinfem.geometry import facets as of_facets


def split(data, edges, fractions):
    """The MeshData with edges cut: (n, 2) node numbers, each edge once; at `fractions`, (n,), of the way from the first end to the second.

    Tags are kept. All nodes of the mesh are in this rank's share.
    """
    edges, points = np.asarray(edges, dtype=np.int64).reshape(-1, 2), data.points
    if not len(edges):
        return data
    ends = points[edges]
    between = ends[:, 0] + np.asarray(fractions)[:, None] * (ends[:, 1] - ends[:, 0])
    lengths = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1)
    cuts = _Cuts(edges, len(points), np.lexsort((edges.min(axis=1), edges.max(axis=1), lengths)))
    cells, cell_tags = cuts.tagged(data.cells, data.cell_tags)
    facets, facet_tags = cuts.tagged(data.facets, data.facet_tags)
    return replace(
        data,
        points=np.vstack([points, between]),
        cells=cells,
        cell_tags=cell_tags,
        facets=facets,
        facet_tags=facet_tags,
        curved=tuple(replace(part, simplices=cuts.applied(part.simplices)) for part in data.curved),
    )


def edges_of(simplices) -> np.ndarray:
    """Every edge of simplices, (n, k) nodes, once: (edges, 2), the lower node first."""
    return of_facets.edges_of(np.sort(simplices, axis=1))[0]


def leaving(simplices, inside) -> np.ndarray:
    """The edges of simplices with exactly one end among the nodes `inside` (a boolean for each), which comes first: (edges, 2)."""
    edges = edges_of(simplices)
    first, second = inside[edges].T
    edges = edges[first != second]
    return np.where(inside[edges[:, :1]], edges, edges[:, ::-1])


_HALF = 31  # bits of a node number


def _keys(edges):
    """One number for each edge, (n, 2), whichever end comes first."""
    return (edges.min(axis=1).astype(np.int64) << _HALF) | edges.max(axis=1)


class _Cuts:
    """Edges to be cut, with the node that each gets and its place in the order."""

    def __init__(self, edges, n_points, order):
        keys = _keys(edges)
        by_key = np.argsort(keys)
        rank = np.empty(len(edges), dtype=np.int64)
        rank[order] = np.arange(len(edges))
        self._keys, self._rank, self._node = keys[by_key], rank[by_key], n_points + by_key

    def applied(self, simplices):
        """What simplices, (n, k) nodes, become."""
        return self.tagged(simplices, np.zeros(len(simplices), dtype=np.int8))[0]

    def tagged(self, simplices, tags):
        """What simplices, (n, k) nodes, become, and their tags."""
        if simplices.shape[1] < 2:
            return simplices, tags
        done, done_tags = [simplices[:0]], [tags[:0]]
        while len(simplices):
            at, ends = self._first(simplices)
            whole = at < 0
            done.append(simplices[whole])
            done_tags.append(tags[whole])
            simplices, tags, ends, node = simplices[~whole], tags[~whole], ends[~whole], self._node[at[~whole]]
            halves = [simplices.copy(), simplices.copy()]
            for half, end in zip(halves, ends.T, strict=True):
                half[np.arange(len(half)), end] = node
            simplices, tags = np.vstack(halves), np.concatenate([tags, tags])
        return np.vstack(done), np.concatenate(done_tags)

    def _first(self, simplices):
        """(number of the first edge to cut, -1 where there is none; the places of its two ends), of each simplex."""
        pairs = np.array(list(combinations(range(simplices.shape[1]), 2)))
        keys = _keys(simplices[:, pairs].reshape(-1, 2))
        at = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        rank = np.where(self._keys[at] == keys, self._rank[at], -1).reshape(len(simplices), -1)
        which = rank.argmax(axis=1)
        rows = np.arange(len(simplices))
        return np.where(rank[rows, which] < 0, -1, at.reshape(len(simplices), -1)[rows, which]), pairs[which]
