"""Fields as VTK reads them."""

import math

import numpy as np
import pytest
import pyvista as pv
from mpi4py import MPI

from spinfem.output.fields import write_fields
from spinfem.study.simulation import Simulation
from tests.boxes import bar
from tests.cases import stack_case
from tests.exact import Layer

NM = 1e-9


@pytest.mark.parametrize("dimension", [1, 2, 3])
@pytest.mark.parametrize("degree", [1, 2])
def test_what_is_written_is_what_was_solved(dimension, degree, tmp_path):
    layers = [Layer(20 * NM, 6e6, 25 * NM, polarization=0.5, resistance_area=1e-15), Layer(30 * NM, 3e7, 60 * NM)]
    depth = {1: (10 * NM) ** 2, 2: 10 * NM, 3: 1.0}[dimension]
    device = bar(
        MPI.COMM_WORLD, [("a", 20, 4), ("b", 30, 4)], across=10, cells_across=2, dimension=dimension, depth=depth
    )
    solution = Simulation(stack_case(layers, 1e-6, degree), device).solution()
    grid = pv.read(write_fields(tmp_path, solution))
    assert grid.n_cells == device.mesh.topology.index_map(dimension).size_global
    assert grid.get_cell(0).dimension == dimension and grid.get_cell(0).is_linear == (degree == 1)
    assert np.allclose(grid.bounds[:4], (0, 50, 0, 0 if dimension == 1 else 10))  # nm

    # Current flows along x everywhere, as much as was driven.
    j = grid["j [A/m^2]"]
    assert np.allclose(j[:, 0], 1e-6 / (10 * NM) ** 2, rtol=0.02) and np.abs(j[:, 1:]).max() < 0.02 * j[:, 0].max()
    assert set(np.unique(grid["region"])) == {1, 2}

    # The potentials jump at x = 20 nm: two sets of points there, each with the values of its side.
    for region, name in ((1, "a"), (2, "b")):
        part = grid.threshold([region, region], scalars="region", preference="cell")
        at = np.flatnonzero(np.isclose(part.points[:, 0], 20))
        phi, v = solution.at(part.points[at] * NM, name)
        assert np.allclose(part["phi [V]"][at], phi, rtol=1e-9)
        assert np.allclose(part["v [V]"][at], v, rtol=1e-9, atol=1e-15)
    assert grid.n_points == solution.problem.space.dofmap.index_map.size_global


@pytest.mark.parametrize("dimension", [1, 2, 3])
def test_emf_is_what_spins_drive_charge_by(dimension, tmp_path):
    """Its integral through the ferromagnet is -P times the difference of v; in the normal metal there is none."""
    layers = [Layer(20 * NM, 6e6, 25 * NM, polarization=0.5), Layer(30 * NM, 3e7, 60 * NM)]
    depth = {1: (10 * NM) ** 2, 2: 10 * NM, 3: 1.0}[dimension]
    device = bar(MPI.COMM_WORLD, [("a", 20, 4), ("b", 30, 4)], across=10, dimension=dimension, depth=depth)
    solution = Simulation(stack_case(layers, 1e-6, 2), device).solution()
    grid = pv.read(write_fields(tmp_path, solution))
    corners = grid.points[grid.cells.reshape(grid.n_cells, -1)[:, 1 : dimension + 2], :dimension]
    size = (
        np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1])) / math.factorial(dimension) * NM / 10 ** (dimension - 1)
    )
    _, v = solution.at(np.array([[20.0, 0, 0]]) * NM, "a")
    assert np.sum(size * grid["emf [V/m]"][:, 0]) == pytest.approx(-0.5 * v[0, 2], rel=1e-3)
    assert not grid["emf [V/m]"][grid["region"] == 2].any()


def test_stream_function_is_that_of_the_current(tmp_path):
    """All of the current passes between the long sides; on a resistive interface psi has one value for both nodes."""
    layers = [Layer(20 * NM, 6e6, 25 * NM, polarization=0.5, resistance_area=1e-15), Layer(30 * NM, 3e7, 60 * NM)]
    device = bar(MPI.COMM_WORLD, [("a", 20, 4), ("b", 30, 4)], across=10, dimension=2, depth=10 * NM)
    grid = pv.read(write_fields(tmp_path, Simulation(stack_case(layers, 1e-6, 2), device).solution()))
    psi, y = grid["stream function [A/m]"], grid.points[:, 1]
    assert psi == pytest.approx(1e-6 / (10 * NM) * (y / 10 - 0.5), abs=0.01 * 100)
    assert np.ptp(grid.contour([30.0], scalars="stream function [A/m]").points[:, 0]) == pytest.approx(50)
