"""Layers as structured meshes in 1D, 2D and 3D: where nodes are, how fine cells are, who touches whom, what flows."""

import numpy as np
import pytest

from spinfem.case.cross_check import cross_check
from spinfem.case.reader import read_case
from spinfem.geometry.build import build_device
from spinfem.geometry.errors import GeometryError
from spinfem.geometry.layers import FINER, LEAST_CELLS, Stack, mesh_layers, outline_of_layers
from spinfem.geometry.outline import outline_of_data
from spinfem.geometry.quality import mesh_quality
from spinfem.geometry.recipe import outline_of
from spinfem.geometry.sizing import Sizing
from spinfem.study.simulation import Simulation
from tests.exact import Layer
from tests.exact import Stack as ExactStack

from .conftest import skeleton
from .stack import REST

NM = 1e-9
VALVE = (("lead", 100.0), ("fixed", 20.0), ("spacer", 0.3), ("free", 0.7), ("lead", 100.0))
LENGTHS = {"lead": 350.0, "fixed": 5.0, "spacer": 350.0, "free": 5.0}
ACROSS = {1: (), 2: (30.0,), 3: (30.0, 20.0)}
DIMENSIONS = pytest.mark.parametrize("dimension", [1, 2, 3])

CASE = """
geometry:
  layers:
    - {name: lead, thickness: 100 nm}
    - {name: fixed, thickness: 20 nm}
    - {name: spacer, thickness: 0.3 nm}
    - {name: free, thickness: 5 nm}
    - {name: cap, thickness: 100 nm}
"""
CASE += REST
EXACT = ExactStack(
    [
        Layer(100 * NM, 3.5e7, 350 * NM),
        Layer(20 * NM, 7.3e6, 5 * NM, polarization=0.36),
        Layer(0.3 * NM, 3e7, 350 * NM, resistance_area=5e-16, interface_polarization=-0.3),
        Layer(5 * NM, 6e6, 4 * NM, polarization=-0.5),
        Layer(100 * NM, 3.5e7, 350 * NM),
    ],
    1e-3 / (40 * NM * 30 * NM),
)


def case_of(dimension, *overrides):
    return read_case(CASE.replace("DIMENSION", str(dimension)), overrides=overrides)


def sizing(**more):
    return Sizing(LENGTHS, **more)


def planes(data):
    """The x of all planes of nodes, from left to right."""
    return np.unique(data.points[:, 0])


@DIMENSIONS
def test_interfaces_are_exactly_where_they_are_said_to_be(dimension):
    stack = Stack(VALVE, ACROSS[dimension])
    edges = np.concatenate([[0.0], np.cumsum([thickness for _, thickness in VALVE])])
    assert np.isin(edges, planes(mesh_layers(stack, sizing()))).all()


@DIMENSIONS
def test_cells_fill_every_region_and_terminals_the_ends(dimension):
    data = mesh_layers(Stack(VALVE, ACROSS[dimension]), sizing())
    corners = data.points[data.cells]
    volume = np.abs(np.linalg.det(corners[:, 1:] - corners[:, :1])) / [1, 1, 2, 6][dimension]
    area = np.prod(ACROSS[dimension])
    found = {name: volume[data.cell_tags == tag].sum() for name, tag in data.regions.items()}
    assert found == pytest.approx({"lead": 200 * area, "fixed": 20 * area, "spacer": 0.3 * area, "free": 0.7 * area})
    assert volume.min() > 0
    for name, x in (("left", 0.0), ("right", 221.0)):
        assert (data.points[data.facets[data.facet_tags == data.terminals[name]], 0] == x).all()


@DIMENSIONS
def test_the_outline_is_that_of_the_mesh(dimension):
    stack = Stack(VALVE, ACROSS[dimension])
    outline = outline_of_layers(stack)
    assert skeleton(outline) == skeleton(outline_of_data(mesh_layers(stack, sizing())))
    assert outline.regions == ("lead", "fixed", "spacer", "free")
    assert outline.terminals == {"left": ("lead",), "right": ("lead",)}
    assert frozenset(("free", "lead")) in outline.contacts and frozenset(("lead", "spacer")) not in outline.contacts


def test_cells_are_finest_at_gates_and_grow_away_from_them():
    x = planes(mesh_layers(Stack((("lead", 1000.0), ("fixed", 100.0))), sizing(resolution=0.5, growth=0.5)))
    steps = np.diff(x)
    gate = np.searchsorted(x, 1000.0)
    first = FINER * 0.5 * 5
    for beside in (steps[gate - 1], steps[gate], steps[-1]):
        assert 0.8 * first < beside < 1.06 * first  # it grows across the first cell too
    ratio = steps[gate - 20 : gate - 1] / steps[gate - 19 : gate]
    assert ratio == pytest.approx(1 + FINER * 0.5, rel=0.02)


