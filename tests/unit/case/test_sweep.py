"""The `sweep` and `plots` of a case file: which points there are, and what is wrong with a bad one."""

import pytest

from spinfem.case.faults import CaseError
from spinfem.case.reader import read_case
from spinfem.case.sweep import override

CASE = """
geometry:
  layers: [{name: fixed, thickness: 20 nm}, {name: spacer, thickness: 5 nm}]
regions:
  fixed: {material: Co @ 77 K, magnetization: +y}
  spacer: Cu @ 300 K
terminals:
  left: {current: 1 mA, spin: sink}
  right: {voltage: 0 V, spin: sink}
sweep: SWEEP
"""


def points(sweep):
    return read_case(CASE.replace("SWEEP", sweep)).sweep.points


def faults(sweep):
    with pytest.raises(CaseError) as caught:
        points(sweep)
    return [(fault.key, fault.message) for fault in caught.value.faults]


def test_points_are_the_product_of_the_axes_the_last_one_fastest():
    assert points("{a.b: [1 nm, 2 nm], c: [+x, +y, +z]}")[:4] == [
        {"a.b": "1 nm", "c": "+x"},
        {"a.b": "1 nm", "c": "+y"},
        {"a.b": "1 nm", "c": "+z"},
        {"a.b": "2 nm", "c": "+x"},
    ]


def test_axes_in_a_zip_go_together():
    assert points("{zip: {a: [1, 2], b: [3, 4]}, c: [5]}") == [{"a": 1, "b": 3, "c": 5}, {"a": 2, "b": 4, "c": 5}]


def test_ranges_are_counted_in_the_unit_of_their_start():
    assert points("{a: {from: 100 nm, to: 0.2 um, points: 3}}") == [
        {"a": "100.0 nm"},
        {"a": "150.0 nm"},
        {"a": "200.0 nm"},
    ]
    assert points("{a: {from: 1, to: 100, points: 3, scale: log}}") == [{"a": 1.0}, {"a": 10.0}, {"a": 100.0}]
    assert points("{a: {from: 0 deg, to: 180 deg, points: 3}}")[1] == {"a": "90.0 deg"}
    assert points("{a: {from: 1e-15 ohm m^2, to: 3e-15 ohm m^2, points: 3}}")[1] == {"a": "2e-15 ohm m^2"}


def test_no_sweep_has_no_points():
    assert points("{}") == []


@pytest.mark.parametrize(
    "sweep, key, message",
    [
        ("{a: 3 nm}", "sweep.a", "must be a list of values, or a range"),
        ("{a: []}", "sweep.a", "must be a list of values"),
        ("{a: {from: 1 nm, to: 2 V, points: 3}}", "sweep.a", "count the same quantity"),
        ("{a: {from: 1 nm, to: 2, points: 3}}", "sweep.a", "count the same quantity"),
        ("{a: {from: 0 nm, to: 2 nm, points: 3, scale: log}}", "sweep.a", "two ends of one sign"),
        ("{a: {from: 1 nm, to: 2 nm, points: 1}}", "sweep.a.points", "at least 2"),
        ("{a: {from: 1 nm, to: 2 nm}}", "sweep.a.points", "is missing"),
        ("{zip: {a: [1, 2], b: [1, 2, 3]}}", "sweep.zip", "equally many values; these have 2 and 3"),
        ("{zip: [1]}", "sweep.zip", "must hold axes"),
    ],
)
def test_what_is_wrong_is_told_where_it_stands(sweep, key, message):
    assert any(found == key and message in text for found, text in faults(sweep)), faults(sweep)


@pytest.mark.parametrize("value", ["500 nm", 3, 0.5, True, [1, 0, 0], {"polar": "3 deg"}])
def test_an_override_carries_any_value(value):
    case = read_case(CASE.replace("SWEEP", "{}"), overrides=(override("title", "x"),))
    assert case.title == "x"
    from ruamel.yaml import YAML

    assert YAML(typ="safe").load(override("a", value).partition("=")[2]) == value


def test_plots():
    text = CASE.replace("SWEEP", "{}") + "plots: [{x: a.thickness, y: [b, c.d]}, {x: a, y: b, name: mine}]"
    plots = read_case(text).plots
    assert [plot.file_name for plot in plots] == ["b_c_d_against_a_thickness", "mine"]
    with pytest.raises(CaseError, match="x_in"):
        read_case(CASE.replace("SWEEP", "{}") + "plots: [{x: a, y: b, x_in: many}]")
