"""Does a mesh fill its space once? Where its surface touches itself, parts were drawn on or through each other.

With cells on opposite sides of every inner facet, a point is covered as many times as the surface winds around it. So
the mesh is sound when facets of its surface meet nowhere but in nodes that they share, and when the surface does not
wind around a point just outside each of its pieces. Two facets that come within `tolerance` of each other do so at a
node of one of them, where two edges cross, or where an edge runs through a facet; in flat faces edges inside the face
can be left out, since flat faces cross at their rims.
"""

from itertools import chain

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from spinfem.geometry.facets import edges_of

FLAT = 1e-6  # 1 - cosine of the angle between two facets that count as one face
CHUNK = 1_000_000  # pairs that are looked at together


class Surface:
    """The facets on the outside of MeshData, with points in three dimensions.

    nodes: (facets, dimension) rows of `points`; cell: (facets,); outward: (facets, 3) unit vectors.
    """

    def __init__(self, data, facets):
        outer = facets.outer
        self.dimension, self.cell = data.dimension, facets.cells[outer, 0]
        self.used, nodes = np.unique(facets.nodes[outer], return_inverse=True)
        self.nodes = nodes.reshape(-1, data.dimension)
        self.points = np.pad(data.points[self.used], ((0, 0), (0, 3 - data.dimension)))
        corner = np.take_along_axis(np.sort(data.cells[self.cell], axis=1), facets.opposite[outer, :1], axis=1)[:, 0]
        inside = np.pad(data.points[corner], ((0, 0), (0, 3 - data.dimension)))
        self.outward = self._normals(inside)
        edges, self.edges_of_facet = edges_of(self.nodes)
        self.edges = edges
        self.tolerance = min(3e-7 * np.ptp(self.points, axis=0).max(), 0.05 * self._lengths().min())

    def _lengths(self):
        return np.linalg.norm(self.points[self.edges[:, 1]] - self.points[self.edges[:, 0]], axis=1)

    def _normals(self, inside):
        a, b = self.points[self.nodes[:, 0]], self.points[self.nodes[:, 1]]
        third = self.points[self.nodes[:, 2]] - a if self.dimension == 3 else np.array([[0.0, 0.0, 1.0]])
        normal = np.cross(b - a, third)
        normal *= np.sign(np.sum(normal * (a - inside), axis=1))[:, None]
        return normal / np.maximum(np.linalg.norm(normal, axis=1), 1e-300)[:, None]

    def balls(self):
        """Centre and radius of a ball around each facet."""
        corners = self.points[self.nodes]
        centre = corners.mean(axis=1)
        return centre, np.linalg.norm(corners - centre[:, None], axis=2).max(axis=1)

    def sharp_edges(self):
        """Numbers of the edges that do not lie in a flat face; in 2D all."""
        if self.dimension == 2:
            return np.arange(len(self.edges))
        which, facet = self.edges_of_facet.ravel(), np.repeat(np.arange(len(self.nodes)), 3)
        order = np.argsort(which, kind="stable")
        count = np.bincount(which)
        first = np.cumsum(count) - count
        n = self.outward[facet[order]]
        flat = (count == 2) & (np.sum(n[first] * n[np.minimum(first + 1, len(n) - 1)], axis=1) > 1 - FLAT)
        return np.flatnonzero(~flat)


def first_touch(surface):
    """(points of touch (n, 3), cells on the two sides (n, 2)) of the first kind of touch that is found, or None.

    Both sides of a touch are cells with a facet on the surface there.
    """
    for search in (_coincident_nodes, _nodes_on_facets, _crossing_edges, _edges_through_facets, _nested):
        places, cells = search(surface)
        if len(places):
            return places, cells
    return None


def _some_facet(surface):
    """A facet at each node."""
    facet = np.empty(len(surface.points), dtype=np.int64)
    facet[surface.nodes.ravel()] = np.repeat(np.arange(len(surface.nodes)), surface.dimension)
    return facet


def _coincident_nodes(surface):
    pairs = cKDTree(surface.points).query_pairs(surface.tolerance, output_type="ndarray").reshape(-1, 2)
    return surface.points[pairs[:, 0]], surface.cell[_some_facet(surface)[pairs]]


