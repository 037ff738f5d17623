"""`spinfem report`, and the pages that `spinfem run` and `spinfem sweep` leave behind."""

import json

import pytest

from tests.commands import CASES, COARSE, run, spinfem
from tests.html_page import Page

CASE = CASES / "nonlocal_valve_2d.yaml"
WITH_REPORT = (*COARSE, "output.report=true")
STACK = CASES / "torque_reversal.yaml"


def page(folder):
    return Page((folder / "report.html").read_text(encoding="utf-8"))


def words(*overrides):
    return [word for override in overrides for word in ("--set", override)]


def test_a_run_writes_its_report_and_it_can_be_made_again(tmp_path):
    result = run(CASE, tmp_path / "out", *WITH_REPORT)
    difference = result["observables"]["nonlocal_resistance.difference"]
    assert difference["value"] in page(tmp_path / "out").numbers
    assert set(result["versions"]) == {"spinfem", "DOLFINx", "PETSc", "Gmsh", "MPI", "numpy", "Python"}
    coarse = "less than one cell for each spin diffusion length"  # as such a mesh has
    assert sum(coarse in warning for warning in result["warnings"]) == 1
    assert coarse in (tmp_path / "out/report.html").read_text(encoding="utf-8")
    assert result["charts"]["decay_length"][0]["log"] == "y"
    first = (tmp_path / "out/report.html").read_bytes()
    (tmp_path / "out/report.html").unlink()
    (tmp_path / "out").rename(tmp_path / "elsewhere")
    done = spinfem("report", tmp_path / "elsewhere")
    assert done.returncode == 0 and "report.html" in done.stdout, done.stderr
    assert (tmp_path / "elsewhere/report.html").read_bytes() == first


def test_no_report_where_none_is_wanted(tmp_path):
    run(CASE, tmp_path / "out", *WITH_REPORT, "output.report=false")
    assert not (tmp_path / "out/report.html").exists()


def test_warnings_are_kept(tmp_path):
    plot = "plots=[{table: decay_length, x: x, y: nonsense, name: wrong}]"
    result = run(CASE, tmp_path / "out", *WITH_REPORT, plot)
    (warning,) = [warning for warning in result["warnings"] if "no plot wrong: nonsense" in warning]
    assert warning in page(tmp_path / "out").all("div", id="warnings")[0]["text"]


def test_a_run_that_fails_has_a_report_too(tmp_path):
    done = spinfem(
        "run", CASE, "-o", tmp_path / "out", *words(*WITH_REPORT, "solver.method=iterative", "solver.max_iterations=2")
    )
    assert done.returncode == 1
    found = page(tmp_path / "out")
    assert "stopped after 2 iterations" in found.all("div", role="alert")[0]["text"]
    assert "max_iterations: 2" in found.section("case") and "DOLFINx" in found.section("effort")


def test_a_sweep_writes_one_report(tmp_path):
    axis = 'sweep={"solver.max_iterations": [1, 500], "terminals.left.current": [1 A, 2 A]}'
    options = words(
        axis, "plots=[]", "output.fields=false", "output.pictures=false", "regions.second.material.polarization=0.4"
    )
    done = spinfem("sweep", STACK, "-o", tmp_path / "out", *options)
    assert done.returncode == 1, done.stderr
    found = page(tmp_path / "out")
    assert "2 of 4 points failed" in found.all("div", role="alert")[0]["text"]
    assert "stopped after 1 iterations" in found.section("failed")
    assert not list((tmp_path / "out/points").glob("*/report.html"))
    entry = json.loads((tmp_path / "out/points/0003/results.json").read_text())["observables"]["on_first.efficiency"]
    assert entry["value"] == pytest.approx(min(found.numbers, key=lambda n: abs(n - entry["value"])), rel=1e-14)


def test_a_folder_without_results(tmp_path):
    for folder in (tmp_path, tmp_path / "nowhere"):
        done = spinfem("report", folder)
        assert done.returncode == 2 and done.stdout == ""
        assert done.stderr.startswith(f"DIR: {folder}") and len(done.stderr.splitlines()) == 1
