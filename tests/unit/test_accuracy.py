"""The errors on meshes that stay as they are, against exact values: of numbers by their duals; of what has none, by a coarser twin or another degree."""

from math import log, pi
from types import SimpleNamespace

import gmsh
import meshio
import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.reader import read_case
from spinfem.geometry.errors import GeometryError
from spinfem.geometry.gmsh_session import gmsh_session
from spinfem.study import accuracy
from spinfem.study.results import Matrix, Measurement
from spinfem.study.run import run
from spinfem.study.session import Session
from spinfem.study.trust import is_check, large_errors, relative_errors
from tests import cases  # noqa: F401  (registers observables and interface types)
from tests.boxes import _bar
from tests.plain_matrix import plain_matrix

GRID = """
Point(1) = {0,0,0}; Point(2) = {200,0,0}; Point(3) = {400,0,0};
Point(4) = {400,50,0}; Point(5) = {200,50,0}; Point(6) = {0,50,0};
Line(1) = {1,2}; Line(2) = {2,3}; Line(3) = {3,4}; Line(4) = {4,5}; Line(5) = {5,6}; Line(6) = {6,1}; Line(7) = {2,5};
Curve Loop(1) = {1,7,5,6}; Plane Surface(1) = {1};
Curve Loop(2) = {2,3,4,-7}; Plane Surface(2) = {2};
%s
Physical Surface("magnet") = {1};
Physical Surface("metal") = {2};
Physical Curve("left") = {6};
Physical Curve("right") = {3};
Mesh.MeshSizeMax = 20;
"""
WHOLE = "Transfinite Curve{1,2,4,5} = 4; Transfinite Curve{3,6,7} = 5; Transfinite Surface{1,2};"
PART = "Transfinite Curve{1,5} = 9; Transfinite Curve{6,7} = 5; Transfinite Surface{1};"
CASE = """
geometry: {GEOMETRY, depth: 10 nm}
regions:
  magnet: {material: Co @ 300 K, magnetization: +y}
  metal: Cu @ 300 K
terminals: {left: {voltage: 1 mV, spin: sink}, right: {voltage: 0 V, spin: sink}}
observables:
  - injection_efficiency: {contact: magnet/metal}
  - spin_resistance: {plus: left, minus: right}
  - plain_matrix
mesh: {}
"""
BY_DUALS = "residual of each number's dual; where a number has none, "
EXACT = CASE.replace(
    "GEOMETRY", "layers: [{name: magnet, thickness: 200 nm}, {name: metal, thickness: 200 nm}], width: 50 nm"
)
RING = """
SetFactory("OpenCASCADE");
Disk(1) = {0, 0, 0, 100};
Disk(2) = {0, 0, 0, 20};
BooleanDifference(3) = { Surface{1}; Delete; }{ Surface{2}; Delete; };
Physical Surface("ring") = {3};
in() = Curve In BoundingBox{-20.1,-20.1,-1, 20.1,20.1,1};
all() = Curve{:};
all() -= in();
Physical Curve("inner") = in();
Physical Curve("outer") = all();
Mesh.MeshSizeMax = 10;
"""


@pytest.fixture(scope="module", autouse=True)
def without_duals():
    with plain_matrix():
        yield


def outcome(text, folder, *overrides):
    return run(read_case(text, folder, overrides), Session(MPI.COMM_WORLD))


def drawn(folder, counts, *overrides):
    (folder / "grid.geo").write_text(GRID % counts)
    return outcome(CASE.replace("GEOMETRY", "script: grid.geo"), folder, *overrides)


def numbers(found):
    return {m.name: m for m in found.results.measurements}


@pytest.fixture(scope="module")
def exact(tmp_path_factory):
    return outcome(EXACT, tmp_path_factory.mktemp("exact")).results


