"""Meshes that follow `accuracy`: what is told of each number holds against exact and much finer solutions."""

import json
from math import log, pi

import gmsh
import meshio
import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.reader import read_case
from spinfem.geometry.gmsh_session import gmsh_session
from spinfem.study.run import run
from spinfem.study.session import Session
from spinfem.study.trust import is_check
from tests import cases  # noqa: F401  (registers observables and interface types)
from tests.boxes import _bar
from tests.physics.test_sensitivity import COBALT, COPPER, DEVICES
from tests.unit.test_accuracy import RING

TARGET = 0.01
SMALL = 0.01  # of the largest number in its unit: smaller ones may be off by as much
COLLINEAR = [{"spin_resistance": {"plus": "left", "minus": "right"}}, "spin_accumulation", "terminals"]
OBSERVABLES = [
    *COLLINEAR,
    {"injection_efficiency": {"contact": "n/f2"}},
    {"spin_torque": {"magnet": "f2"}},
    "dissipation",
]


def outcome(case, folder="."):
    return run(read_case(json.dumps(case), folder), Session(MPI.COMM_WORLD))


def numbers(found):
    """Name, of each component of a vector too, -> Measurement with one number."""
    named = {}
    for m in found.results.measurements:
        if not is_check(m.name):
            values = np.atleast_1d(m.value)
            corrections = np.zeros(len(values)) + (0.0 if m.correction is None else m.correction)
            for k, (value, correction) in enumerate(zip(values, corrections, strict=True)):
                named[m.name, k] = value, m.error, correction, m.unit
    return named


def check(found, exact, target=TARGET):
    """All numbers are within their bars, and the bars within what was asked for."""
    largest = {}
    for (name, _), (value, _, _, unit) in found.items():
        key = name.partition(".")[0], unit
        largest[key] = max(largest.get(key, 0.0), abs(value))
    assert found.keys() == exact.keys() and len(found) > 0
    for (name, k), (value, error, _, unit) in found.items():
        size = max(abs(value), SMALL * largest[name.partition(".")[0], unit])
        assert error <= 1.0000001 * target * size, name
        assert abs(value - exact[name, k][0]) <= error + 1e-9 * size, (name, value, exact[name, k][0], error)


def layers(name, dimension):
    """A stack of test_sensitivity's as layers of a drawing."""
    metals, magnets, interfaces = DEVICES[name]
    regions = {}
    for region, given in zip(("f1", "n", "f2"), metals, strict=True):
        lengths = {key: value for key, value in given.items() if key in ("dephasing_length", "precession_length")}
        regions[region] = {"material": {key: value for key, value in given.items() if key not in lengths}} | lengths
    for region, m in zip(("f1", "f2"), magnets, strict=True):
        regions[region]["magnetization"] = m
    thick = {"f1": "15 nm", "n": "20 nm", "f2": "10 nm"}
    return {
        "geometry": {
            "layers": [{"name": layer, "thickness": t} for layer, t in thick.items()],
            "width": "20 nm",
            "depth": "20 nm",
            "dimension": dimension,
        },
        "regions": regions,
        "interfaces": interfaces,
        "terminals": {"left": {"current": "1 uA", "spin": "sink"}, "right": {"voltage": "0 V"}},
        "observables": OBSERVABLES,
    }


STACKS = [
    *((name, dimension) for name in DEVICES if name != "spin Hall" for dimension in (1, 2)),
    ("transparent", 3),
    ("not symmetric", 3),
]


@pytest.mark.parametrize(("name", "dimension"), STACKS)
def test_numbers_of_layers_are_those_of_a_much_finer_line(name, dimension):
    fine = numbers(outcome(layers(name, 1) | {"mesh": {"resolution": 0.1}, "solver": {"error_estimate": False}}))
    found = outcome(layers(name, dimension))
    assert found.error_method == "residual of each number's dual" and found.levels
    check(numbers(found), fine)


