"""Quadratic cells as straight ones: what VTK cuts of quadratic ones, or takes for their surface, does not fit to the rest."""

import numpy as np
import pyvista as pv

DIMENSION = {
    pv.CellType.LINE: 1,
    pv.CellType.QUADRATIC_EDGE: 1,
    pv.CellType.TRIANGLE: 2,
    pv.CellType.QUADRATIC_TRIANGLE: 2,
    pv.CellType.TETRA: 3,
    pv.CellType.QUADRATIC_TETRA: 3,
}


def linear(grid):
    """The grid with straight cells of corners only; points in the middle of edges stay behind, in no cell."""
    if len(grid.cells_dict) > 1:  # a device that was cut open consists of corners already
        return grid
    ((kind, nodes),) = grid.cells_dict.items()
    dimension = DIMENSION[kind]
    straight = (None, pv.CellType.LINE, pv.CellType.TRIANGLE, pv.CellType.TETRA)[dimension]
    plain = pv.UnstructuredGrid({straight: nodes[:, : dimension + 1]}, np.array(grid.points))
    plain.point_data.update(grid.point_data)
    plain.cell_data.update(grid.cell_data)
    return plain
