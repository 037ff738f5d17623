"""What stands in a .vtm file of surfaces: each block as one grid, and its integrals."""

import numpy as np
import pyvista as pv

NM = 1e-9
# Of shape functions over a face of unit size: linear and quadratic lines and triangles.
_WEIGHTS = {2: [1 / 2] * 2, 3: [1 / 3] * 3, 6: [0, 0, 0, 1 / 3, 1 / 3, 1 / 3]}
_QUADRATIC_LINE = [1 / 6, 1 / 6, 4 / 6]


def blocks(path):
    """name -> the grid of all ranks' pieces."""
    found = pv.read(path)
    return {name: found[name].combine() for name in found.keys()}  # noqa: SIM118 (a MultiBlock iterates over blocks)


def integrals(grid, depth=1.0):
    """name of point data -> its integral over the surface; depth: m, of a 2D device."""
    ((_, nodes),) = grid.cells_dict.items()
    dimension = grid.get_cell(0).dimension
    weights = _QUADRATIC_LINE if dimension == 1 and nodes.shape[1] == 3 else _WEIGHTS[nodes.shape[1]]
    corners = np.asarray(grid.points)[nodes[:, : dimension + 1]] * NM
    edges = corners[:, 1:] - corners[:, :1]
    sizes = np.sqrt(np.linalg.det(edges @ edges.transpose(0, 2, 1))) / dimension * depth
    data = {name: np.asarray(grid.point_data[name]) for name in grid.point_data}
    return {name: np.einsum("c,k,ck...->...", sizes, weights, values[nodes]) for name, values in data.items()}