def valve_2d(**more):
    """A lateral valve, both contacts of which have singular corners."""
    magnet = {"material": {"base": "Py @ 4 K", "spin_diffusion_length": "20 nm"}, "magnetization": "+z"}
    parameters = {"separation": "200 nm", "wire_length": "900 nm"}
    return {
        "geometry": {"script": "nonlocal_valve_2d.geo", "depth": "100 nm", "parameters": parameters},
        "regions": {"wire": "Cu @ 4 K", "injector": magnet, "detector": magnet},
        "terminals": {
            "injector_end": {"current": "1 mA"},
            "wire_left": {"voltage": "0 V"},
            "detector_end": {"floating": True},
            "wire_right": {"floating": True},
        },
        "observables": [
            {
                "nonlocal_resistance": {"plus": "detector_end", "minus": "wire_right", "drive": "injector_end"}
                | {"flip": "detector"}
            },
            {"injection_efficiency": {"contact": "wire/injector"}},
        ],
    } | more


@pytest.fixture(scope="module")
def fine_valve():
    return numbers(outcome(valve_2d(accuracy=0.0005)))


@pytest.mark.parametrize("target", [0.05, 0.005])
def test_a_lateral_valve(target, fine_valve):
    found = numbers(outcome(valve_2d(accuracy=target)))
    check(found, fine_valve, target)


def test_what_is_known_to_be_missing_is_linear():
    found = numbers(outcome(valve_2d()))
    parallel, antiparallel, difference = (
        found[f"nonlocal_resistance.{name}", 0] for name in ("parallel", "antiparallel", "difference")
    )
    for k in (0, 2):  # value, correction
        assert difference[k] == pytest.approx(parallel[k] - antiparallel[k], rel=1e-9)
    assert difference[2] != 0


def test_a_case_with_a_mesh_keeps_it_unless_it_asks_for_accuracy(fine_valve):
    mesh = {"mesh": {"resolution": 3}}
    fixed, refined = outcome(valve_2d(**mesh)), outcome(valve_2d(**mesh, accuracy="2 %"))
    assert fixed.levels == [] and len(refined.levels) > 1
    assert (fixed.case.degree, refined.case.degree) == (2, 3)
    assert all(m.correction is None for m in fixed.results.measurements)
    check(numbers(refined), fine_valve, 0.02)
    for name, (value, error, _, _) in numbers(fixed).items():
        assert abs(value - fine_valve[name][0]) <= error, name


def test_levels_tell_the_way():
    told = []
    case = read_case(json.dumps(valve_2d(accuracy="2 %")))
    found = run(case, Session(MPI.COMM_WORLD), told.append)
    unknowns = [row["unknowns"] for row in found.levels]
    assert len(unknowns) > 1 and unknowns == sorted(unknowns)
    assert found.levels[-1]["error"] <= 0.02 * abs(found.levels[-1]["value"]) < found.levels[0]["error"]
    for row in found.levels:
        (words,) = [what for what in told if what.startswith(f"{row['unknowns']:,} unknowns: ")]
        assert row["number"] in words and "+-" in words


def test_the_numbers_that_count_are_those_of_the_observables_that_are_named(fine_valve):
    of = {"target": 0.01, "of": ["injection_efficiency"]}
    every, some = outcome(valve_2d()), outcome(valve_2d(accuracy=of))
    assert some.mesh["unknowns"] < every.mesh["unknowns"] and some.warnings == every.warnings == ()
    assert {row["number"].partition(".")[0] for row in some.levels} == {"injection_efficiency"}
    for name, (value, error, _, _) in numbers(some).items():
        assert abs(value - fine_valve[name][0]) <= error, name  # of the others too


def test_no_mesh_is_made_that_may_have_too_many_unknowns():
    found = outcome(valve_2d(accuracy={"target": 0.001, "at_most": 4000}))
    (words,) = [words for words in found.warnings if "accuracy" in words]
    assert words.startswith("the accuracy of 0.1 % was not reached: ") and "is known to " in words
    assert words.endswith("a finer mesh would have more than 4,000 unknowns (`accuracy: at_most`)")
    assert found.mesh["unknowns"] > 4000 / 1.2 and all(row["unknowns"] < 4000 for row in found.levels[:-1])


