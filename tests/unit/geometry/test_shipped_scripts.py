"""Overlayers, ratchets, films and discs: names, sizes, extremes of the parameters, and what does not fit together."""

import numpy as np
import pytest

from spinfem.geometry.errors import GeometryError
from spinfem.geometry.gmsh_session import gmsh_session
from spinfem.geometry.mesher import mesh_model
from spinfem.geometry.model_names import physical_names
from spinfem.geometry.reading import outline
from spinfem.geometry.script import choose, open_script
from spinfem.geometry.sizing import Sizing

from .conftest import MESHES, drawing, volumes

OVERLAYER_2D = {"length": 3000, "injector_position": -1000, "film_size": 400}
COARSE = {
    "overlayer_2d": {"film_size": 800},
    "overlayer_3d": {"wire_size": 200},
    "ratchet": {"wire_size": 150},
    "ratchet_2d": {"film_size": 100},
    "hall_bar": {"film_size": 1000},
    "cross": {"wire_size": 500},
    "disc": {"wire_size": 400},
    "corbino_2d": {"film_size": 100},
}
FILM = ("left", "right", "bottom", "top")
ARMS = ("upper_left", "upper_right", "lower_left", "lower_right")


def mesh(name, **values):
    """MeshData of a script of ours with large cells."""
    path = MESHES / f"{name}.geo"
    with gmsh_session():
        choose(path, open_script(path), COARSE[name] | values)
        names = physical_names(path)
        return mesh_model(names, Sizing(dict.fromkeys(names.regions, 1e3), resolution=1.0), path)


def terminal_boxes(data):
    """Terminal -> (lowest, highest corner)."""
    found = {}
    for name, tag in data.terminals.items():
        points = data.points[data.facets[data.facet_tags == tag]].reshape(-1, data.points.shape[1])
        found[name] = [points.min(axis=0), points.max(axis=0)]
    return found


@pytest.mark.parametrize(
    "name, dimension, regions, terminals",
    [
        ("overlayer_2d", 2, {"normal", "magnet"}, {"left": "normal", "right": "normal", "injector": "normal"}),
        ("overlayer_3d", 3, {"wire", "magnet"}, {"left": "wire", "right": "wire", "injector": "wire"}),
        ("ratchet", 3, {"conductor"}, {"left": "conductor", "right": "conductor"}),
        ("ratchet_2d", 2, {"conductor"}, {"left": "conductor", "right": "conductor"}),
        ("hall_bar", 3, {"film"}, dict.fromkeys([*FILM, *ARMS], "film")),
        ("cross", 3, {"cross"}, dict.fromkeys([*FILM, "upper", "lower"], "cross")),
        ("corbino_2d", 2, {"film"}, {"inner": "film", "outer": "film"}),
    ],
)
def test_names(name, dimension, regions, terminals):
    found = outline(drawing(MESHES / f"{name}.geo"))
    assert found.dimension == dimension
    assert set(found.regions) == regions
    assert found.terminals == {terminal: (region,) for terminal, region in terminals.items()}
    assert found.contacts == ({frozenset(regions)} if len(regions) == 2 else set())
    for parameter in found.parameters.values():
        assert parameter.minimum is not None and parameter.maximum is not None and parameter.label


@pytest.mark.parametrize("name", COARSE)
def test_defaults_mesh(name):
    assert all(size > 0 for size in volumes(mesh(name)).values())


@pytest.mark.parametrize(
    "values, magnet, injector",
    [
        ({}, 3000 * 1000, (-1050, -950)),  # the magnet covers all
        ({"magnet_length": 500, "magnet_position": 200}, 500 * 1000, (-1050, -950)),
        ({"magnet_length": 500, "magnet_position": 1400}, 350 * 1000, (-1050, -950)),  # cut off at the end
        ({"injector_width": 3000, "injector_position": 0}, 3000 * 1000, (-1500, 1500)),  # all of the bottom
        ({"injector_width": 1, "injector_position": 1499.5}, 3000 * 1000, (1499, 1500)),  # up to the corner
        ({"magnet_length": 10, "magnet_thickness": 1}, 10, (-1050, -950)),
    ],
)
def test_overlayer_2d(values, magnet, injector):
    data = mesh("overlayer_2d", **OVERLAYER_2D | values)
    assert volumes(data) == pytest.approx({"normal": 3000 * 1000, "magnet": magnet})
    boxes = terminal_boxes(data)
    assert np.array(boxes["injector"])[:, :2] == pytest.approx(np.array([[injector[0], -1000], [injector[1], -1000]]))
    for name, x in (("left", -1500), ("right", 1500)):  # the ends of the normal film alone
        assert np.array(boxes[name])[:, :2] == pytest.approx(np.array([[x, -1000], [x, 0]]))


