"""What a drawing offers: from its CAD entities before there is a mesh, or from a mesh that has nothing else."""

import numpy as np

from spinfem.case.outline import Outline
from spinfem.geometry.model_names import contacts, terminals_touch


def outline_of_model(names, parameters):
    """The Outline of the open Gmsh model."""
    return Outline(
        dimension=names.dimension,
        regions=tuple(names.regions),
        terminals=terminals_touch(names),
        contacts=frozenset(contacts(names)),
        parameters=parameters,
    )


def outline_of_data(data):
    """The Outline of a mesh."""
    facets, tags = _interesting_facets(data)
    _, which = np.unique(np.concatenate([facets, np.sort(data.facets, axis=1)]), axis=0, return_inverse=True)
    which, terminal_facets = which.ravel()[: len(facets)], which.ravel()[len(facets) :]
    # The regions on the two sides of each facet; the same one twice on the outside.
    low = np.full(len(facets) + len(data.facets), np.iinfo(np.int32).max)
    high = np.zeros_like(low)
    np.minimum.at(low, which, tags)
    np.maximum.at(high, which, tags)

    names = {tag: name for name, tag in data.regions.items()}
    between = {pair for pair in zip(low[which].tolist(), high[which].tolist()) if pair[0] != pair[1]}
    return Outline(
        dimension=data.dimension,
        regions=tuple(data.regions),
        terminals={
            name: tuple(sorted(names[region] for region in set(low[on].tolist()) | set(high[on].tolist())))
            for name, tag in data.terminals.items()
            for on in [terminal_facets[data.facet_tags == tag]]
        },
        contacts=frozenset(frozenset((names[a], names[b])) for a, b in between),
    )


def _interesting_facets(data):
    """Facets of cells whose nodes all lie between regions or on terminals, (n, dimension) sorted nodes, and the
    regions of their cells, (n,): few, where all facets would take long to sort."""
    held = np.zeros(len(data.points), dtype=int)
    for tag in data.regions.values():
        held[np.unique(data.cells[data.cell_tags == tag])] += 1
    interesting = held > 1
    interesting[data.facets] = True
    facets, tags = [], []
    for opposite in range(data.dimension + 1):
        facet = np.delete(data.cells, opposite, axis=1)
        kept = interesting[facet].all(axis=1)
        facets.append(facet[kept])
        tags.append(data.cell_tags[kept])
    return np.sort(np.concatenate(facets), axis=1), np.concatenate(tags)
