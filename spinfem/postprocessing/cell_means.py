"""Means over cells: gradients are at most linear in a cell, so the value at its middle is the mean."""

from dataclasses import dataclass

import numpy as np
from dolfinx import fem

from spinfem.algebra.compiling import compiling
from spinfem.compat import nodes_of_cells
from spinfem.model.bulk import current_density, scalar_current_density, spin_current_density
from spinfem.model.terms.transport import electromotive


@dataclass(frozen=True)
class CellMeans:
    """Of the cells that this rank owns, in their order. Vectors of space have three components, zero in directions that the mesh lacks."""

    charge_current: np.ndarray  # j, (cells, 3), A/m^2
    spin_current: np.ndarray  # (cells, 3, 3), A/m^2: the flux of spin component x, y, z
    electromotive: np.ndarray  # (cells, 3), V/m: by which spins drive currents in a ferromagnet, -P m.grad v
    magnetization: np.ndarray  # m, (cells, 3), zero in normal metals
    scalar_currents: dict[
        str, np.ndarray
    ]  # scalar field -> density of what flows, (cells, 3), in its unit for each m^2


def cell_means(solution):
    """The CellMeans of a solution. Collective."""
    problem, mesh = solution.problem, solution.device.mesh
    u, c, tdim = solution.split, problem.coefficients, mesh.topology.dim
    middle = np.full((1, tdim), 1.0 / (tdim + 1))
    cells = np.arange(mesh.topology.index_map(tdim).size_local, dtype=np.int32)

    def means(expression, unit):
        if expression is None:  # no term says what flows
            return np.zeros((len(cells), 3))
        with compiling(mesh.comm):
            compiled = fem.Expression(expression, middle)
        values = compiled.eval(mesh, cells).reshape(len(cells), *expression.ufl_shape) * unit
        return np.pad(values, [(0, 0)] * (values.ndim - 1) + [(0, 3 - tdim)])

    return CellMeans(
        charge_current=means(current_density(u, c), solution.density_unit),
        spin_current=np.einsum("cni,na->cai", means(spin_current_density(u, c), solution.density_unit), problem.basis),
        electromotive=means(electromotive(u, c), 1 / solution.device.length_unit),
        magnetization=_magnetization(solution, len(cells)),
        scalar_currents={
            s.name: means(scalar_current_density(s.name, u, c), solution.density_unit * s.per_ampere)
            for s in solution.layout.scalars
        },
    )


def _magnetization(solution, n_cells):
    device, m = solution.device, np.zeros((n_cells, 3))
    middles = device.mesh.geometry.x[nodes_of_cells(device.mesh)].mean(axis=1) * device.length_unit
    for name, region in solution.problem.regions.items():
        if region.magnetization is not None:
            cells = device.cells_of(name)
            cells = cells[cells < n_cells]
            m[cells] = region.magnetization.at(middles[cells].T).T
    return m
