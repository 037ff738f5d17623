"""Parametric scripts: their parameters are found, obeyed, and mistakes are told in Gmsh's words."""

import pytest

from spinfem.geometry.errors import GeometryError
from spinfem.geometry.gmsh_session import gmsh_session
from spinfem.geometry.reading import outline, read

from .conftest import COARSE, MESHES, VOLUMES, areas, drawing, meshed, volumes


def test_parameters_are_found(layers):
    parameters = outline(drawing(layers)).parameters
    assert list(parameters) == ["bottom", "steps", "ratio"]  # neither read-only numbers nor those without a slider
    bottom = parameters["bottom"]
    assert (bottom.default, bottom.unit, bottom.minimum, bottom.maximum) == (20, "nm", 1, 100)
    assert bottom.label == "Bottom layer"


@pytest.mark.parametrize("name", ["steps", "ratio"])
def test_limits_that_gmsh_makes_up_for_its_sliders_are_not_limits(layers, name):
    parameter = outline(drawing(layers)).parameters[name]
    assert (parameter.unit, parameter.minimum, parameter.maximum) == (None, None, None)


def test_outline(layers):
    found = outline(drawing(layers))
    assert found.dimension == 3
    assert found.regions == ("bottom", "top")
    assert found.terminals == {"below": ("bottom",), "above": ("top",)}
    assert found.contacts == {frozenset(("bottom", "top"))}


def test_regions_and_terminals_have_their_size(layers):
    data = meshed(layers)
    assert volumes(data) == pytest.approx(VOLUMES)
    assert areas(data) == pytest.approx({"below": 300, "above": 100})


def test_parameters_change_the_shape(layers):
    data = meshed(layers, bottom=7.5)
    assert volumes(data)["bottom"] == pytest.approx(30 * 10 * 7.5)
    assert volumes(meshed(layers))["bottom"] == pytest.approx(VOLUMES["bottom"])  # nothing is remembered


def test_an_unknown_parameter_is_named_with_the_nearest_one(layers):
    with pytest.raises(GeometryError, match='geometry.parameters.botom.*did you mean "bottom"'):
        read(drawing(layers, parameters={"botom": 3}), COARSE)


def test_an_outline_survives_wrong_parameters(layers):
    found = outline(drawing(layers, parameters={"botom": 3, "bottom": -1}))
    assert found.regions == ("bottom", "top")


@pytest.mark.parametrize(
    "added, message",
    [
        ("Box(9) = {0, 0, 0, 1, 1, 0};", "Gmsh says.*Degenerate box"),
        ("what is this", "Gmsh says.*syntax error"),
        ('Error("layers too thin");', "Gmsh says: layers too thin"),
        ("Box(9) = {50, 0, 0, 1, 1, 1};", "volume 9 is in no physical group"),
        ('Physical Volume("again") = {1};', "entity 1 is in two regions: bottom, again"),
        ('Physical Volume("below") = {2};', "below names a region and a terminal"),
    ],
)
def test_what_is_wrong_with_a_script_is_told(layers, added, message):
    layers.write_text(f"{layers.read_text()}{added}\n")
    with pytest.raises(GeometryError, match=message):
        outline(drawing(layers))


def test_a_script_without_names(tmp_path):
    path = tmp_path / "nameless.geo"
    path.write_text('SetFactory("OpenCASCADE"); Box(1) = {0, 0, 0, 1, 1, 1};\n')
    with pytest.raises(GeometryError, match="no physical volumes"):
        outline(drawing(path))


def test_gmsh_would_pass_over_an_unfinished_last_line(layers):
    layers.write_text(layers.read_text() + "Box(9) = {50, 0, 0, 1, 1, 1};")
    with pytest.raises(GeometryError, match="last line"):
        outline(drawing(layers))


def test_a_script_that_is_not_there(tmp_path):
    with pytest.raises(GeometryError, match="no such file"):
        outline(drawing(tmp_path / "gone.geo"))


def test_gmsh_can_be_used_again_after_an_error(layers):
    with pytest.raises(GeometryError), gmsh_session():
        raise GeometryError("geometry", layers, "of ours")
    assert volumes(meshed(layers)) == pytest.approx(VOLUMES)


@pytest.mark.parametrize("name, dimension", [("nonlocal_valve", 3), ("nonlocal_valve_2d", 2)])
def test_the_lateral_valves_have_the_same_names(name, dimension):
    found = outline(drawing(MESHES / f"{name}.geo"))
    assert found.dimension == dimension
    assert found.regions == ("wire", "injector", "detector")
    assert found.terminals == {
        "wire_left": ("wire",),
        "wire_right": ("wire",),
        "injector_end": ("injector",),
        "detector_end": ("detector",),
    }
    assert found.contacts == {frozenset(("wire", "injector")), frozenset(("wire", "detector"))}
    assert all(parameter.unit == "nm" and parameter.minimum for parameter in found.parameters.values())


@pytest.mark.parametrize("name", ["nonlocal_valve", "nonlocal_valve_2d"])
def test_electrodes_of_a_lateral_valve_may_not_overlap(name):
    with pytest.raises(GeometryError, match="the electrodes overlap"):
        outline(drawing(MESHES / f"{name}.geo", parameters={"separation": 60}))
