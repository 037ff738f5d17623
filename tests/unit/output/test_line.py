"""Curves of a device on a line."""

import json

import matplotlib.image
import numpy as np
import pytest
import pyvista as pv
from mpi4py import MPI

from spinfem.output.fields import write_fields, write_mesh
from spinfem.output.line import bands, broken, in_order
from spinfem.output.pictures import draw_fields, draw_mesh
from spinfem.output.write import scene_of
from spinfem.study.simulation import Simulation
from tests.boxes import bar
from tests.cases import stack_case
from tests.exact import Layer

NM = 1e-9


def test_cells_are_sorted_and_so_are_the_nodes_in_each():
    points = np.array([0.0, 1.0, 3.0, 0.5, 2.0])[:, None] * [1.0, 0.0, 0.0]
    grid = pv.UnstructuredGrid([3, 1, 2, 4, 3, 1, 0, 3], [pv.CellType.QUADRATIC_EDGE] * 2, points)
    grid["region"] = [7, 5]
    x, nodes, region = in_order(grid)
    assert x.tolist() == [[0.0, 0.5, 1.0], [1.0, 2.0, 3.0]]
    assert nodes.tolist() == [[0, 3, 1], [1, 4, 2]]
    assert region.tolist() == [5, 7]


def test_a_region_in_two_pieces_has_two_bands():
    x = np.array([[0.0, 1.0], [1.0, 2.0], [2.0, 4.0], [4.0, 5.0]])
    assert bands(x, np.array([1, 1, 2, 1])) == [(1, 0.0, 2.0), (2, 2.0, 4.0), (1, 4.0, 5.0)]


def test_a_curve_is_broken_where_it_jumps_and_nowhere_else():
    x = np.array([[0.0, 1.0], [1.0, 2.0], [2.0, 3.0]])
    values = np.array([[0.0, 1.0], [1.0, 5.0], [2.0, 3.0]])
    broken_x, broken_values = broken(x, values, 1e-6)
    assert np.flatnonzero(np.isnan(broken_x)).tolist() == np.flatnonzero(np.isnan(broken_values)).tolist() == [4]
    assert broken_values[~np.isnan(broken_values)].tolist() == values.ravel().tolist()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """What a run and `spinfem mesh` leave to draw from."""
    folder = tmp_path_factory.mktemp("line")
    layers = [Layer(20 * NM, 6e6, 25 * NM, polarization=0.5, resistance_area=1e-15), Layer(30 * NM, 3e7, 60 * NM)]
    device = bar(MPI.COMM_WORLD, [("a", 20, 4), ("b", 30, 4)], across=0, dimension=1, depth=(10 * NM) ** 2)
    case = stack_case(layers, 1e-6, 2)
    solution = Simulation(case, device).solution()
    write_fields(folder, solution)
    write_mesh(folder, device)
    scene = scene_of(case, device, solution.problem.basis)
    (folder / "scene.json").write_text(json.dumps(scene))
    return folder


def test_the_fields_of_a_line_jump_at_a_resistive_interface(folder):
    grid = pv.read(folder / "fields.pvtu")
    x, nodes, _ = in_order(grid)
    broken_x, _ = broken(x, np.asarray(grid["phi [V]"])[nodes], 1e-9)
    assert np.count_nonzero(np.isnan(broken_x)) == 1


@pytest.mark.parametrize("draw, name", [(draw_fields, "potentials.png"), (draw_mesh, "geometry.png")])
def test_a_line_has_one_picture(folder, draw, name):
    assert [path.name for path in draw(folder)] == [name]
    pixels = matplotlib.image.imread(folder / name)
    assert pixels.shape[1] > 1500 and np.unique(pixels[:, ::7].reshape(-1, pixels.shape[2]), axis=0).shape[0] > 20
