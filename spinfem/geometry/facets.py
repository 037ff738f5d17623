"""The facets of a mesh and the cells beside them, as arrays on rank 0."""

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations

import numpy as np


@dataclass(frozen=True)
class Facets:
    """Every facet once. A facet of a sound mesh has one cell (on the outside) or two."""

    nodes: np.ndarray  # (facets, dimension) node numbers, rising
    cells: np.ndarray  # (facets, 2) cells, the second -1 on the outside
    opposite: np.ndarray  # (facets, 2) which of a cell's nodes, in rising order, is not on the facet
    count: np.ndarray  # (facets,) how many cells there are

    @cached_property
    def outer(self):
        """Numbers of the facets on the outside."""
        return np.flatnonzero(self.count == 1)

    @cached_property
    def inner(self):
        """Numbers of the facets between cells."""
        return np.flatnonzero(self.count > 1)


def facets_of(data):
    """The Facets of MeshData."""
    dimension, cells = data.dimension, np.sort(data.cells, axis=1)
    nodes = np.concatenate([np.delete(cells, opposite, axis=1) for opposite in range(dimension + 1)])
    code = codes(nodes, len(data.points))
    order = np.argsort(code, kind="stable")
    first = np.flatnonzero(np.diff(code[order], prepend=-1))
    count = np.diff(first, append=len(order))
    pair = np.stack([order[first], np.where(count > 1, order[np.minimum(first + 1, len(order) - 1)], -1)], axis=1)
    return Facets(
        nodes=nodes[pair[:, 0]],
        cells=np.where(pair < 0, -1, pair % len(cells)),
        opposite=np.where(pair < 0, -1, pair // len(cells)),
        count=count,
    )


def contacts_of(data, facets):
    """Yields ((name, name), numbers of the facets between them) of every two regions of MeshData that touch, given its Facets."""
    names = {tag: name for name, tag in data.regions.items()}
    sides = np.sort(data.cell_tags[facets.cells[facets.inner]], axis=1)
    for pair in np.unique(sides[sides[:, 0] != sides[:, 1]], axis=0).tolist():
        yield tuple(names[tag] for tag in pair), facets.inner[(sides == pair).all(axis=1)]


def codes(nodes, n_nodes):
    """A number for each row of rising node numbers, (rows,), equal where the rows are."""
    if float(n_nodes) ** nodes.shape[1] < 2**62:
        code = nodes[:, 0].astype(np.int64)
        for column in nodes.T[1:]:
            code = code * n_nodes + column
        return code
    return np.unique(nodes, axis=0, return_inverse=True)[1].ravel()


def found_among(simplices, nodes, n_nodes):
    """Which row of `simplices`, rising node numbers, each row of `nodes` (any order) is, (rows,); -1: none."""
    code = codes(np.concatenate([simplices, np.sort(nodes, axis=1)]), n_nodes)
    known, wanted = code[: len(simplices)], code[len(simplices) :]
    if not len(wanted):
        return np.empty(0, dtype=np.int64)
    order = np.argsort(known)
    at = order[np.minimum(np.searchsorted(known, wanted, sorter=order), len(known) - 1)]
    return np.where(known[at] == wanted, at, -1)


def edges_of(facets):
    """(edges, 2) the edges of some facets, (n, dimension) rising nodes, each once, and which of them each facet has,
    (n, edges of a facet)."""
    pairs = list(combinations(range(facets.shape[1]), 2))
    nodes = np.concatenate([facets[:, pair] for pair in pairs])
    _, first, which = np.unique(codes(nodes, nodes.max(initial=0) + 1), return_index=True, return_inverse=True)
    return nodes[first], which.reshape(len(pairs), -1).T
