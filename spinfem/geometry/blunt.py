"""Where cells are flat, with an angle of nearly 180 degrees, functions of any degree come near to a solution only slowly (maximum angle condition;
I. Babuska, A. K. Aziz, SIAM J. Numer. Anal. 13, 214 (1976)), and what one degree more would add sees nothing of that. So a flat cell is
not cut into flatter ones: its longest edge is cut too. Thin cells with right angles are as good as any.
"""

from itertools import combinations

import numpy as np

BLUNT = 150.0  # degrees


def with_longest(data, edges):
    """Edges to be cut, (n, 2) node numbers, the lower one first; with them the longest edge of every blunt triangle (in 3D the faces of cells are
    these) that has one of them as a side, and of what becomes one of those by that."""
    if data.dimension < 2 or not len(edges):
        return edges
    n = len(data.points)
    sides, longest = (_numbers(found, n) for found in _blunt(data))
    chosen = np.unique(_numbers(edges, n))
    while True:
        missing = np.setdiff1d(longest[np.isin(sides, chosen).any(axis=1)], chosen)
        if not len(missing):
            return np.stack([chosen // n, chosen % n], axis=1)
        chosen = np.union1d(chosen, missing)


def _blunt(data):
    """(sides, (n, 3, 2) node numbers; the longest of these, (n, 2)) of every blunt triangle."""
    corners = np.array(list(combinations(range(data.dimension + 1), 3)))
    triangles = np.unique(np.sort(data.cells, axis=1)[:, corners].reshape(-1, 3), axis=0)
    sides = triangles[:, [[1, 2], [0, 2], [0, 1]]]
    squares = np.sum((data.points[sides[..., 1]] - data.points[sides[..., 0]]) ** 2, axis=2)
    rows, which = np.arange(len(triangles)), squares.argmax(axis=1)
    largest = squares[rows, which]
    others = np.delete(squares.ravel(), 3 * rows + which).reshape(-1, 2)
    blunt = others.sum(axis=1) - largest < 2 * np.cos(np.radians(BLUNT)) * np.sqrt(others.prod(axis=1))
    return sides[blunt], sides[rows, which][blunt]


def _numbers(edges, n):
    """One number for each edge, (..., 2), the lower of n nodes first."""
    return edges[..., 0].astype(np.int64) * n + edges[..., 1]