def test_when_the_time_is_over_no_finer_mesh_is_begun():
    found = outcome(valve_2d(accuracy={"target": 0.001, "seconds": "1 ns"}))
    assert len(found.levels) == 1
    (words,) = [words for words in found.warnings if "accuracy" in words]
    assert words.endswith("; the time is over (`accuracy: seconds`)")


def test_a_mesh_file_is_refined_by_cutting_its_cells(tmp_path):
    data = _bar([("a", 200.0, 3), ("b", 200.0, 3)], 50.0, 2, 2)
    sets = {name: [data.facet_tags == tag, []] for name, tag in data.terminals.items()}
    sets |= {name: [[], data.cell_tags == tag] for name, tag in data.regions.items()}
    sets = {name: [np.flatnonzero(part) for part in parts] for name, parts in sets.items()}
    points = np.pad(data.points, ((0, 0), (0, 1)))
    meshio.Mesh(points, [("line", data.facets), ("triangle", data.cells)], cell_sets=sets).write(tmp_path / "strip.inp")
    case = {
        "geometry": {"mesh": "strip.inp", "depth": "10 nm"},
        "regions": {"a": {"material": "Co @ 300 K", "magnetization": "+y"}, "b": "Cu @ 300 K"},
        "terminals": {"left": {"voltage": "1 mV"}, "right": {"voltage": "0 V"}},
        "observables": COLLINEAR,
    }
    stack = {"layers": [{"name": name, "thickness": "200 nm"} for name in "ab"], "width": "50 nm", "depth": "10 nm"}
    line = case | {"geometry": stack | {"dimension": 1}, "mesh": {"resolution": 0.1}}
    found = outcome(case | {"accuracy": 1e-5}, tmp_path)
    assert found.mesh["cells"] > len(data.cells)
    check(numbers(found), numbers(outcome(line)), 1e-5)


def test_a_drawing_of_a_CAD_program(tmp_path):
    with gmsh_session():
        gmsh.model.occ.addBox(0, 0, 0, 30, 10, 20)
        gmsh.model.occ.addBox(10, 0, 20, 10, 10, 5)
        gmsh.model.occ.synchronize()
        gmsh.write(str(tmp_path / "boxes.step"))
        gmsh.clear()
        gmsh.model.occ.importShapes(str(tmp_path / "boxes.step"))
        gmsh.model.occ.synchronize()
        ends = {"below": [_face_at(0.0)], "above": [_face_at(25.0)]}
    case = {
        "geometry": {"cad": "boxes.step", "entities": {"regions": {"bottom": [1], "top": [2]}, "terminals": ends}},
        "regions": {"bottom": {"material": COPPER}, "top": {"material": COBALT, "magnetization": "+z"}},
        "terminals": {"below": {"voltage": "0 V"}, "above": {"current": "1 mA"}},
        "observables": [{"injection_efficiency": {"contact": "bottom/top"}}, "terminals"],
    }
    found, fine = (numbers(outcome(case | {"accuracy": target}, tmp_path)) for target in (0.03, 0.004))
    check(found, fine, 0.03)


def _face_at(height):
    faces = gmsh.model.getEntities(2)
    return next(tag for _, tag in faces if abs(gmsh.model.occ.getCenterOfMass(2, tag)[2] - height) < 1e-6)


def test_a_ring_is_round_enough(tmp_path):
    (tmp_path / "ring.geo").write_text(RING)
    case = {
        "geometry": {"script": "ring.geo", "depth": "10 nm"},
        "regions": {"ring": {"material": {"conductivity": "3.5e7 S/m", "spin_diffusion_length": "1 um"}}},
        "terminals": {"inner": {"current": "1 mA"}, "outer": {"voltage": "0 V"}},
        "observables": ["terminals"],
    }
    exact = 1e-3 * log(5) / (2 * pi * 3.5e7 * 10e-9)
    for target in (0.01, 0.001):
        value, error, _, _ = numbers(outcome(case | {"accuracy": target}, tmp_path))["terminals.inner.potential", 0]
        assert abs(value - exact) <= error <= target * exact
