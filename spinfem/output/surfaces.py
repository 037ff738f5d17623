"""Contacts and terminals for ParaView, beside fields.pvtu: surfaces with what passes through them, each a block with its name.

    interfaces.vtm   every contact of two regions, "wire/injector": the first is side 1, and what flows from 1 to 2 counts positive
        point data   `phi jump [V]`, `v jump [V]` (side 1 minus side 2), `j_n [A/m^2]`, and for spins along x, y, z
                     `J_n 1 [A/m^2]`, which leaves side 1, and `J_n 2 [A/m^2]`, which enters side 2: the difference is lost, as torque or memory
    terminals.vtm    every terminal, "wire_left": what flows into the device counts positive
        point data   `phi [V]`, `v [V]`, `j_n [A/m^2]`, `J_n [A/m^2]`
    cell data        `normal`, along which what flows counts positive

How currents are made densities is told in `spinfem.postprocessing.flux_density`.
"""

import meshio
import numpy as np

from spinfem.algebra.nodes import cells_beside
from spinfem.case.names import sides
from spinfem.compat import nodes_of_cells
from spinfem.output.pieces import FACES, NM, nodes_of_faces, write_blocks
from spinfem.postprocessing.flux_density import flux_density

INTERFACES, TERMINALS = "interfaces", "terminals"


def write_surfaces(folder, solution):
    """Write the contacts and the terminals of a solution; returns the paths of the .vtm files. Collective.

    One-dimensional devices have no files: a contact is a point there.
    """
    if solution.device.mesh.topology.dim == 1:
        return []
    leaving = {region: flux_density(solution, region) for region in solution.problem.regions}
    grids = {
        INTERFACES: {"/".join(pair): _contact(solution, pair, leaving) for pair in _contacts(solution)},
        TERMINALS: {name: _terminal(solution, name, leaving) for name in solution.problem.terminals},
    }
    return [write_blocks(folder, name, blocks, solution.comm) for name, blocks in grids.items() if blocks]


def _contacts(solution):
    """(side 1, side 2) of all contacts: as the case names an interface, else in the order of the regions."""
    named = {frozenset(sides(name)): sides(name) for name in solution.problem.interfaces}
    order = list(solution.problem.regions)
    return [named.get(pair) or tuple(sorted(pair, key=order.index)) for pair in solution.device.contacts]


def _contact(solution, pair, leaving):
    """This rank's piece of a contact."""
    space, device = solution.problem.space, solution.device
    facets = _owned(device, device.contact_facets(*pair))
    cells, local_facets = zip(*(cells_beside(device.mesh, facets, _mask(device, side)) for side in pair), strict=True)
    one, two = (nodes_of_faces(space, *of_side) for of_side in zip(cells, local_facets, strict=True))
    two = _opposite(space.tabulate_dof_coordinates(), one, two)
    phi, v = _potentials(solution)
    out, into = leaving[pair[0]][one], -leaving[pair[1]][two]
    return _piece(
        solution,
        one,
        {
            "phi jump [V]": phi[one] - phi[two],
            "v jump [V]": v[one] - v[two],
            "j_n [A/m^2]": (out[..., 0] + into[..., 0]) / 2,
            "J_n 1 [A/m^2]": out[..., 1:],
            "J_n 2 [A/m^2]": into[..., 1:],
        },
        _normals(device, cells[0], local_facets[0]),
    )


def _terminal(solution, name, leaving):
    """This rank's piece of a terminal."""
    device = solution.device
    facets = _owned(device, device.facets_of(name))
    regions = device.regions_at(name)
    beside = [cells_beside(device.mesh, facets, _mask(device, region)) for region in regions]
    nodes = [nodes_of_faces(solution.problem.space, *faces) for faces in beside]
    into = np.concatenate([-leaving[region][at] for region, at in zip(regions, nodes, strict=True)])
    cells, local_facets = (np.concatenate(parts) for parts in zip(*beside, strict=True))
    nodes, (phi, v) = np.concatenate(nodes), _potentials(solution)
    data = {"phi [V]": phi[nodes], "v [V]": v[nodes], "j_n [A/m^2]": into[..., 0], "J_n [A/m^2]": into[..., 1:]}
    return _piece(solution, nodes, data, -_normals(device, cells, local_facets))


def _potentials(solution):
    """phi (nodes,) and v (nodes, 3) at all nodes of this rank, V."""
    return solution.layout.charge(solution.nodal_values), solution.layout.spin_vectors(solution.nodal_values)


def _owned(device, facets):
    """Each facet on one rank: its owner knows the cells on both sides."""
    return facets[facets < device.mesh.topology.index_map(device.mesh.topology.dim - 1).size_local]


def _mask(device, region):
    """Which local cells, ghosts included, are in a region."""
    index_map = device.mesh.topology.index_map(device.mesh.topology.dim)
    mask = np.zeros(index_map.size_local + index_map.num_ghosts, dtype=bool)
    mask[device.cells_of(region)] = True
    return mask


def _opposite(coordinates, one, two):
    """The nodes `two` (faces, k) of one side of each face in the order of the nodes `one` of the other side."""
    apart = np.linalg.norm(coordinates[one][:, :, None] - coordinates[two][:, None], axis=3)
    return np.take_along_axis(two, apart.argmin(axis=2), axis=1)


def _normals(device, cells, local_facets):
    """Unit normals of flat faces, pointing out of their cells, (faces, 3)."""
    mesh, tdim = device.mesh, device.mesh.topology.dim
    corners = mesh.geometry.x[nodes_of_cells(mesh)[cells]]
    # Facet k of a simplex lies opposite its corner k.
    others = np.array([[i for i in range(tdim + 1) if i != k] for k in range(tdim + 1)])[local_facets]
    face = np.take_along_axis(corners, others[:, :, None], axis=1)
    inwards = corners[np.arange(len(cells)), local_facets] - face[:, 0]
    edges = face[:, 1:] - face[:, :1]
    normals = np.cross(edges[:, 0], edges[:, 1] if tdim == 3 else np.array([0.0, 0.0, 1.0]))
    normals /= np.linalg.norm(normals, axis=1)[:, None]
    return np.where(np.sum(normals * inwards, axis=1)[:, None] > 0, -normals, normals)


def _piece(solution, faces, data, normals):
    """The grid of `faces` (faces, nodes of each); data: name -> values at those nodes, (faces, nodes of each, ...)."""
    device, space = solution.device, solution.problem.space
    nodes, first, numbers = np.unique(faces, return_index=True, return_inverse=True)
    return meshio.Mesh(
        points=space.tabulate_dof_coordinates()[nodes] * (device.length_unit / NM),
        cells=[(FACES[device.mesh.topology.dim, solution.problem.degree], numbers.reshape(faces.shape))],
        point_data={name: values.reshape(faces.size, *values.shape[2:])[first] for name, values in data.items()},
        cell_data={"normal": [normals]},
    )
