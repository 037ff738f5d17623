"""How the cells around a node, in 3D also around an edge, hang together through facets.

The cells of one region around a node fall into fans, each connected through facets at that node; two fans are linked
where they share a facet. A potential that is continuous at the node joins all fans there, whether linked or not. So
fans without any link are metal that meets in a point, and where the links go through interfaces across which the
potential jumps, the case has to be asked.
"""

from collections import defaultdict
from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from spinfem.geometry.facets import codes


class Meeting(NamedTuple):
    """Fans at a node or an edge that are not all linked with each other."""

    regions: tuple[int, ...]  # of each fan
    links: frozenset[tuple[int, int]]  # pairs of fans
    place: np.ndarray  # drawing units

    @property
    def in_a_point_only(self):
        """Do the fans fall apart?"""
        reached = {0}
        for _ in self.regions:
            reached |= {fan for link in self.links if reached & set(link) for fan in link}
        return len(reached) < len(self.regions)


def meetings(data, facets):
    """One Meeting of each kind in MeshData with these Facets."""
    interesting = np.zeros(len(data.points), dtype=bool)
    sides = data.cell_tags[facets.cells]
    interesting[facets.nodes[(facets.count == 1) | (sides[:, 0] != sides[:, 1])]] = True
    found = {}
    for size in range(1, data.dimension):
        for meeting in _around(data, facets, interesting, size):
            found.setdefault(meeting[:2], meeting)
    return tuple(found.values())


def _around(data, facets, interesting, size):
    """The Meetings around nodes (size 1) or edges (size 2), all of whose nodes are interesting."""
    subsets = list(combinations(range(data.dimension + 1), size))
    cells = np.sort(data.cells, axis=1)
    touched = np.flatnonzero(interesting[cells].sum(axis=1) >= size)
    number = np.full(len(cells), -1, dtype=np.int64)
    number[touched] = np.arange(len(touched))
    # A slot is a cell seen from one of its nodes (edges).
    nodes = cells[touched][:, subsets].reshape(-1, size)
    used = interesting[nodes].all(axis=1)
    region = np.repeat(data.cell_tags[touched], len(subsets))

    first, second = _neighbours(facets, number, subsets, data.dimension)
    kept = used[first]
    first, second = first[kept], second[kept]
    same = region[first] == region[second]
    n_slots = len(nodes)
    graph = coo_array((np.ones(same.sum(), dtype=bool), (first[same], second[same])), shape=(n_slots, n_slots))
    _, fan = connected_components(graph, directed=False)

    fans, slot = np.unique(fan[used], return_index=True)
    slot = np.flatnonzero(used)[slot]
    links = np.sort(fan[np.stack([first[~same], second[~same]], axis=1)], axis=1)
    links = np.unique(codes(links, n_slots)) if len(links) else np.empty(0, dtype=np.int64)
    links = np.searchsorted(fans, np.stack([links // n_slots, links % n_slots], axis=1))
    _, where = np.unique(codes(nodes[slot], len(data.points)), return_inverse=True)
    where = where.ravel()
    n_fans, n_links = np.bincount(where), np.bincount(where[links[:, 0]], minlength=where.max(initial=-1) + 1)
    incomplete = n_links < n_fans * (n_fans - 1) // 2
    return _described(data, fans, slot, where, links, incomplete, region, nodes)


def _neighbours(facets, number, subsets, dimension):
    """(first, second) slots of cells on the two sides of inner facets that see the same node (edge) of the facet."""
    inner = facets.inner
    inner = inner[(number[facets.cells[inner]] >= 0).all(axis=1)]
    place = {subset: i for i, subset in enumerate(subsets)}
    on_facet = np.array(
        [[place[s] for s in subsets if opposite not in s] for opposite in range(dimension + 1)]
    )  # in the order of the facet's own nodes, whichever of the cell's it lacks
    slots = [
        number[facets.cells[inner, side]][:, None] * len(subsets) + on_facet[facets.opposite[inner, side]]
        for side in (0, 1)
    ]
    return slots[0].ravel(), slots[1].ravel()


def _described(data, fans, slot, where, links, incomplete, region, nodes):
    members, joined = defaultdict(list), defaultdict(list)
    for fan in np.flatnonzero(incomplete[where]):
        members[where[fan]].append(fan)
    for a, b in links[incomplete[where[links[:, 0]]]].tolist():
        joined[where[a]].append((a, b))
    for place, there in members.items():
        order = sorted(there, key=lambda fan: (region[slot[fan]], fan))
        number = {fan: i for i, fan in enumerate(order)}
        yield Meeting(
            tuple(int(region[slot[fan]]) for fan in order),
            frozenset((min(number[a], number[b]), max(number[a], number[b])) for a, b in joined[place]),
            data.points[nodes[slot[there[0]]]].mean(axis=0),
        )
