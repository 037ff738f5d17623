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


@pytest.mark.parametrize("case", ["nonlocal_valve_2d", "nonlocal_valve"])
def test_every_density_agrees(case, tmp_path):
    found = [run(CASES / f"{case}.yaml", tmp_path / f"{ranks}", *COARSE, *JUNCTION, ranks=ranks) for ranks in (1, 2, 3)]
    depth = found[0]["case"]["geometry"]["depth"] if case.endswith("2d") else 1.0
    driven = {name: found[0]["observables"][f"terminals.{name}.current"]["value"] for name in ("wire_left",)}
    for name in ("interfaces", "terminals"):
        one, *others = (blocks(tmp_path / f"{ranks}" / f"{name}.vtm") for ranks in (1, 2, 3))
        for block, grid in one.items():
            reference, through = _table(grid), integrals(grid, depth)
            for other in others:
                assert np.allclose(_table(other[block]), reference, rtol=1e-6, atol=1e-6 * np.abs(reference).max(axis=0))
                for key, value in integrals(other[block], depth).items():
                    assert np.allclose(value, through[key], rtol=1e-7, atol=1e-11)
            if block in driven:
                assert through["j_n [A/m^2]"] == pytest.approx(driven[block], rel=1e-8)
    assert np.abs(one["wire_right"]["j_n [A/m^2]"]).max() < 1e-3 * np.abs(one["wire_left"]["j_n [A/m^2]"]).max()


def _table(grid):
    """A row for each face: middle (nm), normal, mean values; sorted."""
    cells = grid.point_data_to_cell_data()
    values = [np.reshape(cells[key], (grid.n_cells, -1)) for key in grid.point_data]
    rows = np.column_stack([grid.cell_centers().points, grid["normal"], *values])
    return rows[np.lexsort(np.round(rows[:, 2::-1], 4).T)]
