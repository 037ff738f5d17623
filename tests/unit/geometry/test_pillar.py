"""Layers of different cross-sections, meshed by Gmsh: volumes, names, neighbours, sizes, and what flows."""

from math import pi

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.cross_check import cross_check
from spinfem.case.reader import read_case
from spinfem.geometry.build import build_device, device_of
from spinfem.geometry.drawing import Drawing
from spinfem.geometry.layers import Stack, outline_of_layers
from spinfem.geometry.outline import outline_of_data
from spinfem.geometry.pillar import FLAT, Section
from spinfem.geometry.quality import mesh_quality
from spinfem.geometry.reading import read
from spinfem.geometry.recipe import outline_of
from spinfem.geometry.sizing import Sizing
from spinfem.study.simulation import Simulation
from tests.exact import Layer
from tests.exact import Stack as ExactStack

from .conftest import skeleton
from .stack import REST

NM = 1e-9
LENGTHS = {"lead": 350.0, "fixed": 20.0, "spacer": 350.0, "free": 20.0}
VALVE = (("lead", 60.0), ("fixed", 20.0), ("spacer", 4.0), ("free", 6.0), ("lead", 40.0))
SECTIONS = {  # of leads, of the pillar
    "2D": (Section((150.0,)), Section((40.0,))),
    "boxes": (Section((120.0, 90.0)), Section((40.0, 30.0))),
    "ellipse": (Section((120.0, 90.0)), Section((40.0, 30.0), ellipse=True)),
    "upright": (Section((120.0, 90.0), ellipse=True), Section((30.0, 40.0), ellipse=True)),
    "round": (Section((40.0, 40.0), ellipse=True), Section((40.0, 40.0), ellipse=True)),
}
CASE = """
geometry:
  layers:
    - {name: lead, thickness: 40 nm}
    - {name: fixed, thickness: 10 nm}
    - {name: spacer, thickness: 4 nm}
    - {name: free, thickness: 5 nm}
    - {name: cap, thickness: 40 nm}
"""
CASE += REST.replace("DIMENSION", "3").replace(": 5 nm, pol", ": 15 nm, pol").replace(": 4 nm, pol", ": 12 nm, pol")


def exact(area):
    """The stack of CASE with a cross-section of `area` (m^2)."""
    return ExactStack(
        [
            Layer(40 * NM, 3.5e7, 350 * NM),
            Layer(10 * NM, 7.3e6, 15 * NM, polarization=0.36),
            Layer(4 * NM, 3e7, 350 * NM, resistance_area=5e-16, interface_polarization=-0.3),
            Layer(5 * NM, 6e6, 12 * NM, polarization=-0.5),
            Layer(40 * NM, 3.5e7, 350 * NM),
        ],
        1e-3 / area,
    )


def drawing(wide, narrow, layers=VALVE):
    return Drawing(None, "layers", layers=Stack(layers, narrow.across), sections=(wide, narrow, narrow, narrow, wide))


def area(section):
    return np.prod(section.across) * (pi / 4 if section.ellipse else 1)


@pytest.fixture(scope="module", params=SECTIONS)
def stack(request):
    wide, narrow = SECTIONS[request.param]
    sizing = Sizing(LENGTHS, growth=0.5)
    return wide, narrow, read(drawing(wide, narrow), sizing), device_of(MPI.COMM_WORLD, drawing(wide, narrow), sizing)


def test_every_layer_has_its_volume_and_every_contact_its_area(stack):
    wide, narrow, _, device = stack
    quality = mesh_quality(device, LENGTHS)
    rounded = 0.012 if wide.ellipse or narrow.ellipse else 1e-9  # a polygon inside the ellipse
    expected = {
        "lead": 100 * area(wide),
        **{n: t * area(narrow) for n, t in (("fixed", 20), ("spacer", 4), ("free", 6))},
    }
    for name, volume in expected.items():
        assert volume * (1 - rounded) <= quality.regions[name].volume <= volume * (1 + 1e-9), name
    for contact in quality.contacts.values():
        assert area(narrow) * (1 - rounded) <= contact.area <= area(narrow) * (1 + 1e-9)


def test_the_outline_is_that_of_the_mesh(stack):
    wide, narrow, data, device = stack
    outline = outline_of_layers(drawing(wide, narrow).layers)
    assert skeleton(outline) == skeleton(outline_of_data(data))
    assert device.contacts.keys() == outline.contacts and device.touching == outline.terminals


