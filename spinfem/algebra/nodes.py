"""Which nodes of a Lagrange space lie in a set of cells or on a set of facets, agreed between ranks.

A *node* is a block of the space's dofmap: all components of the unknown at one point (on one side of a break).
Masks run over owned nodes first, then ghosts, and the owner of a node knows of every touching cell, wherever that cell lives.
"""

import numpy as np
import ufl
from dolfinx import la


def number_of_nodes(space):
    """(owned, owned + ghost) nodes on this rank."""
    index_map = space.dofmap.index_map
    return index_map.size_local, index_map.size_local + index_map.num_ghosts


def with_ghosts(index_map, owned):
    """The rows of an array over owned nodes, (owned, k), followed by those of ghosts. Collective."""
    vector = la.vector(index_map, owned.shape[1])
    vector.array[: owned.size] = owned.ravel()
    vector.scatter_forward()
    return vector.array.reshape(-1, owned.shape[1]).copy()  # the memory is the vector's


def agree(index_map, mask):
    """The union of the ranks' boolean masks (owned + ghost entries), known to owner and ghosts alike."""
    flags = la.vector(index_map, 1)
    flags.array[:] = mask
    flags.scatter_reverse(la.InsertMode.add)
    flags.scatter_forward()
    return flags.array > 0.5


def nodes_in_cells(space, cells):
    """Boolean mask (owned + ghost nodes) of the nodes that touch any of `cells` (local indices; collective)."""
    mask = np.zeros(number_of_nodes(space)[1], dtype=bool)
    mask[space.dofmap.list[cells].ravel()] = True
    return agree(space.dofmap.index_map, mask)


def nodes_on_facets(space, facets, in_cells=None):
    """Boolean mask (owned + ghost nodes) of the nodes on `facets` (local indices; collective).

    Where the space is broken a facet has nodes on both sides; `in_cells` (a boolean mask over local cells) selects
    the side whose cells are wanted.
    """
    return nodes_on_sides(space, *cells_beside(space.mesh, facets, in_cells))


def nodes_on_sides(space, cells, local_facets):
    """Boolean mask (owned + ghost nodes) of the nodes that `cells` have on their facets number `local_facets` (collective)."""
    mask = np.zeros(number_of_nodes(space)[1], dtype=bool)
    layout, fdim = space.dofmap.dof_layout, space.mesh.topology.dim - 1
    for local_facet in np.unique(local_facets):
        closure = layout.entity_closure_dofs(fdim, int(local_facet))
        mask[space.dofmap.list[cells[local_facets == local_facet]][:, closure].ravel()] = True
    return agree(space.dofmap.index_map, mask)


def nodes_of_faces(space, cells, local_facets):
    """The nodes that `cells` have on their facets number `local_facets`, (faces, nodes of each)."""
    layout, tdim = space.dofmap.dof_layout, space.mesh.topology.dim
    closures = np.array([layout.entity_closure_dofs(tdim - 1, k) for k in range(tdim + 1)])
    return space.dofmap.list[cells[:, None], closures[local_facets]]


def faces_of(mesh, cells, outer=False):
    """The (cell, number of the facet within the cell) pairs where `cells` (local indices, ghosts included) meet other cells.

    outer: where the mesh ends instead. Only owned cells are listed, so each face is on one rank.
    """
    topology, tdim = mesh.topology, mesh.topology.dim
    topology.create_connectivity(tdim, tdim - 1)
    facets_of = topology.connectivity(tdim, tdim - 1).array.reshape(-1, tdim + 1)  # simplices
    all_cells = np.bincount(facets_of.ravel())
    ours = np.bincount(facets_of[cells].ravel(), minlength=len(all_cells))
    owned = cells[cells < topology.index_map(tdim).size_local]
    facets = facets_of[owned]
    which, local_facets = np.nonzero((ours[facets] == 1) & (all_cells[facets] == (1 if outer else 2)))
    return owned[which], local_facets


def cells_beside(mesh, facets, in_cells=None):
    """The (cell, number of the facet within the cell) pairs of the local cells on either side of `facets`."""
    topology, fdim = mesh.topology, mesh.topology.dim - 1
    topology.create_connectivity(fdim, fdim + 1)
    topology.create_connectivity(fdim + 1, fdim)
    facet_cells, cell_facets = topology.connectivity(fdim, fdim + 1), topology.connectivity(fdim + 1, fdim)
    starts = facet_cells.offsets
    counts = starts[facets + 1] - starts[facets]
    owners = np.repeat(facets, counts)
    within = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    cells = facet_cells.array[np.repeat(starts[facets], counts) + within]
    if in_cells is not None:
        keep = in_cells[cells]
        cells, owners = cells[keep], owners[keep]
    if cells.size == 0:
        return cells, cells
    facets_per_cell = fdim + 2  # simplices
    _, local_facets = np.nonzero(cell_facets.array.reshape(-1, facets_per_cell)[cells] == owners[:, None])
    return cells, local_facets


def one_sided(mesh, faces):
    """The measure over faces, (cell, number of the facet within the cell) pairs as two arrays, inner ones included: everything
    is as the cell of the face sees it."""
    pairs = np.stack(faces, axis=1).astype(np.int32).ravel()
    return ufl.Measure("ds", domain=mesh, subdomain_data=[(1, pairs)])(1)
