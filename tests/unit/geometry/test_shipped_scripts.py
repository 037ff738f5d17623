"""Overlayers and ratchets: names, sizes, extremes of the parameters, and what does not fit together."""

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
}


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
    ],
)
def test_what_does_not_fit_together_is_told(name, values, message):
    with pytest.raises(GeometryError, match=message):
        outline(drawing(MESHES / f"{name}.geo", parameters=values))


def test_a_straight_wire_needs_no_largest_width():
    assert outline(drawing(MESHES / "ratchet.geo", parameters={"teeth": 0, "max_width": 50})).regions == ("conductor",)
