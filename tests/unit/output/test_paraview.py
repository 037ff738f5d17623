"""The script for ParaView as text: what the folder holds decides what is in it."""

import ast
import shutil

import pytest

from spinfem.output.paraview import NothingToShow, write_script
from spinfem.output.series import read_series, write_series
from tests.commands import CASES, COARSE, run, spinfem

QUICK = (*COARSE, "solver.error_estimate=false", "observables=[terminals]")
TURNED = "regions.injector.magnetization=+x"


@pytest.fixture(scope="module")
def valve(tmp_path_factory):
    folder = tmp_path_factory.mktemp("valve") / "out"
    run(CASES / "nonlocal_valve_2d.yaml", folder, *QUICK)
    return folder


def text(folder):
    script = write_script(folder).read_text(encoding="utf-8")
    ast.parse(script)
    return script


def test_a_collinear_valve(valve):
    script = text(valve)
    for word in ('1: ("wire: Cu @ 4.2 K"', "potential of spin along +z (µV)", 'opened("interfaces.vtm")', "2D"):
        assert word in script
    for word in ("torque", "AnnotateTime", "Clip(", "XYChartView", str(valve)):
        assert word not in script


def test_magnets_that_are_not_collinear(tmp_path):
    run(CASES / "nonlocal_valve_2d.yaml", tmp_path / "out", *QUICK, TURNED)
    script = text(tmp_path / "out")
    assert 'opened("torque.pvtu")' in script and "magnitude of the spin potential (µV)" in script


def test_a_line_is_drawn_as_curves(tmp_path):
    run(CASES / "gmr_pillar.yaml", tmp_path / "out", "solver.error_estimate=false", "output.pictures=false")
    script = text(tmp_path / "out")
    assert "XYChartView" in script and "spin potential (µV)" in script and "Glyph" not in script


def test_a_metal_alone_has_no_magnets_and_no_contacts(tmp_path):
    sweep = "sweep={}"
    run(CASES / "ratchet_2d.yaml", tmp_path / "out", *QUICK, sweep, "plots=[]")
    script = text(tmp_path / "out")
    assert "magnetization" not in script and "interfaces" not in script
    assert "current density of spin" in script and "charge" not in script  # spins alone flow


def test_a_sweep_is_a_series_with_its_parameter_as_time(valve, tmp_path):
    for number in (1, 2):
        shutil.copytree(valve, tmp_path / "points" / f"{number:04d}")
    for name in ("fields.pvtu", "interfaces.vtm"):
        files = [(300 * number, tmp_path / "points" / f"{number:04d}" / name) for number in (2, 1)]
        write_series((tmp_path / name).with_suffix(".pvd"), files, "separation", "nm")
    series = read_series(tmp_path / "fields.pvd")
    assert [file.parent.name for file in series.files] == ["0001", "0002"]
    script = text(tmp_path)
    assert 'Format="separation {time:.4g} nm"' in script
    assert 'opened("fields.pvd")' in script and 'opened("interfaces.pvd")' in script


def test_the_command_says_what_comes_next(valve, tmp_path):
    done = spinfem("paraview", valve)
    assert done.returncode == 0 and f"--script={valve / 'open_in_paraview.py'}" in done.stdout.replace("\n", "")
    done = spinfem("paraview", tmp_path)
    assert done.returncode == 2 and str(tmp_path) in done.stderr and "holds no fields" in done.stderr
    with pytest.raises(NothingToShow):
        write_script(tmp_path / "nowhere")
