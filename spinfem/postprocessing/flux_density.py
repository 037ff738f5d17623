"""How densely currents leave a region through its contacts and terminals.

The reactions of a region's own cells are what leaves it, node by node; where nothing leaves, inside and on insulated surfaces, they
vanish. Their L2 projection on all faces of contacts and terminals together is a density whose integral is the total current to the
tolerance of the solver. It is linear in each face: reactions at neighbouring corners and middles of edges scatter, and only
together are they accurate. At an edge that two contacts share the density is continuous, so there current may be counted to the
neighbour, less and less as the mesh gets finer; the integral over a contact that shares no edge is `Solution.flux`.
"""

from dataclasses import dataclass

import basix.ufl
import numpy as np

from spinfem.algebra.broken_space import same_nodes
from spinfem.algebra.nodes import cells_beside, faces_of, nodes_in_cells, nodes_on_sides, one_sided
from spinfem.algebra.projection import corner_shapes, project


@dataclass(frozen=True)
class FluxDensity:
    """Current densities normal to faces, at nodes, A/m^2."""

    charge: np.ndarray  # j.n, (...)
    spin: np.ndarray  # J_a.n for spins along x, y, z, (..., 3)

    def at(self, nodes):
        """Those at some of the nodes."""
        return FluxDensity(self.charge[nodes], self.spin[nodes])


def _scalars_of(solution):
    """The space of scalars with the nodes of a solution. Collective."""
    problem, mesh = solution.problem, solution.device.mesh
    return same_nodes(problem.space, basix.ufl.element("Lagrange", mesh.basix_cell(), problem.degree))


def flux_densities(solution):
    """Region -> its FluxDensity. Collective."""
    space = _scalars_of(solution)
    corners = corner_shapes(space)
    return {region: _density(solution, region, space, corners) for region in solution.problem.regions}


def flux_density(solution, region):
    """The FluxDensity out of a region at the nodes (owned, then ghosts) of its contacts and terminals; zero elsewhere. Collective.

    Of a strong ferromagnet, spins along m alone.
    """
    space = _scalars_of(solution)
    return _density(solution, region, space, corner_shapes(space))


def _density(solution, region, space, corners):
    problem, device = solution.problem, solution.device
    faces = _faces(solution, region)
    loads = -solution.regional_reactions(region)
    if problem.regions[region].strong:
        _keep_along(solution, region, loads)
    density = project(space, one_sided(device.mesh, faces), nodes_on_sides(space, *faces), loads, corners)
    return FluxDensity(
        problem.layout.charge(density) / device.area_unit, problem.layout.spin_vectors(density) / device.area_unit
    )


def _faces(solution, region):
    """The (cell, number of the facet within the cell) pairs of a region's contacts and terminals, each on one rank."""
    device, cells = solution.device, solution.device.cells_of(region)
    topology, ours = device.mesh.topology, device.mask_of(region)
    ours[topology.index_map(topology.dim).size_local :] = False  # ghosts are another rank's
    groups = [faces_of(device.mesh, cells)]
    groups += [cells_beside(device.mesh, device.facets_of(name), ours) for name in solution.problem.terminals]
    return tuple(np.concatenate(parts) for parts in zip(*groups, strict=True))


def _keep_along(solution, region, loads):
    """Leaves of the spins in nodal `loads` (owned nodes, size of a block) the part along m, at the nodes of a ferromagnet; zero elsewhere."""
    problem, owned = solution.problem, len(loads)
    spins = problem.layout.spin(loads)
    inside = nodes_in_cells(problem.space, solution.device.cells_of(region))[:owned]
    m = problem.axes_at(region, np.flatnonzero(inside))
    along = np.zeros_like(spins)
    along[inside] = np.sum(spins[inside] * m, axis=1)[:, None] * m
    spins[:] = along
