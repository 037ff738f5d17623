"""How singular the potentials are at the edges of a device (in 2D: at its corners).

Around an edge the metals are wedges that follow each other. Close to it the potential goes as r^a f(theta), with f'' = -a^2 f in each wedge, f and
sigma f' continuous from one to the next, f' = 0 on an insulated face and f = 0 on one that is held. The smallest a > 0 says how strong the
singularity is: 1 and more is none (Grisvard, Elliptic Problems in Nonsmooth Domains (Pitman, 1985); for several materials Nicaise and
Sandig, Math. Methods Appl. Sci. 17, 395 (1994)).
"""

from functools import cached_property
from itertools import combinations

import numpy as np

from spinfem.geometry.facets import codes, facets_of, found_among

_STEPS = np.linspace(0.02, 1.0, 99)
_WIDE = 1.02 * np.pi  # a wedge of one metal with insulated faces is singular beyond a flat angle


def exponents(data, metals):
    """(edges, (n, dimension - 1) node numbers, and the exponent, (n,), of each): those where there may be a singularity.

    metals: `Metals`. An interface that keeps two regions apart ends a wedge like the outside.
    """
    if data.dimension == 1:
        return np.empty((0, 1), dtype=np.int64), np.empty(0)
    around = _Around(data, metals)
    cache: dict = {}
    every = (min((_exponent(fan, cache) for fan in around.fans(edge)), default=1.0) for edge in around.doubtful)
    found = np.fromiter(every, dtype=float)
    singular = found < 0.99
    return around.edges[around.doubtful][singular], found[singular]


def _exponent(fan, cache):
    """fan: ((angle, conductivity) of each wedge, is the first face held, is the last one)."""
    wedges, *held = fan
    key = (tuple((round(angle, 2), float(f"{sigma:.2g}")) for angle, sigma in wedges), *held)
    if key not in cache:
        cache[key] = _smallest(wedges, *held)
    return cache[key]


def _smallest(wedges, first_held, last_held):
    """The smallest a up to 1 at which the last condition holds; 1 if there is none."""
    value, flux = (
        (np.zeros_like(_STEPS), np.ones_like(_STEPS)) if first_held else (np.ones_like(_STEPS), np.zeros_like(_STEPS))
    )
    for angle, sigma in wedges:  # flux: sigma f' / a
        c, s = np.cos(_STEPS * angle), np.sin(_STEPS * angle)
        value, flux = c * value + s * flux / sigma, c * flux - s * sigma * value
    rest = value if last_held else flux
    change = np.flatnonzero(np.sign(rest[1:]) != np.sign(rest[:-1]))
    return float(_STEPS[change[0] + 1]) if len(change) else 1.0


class _Around:
    """The cells around each edge of a mesh (in 2D: around each node)."""

    def __init__(self, data, metals):
        self.data, self.metals = data, metals
        d, cells = data.dimension, data.cells
        self.sigma = _by_tag(data.regions, metals.conductivities)
        local = list(combinations(range(d + 1), d - 1))
        rows = np.concatenate([np.sort(cells[:, list(own)], axis=1) for own in local])
        _, first, self.which = np.unique(codes(rows, len(data.points)), return_index=True, return_inverse=True)
        self.which = self.which.ravel()
        self.edges = rows[first]
        self.cell = np.tile(np.arange(len(cells)), len(local))
        others = [[k for k in range(d + 1) if k not in own] for own in local]
        self.beside = np.concatenate([cells[:, pair] for pair in others])  # the two nodes of a cell off its edge
        self.angle = _angles(data.points, rows, self.beside)
        by_edge = np.argsort(self.which, kind="stable")
        self.order, self.start = by_edge, np.searchsorted(self.which[by_edge], np.arange(len(first) + 1))
        self.facets = facets_of(data)
        self._names = {tag: name for name, tag in data.regions.items()}

    @cached_property
    def doubtful(self):
        """Numbers of the edges on the outside where metals meet, a terminal ends, or one metal takes more than a flat angle."""
        n, facets = len(self.edges), self.facets
        outer = np.zeros(n, dtype=bool)
        outer[self._edges_of(facets.nodes[facets.outer])] = True
        total = np.bincount(self.which, self.angle, n)
        tags = self.data.cell_tags[self.cell]
        low, high = np.full(n, tags.max()), np.zeros(n, dtype=tags.dtype)
        np.minimum.at(low, self.which, tags)
        np.maximum.at(high, self.which, tags)
        ends = np.bincount(self._edges_of(self.data.facets), minlength=n)  # of how many terminals' facets it is part
        return np.flatnonzero(outer & ((total > _WIDE) | (low != high) | (ends == 1)))

    def fans(self, edge):
        """Yields ((angle, conductivity) of the wedges that follow each other, is the first face held, is the last one)."""
        here = self.order[self.start[edge] : self.start[edge + 1]]
        pairs, own = self.beside[here], self.edges[edge]
        left = dict(enumerate(here))
        neighbours = {}
        for k, pair in enumerate(pairs.tolist()):
            for node in pair:
                neighbours.setdefault(node, []).append(k)
        for node, owners in neighbours.items():
            if len(owners) == 1 and owners[0] in left:
                yield from self._walk(own, node, owners[0], left, pairs, neighbours, here)

    def _walk(self, own, node, k, left, pairs, neighbours, here):
        """From the outer face at `node` on, to the outer face where the fan ends; a barrier on the way parts it."""
        wedges, held = [], self._held(own, node)
        while True:
            left.pop(k)
            wedges.append((float(self.angle[here[k]]), float(self.sigma[self.data.cell_tags[self.cell[here[k]]]])))
            node = int(pairs[k].sum() - node)
            following = [other for other in neighbours[node] if other != k and other in left]
            if not following:
                yield tuple(wedges), held, self._held(own, node)
                return
            if self._apart(here[k], here[following[0]]):
                yield tuple(wedges), held, False
                wedges, held = [], False
            k = following[0]

    def _apart(self, one, other):
        return frozenset(self._names[self.data.cell_tags[self.cell[k]]] for k in (one, other)) in self.metals.barriers

    def _held(self, own, node):
        return tuple(sorted([*own.tolist(), node])) in self._terminal_facets

    @cached_property
    def _terminal_facets(self):
        return {tuple(sorted(facet)) for facet in self.data.facets.tolist()}

    def _edges_of(self, facets):
        """Numbers of the edges of facets, (n, dimension) nodes, each as often as facets have it."""
        rows = np.concatenate([np.delete(facets, k, axis=1) for k in range(facets.shape[1])])
        return found_among(self.edges, rows, len(self.data.points))


def _by_tag(numbers, values):
    found = np.ones(max(numbers.values()) + 1)
    for name, tag in numbers.items():
        found[tag] = values[name]
    return found / found.max()


def _angles(points, edges, beside):
    """The angle of each cell at its edge, (n,)."""
    origin = points[edges[:, 0]]
    one, other = points[beside[:, 0]] - origin, points[beside[:, 1]] - origin
    if edges.shape[1] == 2:
        along = points[edges[:, 1]] - origin
        along /= np.linalg.norm(along, axis=1)[:, None]
        one = one - np.sum(one * along, axis=1)[:, None] * along
        other = other - np.sum(other * along, axis=1)[:, None] * along
    cosine = np.sum(one * other, axis=1) / (np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1))
    return np.arccos(np.clip(cosine, -1.0, 1.0))
