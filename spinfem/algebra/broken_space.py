"""A Lagrange space that is continuous everywhere except across chosen pairs of regions.

At a node where regions A and B meet and (A, B) is a break, cells of A and cells of B get degrees of freedom of their own,
unless a third region that meets there joins them (A|B resistive, A|C and C|B transparent: at the common edge all three share).
The mesh stays as it is; ordinary `dS` integrals couple the two sides.
"""

import numpy as np
from dolfinx import fem, la
from mpi4py import MPI

from spinfem.algebra.nodes import agree
from spinfem.compat import index_map, renumbered_space


def broken_space(mesh, element, region_of_cell, breaks):
    """The function space of `element` (blocked Lagrange), broken across `breaks`.

    region_of_cell: (local cells with ghosts,) small non-negative integers.
    breaks: set of frozensets of two region numbers. Collective.
    """
    space = fem.functionspace(mesh, element)
    if not breaks:
        return space
    sheet = _sheets(space, region_of_cell, breaks)
    nodes, number = _number_sheets(space, region_of_cell, sheet)
    cells = space.dofmap.list
    return renumbered_space(space, nodes, number[cells, sheet[cells, region_of_cell[:, None]]])


def same_nodes(space, element):
    """The function space of `element` (Lagrange of the degree of `space`, scalar or blocked) on the nodes of `space`, breaks included."""
    return renumbered_space(fem.functionspace(space.mesh, element), space.dofmap.index_map, space.dofmap.list)


def _sheets(space, region_of_cell, breaks):
    """(nodes, regions) array: the smallest region that shares its dof with this region at this node; -1 where it does not touch."""
    comm, nodes = space.mesh.comm, space.dofmap.index_map
    n_regions = comm.allreduce(int(region_of_cell.max(initial=0)), op=MPI.MAX) + 1
    touches = np.zeros((nodes.size_local + nodes.num_ghosts, n_regions), dtype=bool)
    for region in range(n_regions):
        local = np.zeros(touches.shape[0], dtype=bool)
        local[space.dofmap.list[region_of_cell == region].ravel()] = True
        touches[:, region] = agree(nodes, local)
    patterns, which = np.unique(touches, axis=0, return_inverse=True)
    return np.array([_join(pattern, breaks) for pattern in patterns]).reshape(-1, n_regions)[which.ravel()]


def _join(pattern, breaks):
    """Representatives of the regions that meet at a node, joined through every pair that is not a break."""
    representative = np.where(pattern, np.arange(pattern.size), -1)
    regions = np.flatnonzero(pattern)
    for a in regions:
        for b in regions:
            if a < b and frozenset((int(a), int(b))) not in breaks and representative[a] != representative[b]:
                low, high = sorted((representative[a], representative[b]))
                representative[representative == high] = low
    return representative


def _number_sheets(space, region_of_cell, sheet):
    """The index map of the broken space, and a (nodes, regions) array with the local number of each (node, sheet)."""
    comm, nodes = space.mesh.comm, space.dofmap.index_map
    owned = nodes.size_local
    exists = np.zeros(sheet.shape, dtype=bool)
    rows, columns = np.nonzero(sheet >= 0)
    exists[rows, sheet[rows, columns]] = True

    number = np.full(sheet.shape, -1, dtype=np.int64)
    n_owned = int(exists[:owned].sum())
    number[:owned][exists[:owned]] = np.arange(n_owned)
    start = comm.exscan(n_owned) or 0

    # A ghost is numbered here only where a local cell needs it; its global number comes from the owner.
    needed = np.zeros(sheet.shape, dtype=bool)
    cells = space.dofmap.list
    needed[cells, sheet[cells, region_of_cell[:, None]]] = True
    ghost_node, ghost_sheet = np.nonzero(needed[owned:])
    global_number = la.vector(nodes, sheet.shape[1])
    global_number.array[:] = np.where(number >= 0, number + start, -1).ravel()
    global_number.scatter_forward()
    ghosts = global_number.array.reshape(sheet.shape)[owned + ghost_node, ghost_sheet].astype(np.int64)
    number[owned + ghost_node, ghost_sheet] = n_owned + np.arange(ghosts.size)
    return index_map(comm, n_owned, ghosts, nodes.owners[ghost_node]), number
