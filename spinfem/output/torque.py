"""Maps of the spin torque for ParaView, beside fields.pvtu: the torques on surfaces and those in volumes, each a grid of its own.

    torque.pvtu          the faces of strong ferromagnets: point data `torque [N/m]`
    torque_volume.pvtu   weak ferromagnets and textures: point data `torque density [N/m^2]`

Both have three components in spin space and the cell data `magnet`, the region's number. Two magnets that touch have faces and points of
their own there. Definitions: `spinfem.postprocessing.torque`.
"""

import meshio
import numpy as np

from spinfem.algebra.nodes import nodes_of_faces
from spinfem.output.grid import Grid
from spinfem.output.pieces import NM, write_pieces
from spinfem.postprocessing.torque import is_notable, torque_map


def write_torque(folder, solution):
    """Write the torque densities of a solution; returns the paths of the .pvtu files, none where no magnet has a torque. Collective.

    One-dimensional devices have no file: a contact is a point there, and the total torque says it all.
    """
    problem, tdim = solution.problem, solution.device.mesh.topology.dim
    magnets = [name for name, region in problem.regions.items() if region.magnetization is not None]
    if tdim == 1 or len(problem.basis) == 1 or not any([is_notable(solution, name) for name in magnets]):
        return []
    maps = [torque_map(solution, name) for name in magnets]
    faces = [
        (m.magnet, Grid(nodes_of_faces(problem.space, s.cells, s.local_facets), tdim - 1, problem.degree), s.density)
        for m in maps
        for s in m.surfaces
    ]
    volumes = [
        (
            m.magnet,
            Grid(_nodes_of_cells(problem.space, solution.device.cells_of(m.magnet)), tdim, problem.degree),
            m.volume,
        )
        for m in maps
        if m.volume is not None
    ]
    grids = (("torque", "torque [N/m]", faces), ("torque_volume", "torque density [N/m^2]", volumes))
    return [
        write_pieces(folder, name, _piece(solution, key, parts), solution.comm) for name, key, parts in grids if parts
    ]


def _nodes_of_cells(space, cells):
    """(owned cells, nodes of each)."""
    topology = space.mesh.topology
    owned = cells[cells < topology.index_map(topology.dim).size_local]
    return space.dofmap.list[owned]


def _piece(solution, key, parts):
    """This rank's grid of [(magnet, Grid, values at all nodes)], each part with points of its own."""
    device, coordinates = solution.device, solution.problem.space.tabulate_dof_coordinates()
    points, cells, values, magnets, first = [], [], [], [], 0
    for magnet, grid, at_nodes in parts:
        points.append(grid.at(coordinates) * (device.length_unit / NM))
        cells.append(grid.cells + first)
        values.append(grid.at(at_nodes))
        magnets.append(np.full(len(grid.cells), device.regions[magnet], dtype=np.int32))
        first += len(points[-1])
    return meshio.Mesh(
        points=np.concatenate(points),
        cells=[(parts[0][1].kind, np.concatenate(cells))],
        point_data={key: np.concatenate(values)},
        cell_data={"magnet": [np.concatenate(magnets)]},
    )