def test_terminals_are_the_whole_end_faces(stack):
    wide, _, data, _ = stack
    for name, x in (("left", 0.0), ("right", 130.0)):
        facets = data.points[data.facets[data.facet_tags == data.terminals[name]]]
        assert np.allclose(facets[:, :, 0], x, rtol=0, atol=1e-9)
        sides = facets[:, 1:] - facets[:, :1]
        size = np.linalg.norm(sides[:, 0] if len(wide.across) == 1 else np.cross(*sides.swapaxes(0, 1)) / 2, axis=-1)
        assert size.sum() == pytest.approx(area(wide), rel=0.012 if wide.ellipse else 1e-9)


def test_layers_are_centred(stack):
    _, _, data, _ = stack
    low, high = data.points.min(axis=0)[1:], data.points.max(axis=0)[1:]
    assert np.allclose(low, -high, rtol=0.01)


def test_cells_are_as_small_as_their_layer_is_thin(stack):
    *_, device = stack
    regions = mesh_quality(device, LENGTHS).regions
    assert regions["spacer"].longest_edge < 1.6 * FLAT * 4
    assert regions["lead"].longest_edge > regions["spacer"].longest_edge
    assert min(region.worst_shape for region in regions.values()) > 0.2


def test_layers_that_are_all_alike_need_no_gmsh():
    """Equal widths given by the layers themselves, or by the geometry: the same structured mesh."""
    plain = build_device(read_case(CASE), MPI.COMM_WORLD)
    own = "geometry.layers.0={name: lead, thickness: 40 nm, width: 40 nm, depth: 30 nm, cross_section: box}"
    same = build_device(read_case(CASE, overrides=(own,)), MPI.COMM_WORLD)
    assert np.array_equal(plain.mesh.geometry.x, same.mesh.geometry.x)
    wider = build_device(read_case(CASE, overrides=(own.replace("width: 40", "width: 44"),)), MPI.COMM_WORLD)
    assert np.ptp(wider.mesh.geometry.x[:, 1]) == pytest.approx(44)


def test_what_layers_do_not_say_the_geometry_says():
    overrides = (
        "mesh={}",
        "geometry.cross_section=ellipse",
        "geometry.layers.4={name: cap, thickness: 40 nm, cross_section: box}",
    )
    case = read_case(CASE, overrides=(*overrides, "geometry.layers.0={name: lead, thickness: 40 nm, width: 80 nm}"))
    assert cross_check(case, outline_of(case)) == []
    device = build_device(case, MPI.COMM_WORLD)
    volumes = {
        name: region.volume for name, region in mesh_quality(device, dict.fromkeys(case.regions, 1.0)).regions.items()
    }
    assert volumes["cap"] == pytest.approx(40 * 40 * 30)
    assert volumes["lead"] == pytest.approx(40 * pi / 4 * 80 * 30, rel=0.012)
    assert volumes["free"] == pytest.approx(5 * pi / 4 * 40 * 30, rel=0.012)


@pytest.mark.parametrize("section", [Section((40.0,)), Section((40.0, 30.0)), Section((40.0, 30.0), True)])
def test_with_equal_sections_the_resistance_is_exact(section):
    """The same exact solution that the structured mesh is held to, on the mesh that Gmsh makes."""
    dimension = 1 + len(section.across)
    case = read_case(CASE, overrides=(f"geometry.dimension={dimension}", "solver.tolerance=1e-13"))
    lengths = {name: region.material.spin_diffusion_length / NM for name, region in case.regions.items()}
    layers = tuple((layer.name, layer.thickness / NM) for layer in case.geometry.layers)
    device = device_of(
        MPI.COMM_WORLD,
        Drawing(None, "layers", depth=30 * NM, layers=Stack(layers, section.across), sections=(section,) * 5),
        Sizing(lengths, growth=0.5),
    )
    cross_section = 40 * NM * 30 * NM * (pi / 4 if section.ellipse else 1)
    solution = Simulation(case, device).solution()
    expected = exact(cross_section).phi(0.0, 0)
    assert solution.readings["left"].potential == pytest.approx(expected, rel=0.012 if section.ellipse else 1e-5)
    if section.ellipse:
        assert solution.readings["left"].potential > expected  # the polygon is smaller
    assert solution.conservation_defect < 1e-10


def test_a_single_layer():
    section = Section((40.0, 40.0), ellipse=True)
    stack = Stack((("wire", 100.0),), section.across)
    data = read(Drawing(None, "layers", layers=stack, sections=(section,)), Sizing({"wire": 50.0}))
    assert skeleton(outline_of_data(data)) == skeleton(outline_of_layers(stack))
