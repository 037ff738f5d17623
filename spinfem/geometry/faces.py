"""The outer faces of regions: parts of the outside that hang together and look about the same way."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from spinfem.geometry.facets import facets_of, found_among
from spinfem.geometry.simplices import unit_normals


def outer_faces(data, regions, without=()):
    """Yields (region, its facets as node numbers, (n, dimension)) for each outer face of these `regions` of MeshData, but for what belongs to the
    terminals `without`."""
    facets = facets_of(data)
    left_out = data.facets[np.isin(data.facet_tags, [data.terminals[name] for name in without])]
    outer = np.setdiff1d(facets.outer, found_among(facets.nodes, left_out, len(data.points)))
    nodes, cells = facets.nodes[outer], facets.cells[outer, 0]
    looks = _looks(data.points, nodes, data.cells[cells])
    for region in sorted(regions):
        for look in np.unique(looks):
            here = nodes[(data.cell_tags[cells] == data.regions[region]) & (looks == look)]
            yield from ((region, here[face == k]) for face in [_together(here)] for k in np.unique(face))


def _looks(points, nodes, cells):
    """Which axis each outer facet is most across, and towards which side it looks, as one number, (n,); cells: the nodes of the cells behind them."""
    outwards = points[nodes].mean(axis=1) - points[cells].mean(axis=1)
    if points.shape[1] > 1:
        normals = unit_normals(points[nodes])[:, : points.shape[1]]
        outwards = normals * np.sign(np.sum(normals * outwards, axis=1))[:, None]
    axis = np.abs(outwards).argmax(axis=1)
    return 2 * axis + (outwards[np.arange(len(axis)), axis] > 0)


def _together(facets):
    """Which of the parts that hang together by nodes each facet, (n, dimension) nodes, is in, (n,)."""
    used, node = np.unique(facets, return_inverse=True)
    n, size = facets.shape
    pairs = np.repeat(np.arange(n), size), n + node.ravel()
    graph = coo_array((np.ones(n * size, dtype=bool), pairs), shape=(n + len(used),) * 2)
    return connected_components(graph, directed=False)[1][:n]