@pytest.mark.parametrize("position, width", [(0, 20), (700, 600), (0, 2000)])  # the last one all of the top
def test_probe_on_top(position, width):
    island = {"magnet_length": 2000, "probe_position": position, "probe_width": width}
    data = mesh("overlayer_2d", **OVERLAYER_2D | island)
    expected = np.array([[position - width / 2, 1000], [position + width / 2, 1000]])
    assert np.array(terminal_boxes(data)["probe"])[:, :2] == pytest.approx(expected)


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"magnet_width": 300},  # reaches over the sides of the wire
        {"magnet_width": 20, "injector_width": 30},
        {"magnet_length": 2000, "injector_length": 2000, "injector_position": 0},  # all of the top, all of the bottom
        {"magnet_length": 100, "magnet_position": 950, "injector_position": -950},  # at both ends
    ],
)
def test_overlayer_3d(values):
    data = mesh("overlayer_3d", **values)
    size = {"magnet_length": 600, "magnet_width": 100} | values
    size = {"injector_length": 100, "injector_width": 100, "injector_position": -200} | size
    assert volumes(data) == pytest.approx(
        {"wire": 2000 * 100 * 60, "magnet": size["magnet_length"] * size["magnet_width"] * 30}
    )
    boxes = terminal_boxes(data)
    half = np.array([size["injector_length"], size["injector_width"], 0]) / 2
    middle = np.array([size["injector_position"], 0, -60])
    assert np.array(boxes["injector"]) == pytest.approx(np.array([middle - half, middle + half]))
    for name, x in (("left", -1000), ("right", 1000)):
        assert np.array(boxes[name]) == pytest.approx(np.array([[x, -50, -60], [x, 50, 0]]))


def ratchet_area(teeth, wide_end, body=1200, low=100, high=300, lead=400):
    """Area of the default ratchet, nm^2."""
    return body * ((low + high) / 2 if teeth else low) + lead * (low + (high if wide_end else low))


@pytest.mark.parametrize("direction", [1, -1])
@pytest.mark.parametrize("wide_end", [0, 1])
@pytest.mark.parametrize("teeth", [0, 1, 4, 20])
def test_shapes_of_the_ratchet(teeth, wide_end, direction):
    area = ratchet_area(teeth, wide_end)
    shape = {"teeth": teeth, "wide_end": wide_end, "direction": direction}
    assert volumes(mesh("ratchet_2d", **shape))["conductor"] == pytest.approx(area)
    assert volumes(mesh("ratchet", **shape))["conductor"] == pytest.approx(60 * area)


@pytest.mark.parametrize("name", ["ratchet", "ratchet_2d"])
@pytest.mark.parametrize("shape", [{}, {"teeth": 1, "wide_end": 1}], ids=["ratchet", "taper"])
def test_the_mirrored_ratchet_is_the_mirror_image(name, shape):
    forth, back = (corners(name, direction=direction, **shape) for direction in (1, -1))
    assert back == {(-x, *rest) for x, *rest in forth}
    assert back != forth


@pytest.mark.parametrize(
    "values, film, cap",
    [
        ({}, 4160000, 0),
        ({"cap_thickness": 2}, 4160000, 2),
        ({"bar_width": 20, "arm_width": 2, "bar_length": 400, "probe_distance": 100, "film_size": 20}, 11200, 0),
        ({"bar_width": 5000, "bar_length": 9000, "probe_distance": 2000, "arm_width": 1990}, 48184000, 0),
    ],
)
def test_shapes_of_the_hall_bar(values, film, cap):
    data = mesh("hall_bar", **values)
    found = volumes(data)
    assert found.pop("film") == pytest.approx(10 * film)
    assert found == ({"cap": pytest.approx(film * cap)} if cap else {})
    size = {"bar_length": 4000, "bar_width": 1000, "probe_distance": 2000, "arm_width": 100} | values
    boxes, high, reach = terminal_boxes(data), 10 + cap, size["bar_width"] / 2 + 400
    for name, side, place in zip(ARMS, (1, 1, -1, -1), (-1, 1, -1, 1), strict=True):
        x, half = place * size["probe_distance"] / 2, size["arm_width"] / 2
        assert np.array(boxes[name]) == pytest.approx(
            np.array([[x - half, side * reach, 0], [x + half, side * reach, high]])
        )
    assert np.array(boxes["top"])[:, 2] == pytest.approx(high)
    assert boxes["right"][0] == pytest.approx([size["bar_length"] / 2, -size["bar_width"] / 2, 0])


@pytest.mark.parametrize("electrodes", [0, 1, 2])
def test_electrodes_of_the_cross(electrodes):
    data = mesh("cross", electrodes=electrodes, injector_distance=200, injector_width=40, electrode_length=101)
    magnets = {"injector": 40 * 101 * 25, "detector": 100 * 101 * 25}
    expected = {"cross": 50 * (2000 * 100 + 1000 * 100)} | dict(list(magnets.items())[:electrodes])
    assert volumes(data) == pytest.approx(expected)
    boxes = terminal_boxes(data)
    ends = ["injector_end", "detector_end"][:electrodes]
    assert set(boxes) == {"left", "right", "upper", "lower", *(ends or ("bottom", "top"))}
    if electrodes:
        assert np.array(boxes["injector_end"]) == pytest.approx(np.array([[-220, 50.5, 50], [-180, 50.5, 75]]))
    assert np.array(boxes["lower"]) == pytest.approx(np.array([[-50, -550, 0], [50, -550, 50]]))


