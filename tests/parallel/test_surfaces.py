"""Contacts and terminals on 1, 2 and 3 ranks: the same densities at the same points, and the same currents."""

import numpy as np
import pytest

from tests.blocks import blocks, integrals
from tests.commands import CASES, COARSE, run

JUNCTION = (
    "interfaces={wire/detector: {resistance_area: 10 fohm m^2, polarization: 0.4}}",
    "regions.injector.magnetization=+x",
    "observables=[terminals]",
    "solver.error_estimate=false",
    "solver.tolerance=1e-13",
)
_SIZE = {" [V]": 1e-3, "m^2]": 1e11}


@pytest.mark.parametrize("case", [pytest.param("nonlocal_valve_2d", marks=pytest.mark.slow), "nonlocal_valve"])
def test_every_density_agrees(case, tmp_path):
    found = [run(CASES / f"{case}.yaml", tmp_path / f"{ranks}", *COARSE, *JUNCTION, ranks=ranks) for ranks in (1, 2, 3)]
    for name in ("interfaces", "terminals"):
        one, *others = (blocks(tmp_path / f"{ranks}" / f"{name}.vtm") for ranks in (1, 2, 3))
        for block, grid in one.items():
            assert all(np.abs(_table(other[block]) - _table(grid)).max() < 1e-6 for other in others)
    depth = found[0]["case"]["geometry"]["depth"] if case.endswith("2d") else 1.0
    left = found[0]["observables"]["terminals.wire_left.current"]["value"]
    assert integrals(one["wire_left"], depth)["j_n [A/m^2]"] == pytest.approx(left, rel=1e-8)


def _table(grid):
    """A row for each face: middle (µm), normal, mean values over what a device of this drive has of them; sorted."""
    cells = grid.point_data_to_cell_data()
    values = [np.reshape(cells[key], (grid.n_cells, -1)) / _SIZE[key[-4:]] for key in sorted(grid.point_data.keys())]
    rows = np.column_stack([grid.cell_centers().points / 1000, grid["normal"], *values])
    return rows[np.lexsort(np.round(rows[:, 2::-1], 4).T)]
