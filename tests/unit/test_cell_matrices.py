"""Integrals over single cells by the kernel."""

import basix.ufl
import numpy as np
import pytest
from dolfinx import fem, mesh
from mpi4py import MPI

from spinfem.algebra.cell_matrices import CellMatrices

MESHES = {
    "interval": lambda comm: mesh.create_unit_interval(comm, 5),
    "triangle": lambda comm: mesh.create_unit_square(comm, 2, 3),
    "tetrahedron": lambda comm: mesh.create_unit_cube(comm, 1, 2, 2),
}


@pytest.mark.parametrize("degree", [1, 2, 3, 4])
@pytest.mark.parametrize("cell", MESHES)
def test_squares_of_gradients_and_values(cell, degree):
    domain = MESHES[cell](MPI.COMM_SELF)
    space = fem.functionspace(domain, basix.ufl.element("Lagrange", cell, degree, shape=(2,)))
    count, dim = domain.topology.index_map(domain.topology.dim).size_local, domain.topology.dim
    cells = CellMatrices(space, np.zeros(count, dtype=np.int32), 1)
    points = space.tabulate_dof_coordinates()[:, :dim]
    slopes = np.arange(1.0, dim + 1)
    slope, plain = cells.squares(np.stack([points @ slopes, np.full(len(points), 3.0)], axis=1))
    sizes = plain[:, 1] / 9.0  # of the cells
    assert sizes.sum() == pytest.approx(1.0)
    assert slope[:, 0] == pytest.approx(slopes @ slopes * sizes)
    assert slope[:, 1] == pytest.approx(0.0, abs=1e-12)
    mean_square = slopes @ slopes / 12.0 + slopes.sum() ** 2 / 4.0  # of slopes.x over the unit cube
    assert plain[:, 0].sum() == pytest.approx(mean_square)


@pytest.mark.parametrize("columns", [1, 3, 4, 13])
def test_products_with_linear_functions(columns):
    """grad.grad times a linear function acts at the ends alone, with its slope; cells without coefficients add nothing."""
    space = fem.functionspace(
        MESHES["interval"](MPI.COMM_SELF), basix.ufl.element("Lagrange", "interval", 2, shape=(2,))
    )
    x = space.tabulate_dof_coordinates()[:, 0]
    middles = space.mesh.geometry.x[space.mesh.geometry.dofmap, 0].mean(axis=1)
    cells = CellMatrices(space, (middles > 0.6).astype(np.int32), 2)
    entries = cells.entries(np.array([[[3.0, 0.0], [0.0, 0.0]]]))  # up to x = 0.6
    slopes = np.arange(1.0, columns + 1)
    given = np.zeros((len(x), 2, columns))
    given[:, 1] = x[:, None] * slopes
    found = cells.multiply(np.array([[-1, 0], [-1, -1]], dtype=np.int32), entries, given)
    flow = 3.0 * (np.isclose(x, 0.6).astype(float) - np.isclose(x, 0.0))
    assert found[:, 0] == pytest.approx(flow[:, None] * slopes, abs=1e-12)
    assert not found[:, 1].any()