@pytest.mark.parametrize("wire_width", [20, 400, 5000])
def test_crosses_of_all_widths(wire_width):
    values = {"wire_width": wire_width, "arm_width": 20, "electrode_length": wire_width + 1, "electrodes": 2}
    assert volumes(mesh("cross", **values))["cross"] == pytest.approx(50 * (2000 * wire_width + 1000 * 20))


@pytest.mark.parametrize("radius, wire_width", [(75, 200), (100, 200), (150, 200), (10, 20), (140, 5000)])
def test_a_disc_within_and_beyond_its_wire(radius, wire_width):
    data = mesh("disc", disc_radius=radius, wire_width=wire_width, injector_length=wire_width + 50)
    found = volumes(data)
    assert found["wire"] == pytest.approx(3000 * wire_width * 60)
    assert found["disc"] == pytest.approx(np.pi * radius**2 * 25, rel=0.1)  # a polygon
    assert set(data.terminals) == {"wire_left", "wire_right", "injector_end", "disc_top"}
    low, high = terminal_boxes(data)["disc_top"]
    assert low[2] == high[2] == pytest.approx(85) and high[0] - low[0] == pytest.approx(2 * radius, rel=0.05)
    assert terminal_boxes(data)["injector_end"][0] == pytest.approx([-250, wire_width / 2 + 25, 60])


@pytest.mark.parametrize("inner", [1, 50, 190])
def test_rings(inner):
    found = mesh("corbino_2d", inner_radius=inner, film_size=20)
    assert volumes(found)["film"] == pytest.approx(np.pi * (200**2 - inner**2), rel=0.03)
    assert terminal_boxes(found)["inner"][1][0] == pytest.approx(inner, rel=1e-3)


def corners(name, **values):
    """The corners of a drawing as a set of tuples."""
    path = MESHES / f"{name}.geo"
    with gmsh_session() as gmsh:
        choose(path, open_script(path), values)
        return {tuple(np.round(gmsh.model.getValue(0, tag, []), 6) + 0.0) for _, tag in gmsh.model.getEntities(0)}


@pytest.mark.parametrize(
    "name, values, message",
    [
        ("overlayer_2d", {"injector_position": 5960}, "reaches over an end of the film"),
        (
            "overlayer_2d",
            {"magnet_length": 500, "probe_width": 501},
            "the probe reaches over an end of the ferromagnet",
        ),
        ("overlayer_2d", {"magnet_position": 9000, "magnet_length": 100}, "lies beyond the ends"),
        ("overlayer_3d", {"magnet_position": 800}, "the island reaches over an end"),
        ("overlayer_3d", {"injector_position": -960}, "contact reaches over an end"),
        ("overlayer_3d", {"injector_width": 101}, "wider than the wire"),
        ("ratchet", {"max_width": 100}, "max_width has to be larger than min_width"),
        ("ratchet_2d", {"direction": 0}, "direction has to be 1 or -1"),
        ("ratchet_2d", {"teeth": 2.5}, "teeth has to be a whole number"),
        ("ratchet", {"wide_end": 0.5}, "wide_end has to be 0 or 1"),
        ("hall_bar", {"arm_width": 2000}, "the arms overlap"),
        ("hall_bar", {"bar_length": 2100}, "the arms reach over the ends"),
        ("cross", {"electrodes": 1.5}, "electrodes has to be 0, 1 or 2"),
        ("cross", {"electrodes": 2, "detector_distance": 100}, "an electrode reaches over an arm"),
        ("cross", {"electrodes": 1, "injector_distance": 950}, "an electrode reaches over an end"),
        ("cross", {"electrodes": 1, "electrode_length": 100}, "the electrodes do not reach across the wire"),
        ("cross", {"arm_width": 2000}, "the arms are wider than the wire is long"),
        ("disc", {"disc_radius": 350}, "the disc touches the electrode"),
        ("disc", {"wire_length": 500}, "reaches over an end of the wire"),
        ("disc", {"injector_length": 200}, "does not reach across the wire"),
        ("corbino_2d", {"inner_radius": 200}, "outer_radius has to be larger"),
    ],
)
def test_what_does_not_fit_together_is_told(name, values, message):
    with pytest.raises(GeometryError, match=message):
        outline(drawing(MESHES / f"{name}.geo", parameters=values))


def test_a_straight_wire_needs_no_largest_width():
    assert outline(drawing(MESHES / "ratchet.geo", parameters={"teeth": 0, "max_width": 50})).regions == ("conductor",)
