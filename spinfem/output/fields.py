"""Fields for ParaView: a compressed VTU piece for each rank, and a .pvtu file, the one to open.

The grid is that of the degrees of freedom: quadratic cells for degree 2, and doubled points where the potentials
jump across an interface, so the jump shows. Coordinates are in nm.
"""

import meshio
import numpy as np
from dolfinx import fem

from spinfem.algebra.compiling import compiling
from spinfem.algebra.solver import SolveError
from spinfem.compat import nodes_of_cells
from spinfem.model.bulk import current_density, spin_current_density
from spinfem.model.terms.transport import electromotive
from spinfem.output.pieces import NM, vtk_order, write_pieces

STREAM = "stream function [A/m]"
_VTK_CELLS = {
    (1, 1): "line",
    (1, 2): "line3",
    (2, 1): "triangle",
    (2, 2): "triangle6",
    (3, 1): "tetra",
    (3, 2): "tetra10",
}


def write_fields(folder, solution):
    """Write the potentials and current densities of a solution; returns the path of `fields.pvtu`. Collective.

    Point data: phi [V], v [V] (3 components in spin space); in 2D `stream function [A/m]`, whose contours are the lines of j. Cell
    data: j [A/m^2], and for each spin axis a the flux vector J_a [A/m^2] of that spin component; `emf [V/m]`, by which spins drive
    currents in a ferromagnet: j = sigma (emf - grad phi), emf = -P m.grad v; `magnetization`, a unit vector, zero in normal metals;
    region and rank numbers.
    """
    return write_pieces(folder, "fields", solution_piece(solution), solution.comm)


def write_mesh(folder, device):
    """Write the mesh alone with its region and rank numbers; returns the path of `mesh.pvtu`. Collective."""
    mesh = device.mesh
    n_cells = mesh.topology.index_map(mesh.topology.dim).size_local
    nodes, cells = np.unique(nodes_of_cells(mesh)[:n_cells], return_inverse=True)
    piece = meshio.Mesh(
        points=mesh.geometry.x[nodes] * (device.length_unit / NM),
        cells=[(_VTK_CELLS[mesh.topology.dim, 1], cells.reshape(n_cells, -1))],
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
    order = vtk_order(mesh.topology.cell_type, space.dofmap.dof_layout.num_dofs)
    nodes, cells = np.unique(space.dofmap.list[:n_cells][:, order], return_inverse=True)
    values = solution.nodal_values[nodes]
    return meshio.Mesh(
        points=space.tabulate_dof_coordinates()[nodes] * (device.length_unit / NM),
        cells=[(_VTK_CELLS[tdim, problem.degree], cells.reshape(n_cells, -1))],
        point_data={
            "phi [V]": layout.charge(values),
            "v [V]": layout.spin_vectors(values),
            **_stream(solution, nodes),
        },
        cell_data={key: [array] for key, array in _cell_data(solution, n_cells).items()},
    )


def _stream(solution, nodes):
    """The stream function at `nodes` of the potentials; in 2D alone, and where it exists (a device in several parts has none)."""
    space = solution.problem.space
    if space.mesh.topology.dim != 2:
        return {}
    try:
        psi = solution.stream
    except SolveError:
        return {}
    index_map = space.dofmap.index_map
    values = np.zeros(index_map.size_local + index_map.num_ghosts)
    values[space.dofmap.list] = psi.x.array[psi.function_space.dofmap.list]
    return {STREAM: values[nodes]}


def _cell_data(solution, n_cells):
    """Means over cells: gradients are at most linear in a cell, so the value at its middle is the mean."""
    problem, mesh = solution.problem, solution.device.mesh
    u, c = solution.split, problem.coefficients
    tdim = mesh.topology.dim
    middle = np.full((1, tdim), 1.0 / (tdim + 1))
    cells = np.arange(n_cells, dtype=np.int32)
    length_unit = solution.device.length_unit
    density = problem.siemens / (length_unit ** (tdim - 1) * solution.device.depth)

    def means(expression, unit=density):
        with compiling(mesh.comm):
            compiled = fem.Expression(expression, middle)
        flat = compiled.eval(mesh, cells).reshape(n_cells, -1, tdim) * unit
        return np.concatenate([flat, np.zeros(flat.shape[:2] + (3 - tdim,))], axis=2)

    spin = np.einsum("cni,na->cai", means(spin_current_density(u, c)), problem.basis)
    return {
        "j [A/m^2]": means(current_density(u, c))[:, 0],
        "emf [V/m]": means(electromotive(u, c), 1 / length_unit)[:, 0],
        **{f"J_{axis} [A/m^2]": np.ascontiguousarray(spin[:, a]) for a, axis in enumerate("xyz")},
        "magnetization": _magnetization(solution, n_cells),
        **_numbers(solution.device, n_cells),
    }


def _magnetization(solution, n_cells):
    """m in the middle of each owned cell, (n_cells, 3)."""
    device, m = solution.device, np.zeros((n_cells, 3))
    middles = device.mesh.geometry.x[nodes_of_cells(device.mesh)].mean(axis=1) * device.length_unit
    for name, region in solution.problem.regions.items():
        if region.magnetization is not None:
            cells = device.cells_of(name)
            cells = cells[cells < n_cells]
            m[cells] = region.magnetization.at(middles[cells].T).T
    return m