def check(found, exact, largest=0.2):
    """Of all numbers, and of the matrix, whose entries have no duals: the error is more than what they are off by, and no more than a part of them."""
    values = {m.name: m.value for m in exact.measurements}
    for name, m in numbers(found).items():
        if not is_check(name):
            assert 0 < abs(m.value - values[name]) <= m.error < largest * abs(m.value), name
    for matrix, right in zip(found.results.matrices, exact.matrices, strict=True):
        off = np.abs(matrix.values - right.values)
        assert off.max() > 0 and (off <= matrix.errors).all(), matrix.name
        assert (matrix.errors < largest * np.abs(matrix.values).max()).all(), matrix.name


@pytest.mark.parametrize("degree", [1, 2, 3])
def test_a_grid_of_fixed_counts_is_compared_with_another_degree(degree, exact, tmp_path):
    found = drawn(tmp_path, WHOLE, f"solver.degree={degree}")
    other = degree - 1 if degree > 1 else 2
    assert found.error_method.startswith(f"{BY_DUALS}difference to degree {other} on the same mesh")
    assert "the drawing fixes its cells" in found.error_method
    check(found, exact)


def test_a_grid_in_one_region_is_compared_in_both_ways(exact, tmp_path):
    found = drawn(tmp_path, PART, "solver.degree=1")
    assert f"{BY_DUALS}difference to a mesh 2 times coarser and to degree 2" in found.error_method
    assert "the cells of magnet did not get larger everywhere" in found.error_method
    check(found, exact)


def test_an_ordinary_drawing_is_compared_with_a_coarser_mesh_alone(exact, tmp_path):
    found = drawn(tmp_path, "", "mesh.resolution=1")
    assert found.error_method == f"{BY_DUALS}difference to a mesh 2 times coarser"
    check(found, exact, 0.1)


def test_numbers_that_have_duals_alone_need_no_twin(exact, tmp_path, monkeypatch):
    monkeypatch.setattr(accuracy, "_twins", None)
    found = drawn(tmp_path, WHOLE, "observables=[spin_resistance: {plus: left, minus: right}]")
    assert found.error_method == "residual of each number's dual"
    values = {m.name: m.value for m in exact.measurements}
    for name, m in numbers(found).items():
        assert 0 < abs(m.value - values[name]) <= m.error < 0.2 * abs(m.value), name
        assert m.correction is None  # a mesh that stays as it is gives what it gives


@pytest.mark.parametrize("degree", [1, 2])
def test_a_mesh_file_has_an_estimate_at_either_degree(degree, exact, tmp_path):
    data = _bar([("magnet", 200.0, 6), ("metal", 200.0, 6)], 50.0, 2, 2)
    sets = {name: [data.facet_tags == tag, []] for name, tag in data.terminals.items()}
    sets |= {name: [[], data.cell_tags == tag] for name, tag in data.regions.items()}
    sets = {name: [np.flatnonzero(part) for part in parts] for name, parts in sets.items()}
    points = np.pad(data.points, ((0, 0), (0, 1)))
    meshio.Mesh(points, [("line", data.facets), ("triangle", data.cells)], cell_sets=sets).write(tmp_path / "strip.inp")
    found = outcome(CASE.replace("GEOMETRY", "mesh: strip.inp"), tmp_path, f"solver.degree={degree}")
    assert found.error_method.startswith(f"{BY_DUALS}difference to degree {3 - degree} on the same mesh")
    assert found.error_method.endswith(
        "; the shape is that of the file: what its straight edges miss of a curve is not counted"
    )
    check(found, exact)


@pytest.mark.parametrize(("size", "refinements"), [(10, 0), (30, 0), (15, 0), (30, 1), (30, 2)])
def test_the_estimate_sees_the_shape_of_curved_edges(size, refinements, tmp_path):
    (tmp_path / "ring.geo").write_text(RING.replace("Max = 10;", f"Max = {size};"))
    text = f"""
geometry: {{script: ring.geo, depth: 10 nm}}
mesh: {{refinements: {refinements}}}
regions: {{ring: {{material: {{conductivity: 3.5e7 S/m, spin_diffusion_length: 1 um}}}}}}
terminals: {{inner: {{current: 1 mA}}, outer: {{voltage: 0 V}}}}
observables: [terminals]
"""
    found = numbers(outcome(text, tmp_path))["terminals.inner.potential"]
    exact = 1e-3 * log(5) / (2 * pi * 3.5e7 * 10e-9)
    assert 0 < abs(found.value - exact) < found.error < 0.1 * found.value