@DIMENSIONS
def test_thin_layers_have_cells_enough(dimension):
    x = planes(mesh_layers(Stack((("lead", 100.0), ("spacer", 0.35), ("lead", 100.0)), ACROSS[dimension]), sizing()))
    assert np.count_nonzero((x > 100) & (x < 100.35)) + 1 >= LEAST_CELLS[dimension]


def test_the_size_of_the_mesh_is_a_limit():
    data = mesh_layers(Stack((("lead", 400.0), ("fixed", 50.0)), (30.0,)), sizing(size=3.0))
    assert np.diff(planes(data)).max() <= 3.0 + 1e-9
    assert len(np.unique(data.points[:, 1])) == 11


def test_a_seam_is_no_gate_but_grading_passes_it():
    """Two layers of one metal are meshed like one, apart from the plane between them."""
    names = {"lead": 350.0, "more": 350.0, "fixed": 5.0}
    seam = frozenset({frozenset(("lead", "more"))})
    data = mesh_layers(Stack((("fixed", 20.0), ("lead", 2.0), ("more", 500.0))), Sizing(names, seams=seam))
    x = planes(data)
    after = np.searchsorted(x, 22.0)
    assert np.diff(x)[after] < FINER * (0.5 * 5 + 0.5 * 2) * 1.1


def test_a_layer_thinner_than_rounding_is_refused():
    with pytest.raises(GeometryError, match="fall together"):
        mesh_layers(Stack((("lead", 1e6), ("spacer", 1e-9), ("lead", 1.0))), sizing())


@DIMENSIONS
def test_a_mesh_twice_as_coarse_is_nested(dimension):
    stack = Stack(VALVE, ACROSS[dimension])
    fine, coarse = (planes(mesh_layers(stack, sizing(coarsen=coarsen))) for coarsen in (1, 2))
    assert coarse == pytest.approx(fine[::2], rel=1e-12)


@DIMENSIONS
def test_a_device_of_layers(dimension, comm):
    case = case_of(dimension)
    assert cross_check(case, outline_of(case)) == []
    device = build_device(case, comm)
    assert device.mesh.topology.dim == device.mesh.geometry.dim == dimension
    assert device.depth == pytest.approx({1: 40 * NM * 30 * NM, 2: 30 * NM, 3: 1.0}[dimension])
    assert device.contacts.keys() == outline_of(case).contacts
    assert device.touching == {"left": ("lead",), "right": ("cap",)}
    spacer = frozenset(("spacer", "free"))
    quality = mesh_quality(device, case.diffusion_lengths)
    assert quality.contacts[spacer].area == pytest.approx({1: 1, 2: 40, 3: 40 * 30}[dimension])
    assert quality.contacts[spacer].diffusion_length == pytest.approx(4)
    assert quality.regions["fixed"].volume == pytest.approx(20 * {1: 1, 2: 40, 3: 40 * 30}[dimension])


@DIMENSIONS
def test_refinement_halves_every_cell(dimension, comm):
    plain, refined = (build_device(case_of(dimension, f"mesh.refinements={n}"), comm) for n in (0, 1))
    cells = [device.mesh.topology.index_map(dimension).size_global for device in (plain, refined)]
    assert cells[1] == 2**dimension * cells[0]
    assert refined.touching == plain.touching and refined.contacts == plain.contacts
    x = np.unique(refined.mesh.geometry.x[:, 0])
    assert np.isin(np.unique(plain.mesh.geometry.x[:, 0]), x).all()
    assert len(refined.facets_of("left")) == 2 ** (dimension - 1) * len(plain.facets_of("left"))


@pytest.mark.parametrize("dimension, refinements", [(1, 0), (1, 1), (2, 0), (2, 1), (3, 0)])
def test_the_resistance_is_that_of_the_exact_solution(dimension, refinements, comm):
    case = case_of(dimension, f"mesh.refinements={refinements}", "solver.method=direct")
    solution = Simulation(case, build_device(case, comm)).solution()
    assert solution.readings["left"].potential == pytest.approx(EXACT.phi(0.0, 0), rel=1e-7)


def test_potentials_inside_thin_layers_and_beside_interfaces(comm):
    case = case_of(1, "solver.method=direct")
    solution = Simulation(case, build_device(case, comm)).solution()
    scale = abs(EXACT.v(EXACT.edges[2], 2))
    for k, (name, layer) in enumerate(zip(("lead", "fixed", "spacer", "free", "cap"), EXACT.layers, strict=True)):
        x = EXACT.edges[k] + layer.thickness * np.linspace(0.001, 0.999, 50)
        phi, v = solution.at(np.stack([x, 0 * x, 0 * x], axis=1), name)
        assert phi == pytest.approx(EXACT.phi(x, k), rel=1e-6)
        assert v[:, 2] == pytest.approx(EXACT.v(x, k), abs=1e-5 * scale)


def test_without_width_and_depth_currents_count_per_square_metre(comm):
    text = CASE.replace("DIMENSION", "1").replace("  width: 40 nm\n  depth: 30 nm\n", "")
    assert build_device(read_case(text), comm).depth == 1.0
