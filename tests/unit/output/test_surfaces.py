"""Contacts and terminals as VTK reads them: what passes through them is what the reactions say."""

from itertools import pairwise

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.geometry.device import make_device
from spinfem.geometry.distribute import distribute
from spinfem.geometry.mesh_data import MeshData, share
from spinfem.output.surfaces import write_surfaces
from spinfem.study.simulation import Simulation
from tests.blocks import blocks, integrals
from tests.boxes import bar
from tests.cases import stack_case
from tests.exact import Layer
from tests.shapes import _box, _outer_facets

NM = 1e-9
DEPTH = {1: (10 * NM) ** 2, 2: 10 * NM, 3: 1.0}
LAYERS = [
    Layer(20 * NM, 6e6, 25 * NM, polarization=0.5, resistance_area=1e-15, interface_polarization=0.3),
    Layer(30 * NM, 3e7, 60 * NM),
    Layer(10 * NM, 6e6, 25 * NM, polarization=-0.5),
]


def stack(dimension, degree):
    parts = [(name, layer.thickness / NM, 4) for name, layer in zip("abc", LAYERS, strict=True)]
    device = bar(MPI.COMM_WORLD, parts, across=10, dimension=dimension, depth=DEPTH[dimension])
    return Simulation(stack_case(LAYERS, 1e-6, degree), device).solution()


@pytest.mark.parametrize("dimension", [2, 3])
@pytest.mark.parametrize("degree", [1, 2, 3])
def test_integrals_are_the_reactions(dimension, degree, tmp_path):
    solution = stack(dimension, degree)
    interfaces, terminals = map(blocks, write_surfaces(tmp_path, solution))
    assert set(interfaces) == {"a/b", "b/c"} and set(terminals) == {"left", "right"}
    for name, grid in interfaces.items():
        one, two = name.split("/")
        current, spins = solution.flux((one, two), into=two)
        through = integrals(grid, DEPTH[dimension])
        assert grid.get_cell(0).dimension == dimension - 1 and grid.get_cell(0).is_linear == (degree == 1)
        assert through["j_n [A/m^2]"] == pytest.approx(current, rel=1e-9)
        for side in "12":
            assert through[f"J_n {side} [A/m^2]"] == pytest.approx(spins, rel=1e-9, abs=1e-18)
        assert grid["normal"] == pytest.approx(np.tile([1, 0, 0], (grid.n_cells, 1)))
    for name, grid in terminals.items():
        through, reading = integrals(grid, DEPTH[dimension]), solution.readings[name]
        assert through["j_n [A/m^2]"] == pytest.approx(reading.current, rel=1e-9)
        assert through["J_n [A/m^2]"] == pytest.approx(reading.spin_current, rel=1e-9, abs=1e-18)
        assert np.allclose(grid["phi [V]"], reading.potential)


@pytest.mark.parametrize("dimension", [2, 3])
def test_jumps_obey_the_law_of_the_interface(dimension, tmp_path):
    """At each point, j = G (Delta phi + P m.Delta v), J = G (Delta v + P m Delta phi); a transparent contact has no jump."""
    path, _ = write_surfaces(tmp_path, stack(dimension, 2))
    grid, transparent = blocks(path)["a/b"], blocks(path)["b/c"]
    conductance, p = 1 / LAYERS[0].resistance_area, LAYERS[0].interface_polarization
    phi, v = grid["phi jump [V]"], grid["v jump [V]"]
    assert np.ptp(phi) < 0.05 * phi.min()
    assert grid["j_n [A/m^2]"] == pytest.approx(conductance * (phi + p * v[:, 2]), rel=1e-3)
    assert grid["J_n 1 [A/m^2]"][:, 2] == pytest.approx(conductance * (v[:, 2] + p * phi), rel=1e-3)
    assert not transparent["phi jump [V]"].any() and not transparent["v jump [V]"].any()


def test_the_difference_of_both_sides_is_the_torque(tmp_path):
    """Of magnets at right angles each absorbs what comes across its magnetization, at its contact."""
    case = stack_case([*LAYERS[:2], Layer(10 * NM, 6e6, 25 * NM, polarization=0.5)], 1e-6, 2)
    case.regions["c"].magnetization.direction  # noqa: B018 (uniform)
    turned = {"c": type(case.regions["c"].magnetization)(direction=(1.0, 0.0, 0.0))}
    device = bar(MPI.COMM_WORLD, [("a", 20, 4), ("b", 30, 4), ("c", 10, 4)], across=10, dimension=2, depth=10 * NM)
    solution = Simulation(case, device).solution(magnetizations=turned)
    path, _ = write_surfaces(tmp_path, solution)
    through = integrals(blocks(path)["b/c"], DEPTH[2])
    lost = through["J_n 1 [A/m^2]"] - through["J_n 2 [A/m^2]"]
    assert lost == pytest.approx(solution.absorbed("c"), rel=1e-9, abs=1e-18)
    assert np.abs(lost).max() > 1e-9


def test_where_contacts_share_an_edge_the_mesh_decides(tmp_path):
    """What b and c take from a is as exact as the mesh is fine."""
    errors = []
    for cells in (4, 8, 16):
        solution = Simulation(stack_case(LAYERS, 1e-6, 2), _corner(cells)).solution()
        path, _ = write_surfaces(tmp_path / f"{cells}", solution)
        through = {name: integrals(grid, DEPTH[2])["j_n [A/m^2]"] for name, grid in blocks(path).items()}
        # A reaction at the shared edge belongs to both contacts, so `flux` counts it twice.
        apart = [solution.flux(("a", side), into=side)[0] - through[f"a/{side}"] for side in "bc"]
        errors.append([abs(through["a/b"] + through["a/c"] - 1e-6), *apart])
    assert all(np.all(np.array(finer) < 0.8 * np.array(coarser)) for coarser, finer in pairwise(errors))
    assert errors[-1][0] < 0.04e-6


def _corner(cells):
    """A square: a below, b above on the left, c above on the right; `left` ends a, `right` ends b and c."""
    points, corners = _box(2, cells)
    middles = points[corners].mean(axis=1)
    tags = np.where(middles[:, 1] < 0.5, 1, np.where(middles[:, 0] < 0.5, 2, 3))
    outer = _outer_facets(corners)
    at = points[outer].mean(axis=1)
    terminal = np.where(at[:, 1] < 1e-9, 1, np.where(at[:, 1] > 1 - 1e-9, 2, 0))
    data = MeshData(
        points=40 * points,
        cells=corners,
        cell_tags=tags.astype(np.int32),
        facets=outer[terminal > 0],
        facet_tags=terminal[terminal > 0].astype(np.int32),
        regions={"a": 1, "b": 2, "c": 3},
        terminals={"left": 1, "right": 2},
    )
    comm = MPI.COMM_WORLD
    return make_device(distribute(comm, share(comm, data if comm.rank == 0 else None)), NM, DEPTH[2])


def test_a_line_has_no_surfaces(tmp_path):
    assert write_surfaces(tmp_path, stack(1, 2)) == []
