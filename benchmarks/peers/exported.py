"""The mesh that `spinfem mesh` exports, as the file that the peers' processes read."""

import meshio
import numpy as np


def save(msh, device, path):
    """Reads mesh.msh, writes points, cells, region (by place in the device's blocks) and the faces of each terminal to `path` (.npz)."""
    mesh = meshio.read(msh)
    numbers = {name: int(number) for name, (number, _) in mesh.field_data.items()}
    cells, of_cells = _all(mesh, "tetra")
    faces, of_faces = _all(mesh, "triangle")
    region = np.full(len(cells), -1)
    for place, name in enumerate(device.blocks):
        region[of_cells == numbers[name]] = place
    terminals = {name: faces[of_faces == numbers[name]] for name in device.terminals}
    used, cells = np.unique(cells, return_inverse=True)
    terminals = {name: np.searchsorted(used, nodes) for name, nodes in terminals.items()}
    points = mesh.points[used]
    cells = _turned(points, cells.reshape(-1, 4))
    np.savez(path, points=points, cells=cells, region=region, **terminals)


def _all(mesh, kind):
    """(corners, physical groups) of all cells of a kind."""
    blocks = [n for n, block in enumerate(mesh.cells) if block.type == kind]
    groups = mesh.cell_data["gmsh:physical"]
    return np.concatenate([mesh.cells[n].data for n in blocks]), np.concatenate([groups[n] for n in blocks])


def _turned(points, cells):
    """The same tetrahedra, all of a positive volume."""
    x = points[cells]
    negative = np.linalg.det(x[:, 1:] - x[:, :1]) < 0
    cells[negative, :2] = cells[negative, 1::-1]
    return cells
