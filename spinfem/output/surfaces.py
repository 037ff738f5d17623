"""Contacts and terminals for ParaView, beside fields.pvtu: surfaces with what passes through them, each a block with its name.

    interfaces.vtm   every contact of two regions, "wire/injector": the first is side 1, and what flows from 1 to 2 counts positive
        point data   `phi jump [V]`, `v jump [V]` (side 1 minus side 2), `j_n [A/m^2]`, and for spins along x, y, z
                     `J_n 1 [A/m^2]`, which leaves side 1, and `J_n 2 [A/m^2]`, which enters side 2: the difference is lost, as torque or memory
    terminals.vtm    every terminal, "wire_left": what flows into the device counts positive
        point data   `phi [V]`, `v [V]`, `j_n [A/m^2]`, `J_n [A/m^2]`
    cell data        `normal`, along which what flows counts positive

What these are is told in `spinfem.postprocessing.surface_flow`.
"""

import meshio

from spinfem.output.grid import Grid
from spinfem.output.pieces import NM, write_blocks
from spinfem.postprocessing.surface_flow import surface_flow

INTERFACES, TERMINALS = "interfaces", "terminals"


def write_surfaces(folder, solution):
    """Write the contacts and the terminals of a solution; returns the paths of the .vtm files. Collective.

    One-dimensional devices have no files: a contact is a point there.
    """
    if solution.device.mesh.topology.dim == 1:
        return []
    flow = surface_flow(solution)
    grids = {
        INTERFACES: {"/".join(pair): _contact(solution, contact) for pair, contact in flow.contacts.items()},
        TERMINALS: {name: _terminal(solution, terminal) for name, terminal in flow.terminals.items()},
    }
    return [write_blocks(folder, name, blocks, solution.comm) for name, blocks in grids.items() if blocks]


def _contact(solution, flow):
    data = {
        "phi jump [V]": flow.phi_jump,
        "v jump [V]": flow.v_jump,
        "j_n [A/m^2]": flow.charge,
        "J_n 1 [A/m^2]": flow.spin_out,
        "J_n 2 [A/m^2]": flow.spin_in,
    }
    return _piece(solution, flow, data)


def _terminal(solution, flow):
    data = {"phi [V]": flow.phi, "v [V]": flow.v, "j_n [A/m^2]": flow.charge, "J_n [A/m^2]": flow.spin}
    return _piece(solution, flow, data)


def _piece(solution, flow, data):
    """This rank's grid of the faces of a flow; data: name -> values at the nodes of each face, (faces, nodes of each, ...)."""
    device, space = solution.device, solution.problem.space
    grid = Grid(flow.nodes, device.mesh.topology.dim - 1, solution.problem.degree)
    return meshio.Mesh(
        points=grid.at(space.tabulate_dof_coordinates()) * (device.length_unit / NM),
        cells=[(grid.kind, grid.cells)],
        point_data={name: grid.at_own(values) for name, values in data.items()},
        cell_data={"normal": [flow.normals]},
    )
