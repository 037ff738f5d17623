"""Magnets that move, as a person asks for them: what is written, what a sweep makes of it, what is refused."""

import csv
import json

import numpy as np
import pytest

from tests.commands import CASES, run, sets, spinfem
from tests.html_page import Page

OSCILLATOR = CASES / "oscillator.yaml"
QUICK = ("mesh.resolution=2", "dynamics.until=10 ns", "dynamics.rows=501", "solver.error_estimate=false")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("oscillator") / "out"
    run(OSCILLATOR, folder, *QUICK, "output.report=true")
    return folder


def test_what_a_run_leaves_behind(folder):
    found = json.loads((folder / "results.json").read_text())
    assert {"dynamics.second.mean", "dynamics.second.frequency", "dynamics.torque_table_defect"} <= set(
        found["observables"]
    )
    assert {"motion_second.csv", "spectrum_second.csv"} <= set(found["tables"])
    pictures = {"motion_second.png", "trajectory_second.png", "spectrum_second.png"}
    assert pictures <= {path.name for path in folder.iterdir()}
    with open(folder / "motion_second.csv", newline="") as file:
        head, *rows = csv.reader(file)
    assert head == ["t [s]", "drive", "m_x", "m_y", "m_z", "energy [J]"]
    numbers = np.array(rows, dtype=float)
    assert len(numbers) == 501 and numbers[-1, 0] == pytest.approx(10e-9)
    assert np.linalg.norm(numbers[:, 2:5], axis=1) == pytest.approx(1, abs=1e-9)
    with open(folder / "spectrum_second.csv", newline="") as file:
        head, *rows = csv.reader(file)
    top = max(rows, key=lambda row: float(row[1]))
    assert float(top[0]) == pytest.approx(found["observables"]["dynamics.second.frequency"]["value"], abs=2e8)


def test_the_report_shows_the_motion_on_a_sphere(folder):
    page = Page((folder / "report.html").read_text(encoding="utf-8"))
    assert page.complaints == [] and "dynamics (macrospin)" in page.section("results")
    assert "Magnets that move" in page.section("materials") and "saturation magnetization 800" in page.section(
        "materials"
    )
    figures = [json.loads(e["text"]) for e in page.all("script", type="application/json")]
    (space,) = (f for f in figures if "scene" in f["layout"])
    assert [trace["name"] for trace in space["data"]] == ["curve", "start", "end", "sphere"]
    assert space["layout"]["scene"]["xaxis"]["range"] == [-1.05, 1.05]
    assert page.numbers[page_value(folder, "dynamics.second.frequency")].endswith("GHz")


def page_value(folder, name):
    return json.loads((folder / "results.json").read_text())["observables"][name]["value"]


def test_a_sweep_over_the_current_has_the_motion_in_its_table(tmp_path):
    words = sets(
        *QUICK, "sweep={dynamics.drive.current: [-8 mA, -4 mA]}", "output.pictures=false", "output.report=false"
    )
    done = spinfem("sweep", OSCILLATOR, "-o", tmp_path / "sweep", *words)
    assert done.returncode == 0, done.stderr
    with open(tmp_path / "sweep" / "table.csv", newline="") as file:
        first, second = csv.DictReader(file)
    assert float(first["dynamics.second.frequency [Hz]"]) > float(second["dynamics.second.frequency [Hz]"]) > 1e9
    assert (tmp_path / "sweep" / "frequency_against_current.png").is_file()
    assert "meshes 1 times" in done.stdout


def test_check_tells_which_magnets_move():
    done = spinfem("check", OSCILLATOR, "--set", "dynamics.magnets.second.anisotropy={axis: +x, field: 20 mT}")
    assert done.returncode == 0, done.stderr
    assert "magnet that moves" in done.stdout and "anisotropy field 20 mT" in " ".join(done.stdout.split())


def test_bad_input_is_one_error(tmp_path):
    done = spinfem(
        "check", OSCILLATOR, "--set", "dynamics.magnets={spacer: {saturation_magnetization: 8e5 A/m, damping: 0.1}}"
    )
    assert done.returncode != 0
    assert "dynamics.magnets.spacer" in done.stderr and "is not a ferromagnet" in done.stderr
    done = spinfem("check", OSCILLATOR, "--set", "dynamics.magnets={second: {saturation_magnetization: 8e5 A/m}}")
    assert done.returncode != 0 and "dynamics.magnets.second.damping" in done.stderr and "is missing" in done.stderr
