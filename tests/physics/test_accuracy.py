"""Meshes that follow `accuracy`: what is told of each number holds against exact and much finer solutions."""

import json
from functools import cache
from math import log, pi

import gmsh
import meshio
import numpy as np
import pytest
from mpi4py import MPI

from spinfem.algebra.solver import SolveError
from spinfem.case.reader import read_case
from spinfem.geometry.gmsh_session import gmsh_session
from spinfem.study.adaptive import begin_with
from spinfem.study.run import run
from spinfem.study.session import Session
from spinfem.study.simulation import Simulation
from spinfem.study.trust import is_check
from tests import cases  # noqa: F401  (registers observables and interface types)
from tests.boxes import _bar
from tests.physics.test_sensitivity import COBALT, COPPER, DEVICES
from tests.plain_matrix import plain_matrix
from tests.unit.test_accuracy import RING

TARGET = 0.01
SMALL = 0.01  # of the largest number in its unit: smaller ones may be off by as much
MOST = 2.0  # bars: it is an estimate
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
    """Measurements by name, without those that only judge the others."""
    return {m.name: m for m in found.results.measurements if not is_check(m.name)}


def check(found, exact, target=TARGET):
    """All numbers are within twice their bars, and the bars within what was asked for."""
    largest = {}
    for name, m in found.items():
        key = name.partition(".")[0], m.unit
        largest[key] = max(largest.get(key, 0.0), np.abs(m.value).max())
    assert found.keys() == exact.keys() and len(found) > 0
    for name, m in found.items():
        size = max(np.abs(m.value).max(), SMALL * largest[name.partition(".")[0], m.unit])
        assert m.error <= 1.0000001 * target * size, name
        assert off(m, exact) <= MOST * m.error + 1e-8 * size, (m, exact[name])


def off(m, exact):
    return np.abs(np.subtract(m.value, exact[m.name].value)).max()


def layers(name, dimension):
    """A stack of test_sensitivity's as layers of a drawing."""
    metals, magnets, interfaces = DEVICES[name]
    regions = {}
    for region, given in zip(("f1", "n", "f2"), metals, strict=True):
        lengths = {key: value for key, value in given.items() if key in ("dephasing_length", "precession_length")}
        regions[region] = {"material": {key: value for key, value in given.items() if key not in lengths}} | lengths
    for region, m in zip(("f1", "f2"), magnets, strict=True):
        regions[region]["magnetization"] = m
    thick = {"f1": "150 nm", "n": "120 nm", "f2": "60 nm"}
    return {
        "geometry": {
            "layers": [{"name": layer, "thickness": t} for layer, t in thick.items()],
            "width": "100 nm",
            "depth": "100 nm",
            "dimension": dimension,
        },
        "regions": regions,
        "interfaces": interfaces,
        "terminals": {"left": {"current": "1 uA", "spin": "sink"}, "right": {"voltage": "0 V"}},
        "observables": COLLINEAR if magnets[0] == magnets[1] or name == "wall" else OBSERVABLES,
    }


STACKS = [
    *((name, dimension) for name in DEVICES if name != "spin Hall" for dimension in (1, 2)),
    ("transparent", 3),
    ("not symmetric", 3),
]


@pytest.fixture(scope="module")
def line():
    """name -> the numbers of a very fine one-dimensional mesh."""
    fine = {"mesh": {"resolution": 0.1}, "solver": {"error_estimate": False, "degree": 3, "method": "direct"}}
    return cache(lambda name: numbers(outcome(layers(name, 1) | fine)))


@pytest.mark.parametrize(("name", "dimension"), STACKS)
def test_numbers_of_layers_are_those_of_a_much_finer_line(name, dimension, line):
    target = {1: 1e-6, 2: 0.001, 3: 0.01}[dimension]
    coarse = {"mesh": {"resolution": 1000}, "accuracy": target, "solver": {"method": "direct"}}
    found = outcome(layers(name, dimension) | coarse)
    assert found.error_method == "residual of each number's dual" and found.warnings == ()
    check(numbers(found), line(name), target)
    largest = max(m.error / np.abs(m.value).max() for m in numbers(found).values())
    assert largest > 1e-3 * target  # the mesh was not much finer than it had to be


