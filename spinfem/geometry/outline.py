"""What a drawing offers, from a mesh of it: its own, or the coarsest one."""

from collections import defaultdict
from dataclasses import replace
from itertools import combinations, product

import numpy as np

from spinfem.case.outline import Meeting, Outline, Shared
from spinfem.geometry.facets import contacts_of, facets_of, found_among
from spinfem.geometry.fans import meetings
from spinfem.geometry.pieces import pieces_of

INSIDE = "lies inside the device; a terminal is on the outer surface"
NOWHERE = "is not on the surface of any region"


def without_unusable(data, facets):
    """MeshData without the terminals that can be none, because of facets inside or beside the metal, and these
    terminals: name -> why."""
    which = found_among(facets.nodes, data.facets, len(data.points))
    unusable = {}
    for name, tag in data.terminals.items():
        on = which[data.facet_tags == tag]
        if not len(on) or (on < 0).any():
            unusable[name] = NOWHERE
        elif (facets.count[on] > 1).any():
            unusable[name] = INSIDE
    kept = ~np.isin(data.facet_tags, [data.terminals[name] for name in unusable])
    return (
        replace(
            data,
            facets=data.facets[kept],
            facet_tags=data.facet_tags[kept],
            terminals={name: tag for name, tag in data.terminals.items() if name not in unusable},
        ),
        unusable,
    )


def outline_of_data(data, parameters=None):
    """The Outline of a mesh."""
    facets = facets_of(data)
    return outline_of_mesh(data, facets, meetings(data, facets), parameters or {})


def outline_of_mesh(data, facets, fans, parameters):
    """The Outline of MeshData, given its Facets and the Meetings of its fans."""
    data, unusable = without_unusable(data, facets)
    names = {tag: name for name, tag in data.regions.items()}
    which = found_among(facets.nodes, data.facets, len(data.points))
    terminal_facets = {name: which[data.facet_tags == tag] for name, tag in data.terminals.items()}
    pieces, joints = pieces_of(data, facets, terminal_facets)
    used = data.points[np.unique(data.cells)]
    return Outline(
        dimension=data.dimension,
        regions=tuple(data.regions),
        terminals={
            name: tuple(sorted({names[tag] for tag in data.cell_tags[facets.cells[on, 0]].tolist()}))
            for name, on in terminal_facets.items()
        },
        contacts=frozenset(frozenset((pieces[a].region, pieces[b].region)) for a, b in joints),
        parameters=parameters,
        pieces=pieces,
        joints=joints,
        meetings=tuple(Meeting(tuple(names[tag] for tag in m.regions), m.links, tuple(m.place.tolist())) for m in fans),
        shared=_shared(data, facets, terminal_facets, names),
        unusable=unusable,
        low=tuple(used.min(axis=0).tolist()),
        high=tuple(used.max(axis=0).tolist()),
        shortest_edge=float(_edge_lengths(data, data.cells).min()),
        cells=len(data.cells),
    )


def edges_at_contacts(data):
    """Contact -> mean edge of its facets, drawing units (1D: of the cells beside it)."""
    facets, found = facets_of(data), {}
    for pair, on in contacts_of(data, facets):
        simplices = facets.nodes[on] if data.dimension > 1 else data.cells[facets.cells[on].ravel()]
        found[frozenset(pair)] = float(_edge_lengths(data, simplices).mean())
    return found


def _edge_lengths(data, simplices):
    ends = [data.points[simplices[:, pair]] for pair in combinations(range(simplices.shape[1]), 2)]
    return np.concatenate([np.linalg.norm(pair[:, 1] - pair[:, 0], axis=1) for pair in ends])


def _shared(data, facets, terminal_facets, names):
    """The nodes that two terminals share, one of each kind."""
    on = {name: _nodes_by_region(data, facets, chosen) for name, chosen in terminal_facets.items()}
    found = {}
    for first, second in combinations(on, 2):
        for a, b in product(on[first], on[second]):
            common = np.intersect1d(on[first][a], on[second][b])
            for node, around in _regions_around(data, common).items():
                kind = (first, second), (names[a], names[b]), frozenset(names[tag] for tag in around)
                found.setdefault(kind, Shared(*kind, tuple(data.points[node].tolist())))
    return tuple(found.values())


def _nodes_by_region(data, facets, chosen):
    """Tag of a region -> the nodes that some facets on the outside have on it."""
    tags = data.cell_tags[facets.cells[chosen, 0]]
    return {tag: np.unique(facets.nodes[chosen[tags == tag]]) for tag in np.unique(tags).tolist()}


def _regions_around(data, nodes):
    """Node -> the tags of the regions whose cells have it."""
    if not len(nodes):
        return {}
    cell, corner = np.nonzero(np.isin(data.cells, nodes))
    found = defaultdict(set)
    for node, tag in np.unique(np.stack([data.cells[cell, corner], data.cell_tags[cell]], axis=1), axis=0).tolist():
        found[node].add(tag)
    return found
