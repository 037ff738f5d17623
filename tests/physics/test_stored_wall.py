"""A domain wall in N/F/N, once as formulas and once as the files of coarser and finer micromagnetic meshes."""

import numpy as np
import pytest
from mpi4py import MPI

from spinfem.case.faults import CaseError
from spinfem.case.schema import Case
from spinfem.study.simulation import Simulation
from tests import cases  # noqa: F401  (registers observables and interface types)
from tests.boxes import bar
from tests.stored_files import box, centres, ovf, write_vtu

NM = 1e-9
LENGTHS = {"n1": 40, "f": 60, "n2": 40}
WALL, WIDTH = 65, 8  # nm: its place, out of the middle of f, and its width
FORMULAS = {"expression": ["0", f"tanh((x - {WALL}*nm)/({WIDTH}*nm))", f"1/cosh((x - {WALL}*nm)/({WIDTH}*nm))"]}
CURRENT = 1e-6


def wall(x):
    """m (3, ...) at x, m: a Neel wall between -y and +y."""
    u = (x - WALL * NM) / (WIDTH * NM)
    return np.stack([0 * u, np.tanh(u), 1 / np.cosh(u)])


def measured(magnetization, folder):
    """The resistance (ohm) and the torque (3,), in units of the current, and the Simulation."""
    material = {"conductivity": "5e6 S/m", "spin_diffusion_length": "100 nm", "polarization": 0}
    magnet = {"conductivity": "2e6 S/m", "spin_diffusion_length": "15 nm", "polarization": 0.6}
    case = Case.model_validate(
        {
            "geometry": {"script": "nonlocal_valve_2d.geo"},  # never opened: the test brings its mesh
            "mesh": {},
            "regions": {
                "n1": {"material": material},
                "n2": {"material": material},
                "f": {"material": magnet, "magnetization": magnetization},
            },
            "terminals": {
                "left": {"current": f"{CURRENT} A", "spin": "sink"},
                "right": {"voltage": "0 V", "spin": "sink"},
            },
        },
        context={"folder": folder},
    )
    device = bar(MPI.COMM_WORLD, [(name, t, t // 2) for name, t in LENGTHS.items()], across=10, depth=10 * NM)
    solution = Simulation(case, device).solution()
    return solution.readings["left"].potential / CURRENT, solution.absorbed("f") / CURRENT


def write_ovf(path, size):
    """The wall on cells of `size` nm; the file counts x from the left face of f."""
    step = np.array([size, 5.0, 4.0]) * NM
    grid = centres(step / 2, step, (round(LENGTHS["f"] / size), 2, 1))
    path.write_bytes(ovf(8e5 * wall(grid[0] + LENGTHS["n1"] * NM), step / 2, step))
    return {"file": path.name, "origin": [f"{LENGTHS['n1']} nm", "0 nm", "0 nm"]}


def write_tetrahedra(path, size):
    points, cells = box((round(LENGTHS["f"] / size), 2, 1), (LENGTHS["f"], 10.0, 4.0))
    points[:, 0] += LENGTHS["n1"]
    write_vtu(path, points, ("tetra", cells), point_data={"m": wall(points[:, 0] * NM).T, "H": np.ones_like(points)})
    return {"file": path.name, "field": "m", "unit": "1 nm"}


@pytest.mark.parametrize(("write", "suffix"), [(write_ovf, "ovf"), (write_tetrahedra, "vtu")])
def test_the_finer_the_file_the_more_it_is_like_the_formulas(write, suffix, tmp_path):
    resistance, torque = measured(FORMULAS, tmp_path)
    (turned, _), size = measured("+y", tmp_path), np.abs(torque).max()
    assert abs(turned / resistance - 1) > 1e-3 and size > 1e-3  # the wall does something
    errors = []
    for step in (6.0, 3.0, 1.5):
        r, t = measured(write(tmp_path / f"{step}.{suffix}", step), tmp_path)
        errors.append([abs(r - resistance) / abs(turned - resistance), np.abs(t - torque).max() / size])
    coarse, middle, fine = np.array(errors)
    assert (fine < 0.02).all()
    assert (coarse / fine > 9).all() and (middle / fine > 2.5).all()  # second order: 16 and 4


def test_a_file_that_ends_inside_the_region_is_told_with_a_point(tmp_path):
    given = write_ovf(tmp_path / "wall.ovf", 3.0) | {"origin": ["30 nm", "0 nm", "0 nm"]}
    with pytest.raises(CaseError, match=r"regions.f.magnetization.file.*does not reach \(\d+.*x = 30 to 90"):
        measured(given, tmp_path)