def valve_2d(**more):
    """A lateral valve, both contacts of which have singular corners."""
    magnet = {"material": {"base": "Py @ 4 K", "spin_diffusion_length": "20 nm"}, "magnetization": "+z"}
    parameters = {"separation": "200 nm", "wire_length": "900 nm"}
    return {
        "geometry": {"script": "nonlocal_valve_2d.geo", "depth": "100 nm", "parameters": parameters},
        "regions": {"wire": "Cu @ 4 K", "injector": magnet, "detector": magnet},
        "terminals": {
            "injector_end": {"current": "1 mA", "spin": "sink"},
            "wire_left": {"voltage": "0 V", "spin": "sink"},
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
    return numbers(outcome(valve_2d(accuracy=3e-6)))


@pytest.mark.parametrize("target", [0.05, 0.001])
def test_a_lateral_valve(target, fine_valve):
    check(numbers(outcome(valve_2d(accuracy=target))), fine_valve, target)


def test_what_is_known_to_be_missing_is_linear():
    found = numbers(outcome(valve_2d()))
    parallel, antiparallel, difference = (
        found[f"nonlocal_resistance.{name}"] for name in ("parallel", "antiparallel", "difference")
    )
    for key in ("value", "correction"):
        assert getattr(difference, key) == pytest.approx(getattr(parallel, key) - getattr(antiparallel, key), rel=1e-9)
    assert difference.correction != 0


def test_a_case_with_a_mesh_keeps_it_unless_it_asks_for_accuracy(fine_valve):
    mesh = {"mesh": {"resolution": 50, "rim": 1, "growth": 3}}
    fixed, refined = outcome(valve_2d(**mesh)), outcome(valve_2d(**mesh, accuracy=1.5e-5))
    assert fixed.levels == [] and len(refined.levels) > 0 and refined.mesh["cells"] > fixed.mesh["cells"]
    assert (fixed.case.degree, refined.case.degree) == (2, 3)
    check(numbers(refined), fine_valve, 1.5e-5)
    for m in numbers(fixed).values():
        assert m.correction is None and off(m, fine_valve) <= MOST * m.error


def test_a_series_begins_with_the_mesh_of_one_of_them(fine_valve):
    def case(current):
        valve = valve_2d(accuracy=1e-3)
        return read_case(
            json.dumps(
                valve | {"terminals": valve["terminals"] | {"injector_end": {"current": current, "spin": "sink"}}}
            )
        )

    session = Session(MPI.COMM_SELF)
    begin_with(case("1 mA"), session)
    one, two = (run(case(current), session) for current in ("1 mA", "2 mA"))
    again = Session(MPI.COMM_SELF)
    begin_with(case("1 mA"), again)
    for made in (one, two):
        assert len(made.levels) == 1
        found = {name: m for name, m in numbers(made).items() if m.unit != "A"}  # currents are another drive's
        check(found, {name: fine_valve[name] for name in found}, 1e-3)
    alone = numbers(run(case("2 mA"), again))
    assert alone.keys() == numbers(two).keys()
    for name, m in numbers(two).items():  # in whatever order, up to what the solver leaves
        assert (alone[name].value, alone[name].error) == pytest.approx((m.value, m.error), rel=1e-5, abs=1e-15)
    magnet = {"material": "Py @ 4.2 K", "magnetization": "+y"}
    other = valve_2d(accuracy=1e-3, regions={"wire": "Al @ 4 K", "injector": magnet, "detector": magnet})
    assert not session.has_begun_with(read_case(json.dumps(other)))


def test_levels_tell_the_way():
    told = []
    found = run(read_case(json.dumps(valve_2d(accuracy=1e-6))), Session(MPI.COMM_WORLD), told.append)
    unknowns = [row["unknowns"] for row in found.levels]
    assert len(unknowns) > 1 and unknowns == sorted(unknowns) and unknowns[-1] == found.mesh["unknowns"]
    assert found.levels[-1]["error"] <= 1e-6 * abs(found.levels[-1]["value"]) < found.levels[0]["error"]
    for row in found.levels:
        (words,) = [what for what in told if what.startswith(f"{row['unknowns']:,} unknowns: ")]
        assert row["number"] in words and "+-" in words


def test_the_numbers_that_count_are_those_of_the_observables_that_are_named(fine_valve):
    of = {"target": 5e-6, "of": ["injection_efficiency"]}
    every, some = outcome(valve_2d(accuracy=5e-6)), outcome(valve_2d(accuracy=of))
    assert some.mesh["unknowns"] < every.mesh["unknowns"] and some.warnings == every.warnings == ()
    assert {row["number"].partition(".")[0] for row in some.levels} == {"injection_efficiency"}
    for m in numbers(some).values():
        assert off(m, fine_valve) <= MOST * m.error, m.name  # of the others too


def test_no_mesh_is_made_that_may_have_too_many_unknowns():
    found = outcome(valve_2d(accuracy={"target": 1e-6, "at_most": 2000}))
    (words,) = [words for words in found.warnings if "accuracy" in words]
    assert words.startswith("the accuracy of 0.0001 % was not reached: ") and "is known to " in words
    assert words.endswith("a finer mesh would have more than 2,000 unknowns (`accuracy: at_most`)")
    assert found.mesh["unknowns"] > 2000 / 1.2 and all(row["unknowns"] <= 2000 / 1.2 for row in found.levels[:-1])


def test_when_the_time_is_over_no_finer_mesh_is_begun():
    found = outcome(valve_2d(accuracy={"target": 1e-6, "seconds": "1 ns"}))
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
    fine = {"geometry": stack | {"dimension": 1}, "mesh": {"resolution": 0.1}, "solver": {"degree": 3}}
    found = outcome(case | {"accuracy": 1e-5}, tmp_path)
    assert found.mesh["cells"] > len(data.cells)
    check(numbers(found), numbers(outcome(case | fine)), 1e-5)


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
        m = numbers(outcome(case | {"accuracy": target}, tmp_path))["terminals.inner.potential"]
        assert abs(m.value - exact) <= m.error <= target * exact


BENT = (
    'SetFactory("OpenCASCADE"); Disk(1) = {0, 0, 0, 525}; Disk(2) = {0, 0, 0, 500}; Rectangle(3) = {0, 0, 0, 600, 600};'
    "BooleanDifference(4) = { Surface{1}; Delete; }{ Surface{2}; Delete; };"
    'BooleanIntersection(5) = { Surface{4}; Delete; }{ Surface{3}; Delete; }; Physical Surface("ring") = {5};'
    'Physical Curve("inner") = Curve In BoundingBox{-1, 499, -1, 1, 526, 1};'
    'Physical Curve("outer") = Curve In BoundingBox{499, -1, -1, 526, 1, 1};'
)
NECK = (
    'SetFactory("OpenCASCADE"); Rectangle(1) = {-150, -51, 0, 300, 102}; Disk(2) = {0, 51, 0, 50}; Disk(3) = {0, -51, 0, 50};'
    'BooleanDifference(4) = { Surface{1}; Delete; }{ Surface{2:3}; Delete; }; Physical Surface("ring") = {4};'
    'Physical Curve("inner") = Curve In BoundingBox{-151, -99, -1, -149, 99, 1};'
    'Physical Curve("outer") = Curve In BoundingBox{149, -99, -1, 151, 99, 1};'
)


def curved(folder, drawing):
    (folder / "curved.geo").write_text(drawing + "\n")
    return {
        "geometry": {"script": "curved.geo", "depth": "10 nm"},
        "regions": {"ring": {"material": {"conductivity": "1e7 S/m", "spin_diffusion_length": "1 um"}}},
        "terminals": {"inner": {"current": "1 mA"}, "outer": {"voltage": "0 V"}},
        "observables": ["terminals"],
    }


@pytest.mark.parametrize("target", [0.01, 0.001])
def test_what_curves_miss_of_a_narrow_bent_strip_is_told(target, tmp_path):
    exact = 1e-3 * pi / 2 / (1e7 * 10e-9 * log(525 / 500))
    m = numbers(outcome(curved(tmp_path, BENT) | {"accuracy": target}, tmp_path))["terminals.inner.potential"]
    assert abs(m.value - exact) <= m.error <= target * exact


def test_what_curves_miss_of_a_narrow_neck_is_told(tmp_path):
    case = curved(tmp_path, NECK)
    fine = numbers(outcome(case | {"accuracy": 1e-4}, tmp_path))["terminals.inner.potential"]
    for target in (0.02, 0.002):
        m = numbers(outcome(case | {"accuracy": target}, tmp_path))["terminals.inner.potential"]
        assert 0.7 * abs(m.value - fine.value) <= m.error <= target * fine.value
        assert m.error < 3 * abs(m.value - fine.value)


def zero_by_symmetry():
    """No signal, whatever the mesh: injector and detector are at a right angle, and the detector sits in the middle of an even film."""
    magnet = {"material": {"base": "Py @ 4 K", "spin_diffusion_length": "20 nm"}}
    case = valve_2d()
    case["geometry"] = case["geometry"] | {"parameters": {"separation": "500 nm"}}
    case["regions"] = case["regions"] | {"detector": magnet | {"magnetization": "+x"}}
    case["interfaces"] = {"wire/detector": {"resistance_area": "1 fohm m^2", "polarization": 0.4}}
    resistance = {"plus": "detector_end", "minus": "wire_right", "drive": "injector_end"}
    return case | {"observables": [{"nonlocal_resistance": resistance}]}


def test_a_number_that_is_zero_is_not_chased_below_the_noise_of_the_solver():
    found = outcome(zero_by_symmetry() | {"accuracy": {"target": 0.02, "at_most": 100_000}})
    number = numbers(found)["nonlocal_resistance"]
    assert abs(number.value) <= number.error < 1e-6 and found.mesh["unknowns"] < 50_000


def test_where_a_finer_mesh_cannot_be_solved_the_last_one_counts(monkeypatch):
    solve, solved = Simulation.solution, []

    def fails(self, *arguments, **more):
        if (cells := self.device.mesh.topology.index_map(2).size_global) not in solved:
            solved.append(cells)
        if cells not in solved[:2]:
            raise SolveError("nothing helps", ())
        return solve(self, *arguments, **more)

    monkeypatch.setattr(Simulation, "solution", fails)
    found = outcome(valve_2d(accuracy=1e-6))
    assert len(found.levels) == 2
    assert any(words.endswith("; on a finer mesh nothing helps") for words in found.warnings)


@pytest.mark.parametrize("observables", [[], ["plain_matrix"]])
def test_where_no_number_has_a_dual_the_power_is_what_has_to_be_exact(observables):
    with plain_matrix():
        rough, exact = (outcome(valve_2d(observables=observables, accuracy=target)) for target in (1e-2, 1e-5))
    assert exact.mesh["unknowns"] > 1.5 * rough.mesh["unknowns"]
    assert {row["number"] for row in exact.levels} == {"power"}
    whole = 1e-3 * exact.solution.readings["injector_end"].potential
    for found, target in ((rough, 1e-2), (exact, 1e-5)):
        assert found.levels[-1]["error"] <= target * whole
        assert abs(found.levels[-1]["value"] - whole) <= MOST * found.levels[-1]["error"] + 1e-5 * whole
    for found, matrix in zip(rough.results.matrices, exact.results.matrices, strict=True):
        assert (np.abs(found.values - matrix.values) <= MOST * found.errors + 1e-4 * np.abs(matrix.values).max()).all()
