"""Meshes of tetrahedra for the programs that start from a file: cut from the grid of bricks, or those that spinfem has exported."""

from dataclasses import dataclass

import numpy as np

from benchmarks.peers import grid

# of Gmsh's six middles of a tetrahedron's edges, and three of a triangle's, the corners between which they lie
EDGES = {4: ((0, 1), (1, 2), (0, 2), (0, 3), (2, 3), (1, 3)), 3: ((0, 1), (1, 2), (0, 2))}
KIND = {6: 9, 10: 11}  # Gmsh's numbers of quadratic triangles and tetrahedra, by their nodes


@dataclass(frozen=True)
class Tetrahedra:
    """`points` (n, 3) in nm, `cells` (c, 4), `region` (c,) by place in `names`, `faces`: terminal -> (f, 3)."""

    names: list[str]
    points: np.ndarray
    cells: np.ndarray
    region: np.ndarray
    faces: dict[str, np.ndarray]

    @property
    def tags(self):
        """Numbers of regions and terminals in files."""
        return {name: number + 1 for number, name in enumerate([*self.names, *self.faces])}

    def regions(self):
        """(name, cells) of each."""
        return [(name, self.cells[self.region == number]) for number, name in enumerate(self.names)]


def mesh(device, given):
    """The Tetrahedra that the options ask for: those of a `file`, or a `grid` cut up."""
    names = list(device.blocks)
    if "file" in given:
        with np.load(given["file"]) as file:
            return Tetrahedra(
                names, file["points"], file["cells"], file["region"], {t: file[t] for t in device.terminals}
            )
    made = grid.make(device, **given["grid"])
    return Tetrahedra(names, made.points, *made.tetrahedra(), {name: made.triangles(name) for name in made.terminals})


def write_quadratic(path, mesh):
    """Writes a Gmsh file of second order; returns the number of its nodes."""
    groups = [(mesh.tags[name], faces) for name, faces in mesh.faces.items()]
    groups += [(mesh.tags[name], cells) for name, cells in mesh.regions()]
    points, groups = _quadratic(mesh.points, groups)
    _write(path, points, groups)
    return len(points)


def _quadratic(points, groups):
    ends = {n: np.array(pairs) for n, pairs in EDGES.items()}
    edges = [np.sort(cells[:, ends[cells.shape[1]]].reshape(-1, 2), axis=1) for _, cells in groups]
    unique, number = np.unique(np.concatenate(edges), axis=0, return_inverse=True)
    middles = np.split(number.ravel() + len(points), np.cumsum([len(e) for e in edges])[:-1])
    groups = [
        (tag, np.hstack([cells, m.reshape(len(cells), -1)])) for (tag, cells), m in zip(groups, middles, strict=True)
    ]
    return np.concatenate([points, points[unique].mean(axis=1)]), groups


def _write(path, points, groups):
    with open(path, "wb") as file:
        file.write(f"$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$Nodes\n{len(points)}\n".encode())
        np.savetxt(file, np.column_stack([np.arange(1, len(points) + 1), points]), fmt="%d %.12g %.12g %.12g")
        file.write(f"$EndNodes\n$Elements\n{sum(len(cells) for _, cells in groups)}\n".encode())
        first = 1
        for tag, cells in groups:
            kind = KIND[cells.shape[1]]
            head = np.column_stack(
                [np.arange(first, first + len(cells)), *np.broadcast_to([[kind], [2], [tag], [tag]], (4, len(cells)))]
            )
            np.savetxt(file, np.hstack([head, cells + 1]), fmt="%d")
            first += len(cells)
        file.write(b"$EndElements\n")