ROUND_HOLE = RING.replace("Disk(1) = {0, 0, 0, 100}", "Rectangle(1) = {-100, -100, 0, 200, 200}")
LARGE_FILM = ROUND_HOLE.replace("{-100, -100, 0, 200, 200}", "{-400, -400, 0, 800, 800}")
SQUARES = ROUND_HOLE.replace("Disk(2) = {0, 0, 0, 20}", "Rectangle(2) = {-20, -20, 0, 40, 40}")


@pytest.mark.parametrize(
    ("drawing", "curved"), [(RING, True), (ROUND_HOLE, True), (LARGE_FILM, True), (SQUARES, False)]
)
def test_a_mesh_file_that_looks_curved_is_told(drawing, curved, tmp_path):
    (tmp_path / "ring.geo").write_text(drawing)
    with gmsh_session():
        gmsh.open(str(tmp_path / "ring.geo"))
        gmsh.model.mesh.generate(2)
        gmsh.write(str(tmp_path / "ring.msh"))
    text = """
geometry: {mesh: ring.msh, depth: 10 nm}
regions: {ring: {material: {conductivity: 3.5e7 S/m, spin_diffusion_length: 1 um}}}
terminals: {inner: {current: 1 mA}, outer: {voltage: 0 V}}
observables: [terminals]
"""
    assert any("looks like a curved shape" in words for words in outcome(text, tmp_path).warnings) == curved


def test_a_twin_that_fails_costs_the_errors_alone_of_what_has_no_duals(tmp_path, monkeypatch):
    device = Session.device

    def fails(self, case, coarsen=1.0):
        if coarsen > 1:
            raise GeometryError("geometry", None, "nothing fits")
        return device(self, case)

    monkeypatch.setattr(Session, "device", fails)
    found = outcome(EXACT, tmp_path)
    why = "the coarser twin failed: geometry: (nothing): nothing fits"
    assert found.error_method == f"{BY_DUALS}none: {why}"
    assert found.warnings == (f"some errors are not known: {why}",)
    assert found.results.matrices[0].errors is None
    for m in numbers(found).values():
        assert 0 <= m.error < 1e-4 * abs(m.value)


def test_twins_that_found_something_else_leave_the_error_open():
    number, vector = Measurement("a", 1.0, "V"), Measurement("a", (1.0, 2.0), "V")
    assert number.against(vector) == number and vector.against(number) == vector
    assert number.against(Measurement("a", 1.5, "V"), 2.0).error == 1.0
    matrix, other = (Matrix("g", ("a",), columns, "S", np.ones((1, len(columns)))) for columns in (("a",), ("a", "b")))
    assert matrix.against(other) is matrix


def measured(**entries):
    return [Measurement(name.replace("__", "."), value, "ohm", error) for name, (value, error) in entries.items()]


def test_errors_count_where_the_number_is_neither_a_check_nor_rounding():
    entries = measured(
        total=(1.0, 0.01),
        signal=(-1e-3, 2e-4),
        nothing=(1e-12, 1e-10),
        unknown=(1.0, None),
        power__balance=(1e-13, 1e-12),
    )
    area = Measurement("nothing.area_product", 1e-30, "ohm m^2", 1e-28)  # of what is nothing
    place = Measurement("vortex.place", (1e-9, 0.0, 0.0), "m", 1e-9)  # how far it is from the origin says nothing
    assert relative_errors([*entries, area, place]) == [(pytest.approx(0.2), "signal"), (pytest.approx(0.01), "total")]
    (words,) = large_errors(SimpleNamespace(measurements=entries, matrices=()))
    assert "signal (20 %)" in words and "total" not in words
    assert not list(large_errors(SimpleNamespace(measurements=entries[:1], matrices=())))
