"""Uniform refinement in parallel: intervals into 2, triangles into 4, tetrahedra into 8, all edges cut in the middle.

It works on each rank's own cells as array operations and hands back MeshData, so that a refined mesh is built by the
very function that builds an unrefined one. Cells stay on the rank of their parents: a good partition stays good.

A tetrahedron has four corner children; the octahedron that remains is cut along its shortest diagonal, which keeps the
children in shape however often this is done.
"""

import numpy as np

from spinfem.compat import nodes_of_cells, sent_to
from spinfem.geometry.distribute import from_owners, number_of
from spinfem.geometry.mesh_data import MeshData

# Columns of a cell's nodes: its vertices, then the middles of its edges in the order of the reference cell.
# Interval: vertices 0-1, middle 2. Triangle: vertices 0-2, edge i opposite vertex i is 3+i. Tetrahedron: vertices 0-3,
# edges 4-9.
EDGES = {1: ((0, 1),), 2: ((1, 2), (0, 2), (0, 1)), 3: ((2, 3), (1, 3), (1, 2), (0, 3), (0, 2), (0, 1))}
CORNERS = {
    1: ((0, 2), (1, 2)),
    2: ((0, 4, 5), (1, 3, 5), (2, 3, 4)),
    3: ((0, 7, 8, 9), (1, 5, 6, 9), (2, 4, 6, 8), (3, 4, 5, 7)),
}
DIAGONALS = ((4, 9), (5, 8), (6, 7))  # of the octahedron, and for each the ring of the other four
RINGS = ((5, 6, 8, 7), (4, 6, 9, 7), (4, 5, 9, 8))
# Children of each facet of a cell: the one opposite each vertex; of an interval, each vertex itself.
FACETS = {
    1: (((0,),), ((1,),)),
    2: (((1, 3), (3, 2)), ((0, 4), (4, 2)), ((0, 5), (5, 1))),
    3: (
        ((1, 5, 6), (2, 4, 6), (3, 4, 5), (4, 5, 6)),
        ((0, 7, 8), (2, 4, 8), (3, 4, 7), (4, 7, 8)),
        ((0, 7, 9), (1, 5, 9), (3, 5, 7), (5, 7, 9)),
        ((0, 8, 9), (1, 6, 9), (2, 6, 8), (6, 8, 9)),
    ),
}


def _templates(dimension):
    """(choices, children, dimension + 1): the children's columns, for each way to cut what the corners leave."""
    if dimension == 1:
        return np.array([CORNERS[1]])
    if dimension == 2:
        return np.array([(*CORNERS[2], (3, 4, 5))])
    cuts = [
        [(p, q, ring[i], ring[(i + 1) % 4]) for i in range(4)] for (p, q), ring in zip(DIAGONALS, RINGS, strict=True)
    ]
    return np.array([(*CORNERS[3], *cut) for cut in cuts])


def refine(tagged):
    """The refined mesh of a TaggedMesh: this rank's MeshData, and the partitioner that keeps cells where they are.

    Collective.
    """
    topology = tagged.mesh.topology
    dimension = topology.dim
    topology.create_entities(1)
    topology.create_connectivity(dimension, 1)
    owned = topology.index_map(dimension).size_local
    columns, points = _nodes(tagged.mesh)
    choice = _shortest_diagonal(points, columns) if dimension == 3 else np.zeros(len(columns), dtype=int)
    number = _global_numbers(tagged.mesh)
    templates = _templates(dimension)
    children = np.take_along_axis(
        columns[:owned, None, :], templates[choice[:owned]].reshape(owned, 1, -1), axis=2
    ).reshape(-1, dimension + 1)

    cell, side = np.nonzero(tagged.terminal[_facets_of_cells(topology)[:owned]])
    parts = np.array(FACETS[dimension])[side]  # (facets, children, nodes)
    facets = columns[cell[:, None, None], parts].reshape(-1, dimension)
    tags = tagged.terminal[_facets_of_cells(topology)[cell, side]]
    data = MeshData(
        points=_owned_points(tagged.mesh, points),
        cells=number[children],
        cell_tags=np.repeat(tagged.region[:owned], templates.shape[1]),
        facets=number[facets],
        facet_tags=np.repeat(tags, parts.shape[1]),
        regions=tagged.regions,
        terminals=tagged.terminals,
    )
    return data, _stay(tagged.mesh, choice[:owned], templates)


