"""Cells and faces with their nodes as VTK draws them: linear, or quadratic, whatever the degree of the potentials is.

At the middles of edges, potentials of degree 3 have no node: their value there is that of the polynomial on the edge.
"""

import basix.ufl
import numpy as np

_CORNERS = {1: "line", 2: "triangle", 3: "tetra"}
_QUADRATIC = {1: "line3", 2: "triangle6", 3: "tetra10"}
_SIMPLEX = {1: "interval", 2: "triangle", 3: "tetrahedron"}
# the ends of the edges whose middles follow the corners
_EDGES = {1: ((0, 1),), 2: ((0, 1), (1, 2), (0, 2)), 3: ((0, 1), (1, 2), (0, 2), (0, 3), (1, 3), (2, 3))}


class Grid:
    """The grid of simplices with the nodes of Lagrange elements, (n, nodes of each) numbers, in DOLFINx's order.

    `cells`: (n, nodes of VTK's cell) numbers of its points, `kind`: what meshio calls such a cell. What shares a node shares the point.
    """

    def __init__(self, nodes, dimension, degree):
        self._nodes = nodes
        self.kind = (_CORNERS if degree == 1 else _QUADRATIC)[dimension]
        places, weights = _places(dimension, degree)
        named = np.stack([nodes[:, own].min(axis=1) for own in _own_nodes(dimension, degree)], axis=1)
        _, first, number = np.unique(named, return_index=True, return_inverse=True)
        self.cells = number.reshape(named.shape)
        self._simplex, corner = np.divmod(first, named.shape[1])
        self._places, self._weights = places[corner], weights[corner]

    def at(self, values):
        """Values at the points, (points, ...), from those at all nodes."""
        return self._weighted(values[self._nodes[self._simplex[:, None], self._places]])

    def at_own(self, values):
        """The same from values that each simplex has at its nodes, (n, nodes of each, ...); of those that share a point, one counts."""
        return self._weighted(values[self._simplex[:, None], self._places])

    def _weighted(self, values):
        return np.einsum("pq,pq...->p...", self._weights, values)


def _own_nodes(dimension, degree):
    """Of each node of VTK's cell, the places of the nodes of a simplex that no other one has."""
    corners = [[k] for k in range(dimension + 1)]
    return corners if degree == 1 else corners + [_inside(dimension, degree, edge) for edge in _EDGES[dimension]]


def _inside(dimension, degree, edge):
    """The places of the nodes inside an edge, from its first end to its second."""
    points = basix.ufl.element("Lagrange", _SIMPLEX[dimension], degree).basix_element.points
    start, along = points[edge[0]], points[edge[1]] - points[edge[0]]
    at = (points - start) @ along / (along @ along)
    off = np.linalg.norm(points - start - at[:, None] * along, axis=1)
    found = np.flatnonzero((off < 1e-10) & (at > 1e-10) & (at < 1 - 1e-10))
    return found[np.argsort(at[found])].tolist()


def _places(dimension, degree):
    """(nodes of VTK's cell, degree + 1): which nodes of a simplex give the value at each, and their weights."""
    corners = range(dimension + 1)
    places = [[k] + [0] * degree for k in corners]
    weights = [[1.0] + [0.0] * degree for _ in corners]
    if degree > 1:
        middle = (
            np.ravel(basix.ufl.element("Lagrange", "interval", degree).tabulate(0, np.array([[0.5]])))
            .round(14)
            .tolist()
        )
        places += [[*edge, *_inside(dimension, degree, edge)] for edge in _EDGES[dimension]]
        weights += [middle] * len(_EDGES[dimension])
    return np.array(places), np.array(weights)
