"""Magnetization files as micromagnetic programs write them."""

from itertools import product

import meshio
import numpy as np

CONTROL = {4: 1234567.0, 8: 123456789012345.0}


def ovf(vectors, base, step, data="binary 4", version=2, order=None, **header):
    """The bytes of an OVF file. vectors: (3, nx, ny, nz); base, step: (3,) in units of the mesh; header: labels to change,
    None to leave out."""
    counts = vectors.shape[1:]
    labels = {"Title": "m", "meshtype": "rectangular", "meshunit": "m"}
    for i, axis in enumerate("xyz"):
        labels |= {f"{axis}base": base[i], f"{axis}nodes": counts[i], f"{axis}stepsize": step[i]}
    labels |= {"valuedim": 3} if version == 2 else {"valueunit": "A/m", "valuemultiplier": 1}
    first = "# OOMMF OVF 2.0" if version == 2 else "# OOMMF: rectangular mesh v1.0"
    lines = [first, "# Segment count: 1", "# Begin: Segment", "# Begin: Header"]
    lines += [f"# {label}: {value}" for label, value in (labels | header).items() if value is not None]
    lines += ["# Desc: Total simulation time:  0  s ## a comment", "# End: Header", f"# Begin: Data {data}", ""]
    numbers = np.asarray(vectors, dtype=float).T.ravel()  # x runs fastest, the components of a vector are neighbours
    return "\n".join(lines).encode() + _data(numbers, data, order or "<>"[version == 1]) + _END.format(data).encode()


_END = "\n# End: Data {}\n# End: Segment\n"


def _data(numbers, data, order):
    if data == "text":
        rows = [" ".join(map(repr, row)) for row in numbers.reshape(-1, 3).tolist()]
        return "\n".join(["# a comment among the data", *rows]).encode()
    size = int(data.split()[1])
    return np.concatenate([[CONTROL[size]], numbers]).astype(f"{order}f{size}").tobytes()


def centres(base, step, counts):
    """The centres of the cells of a grid, (3, nx, ny, nz)."""
    axes = [b + s * np.arange(n) for b, s, n in zip(base, step, counts, strict=True)]
    return np.stack(np.meshgrid(*axes, indexing="ij"))


def box(counts, sides, kind="tetra"):
    """points (n, 3) and cells of a box with a corner at 0, of tetrahedra, hexahedra or (in the plane z = 0) quadrilaterals."""
    shape = [n + 1 for n in counts]
    axes = [np.linspace(0.0, side, n) for side, n in zip(sides, shape, strict=True)]
    points = np.stack([x.ravel() for x in np.meshgrid(*axes, indexing="ij")], axis=1)
    corner = np.stack([i.ravel() for i in np.meshgrid(*map(np.arange, counts), indexing="ij")])

    def node(*offset):
        return np.ravel_multi_index(corner + np.array(offset)[:, None], shape)

    if kind == "quad":
        return points, np.stack([node(0, 0), node(1, 0), node(1, 1), node(0, 1)], axis=1)
    if kind == "hexahedron":
        ring = ((0, 0), (1, 0), (1, 1), (0, 1))
        return points, np.stack([node(*xy, z) for z, xy in product((0, 1), ring)], axis=1)
    paths = [
        [(0, 0, 0), a, tuple(np.add(a, b)), (1, 1, 1)]
        for a, b in product(np.eye(3, dtype=int).tolist(), repeat=2)
        if a != b
    ]
    return points, np.concatenate([np.stack([node(*step) for step in path], axis=1) for path in paths])


def write_vtu(path, points, cells, point_data=None, cell_data=None):
    """A .vtu file. cells: (kind, (n, nodes))."""
    points = np.pad(points, ((0, 0), (0, 3 - points.shape[1])))
    meshio.write(
        path, meshio.Mesh(points, [cells], point_data or {}, {name: [data] for name, data in (cell_data or {}).items()})
    )
