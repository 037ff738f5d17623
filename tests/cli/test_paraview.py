"""The script for ParaView in ParaView itself: it finds its files wherever the folder is, and a picture comes out."""

import subprocess

import matplotlib.image
import numpy as np
import pytest

from tests.commands import CASES, COARSE, PATIENCE, run, sets, spinfem
from tests.peers import needs_peers, on_a_screen

pytestmark = needs_peers

QUICK = (*COARSE, "solver.error_estimate=false", "observables=[terminals]")
JUNCTION = "interfaces={wire/detector: {resistance_area: 10 fohm m^2, polarization: 0.4}}"
ASK = """
for name, source in sorted(GetSources().items()):
    source.UpdatePipeline()
    arrays = [array.Name for array in (*source.PointData, *source.CellData)]
    print("SOURCE", name[0], source.GetDataInformation().GetNumberOfCells(), arrays)
print("TIMES", list(GetAnimationScene().TimeKeeper.TimestepValues or []))
"""


def opened(folder, tmp_path):
    """Move the results, open them in pvbatch; returns (picture, what pvbatch says of its sources)."""
    assert spinfem("paraview", folder).returncode == 0
    moved = folder.rename(tmp_path / "moved")
    script, picture = moved / "open_in_paraview.py", tmp_path / "picture.png"
    script.write_text(script.read_text(encoding="utf-8") + ASK, encoding="utf-8")
    done = subprocess.run(on_a_screen("pvbatch", script, picture), capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0 and "Traceback" not in done.stderr, done.stderr
    assert " ERR|" not in done.stderr, done.stderr
    return matplotlib.image.imread(picture)[:, :, :3], done.stdout


def drawn(picture, rows, columns):
    """The share of each view that is not white, (rows, columns)."""
    parts = [np.array_split(row, columns, axis=1) for row in np.array_split(picture, rows)]
    return np.array([[float((part < 0.97).any(axis=2).mean()) for part in row] for row in parts])


@pytest.mark.slow  # the sweep below is one of a valve in 2D
def test_a_valve_in_2d(tmp_path):
    run(CASES / "nonlocal_valve_2d.yaml", tmp_path / "out", *QUICK, JUNCTION)
    picture, said = opened(tmp_path / "out", tmp_path)
    assert drawn(picture, 3, 2).min() > 0.05
    assert "SOURCE fields.pvtu" in said and "SOURCE interfaces.vtm" in said
    for array in ("j [A/m^2]", "magnetization", "phi jump [V]", "charge potential (mV)"):
        assert array in said


def test_a_valve_in_3d_with_torque_and_a_junction(tmp_path):
    run(CASES / "nonlocal_valve.yaml", tmp_path / "out", *QUICK, JUNCTION, "regions.injector.magnetization=+x")
    picture, said = opened(tmp_path / "out", tmp_path)
    assert drawn(picture, 2, 1).min() > 0.05
    assert "SOURCE torque.pvtu" in said and "torque per area" in said


def test_layers_in_3d_are_cut_open(tmp_path):
    run(CASES / "gmr_pillar_3d.yaml", tmp_path / "out", *QUICK, "regions.free.magnetization=+x")
    picture, said = opened(tmp_path / "out", tmp_path)
    assert drawn(picture, 2, 1).min() > 0.05
    assert "SOURCE Clip" in said


def test_layers_on_a_line(tmp_path):
    quick = ("solver.error_estimate=false", "output.pictures=false", "observables=[terminals]")
    run(CASES / "tunnel_junction.yaml", tmp_path / "out", *quick, "sweep={}", "plots=[]")
    picture, _ = opened(tmp_path / "out", tmp_path)
    assert drawn(picture, 3, 1).min() > 0.01


def test_a_sweep_has_its_parameter_as_time(tmp_path):
    sweep = 'sweep={"geometry.parameters.separation": [500 nm, 300 nm]}'
    words = sets(*QUICK, sweep)
    assert spinfem("sweep", CASES / "nonlocal_valve_2d.yaml", "-o", tmp_path / "out", *words).returncode == 0
    picture, said = opened(tmp_path / "out", tmp_path)
    assert drawn(picture, 3, 2).min() > 0.05
    assert "TIMES [300.0, 500.0]" in said and "SOURCE fields.pvd" in said and "SOURCE interfaces.pvd" in said
