"""Contacts, terminals and torque maps on 1, 2 and 3 ranks: the same densities at the same points in files that VTK reads, and the same currents."""

import numpy as np
import pytest
import pyvista as pv

from tests.blocks import blocks, integrals
from tests.commands import COARSE
from tests.parallel.several import run_all

TUNNEL = "interfaces={wire/detector: {resistance_area: 10 fohm m^2, polarization: 0.4}}"
PLAIN = (*COARSE, TUNNEL, "solver.error_estimate=false", "solver.tolerance=1e-13")
JUNCTION = (*PLAIN, "regions.injector.magnetization=+x", "observables=[terminals]")
TURNED = (
    *PLAIN,
    "regions.injector.magnetization={expression: ['sin(x/(60*nm))', '0', 'cos(x/(60*nm))']}",
    "observables=[{spin_torque: {magnet: detector}}]",
)
QUICK = {"surfaces": ("nonlocal_valve", JUNCTION), "torque": ("nonlocal_valve_2d", TURNED)}
SLOW = {"surfaces in 2d": ("nonlocal_valve_2d", JUNCTION), "torque in 3d": ("nonlocal_valve", TURNED)}
_SIZE = {" [V]": 1e-3, "m^2]": 1e11}


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """Folder of the quick scenarios, and name -> results on 1, 2 and 3 ranks."""
    folder = tmp_path_factory.mktemp("quick")
    return folder, run_all(folder, QUICK)


@pytest.fixture
def runs(request, tmp_path):
    """Folders of the scenario that a test is about, for 1, 2 and 3 ranks, and its results."""
    name = request.param
    slow = name in SLOW
    folder, found = (tmp_path, run_all(tmp_path, {name: SLOW[name]})) if slow else request.getfixturevalue("quick")
    return [folder / name / f"{ranks}" for ranks in (1, 2, 3)], found[name]


def scenarios(*names):
    marked = [pytest.param(name, marks=pytest.mark.slow) if name in SLOW else name for name in names]
    return pytest.mark.parametrize("runs", marked, indirect=True)


@scenarios("surfaces", "surfaces in 2d")
def test_every_density_of_surfaces_agrees(runs):
    folders, found = runs
    for name in ("interfaces", "terminals"):
        one, *others = (blocks(folder / f"{name}.vtm") for folder in folders)
        for block, grid in one.items():
            assert all(np.abs(_surface(other[block]) - _surface(grid)).max() < 1e-6 for other in others)
    depth = found[0]["case"]["geometry"].get("depth") or 1.0
    left = found[0]["observables"]["terminals.wire_left.current"]["value"]
    assert integrals(one["wire_left"], depth)["j_n [A/m^2]"] == pytest.approx(left, rel=1e-8)


def _surface(grid):
    """A row for each face: middle (µm), normal, mean values over what a device of this drive has of them; sorted."""
    cells = grid.point_data_to_cell_data()
    values = [np.reshape(cells[key], (grid.n_cells, -1)) / _SIZE[key[-4:]] for key in sorted(grid.point_data.keys())]
    rows = np.column_stack([grid.cell_centers().points / 1000, grid["normal"], *values])
    return rows[np.lexsort(np.round(rows[:, 2::-1], 4).T)]


@scenarios("torque", "torque in 3d")
def test_every_density_of_torque_agrees(runs):
    folders, _ = runs
    for name, key in (("torque", "torque [N/m]"), ("torque_volume", "torque density [N/m^2]")):
        one, *others = (_torque(folder / f"{name}.pvtu", key) for folder in folders)
        assert len(one) and np.abs(one[:, 4:]).max() > 0
        for other in others:
            assert other.shape == one.shape
            assert np.allclose(other[:, :4], one[:, :4], atol=1e-6)
            assert np.allclose(other[:, 4:], one[:, 4:], atol=1e-6 * np.abs(one[:, 4:]).max())


def _torque(path, key):
    """A row for each cell: magnet, middle (nm), mean density; sorted."""
    grid = pv.read(path)
    cells = grid.point_data_to_cell_data()
    rows = np.column_stack([cells["magnet"], grid.cell_centers().points, cells[key]])
    return rows[np.lexsort(np.round(rows[:, 3::-1], 5).T)]
