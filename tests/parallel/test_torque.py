"""Torque maps on 1, 2 and 3 ranks: the same densities at the same points, in files that VTK reads."""

import numpy as np
import pytest
import pyvista as pv

from tests.commands import CASES, COARSE, run

TURNED = (
    "regions.injector.magnetization={expression: ['sin(x/(60*nm))', '0', 'cos(x/(60*nm))']}",
    "interfaces={wire/detector: {resistance_area: 10 fohm m^2, polarization: 0.4}}",
    "observables=[{spin_torque: {magnet: detector}}]",
    "solver.error_estimate=false",
    "solver.tolerance=1e-13",
)


@pytest.mark.parametrize("case", ["nonlocal_valve_2d", pytest.param("nonlocal_valve", marks=pytest.mark.slow)])
def test_every_density_agrees(case, tmp_path):
    for ranks in (1, 2, 3):
        run(CASES / f"{case}.yaml", tmp_path / f"{ranks}", *COARSE, *TURNED, ranks=ranks)
    for name, key in (("torque", "torque [N/m]"), ("torque_volume", "torque density [N/m^2]")):
        one, *others = (_table(tmp_path / f"{ranks}" / f"{name}.pvtu", key) for ranks in (1, 2, 3))
        assert len(one) and np.abs(one[:, 4:]).max() > 0
        for other in others:
            assert other.shape == one.shape
            assert np.allclose(other[:, :4], one[:, :4], atol=1e-6)
            assert np.allclose(other[:, 4:], one[:, 4:], atol=1e-6 * np.abs(one[:, 4:]).max())


def _table(path, key):
    """A row for each cell: magnet, middle (nm), mean density; sorted."""
    grid = pv.read(path)
    cells = grid.point_data_to_cell_data()
    rows = np.column_stack([cells["magnet"], grid.cell_centers().points, cells[key]])
    return rows[np.lexsort(np.round(rows[:, 3::-1], 5).T)]
