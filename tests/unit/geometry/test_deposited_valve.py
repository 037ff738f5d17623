"""The valve as it is made: by default the plain one, sections that keep their area, contacts on walls, pads, and extremes of all that."""

from math import radians, sin, tan

import numpy as np
import pytest

from spinfem.geometry import gmsh_api as gmsh
from spinfem.geometry.errors import GeometryError
from spinfem.geometry.gmsh_session import gmsh_session
from spinfem.geometry.mesher import mesh_model
from spinfem.geometry.model_names import contacts, physical_names
from spinfem.geometry.reading import outline
from spinfem.geometry.script import choose, open_script
from spinfem.geometry.sizing import Sizing

from .conftest import MESHES, drawing, volumes
from .test_shipped_scripts import corners, terminal_boxes

SCRIPT = MESHES / "deposited_valve.geo"
ELECTRODES = ("injector", "detector")
SMALL = {"wire_width": 20, "wire_thickness": 10, "wire_length": 500, "separation": 60, "wire_size": 10}
SMALL |= {"injector_width": 20, "detector_width": 20, "electrode_thickness": 5, "electrode_length": 100}
LARGE = {"wire_width": 5000, "wire_length": 20000, "separation": 8000, "wire_size": 4000, "electrode_length": 5200}
LARGE |= {"injector_width": 5000, "detector_width": 20}


def mesh(first=False, **values):
    """MeshData with large cells; first: as coarse as it can be."""
    with gmsh_session():
        choose(SCRIPT, open_script(SCRIPT), {"wire_size": 200, "pad_size": 1000} | values)
        names = physical_names(SCRIPT)
        return mesh_model(names, Sizing(dict.fromkeys(names.regions, 1e3), resolution=1.0, first=first), SCRIPT)


def contact_area(region, **values):
    """Area of the contact of a region with the wire, nm^2."""
    with gmsh_session():
        choose(SCRIPT, open_script(SCRIPT), values)
        faces = contacts(physical_names(SCRIPT))[frozenset({region, "wire"})]
        return sum(gmsh.model.occ.getMass(2, face) for face in faces)


def test_by_default_it_is_the_plain_valve():
    assert corners("deposited_valve") == corners("nonlocal_valve")
    plain, made = (outline(drawing(MESHES / f"{name}.geo")) for name in ("nonlocal_valve", "deposited_valve"))
    assert (made.regions, made.terminals, made.contacts) == (plain.regions, plain.terminals, plain.contacts)
    shared = plain.parameters.keys()
    assert {name: made.parameters[name].default for name in shared} == {
        name: plain.parameters[name].default for name in shared
    }


@pytest.mark.parametrize("angle", [45, 60, 89.9, 90])
def test_sections_keep_their_area_whatever_the_angle(angle):
    found = volumes(mesh(wire_angle=angle, electrode_angle=angle))
    assert found == pytest.approx({"wire": 4000 * 100 * 60} | dict.fromkeys(ELECTRODES, 1000 * 100 * 25))


@pytest.mark.parametrize("coverage", [1, 12, 25, 100])
def test_an_electrode_that_climbs_over_an_upright_wire(coverage):
    found = volumes(mesh(side_coverage=coverage))
    assert found["injector"] == pytest.approx(100 * (1000 * 25 + 2 * coverage * 60))
    assert contact_area("detector", side_coverage=coverage) == pytest.approx(100 * (100 + 2 * 60))
    assert contact_area("detector") == pytest.approx(100 * 100)  # flat: the top alone


@pytest.mark.parametrize("angle", [45, 75])
def test_contacts_on_leaning_walls(angle):
    head = 100 - 60 / tan(radians(angle))
    around = head + 2 * 60 / sin(radians(angle))
    assert contact_area("injector", wire_angle=angle, side_coverage=12) == pytest.approx(100 * around)
    foot = 100 + 25 / tan(radians(70))  # of the electrode, where it is widest
    leaning = {"wire_angle": angle, "electrode_angle": 70}
    assert contact_area("injector", **leaning, side_coverage=12) == pytest.approx(foot * around)
    assert contact_area("injector", **leaning) == pytest.approx(foot * head)


