"""What hangs together in a mesh: the pieces of each region, and which of them share facets."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from spinfem.case.outline import Piece


def pieces_of(data, facets, terminal_facets):
    """(pieces, joints) of MeshData as in the Outline; terminal_facets: name -> numbers of its facets."""
    piece, n_pieces, sides = _numbered(data, facets)
    names = {tag: name for name, tag in data.regions.items()}
    _, some_cell = np.unique(piece, return_index=True)
    low, high = _boxes(data, piece, n_pieces)
    corners = data.points[data.cells]
    volumes = np.bincount(piece, np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1]))) / (1, 1, 2, 6)[data.dimension]
    at = {name: set(piece[facets.cells[on, 0]].tolist()) for name, on in terminal_facets.items()}
    pieces = tuple(
        Piece(
            names[int(data.cell_tags[some_cell[i]])],
            tuple(name for name, there in at.items() if i in there),
            tuple(low[i].tolist()),
            tuple(high[i].tolist()),
            float(volumes[i]),
        )
        for i in range(n_pieces)
    )
    return pieces, frozenset(map(tuple, np.sort(sides[sides[:, 0] != sides[:, 1]], axis=1).tolist()))


def _numbered(data, facets):
    """The piece of each cell, how many there are, and pairs of pieces on the two sides of facets."""
    pairs = facets.cells[facets.inner]
    same = data.cell_tags[pairs[:, 0]] == data.cell_tags[pairs[:, 1]]
    n_cells = len(data.cells)
    graph = coo_array((np.ones(same.sum(), dtype=bool), tuple(pairs[same].T)), shape=(n_cells, n_cells))
    n_pieces, piece = connected_components(graph, directed=False)
    # By the first cell of each, so that the same mesh gives the same numbers.
    return piece, n_pieces, np.unique(piece[pairs[~same]].reshape(-1, 2), axis=0)


def _boxes(data, piece, n_pieces):
    low = np.full((n_pieces, data.dimension), np.inf)
    high = np.full((n_pieces, data.dimension), -np.inf)
    for nodes in data.cells.T:
        np.minimum.at(low, piece, data.points[nodes])
        np.maximum.at(high, piece, data.points[nodes])
    return low, high
