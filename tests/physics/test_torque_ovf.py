"""The torque on a wall as an OVF file, and the loop that a micromagnetic program and the device make of it."""

import json
import subprocess
from pathlib import Path

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.api.case import read
from spinfem.constants import ELECTRON_CHARGE, HBAR
from spinfem.study.run import run
from spinfem.study.session import Session
from spinfem.theory.macrospin import gyromagnetic_ratio
from tests.peers import needs_peers, python_peer
from tests.stored_files import centres, ovf

UBERMAG = Path(__file__).parents[1] / "ubermag.py"
NM = 1e-9
LENGTH, WIDTH, CELL, SECTION = 400, 30, 5, 20 * 20 * NM**2  # nm; the wall is much wider than the spin diffusion length
CURRENT, POLARIZATION, SATURATION = 1e-4, 0.5, 8e5
CASE = f"""
geometry: {{layers: [{{name: f, thickness: {LENGTH} nm}}], width: 20 nm, depth: 20 nm}}
regions:
  f:
    material: {{conductivity: 5e6 S/m, spin_diffusion_length: 2 nm, polarization: {POLARIZATION}}}
    magnetization: {{expression: ["tanh((x - 200*nm)/({WIDTH}*nm))", "1/cosh((x - 200*nm)/({WIDTH}*nm))", "0"]}}
terminals: {{left: {{current: {CURRENT} A, spin: reflecting}}, right: {{voltage: 0 V, spin: reflecting}}}}
mesh: {{size: 2 nm}}
solver: {{error_estimate: false}}
observables:
  - torque_ovf: {{name: torque, magnet: f, cells: [{CELL} nm, 20 nm, 20 nm]}}
  - spin_torque: {{magnet: f}}
"""
GRID = centres(np.array([CELL / 2, 10, 10]) * NM, np.array([CELL, 20, 20]) * NM, (LENGTH // CELL, 1, 1))
SPEED = -gyromagnetic_ratio() * HBAR * POLARIZATION * CURRENT / SECTION / (2 * abs(ELECTRON_CHARGE) * SATURATION)


def wall(centre):
    """m (3, n, 1, 1) of a wall around `centre`, nm."""
    u = (GRID[0] / NM - centre) / WIDTH
    return np.stack([np.tanh(u), 1 / np.cosh(u), 0 * u])


def numbers_of(text):
    """The vectors of an OVF file of text, (3, n, 1, 1)."""
    rows = [line for line in text.splitlines() if not line.startswith("#")]
    return np.array([row.split() for row in rows], dtype=float).T.reshape(3, -1, 1, 1)


def solved(case, session):
    results = run(case, session).results
    (document,) = results.documents
    return document, {m.name: m.value for m in results.measurements}


@pytest.fixture(scope="module")
def session():
    return Session(MPI.COMM_SELF)


def test_a_wide_wall_takes_up_what_the_drift_turns(session):
    document, found = solved(read(CASE), session)
    torque = numbers_of(document.text)
    assert document.file_name == "torque.ovf"
    assert torque.sum(axis=(1, 2, 3)) * CELL * NM * SECTION == pytest.approx(found["spin_torque"], rel=1e-9, abs=1e-30)
    m, h = wall(200), 1e-3
    slope = (wall(200 - h) - wall(200 + h)) / (2 * h * NM)
    exact = -SPEED * SATURATION / gyromagnetic_ratio() * slope  # dm/dt = - u dm/dx
    assert torque == pytest.approx(exact, abs=0.02 * np.abs(exact).max())
    assert np.abs((torque * m).sum(axis=0)).max() < 0.01 * np.abs(exact).max()


def test_a_wall_that_is_read_and_pushed_in_turns_moves_with_the_electrons(session, tmp_path):
    """A program that hands m over as OVF and adds gamma tau/M_s dt to it: exchange keeps a wall of this width as it is, so nothing else acts."""
    m, steps, far = wall(200), 5, 2.0
    for k in range(steps):
        (tmp_path / f"m{k}.ovf").write_bytes(ovf(m, np.array([CELL / 2, 10, 10]) * NM, np.array([CELL, 20, 20]) * NM))
        file = {"file": str(tmp_path / f"m{k}.ovf")}
        document, _ = solved(read(CASE).changed({"regions.f.magnetization": file}), session)
        m = m + numbers_of(document.text) * gyromagnetic_ratio() / SATURATION * far * NM / abs(SPEED)
        m /= np.linalg.norm(m, axis=0)
    centre = np.interp(0.0, m[0, :, 0, 0], GRID[0, :, 0, 0]) / NM
    assert centre == pytest.approx(200 - steps * far, abs=0.05 * steps * far)  # against the current


@needs_peers
def test_ubermag_reads_the_torque_and_hands_m_over(session, tmp_path):
    document, found = solved(read(CASE), session)
    (tmp_path / document.file_name).write_text(document.text)
    np.save(tmp_path / "m.npy", np.moveaxis(wall(200), 0, -1))
    words = python_peer(UBERMAG, tmp_path / document.file_name, tmp_path / "m.npy", SATURATION, tmp_path / "m.ovf")
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    read_there = json.loads(done.stdout)
    assert read_there["n"] == [LENGTH // CELL, 1, 1] and read_there["nvdim"] == 3
    total = np.array(read_there["sum"]) * CELL * NM * SECTION
    assert total == pytest.approx(found["spin_torque"], rel=1e-9, abs=1e-30)
    _, again = solved(read(CASE).changed({"regions.f.magnetization": {"file": str(tmp_path / "m.ovf")}}), session)
    assert again["spin_torque"] == pytest.approx(found["spin_torque"], rel=1e-3, abs=1e-30)