def _nodes_on_facets(surface):
    centre, radius = surface.balls()
    touches = []
    for facet, node in _within(centre, radius + surface.tolerance, surface.points):
        apart = ~(surface.nodes[facet] == node[:, None]).any(axis=1)
        facet, node = facet[apart], node[apart]
        near = _distance(surface.points[node], surface.points[surface.nodes[facet]]) < surface.tolerance
        touches.append((surface.points[node[near]], facet[near], _some_facet(surface)[node[near]]))
    return _collected(surface, touches)


def _crossing_edges(surface):
    edges = surface.sharp_edges()
    ends = surface.points[surface.edges[edges]]
    length, facet = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1), _facet_of_edge(surface)[edges]
    touches = []
    for long, short in _within(ends.mean(axis=1), length + surface.tolerance, ends.mean(axis=1)):
        kept = (length[short] < length[long]) | (length[short] == length[long]) & (short < long)
        long, short = long[kept], short[kept]
        one, other = surface.edges[edges[long]], surface.edges[edges[short]]
        apart = ~(one[:, :, None] == other[:, None, :]).any(axis=(1, 2))
        long, short = long[apart], short[apart]
        place, distance = _between_lines(ends[long], ends[short])
        near = distance < surface.tolerance
        touches.append((place[near], facet[long[near]], facet[short[near]]))
    return _collected(surface, touches)


def _edges_through_facets(surface):
    if surface.dimension == 2:
        return np.empty((0, 3)), np.empty((0, 2), dtype=np.int64)
    centre, radius = surface.balls()
    edges = surface.sharp_edges()
    ends = surface.points[surface.edges[edges]]
    middle, half = ends.mean(axis=1), np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1) / 2
    from_facets = ((f, e, half[e] <= radius[f]) for f, e in _within(centre, 2 * radius, middle))
    from_edges = ((f, e, half[e] > radius[f]) for e, f in _within(middle, 2 * half, centre))
    touches = []
    for facet, edge, kept in chain(from_facets, from_edges):
        kept &= ~(surface.nodes[facet][:, :, None] == surface.edges[edges[edge]][:, None, :]).any(axis=(1, 2))
        facet, edge = facet[kept], edge[kept]
        place, through = _pierced(ends[edge], surface.points[surface.nodes[facet]])
        touches.append((place[through], facet[through], _facet_of_edge(surface)[edges[edge[through]]]))
    return _collected(surface, touches)


def _nested(surface):
    """A point just outside of each piece of the surface that the surface winds around."""
    nodes = surface.nodes
    rows = np.repeat(nodes[:, 0], surface.dimension)
    graph = coo_array((np.ones(len(rows), dtype=bool), (rows, nodes.ravel())), shape=(len(surface.points),) * 2)
    n_pieces, piece = connected_components(graph, directed=False)
    if n_pieces == 1:
        return np.empty((0, 3)), np.empty((0, 2), dtype=np.int64)
    _, facets = np.unique(piece[nodes[:, 0]], return_index=True)
    outside = surface.points[nodes[facets]].mean(axis=1) + 2 * surface.tolerance * surface.outward[facets]
    inside = np.array([_winding(surface, point) != 0 for point in outside])
    cells = surface.cell[facets[inside]]
    return outside[inside], np.stack([cells, cells], axis=1)


def _winding(surface, point):
    """How many times the surface winds around a point, by angles (in 3D: Van Oosterom, Strackee, IEEE Trans. Biomed.
    Eng. 30, 125 (1983))."""
    corners = surface.points[surface.nodes] - point
    if surface.dimension == 2:
        a, b = corners[:, 0], corners[:, 1]
        cross = a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]
        angle, full = np.abs(np.arctan2(cross, np.sum(a * b, axis=1))), 2 * np.pi
    else:
        a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
        la, lb, lc = (np.linalg.norm(v, axis=1) for v in (a, b, c))
        triple = np.abs(np.sum(a * np.cross(b, c), axis=1))
        below = la * lb * lc + np.sum(a * b, axis=1) * lc + np.sum(b * c, axis=1) * la + np.sum(c * a, axis=1) * lb
        angle, full = 2 * np.abs(np.arctan2(triple, below)), 4 * np.pi
    side = np.sign(np.sum(corners[:, 0] * surface.outward, axis=1))
    return round(float(np.sum(side * angle)) / full)


