"""What stands and what flows at contacts and terminals, face by face.

Values are at the nodes of each face as the cell of that face sees them, so arrays have shape (faces of this rank, nodes of a face, ...). How
currents are made densities is told in `spinfem.postprocessing.flux_density`.
"""

from dataclasses import dataclass

import numpy as np

from spinfem.algebra.nodes import cells_beside, nodes_of_faces
from spinfem.case.names import sides
from spinfem.compat import nodes_of_cells
from spinfem.geometry.simplices import unit_normals
from spinfem.postprocessing.flux_density import flux_densities


@dataclass(frozen=True)
class ContactFlow:
    """A contact of two regions; what flows from side 1 to side 2 counts positive. Jumps: side 1 minus side 2."""

    nodes: np.ndarray  # of side 1
    normals: np.ndarray  # (faces, 3), from side 1 to side 2
    phi_jump: np.ndarray  # V
    v_jump: np.ndarray  # V, (..., 3)
    charge: np.ndarray  # j.n, A/m^2
    spin_out: np.ndarray  # J.n that leaves side 1, A/m^2, (..., 3)
    spin_in: np.ndarray  # J.n that enters side 2: the difference is lost, as torque or memory


@dataclass(frozen=True)
class TerminalFlow:
    """A terminal; what flows into the device counts positive."""

    nodes: np.ndarray
    normals: np.ndarray  # (faces, 3), into the device
    phi: np.ndarray  # V
    v: np.ndarray  # V, (..., 3)
    charge: np.ndarray  # j.n, A/m^2
    spin: np.ndarray  # J.n, A/m^2, (..., 3)


@dataclass(frozen=True)
class SurfaceFlow:
    """All of them: contacts by the names of side 1 and side 2, terminals by their names."""

    contacts: dict[tuple[str, str], ContactFlow]
    terminals: dict[str, TerminalFlow]


def surface_flow(solution):
    """The SurfaceFlow of a solution in 2D or 3D. Collective."""
    leaving = flux_densities(solution)
    return SurfaceFlow(
        {pair: _contact(solution, pair, leaving) for pair in _contacts(solution)},
        {name: _terminal(solution, name, leaving) for name in solution.problem.terminals},
    )


def _contacts(solution):
    """(side 1, side 2) of all contacts: as the case names an interface, else in the order of the regions."""
    named = {frozenset(sides(name)): sides(name) for name in solution.problem.interfaces}
    order = list(solution.problem.regions)
    return [named.get(pair) or tuple(sorted(pair, key=order.index)) for pair in solution.device.contacts]


def _contact(solution, pair, leaving):
    space, device = solution.problem.space, solution.device
    facets = _owned(device, device.contact_facets(*pair))
    faces = [cells_beside(device.mesh, facets, device.mask_of(side)) for side in pair]
    one, two = (nodes_of_faces(space, *of_side) for of_side in faces)
    two = _opposite(space.tabulate_dof_coordinates(), one, two)
    phi, v = _potentials(solution)
    out, into = (leaving[side].at(nodes) for side, nodes in zip(pair, (one, two), strict=True))
    return ContactFlow(
        nodes=one,
        normals=_outwards(device, *faces[0]),
        phi_jump=phi[one] - phi[two],
        v_jump=v[one] - v[two],
        charge=(out.charge - into.charge) / 2,
        spin_out=out.spin,
        spin_in=-into.spin,
    )


def _terminal(solution, name, leaving):
    device, regions = solution.device, solution.device.regions_at(name)
    facets = _owned(device, device.facets_of(name))
    beside = [cells_beside(device.mesh, facets, device.mask_of(region)) for region in regions]
    parts = [nodes_of_faces(solution.problem.space, *faces) for faces in beside]
    out = [leaving[region].at(nodes) for region, nodes in zip(regions, parts, strict=True)]
    nodes, (phi, v) = np.concatenate(parts), _potentials(solution)
    return TerminalFlow(
        nodes=nodes,
        normals=-_outwards(device, *(np.concatenate(of_regions) for of_regions in zip(*beside, strict=True))),
        phi=phi[nodes],
        v=v[nodes],
        charge=-np.concatenate([density.charge for density in out]),
        spin=-np.concatenate([density.spin for density in out]),
    )


def _potentials(solution):
    """phi (nodes,) and v (nodes, 3) at all nodes of this rank, V."""
    return solution.layout.charge(solution.nodal_values), solution.layout.spin_vectors(solution.nodal_values)


def _owned(device, facets):
    """Each facet on one rank: its owner knows the cells on both sides."""
    return facets[facets < device.mesh.topology.index_map(device.mesh.topology.dim - 1).size_local]


def _opposite(coordinates, one, two):
    """The nodes `two` (faces, k) of one side of each face in the order of the nodes `one` of the other side."""
    apart = np.linalg.norm(coordinates[one][:, :, None] - coordinates[two][:, None], axis=3)
    return np.take_along_axis(two, apart.argmin(axis=2), axis=1)


def _outwards(device, cells, local_facets):
    """Unit normals of flat faces, pointing out of their cells, (faces, 3)."""
    mesh, tdim = device.mesh, device.mesh.topology.dim
    corners = mesh.geometry.x[nodes_of_cells(mesh)[cells]]
    # Facet k of a simplex lies opposite its corner k.
    others = np.array([[i for i in range(tdim + 1) if i != k] for k in range(tdim + 1)])[local_facets]
    face = np.take_along_axis(corners, others[:, :, None], axis=1)
    inwards = corners[np.arange(len(cells)), local_facets] - face[:, 0]
    normals = unit_normals(face)
    return np.where(np.sum(normals * inwards, axis=1)[:, None] > 0, -normals, normals)