def test_a_film_that_falls_straight_down_is_as_thick_above_as_beside():
    """side_coverage = thickness cos(angle): the upper side is the lower one, moved up; so the volume is length x width x thickness."""
    values = {"wire_angle": 45, "side_coverage": 25 * sin(radians(45))}
    assert volumes(mesh(**values))["injector"] == pytest.approx(1000 * 100 * 25)


@pytest.mark.parametrize("coverage", [0, 12])
def test_pads(coverage):
    data = mesh(wire_pad=1000, electrode_pad=300, taper_length=100, side_coverage=coverage)
    found = volumes(data)
    assert found["wire"] == pytest.approx(60 * (4000 * 100 + 2 * (100 * 550 + 1000**2)))
    electrode = 1000 * 100 * 25 + 2 * 25 * (100 * 200 + 300**2) + 2 * 100 * coverage * 60
    assert (found["injector"], found["detector"]) == pytest.approx((electrode, electrode))
    boxes, base = terminal_boxes(data), 60 if coverage == 0 else 0
    assert np.array(boxes["wire_right"]) == pytest.approx(np.array([[3100, -500, 0], [3100, 500, 60]]))
    assert np.array(boxes["detector_end"]) == pytest.approx(np.array([[100, 900, base], [400, 900, base + 25]]))


def test_a_wire_in_the_middle():
    data = mesh(middle_width=40, middle_thickness=10, middle_position=-20, side_coverage=8)
    assert volumes(data)["middle"] == pytest.approx(40 * (1000 * 10 + 2 * 8 * 60))
    boxes = terminal_boxes(data)
    assert np.array(boxes["middle_start"]) == pytest.approx(np.array([[-40, -500, 0], [0, -500, 10]]))
    assert np.array(boxes["middle_end"]) == pytest.approx(np.array([[-40, 500, 0], [0, 500, 10]]))
    assert {"injector_end", "detector_end"} < set(boxes)


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize(
    "values",
    [
        {"wire_angle": 45, "electrode_angle": 45, "side_coverage": 5},
        {"wire_angle": 20, "wire_width": 400, "side_coverage": 8},
        {"wire_angle": 89.9, "electrode_angle": 89.9, "side_coverage": 1},
        {"wire_thickness": 10, "electrode_thickness": 50, "side_coverage": 5, "wire_angle": 70},
        SMALL | {"wire_angle": 45, "side_coverage": 3, "middle_width": 5, "middle_thickness": 6},
        LARGE | {"wire_angle": 60, "side_coverage": 30, "electrode_thickness": 200, "wire_thickness": 200},
        {"wire_pad": 5000, "taper_length": 1, "electrode_pad": 450, "wire_angle": 45, "side_coverage": 18},
    ],
)
def test_extremes_mesh(values, first):
    data = mesh(first, **values)
    assert all(size > 0 for size in volumes(data).values())
    assert {"wire_left", "wire_right", "injector_end", "detector_end"} <= set(data.terminals)
    foots = (values.get("wire_width", 100), values.get("wire_thickness", 60), values.get("wire_length", 4000))
    if "wire_pad" not in values:
        assert volumes(data)["wire"] == pytest.approx(np.prod(foots))


@pytest.mark.parametrize(
    "values, message",
    [
        ({"wire_angle": 30}, "the walls of the wire meet below its top"),
        ({"electrode_angle": 20, "injector_width": 60}, "the walls of an electrode meet below its top"),
        ({"separation": 110, "electrode_angle": 45}, "the electrodes overlap"),
        ({"middle_width": 100, "middle_position": 160}, "the electrodes overlap"),
        ({"wire_width": 70, "wire_angle": 45, "side_coverage": 5}, "climbs over the wire has no width"),
        ({"electrode_length": 240, "side_coverage": 70}, "do not reach beyond the wire's walls"),
        ({"electrode_length": 100}, "do not reach across the wire"),
        ({"wire_length": 600}, "reach over the ends of the wire"),
        ({"wire_pad": 100}, "wire_pad has to be larger than wire_width"),
        ({"electrode_pad": 50}, "electrode_pad has to be larger than the width"),
        ({"electrode_pad": 250, "middle_width": 20}, "the pads of the electrodes overlap"),
    ],
)
def test_what_does_not_fit_together_is_told(values, message):
    with pytest.raises(GeometryError, match=message):
        outline(drawing(SCRIPT, parameters=values))