def _facet_of_edge(surface):
    facet = np.empty(len(surface.edges), dtype=np.int64)
    facet[surface.edges_of_facet.ravel()] = np.repeat(np.arange(len(surface.nodes)), surface.edges_of_facet.shape[1])
    return facet


def _collected(surface, touches):
    places = np.concatenate([np.empty((0, 3)), *(place for place, _, _ in touches)])
    none = np.empty(0, dtype=np.int64)
    one = np.concatenate([none, *(facet for _, facet, _ in touches)])
    other = np.concatenate([none, *(facet for _, _, facet in touches)])
    return places, surface.cell[np.stack([one, other], axis=1)]


def _within(centres, radii, points):
    """Yields (i, j), arrays, of all points j that lie within radii[i] of centres[i], some at a time."""
    tree = cKDTree(points)
    for start in range(0, len(centres), CHUNK // 8):
        part = slice(start, start + CHUNK // 8)
        found = tree.query_ball_point(centres[part], radii[part], return_sorted=False)
        count = np.array([len(each) for each in found])
        i = np.repeat(start + np.arange(len(count)), count)
        j = np.fromiter(chain.from_iterable(found), dtype=np.int64, count=count.sum())
        for step in range(0, len(i), CHUNK):
            yield i[step : step + CHUNK], j[step : step + CHUNK]


def _distance(point, corners):
    """Distances of points, (n, 3), from segments, (n, 2, 3), or triangles, (n, 3, 3)."""
    if corners.shape[1] == 2:
        return _from_segment(point, corners[:, 0], corners[:, 1])
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    normal = np.cross(b - a, c - a)
    normal /= np.maximum(np.linalg.norm(normal, axis=1), 1e-300)[:, None]
    above = np.sum(normal * (point - a), axis=1)
    foot = point - above[:, None] * normal
    sides = [np.sum(np.cross(q - p, foot - p) * normal, axis=1) for p, q in ((a, b), (b, c), (c, a))]
    over = np.min(sides, axis=0) >= 0
    rims = np.min([_from_segment(point, p, q) for p, q in ((a, b), (b, c), (c, a))], axis=0)
    return np.where(over, np.abs(above), rims)


def _from_segment(point, a, b):
    along = b - a
    t = np.clip(np.sum((point - a) * along, axis=1) / np.maximum(np.sum(along**2, axis=1), 1e-300), 0, 1)
    return np.linalg.norm(point - a - t[:, None] * along, axis=1)


def _between_lines(one, other):
    """Where two segments, (n, 2, 3) each, are nearest inside both of them, and their distance there; infinite where
    they are nearest at an end."""
    p, q = one[:, 0], other[:, 0]
    u, v, w = one[:, 1] - p, other[:, 1] - q, p - q
    uu, uv, vv = np.sum(u * u, axis=1), np.sum(u * v, axis=1), np.sum(v * v, axis=1)
    uw, vw = np.sum(u * w, axis=1), np.sum(v * w, axis=1)
    below = uu * vv - uv**2
    skew = below > 1e-12 * uu * vv
    below = np.where(skew, below, 1.0)
    s, t = (uv * vw - vv * uw) / below, (uu * vw - uv * uw) / below
    inside = skew & (s >= 0) & (s <= 1) & (t >= 0) & (t <= 1)
    at, opposite = p + s[:, None] * u, q + t[:, None] * v
    return at, np.where(inside, np.linalg.norm(at - opposite, axis=1), np.inf)


def _pierced(ends, corners):
    """Where the lines of segments, (n, 2, 3), meet triangles, (n, 3, 3), and whether they run through them."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    normal = np.cross(b - a, c - a)
    before, after = (np.sum(normal * (ends[:, k] - a), axis=1) for k in (0, 1))
    crosses = before * after < 0
    t = np.where(crosses, before / np.where(crosses, before - after, 1.0), 0.0)
    at = ends[:, 0] + t[:, None] * (ends[:, 1] - ends[:, 0])
    sides = [np.sum(np.cross(q - p, at - p) * normal, axis=1) for p, q in ((a, b), (b, c), (c, a))]
    return at, crosses & (np.min(sides, axis=0) >= 0)
