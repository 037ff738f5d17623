"""What a run says of numbers that are doubtful, and where it refuses: as a person types it."""

import json

import pytest

from tests.commands import CASES, spinfem
from tests.unit.test_accuracy import CASE, GRID, RING, WHOLE

# Ends of the lines lie inside the polygon of the mesh, but not all of them inside that of the coarser twin.
AT_THE_RIM = """
geometry: {script: ring.geo, depth: 10 nm}
regions: {ring: {material: {conductivity: 3.5e7 S/m, spin_diffusion_length: 1 um}}}
terminals: {inner: {current: 1 mA}, outer: {voltage: 0 V}}
observables:
  - terminals
  - profile: {from: [30 nm, 0 nm, 0 nm], to: [98.284 nm, 17.330 nm, 0 nm], points: 3, name: one}
  - profile: {from: [30 nm, 0 nm, 0 nm], to: [96.836 nm, 24.144 nm, 0 nm], points: 3, name: two}
mesh: {}
output: {fields: false, pictures: false, report: false}
"""
STRIPS = """
SetFactory("OpenCASCADE");
Rectangle(1) = {0, 0, 0, 100, 50};
Rectangle(2) = {0, 60, 0, 100, 50};
Physical Surface("pads") = {1, 2};
e = 1e-3;
left() = Curve In BoundingBox{-e, -e, -e, e, 50 + e, e};
right() = Curve In BoundingBox{100 - e, -e, -e, 100 + e, 50 + e, e};
probe() = Curve In BoundingBox{-e, 60 - e, -e, e, 110 + e, e};
Physical Curve("left") = left();
Physical Curve("right") = right();
Physical Curve("probe") = probe();
Mesh.MeshSizeMax = 25;
"""


def test_warnings_reach_the_terminal_the_results_and_the_report(tmp_path):
    (tmp_path / "grid.geo").write_text(GRID % WHOLE)
    (tmp_path / "case.yaml").write_text(
        CASE.replace("GEOMETRY", "script: grid.geo").replace(
            "- plain_matrix", "- loop_current: {axis: x, position: 100 nm}"
        )
    )
    done = spinfem("run", "case.yaml", "-o", "out", "--set", "output={pictures: false, fields: false}", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    words = "the mesh has less than one cell for each spin diffusion length at magnet/metal (0.57 in magnet)"
    assert f"warning: {words}" in done.stderr
    (warning,) = json.loads((tmp_path / "out/results.json").read_text())["warnings"]
    assert warning.startswith(words)
    page = (tmp_path / "out/report.html").read_text(encoding="utf-8")
    assert words in page and "Spin conservation" in page
    assert (
        "error: residual of each number's dual; where a number has none, difference to degree 1 on the same mesh"
        in " ".join(done.stdout.split())
        and "spin to " in done.stdout
    )


def test_a_place_that_the_twin_does_not_have_costs_the_errors_alone(tmp_path):
    """On several ranks: tests/parallel/test_ranks.py."""
    (tmp_path / "ring.geo").write_text(RING)
    (tmp_path / "case.yaml").write_text(AT_THE_RIM)
    done = spinfem("run", "case.yaml", "-o", "out", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    found = json.loads((tmp_path / "out/results.json").read_text())
    assert done.stderr.count("warning: some errors are not known: the coarser twin failed: observables.") == 1
    assert found["error_estimate"].startswith("none: the coarser twin failed: observables.")
    assert {entry["error"] for entry in found["observables"].values()} == {None}


@pytest.mark.parametrize("method", ["direct", "iterative"])
def test_a_current_without_a_way_out_is_no_result(method, tmp_path):
    (tmp_path / "strips.geo").write_text(STRIPS)
    (tmp_path / "case.yaml").write_text(
        "geometry: {script: strips.geo, depth: 10 nm}\nregions: {pads: Cu @ 300 K}\nobservables: [terminals]\n"
        "terminals: {left: {floating: true}, right: {voltage: 0 V}, probe: {current: 10 uA}}\n"
    )
    done = spinfem("run", "case.yaml", "-o", "out", "--set", f"solver.method={method}", cwd=tmp_path)
    assert done.returncode in (1, 2)  # refused before it is solved, or failed
    assert not (tmp_path / "out/results.json").exists() and "Traceback" not in done.stderr
    assert (tmp_path / "out/failed.json").exists() == (done.returncode == 1)


def test_a_case_as_shipped_has_no_warnings(tmp_path):
    settings = ("--set", "output={pictures: false, fields: false, report: false}")
    done = spinfem("run", CASES / "pt_py_bilayer.yaml", "-o", tmp_path / "out", *settings)
    assert (done.returncode, done.stderr) == (0, "")