def _facets_of_cells(topology):
    """(local cells, dimension + 1) facets; column i is opposite vertex i (in 1D: it is vertex i)."""
    return topology.connectivity(topology.dim, topology.dim - 1).array.reshape(-1, topology.dim + 1)


def _nodes(mesh):
    """Local numbers of each cell's columns, old nodes first and edges behind them, and the points of all of these."""
    dimension = mesh.topology.dim
    vertices = nodes_of_cells(mesh)
    n_nodes, edge_nodes = len(mesh.geometry.x), np.array(EDGES[dimension])
    edges = mesh.topology.connectivity(dimension, 1).array.reshape(-1, len(edge_nodes))
    points = np.empty((n_nodes + number_of(mesh.topology, 1), dimension))
    points[:n_nodes] = mesh.geometry.x[:, :dimension]
    points[n_nodes + edges] = points[vertices[:, edge_nodes]].mean(axis=2)
    return np.hstack([vertices, n_nodes + edges]), points


def _owned_points(mesh, points):
    """This rank's block of points: the nodes it owns, then the middles of the edges it owns."""
    n_nodes = len(mesh.geometry.x)
    edges = mesh.topology.index_map(1).size_local
    return np.vstack([points[: mesh.geometry.index_map().size_local], points[n_nodes : n_nodes + edges]])


def _global_numbers(mesh):
    """The number of each local point in the refined mesh, (nodes + edges,) int64."""
    nodes, edges = mesh.geometry.index_map(), mesh.topology.index_map(1)
    first = nodes.local_range[0] + edges.local_range[0]
    old = np.zeros(nodes.size_local + nodes.num_ghosts, dtype=np.int64)
    new = np.zeros(edges.size_local + edges.num_ghosts, dtype=np.int64)
    old[: nodes.size_local] = first + np.arange(nodes.size_local)
    new[: edges.size_local] = first + nodes.size_local + np.arange(edges.size_local)
    return np.concatenate([from_owners(nodes, old), from_owners(edges, new)])


def _shortest_diagonal(points, columns):
    """(cells,) which of the three diagonals of the inner octahedron is shortest."""
    lengths = [np.linalg.norm(points[columns[:, p]] - points[columns[:, q]], axis=1) for p, q in DIAGONALS]
    return np.argmin(lengths, axis=0)


def _stay(mesh, choice, templates):
    """A partitioner: each child stays with its parent, and is a ghost on the ranks of its neighbours across facets."""
    topology, rank = mesh.topology, mesh.comm.rank
    dimension = topology.dim
    cells = topology.index_map(dimension)
    beside = topology.connectivity(dimension - 1, dimension)
    shared = np.flatnonzero(np.diff(beside.offsets) == 2)
    pairs = beside.array[beside.offsets[shared][:, None] + np.arange(2)]
    # Facets between an owned cell and a ghost: the children there are wanted by the ghost's owner.
    here, there = pairs.min(axis=1), pairs.max(axis=1)
    frontier = (here < cells.size_local) & (there >= cells.size_local)
    here, owner = here[frontier], np.asarray(cells.owners)[there[frontier] - cells.size_local]
    side = np.argmax(_facets_of_cells(topology)[here] == shared[frontier][:, None], axis=1)

    child_on_side = _children_on_facets(dimension, templates)[choice[here], :, side]  # (frontier, children)
    row, child = np.nonzero(child_on_side)
    n_children = templates.shape[1]
    ghosts = np.unique(np.stack([here[row] * n_children + child, owner[row]], axis=1), axis=0)
    n_cells = cells.size_local * n_children
    # Owner first, then the ghosts' ranks, child by child.
    cell = np.concatenate([np.arange(n_cells), ghosts[:, 0]])
    destination = np.concatenate([np.full(n_cells, rank), ghosts[:, 1]]).astype(np.int32)
    order = np.argsort(cell, kind="stable")
    offsets = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=n_cells))]).astype(np.int32)
    return sent_to(destination[order], offsets)


def _children_on_facets(dimension, templates):
    """(choices, children, facets): whether a child has a facet on a facet of its parent."""
    on_facet = [np.unique(children) for children in FACETS[dimension]]
    return np.stack([np.isin(templates, nodes).sum(axis=2) == dimension for nodes in on_facet], axis=2)
