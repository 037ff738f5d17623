"""DOLFINx 0.9 to 0.11: what differs between them, and what their public interfaces do not offer.

The one file that asks for versions or reaches into `cpp`. It stands at the top because geometry, algebra and study all
need it, and none of these may import from a later one.
"""

from collections.abc import Callable

import numpy as np
from dolfinx import common, cpp, fem, graph
from dolfinx.mesh import GhostMode, create_cell_partitioner

_TAG = 1203  # of the messages while ranks agree on an index map


def equal_parts():
    """A partitioner that cuts the graph of a mesh into equal parts; neighbours across a facet become ghosts."""
    make: Callable = create_cell_partitioner
    try:
        return make(GhostMode.shared_facet, 2)  # since 0.11: how many cells meet at a facet
    except TypeError:
        return make(GhostMode.shared_facet)


def sent_to(ranks, offsets):
    """A partitioner that sends cell i to `ranks[offsets[i]:offsets[i + 1]]`, its owner first; both arrays are int32."""
    destinations = _bare(graph.adjacencylist(ranks, offsets))
    return lambda *_: destinations


def index_map(comm, owned, ghosts, owners):
    """The IndexMap of `owned` numbers of this rank; `ghosts` are global numbers that belong to the ranks `owners`. Collective."""
    parts = (comm, owned, ghosts.astype(np.int64), owners.astype(np.int32))
    try:
        return common.IndexMap(*parts, _TAG)  # since 0.10
    except TypeError:
        return common.IndexMap(*parts)


def renumbered_space(space, index_map, cells):
    """The function space of the element of `space` (blocked Lagrange) with other degrees of freedom.

    index_map: of the nodes. cells: (local cells with ghosts, nodes of a cell) local node numbers.
    """
    block = space.dofmap.index_map_bs
    nodes = cpp.graph.AdjacencyList_int32(cells.astype(np.int32))
    dofmap = cpp.fem.DofMap(space.dofmap.dof_layout, index_map, block, nodes, block)
    parts = (_bare(space.mesh), _bare(space.element), dofmap)
    try:
        bare = cpp.fem.FunctionSpace_float64(*parts)
    except TypeError:  # up to 0.9 with the shape of values
        bare = cpp.fem.FunctionSpace_float64(*parts, list(space.ufl_element().reference_value_shape))
    return fem.FunctionSpace(space.mesh, space.ufl_element(), bare)


def nodes_of_cells(mesh):
    """(local cells with ghosts, nodes of a cell): the rows of `mesh.geometry.x`."""
    dofmaps = getattr(mesh.geometry, "dofmaps", None)  # a list in 0.11
    return mesh.geometry.dofmap if dofmaps is None or callable(dofmaps) else dofmaps[0]


def interpolation_points(space):
    """Where a function is evaluated to interpolate it: (n, tdim) points of the reference cell."""
    points = space.element.interpolation_points
    return points() if callable(points) else points  # a property since 0.10


def _bare(wrapper):
    """The C++ object of a Python one. (In 0.9 some classes are not wrapped.)"""
    return getattr(wrapper, "_cpp_object", wrapper)
