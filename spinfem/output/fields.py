"""Fields for ParaView: a compressed VTU piece for each rank, and a .pvtu file, the one to open.

The grid is that of the potentials: quadratic cells for degree 2 and more, and doubled points where they jump across an interface,
so the jump shows. Coordinates are in nm.
"""

import meshio
import numpy as np

from spinfem.algebra.solver import SolveError
from spinfem.compat import nodes_of_cells
from spinfem.output.grid import Grid
from spinfem.output.pieces import NM, write_pieces
from spinfem.postprocessing.cell_means import cell_means
from spinfem.postprocessing.stream import stream_at_nodes


def write_fields(folder, solution):
    """Write the potentials and current densities of a solution; returns the path of `fields.pvtu`. Collective.

    Point data: phi [V], v [V] (3 components in spin space); in 2D `stream function [A/m]`, whose contours are the lines of j. Cell
    data: j [A/m^2], and for each spin axis a the flux vector J_a [A/m^2] of that spin component; `emf [V/m]`, by which spins drive
    currents in a ferromagnet: j = sigma (emf - grad phi), emf = -P m.grad v; `magnetization`, a unit vector, zero in normal metals;
    region and rank numbers. With heat the points have `T - T0 [K]` too, the cells `Q [W/m^2]`, the heat current.
    """
    return write_pieces(folder, "fields", solution_piece(solution), solution.comm)


def write_mesh(folder, device):
    """Write the mesh alone with its region and rank numbers; returns the path of `mesh.pvtu`. Collective."""
    mesh = device.mesh
    n_cells = mesh.topology.index_map(mesh.topology.dim).size_local
    grid = Grid(nodes_of_cells(mesh)[:n_cells], mesh.topology.dim, 1)
    piece = meshio.Mesh(
        points=grid.at(mesh.geometry.x) * (device.length_unit / NM),
        cells=[(grid.kind, grid.cells)],
        cell_data={key: [array] for key, array in _numbers(device, n_cells).items()},
    )
    return write_pieces(folder, "mesh", piece, mesh.comm)


def _numbers(device, n_cells):
    """Region and rank of each owned cell."""
    region = np.zeros(n_cells, dtype=np.int32)
    owned = device.cell_tags.indices < n_cells
    region[device.cell_tags.indices[owned]] = device.cell_tags.values[owned]
    return {"region": region, "rank": np.full(n_cells, device.mesh.comm.rank, dtype=np.int32)}


def solution_piece(solution):
    """The meshio.Mesh of this rank's cells with what `write_fields` tells. Collective."""
    problem, device = solution.problem, solution.device
    space, mesh = problem.space, device.mesh
    tdim, layout = mesh.topology.dim, solution.layout
    n_cells = mesh.topology.index_map(tdim).size_local
    grid = Grid(space.dofmap.list[:n_cells], tdim, problem.degree)
    values = grid.at(solution.nodal_values)
    return meshio.Mesh(
        points=grid.at(space.tabulate_dof_coordinates()) * (device.length_unit / NM),
        cells=[(grid.kind, grid.cells)],
        point_data={
            "phi [V]": layout.charge(values),
            "v [V]": layout.spin_vectors(values),
            **{s.label: s.per_volt * values[..., layout.fields[s.name].start] for s in layout.scalars},
            **_stream(solution, grid),
        },
        cell_data={key: [array] for key, array in _cell_data(solution, n_cells).items()},
    )


def _stream(solution, grid):
    """The stream function at the points of the grid; in 2D alone, and where it exists."""
    if solution.device.mesh.topology.dim != 2:
        return {}
    try:
        return {"stream function [A/m]": grid.at(stream_at_nodes(solution))}
    except SolveError:
        return {}


def _cell_data(solution, n_cells):
    means = cell_means(solution)
    return {
        **{s.flow_label: means.scalar_currents[s.name] for s in solution.layout.scalars},
        "j [A/m^2]": means.charge_current,
        "emf [V/m]": means.electromotive,
        **{f"J_{axis} [A/m^2]": np.ascontiguousarray(means.spin_current[:, a]) for a, axis in enumerate("xyz")},
        "magnetization": means.magnetization,
        **_numbers(solution.device, n_cells),
    }
