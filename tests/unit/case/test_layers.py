"""A case with a list of layers: its defaults, and what is wrong with a bad one."""

import pytest

from spinfem.case.cross_check import cross_check
from spinfem.case.faults import CaseError
from spinfem.case.reader import read_case
from spinfem.geometry.recipe import outline_of
from spinfem.output.check import description

CASE = """
geometry:
  layers:
    - {name: fixed, thickness: 20 nm}
    - {name: spacer, thickness: 5 nm}
regions:
  fixed: {material: Co @ 77 K, magnetization: +y}
  spacer: Cu @ 300 K
terminals:
  left: {current: 1 mA, spin: sink}
  right: {voltage: 0 V, spin: sink}
"""
BOX = ("geometry.dimension=3", "geometry.width=80 nm", "geometry.depth=60 nm")


def faults(*overrides):
    """(key, message) of everything that is wrong."""
    try:
        case = read_case(CASE, overrides=overrides)
    except CaseError as error:
        return [(fault.key, fault.message) for fault in error.faults]
    return [(fault.key, fault.message) for fault in cross_check(case, outline_of(case))]


def test_lengths_are_metres_and_a_line_is_the_default():
    geometry = read_case(CASE).geometry
    assert [(layer.name, layer.thickness) for layer in geometry.layers] == [("fixed", 20e-9), ("spacer", 5e-9)]
    assert (geometry.dimension, geometry.width, geometry.depth) == (1, 1.0, 1.0)


@pytest.mark.parametrize("overrides", [(), ("geometry.dimension=2", *BOX[1:]), BOX], ids=["1D", "2D", "3D"])
def test_good_cases_have_no_faults(overrides):
    assert faults(*overrides) == []
    case = read_case(CASE, overrides=overrides)
    assert "2 layers" in " ".join(str(part) for part in description(case, outline_of(case)))


def test_a_line_may_have_a_cross_section():
    assert faults("geometry.width=80 nm", "geometry.depth=60 nm") == []


@pytest.mark.parametrize(
    "override, key, message",
    [
        ("geometry.layers=[]", "geometry.layers", "at least one layer"),
        ("geometry.layers=[{name: fixed}]", "geometry.layers.0.thickness", "is missing: a length"),
        ("geometry.layers=[{thickness: 1 nm}]", "geometry.layers.0.name", "is missing"),
        ("geometry.layers=[{name: fixed, thickness: 0 nm}]", "geometry.layers.0.thickness", "greater than 0"),
        ("geometry.layers=[{name: fixed, thickness: 20}]", "geometry.layers.0.thickness", "has no unit"),
        ("geometry.layers=[{name: left, thickness: 1 nm}]", "geometry.layers.0.name", "one of the two terminals"),
        ("geometry.layers=[{name: a/b, thickness: 1 nm}]", "geometry.layers.0.name", "may not have"),
        ("geometry.script=nonlocal_valve.geo", "geometry", "it has script and layers"),
        ("geometry.parameters={a: 1}", "geometry", "a list of layers has none"),
        ("geometry.entities={}", "geometry", "layers have names"),
        ("geometry.dimension=4", "geometry.dimension", "must be 1, 2 or 3"),
        ("geometry.dimension=2", "geometry.width", "layers in 2D have a width"),
        ("geometry={script: nonlocal_valve.geo, width: 1 nm}", "geometry", "only a list of layers takes width"),
        ("terminals.lift={floating: true}", "terminals.lift", 'did you mean "left"? There are: left, right'),
        ("regions={fixed: Cu @ 300 K}", "regions.spacer", "needs a material"),
        ("interfaces={fixed/free: {resistance_area: 1 fohm m^2}}", "interfaces.fixed/free", "no such region"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(override, key, message):
    assert any(found == key and message in text for found, text in faults(override)), faults(override)


def own(**keys):
    """The layers of CASE, the second with keys of its own."""
    more = ", ".join(f"{key}: {value}" for key, value in keys.items())
    return f"geometry.layers=[{{name: fixed, thickness: 20 nm}}, {{name: spacer, thickness: 5 nm, {more}}}]"


@pytest.mark.parametrize("keys", [{"width": "90 nm"}, {"depth": "90 nm"}, {"cross_section": "ellipse"}])
def test_a_layer_may_have_its_own_cross_section(keys):
    assert faults(*BOX, own(**keys)) == []


def test_an_ellipse_has_width_and_depth():
    assert faults(*BOX, "geometry.cross_section=ellipse") == []
    assert faults("geometry.dimension=3", "geometry.cross_section=ellipse")[0][0] == "geometry.width"


@pytest.mark.parametrize(
    "overrides, key, message",
    [
        ((own(width="90 nm"),), "geometry.layers.1.width", "in 1D all layers have the width of the geometry"),
        ((own(depth="90 nm"),), "geometry.layers.1.depth", "needs `dimension: 3`"),
        (("geometry.dimension=2", "geometry.width=9 nm", own(depth="9 nm")), "geometry.layers.1.depth", "in 2D all"),
        ((own(cross_section="ellipse"),), "geometry.layers.1.cross_section", "in 1D all layers have the cross section"),
        ((*BOX, own(cross_section="disk")), "geometry.layers.1.cross_section", 'must be "box" or "ellipse"'),
        ((*BOX, own(width="0 nm")), "geometry.layers.1.width", "greater than 0"),
        ((*BOX, own(width="90")), "geometry.layers.1.width", "has no unit"),
        ((*BOX, own(heigth="9 nm")), "geometry.layers.1.heigth", "unknown key"),
        (("geometry.cross_section=ellipse",), "geometry.cross_section", "an ellipse needs three dimensions"),
        (("geometry={script: nonlocal_valve.geo, cross_section: ellipse}",), "geometry", "takes cross_section"),
    ],
)
def test_what_is_wrong_with_a_cross_section(overrides, key, message):
    assert any(found == key and message in text for found, text in faults(*overrides)), faults(*overrides)


def test_a_box_needs_both_sides():
    assert [key for key, _ in faults("geometry.dimension=3")] == ["geometry.width", "geometry.depth"]
