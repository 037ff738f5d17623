"""Distributed grids for ParaView: a compressed VTU piece for each rank, and the file to open: .pvtu, or .vtm for blocks with names."""

from pathlib import Path
from xml.sax.saxutils import quoteattr

import basix.ufl
import meshio
import numpy as np
from dolfinx import mesh as dolfinx_mesh
from dolfinx.io.utils import cell_perm_vtk

from spinfem.geometry.root import on_all, on_root

NM = 1e-9  # coordinates are written in nm
# (dimension, degree) -> cell of meshio; a face is one of a dimension less
CELLS = {
    (1, 1): "line",
    (1, 2): "line3",
    (2, 1): "triangle",
    (2, 2): "triangle6",
    (3, 1): "tetra",
    (3, 2): "tetra10",
}


_TYPES = {1: "interval", 2: "triangle", 3: "tetrahedron"}


def grid(dimension, degree, nodes, points, data, cell_data):
    """The meshio.Mesh of Lagrange elements with these `nodes`, (cells, nodes of each), which lie at `points`, (nodes, 3), nm.

    data: name -> values at all nodes, (nodes, ...). Of a degree above 2 quadratic cells are made: what programs draw of others does not fit together.
    """
    if degree > 2:
        nodes, moved = _quadratic(dimension, degree, nodes)
        points, data = moved(points), {name: moved(values) for name, values in data.items()}
    order = _vtk_order(dimension, nodes.shape[1])
    used, numbers = np.unique(nodes[:, order], return_inverse=True)
    return meshio.Mesh(
        points=points[used],
        cells=[(CELLS[dimension, min(degree, 2)], numbers.reshape(nodes.shape))],
        point_data={name: values[used] for name, values in data.items()},
        cell_data={name: [values] for name, values in cell_data.items()},
    )


def _quadratic(dimension, degree, nodes):
    """The nodes of quadratic cells: a middle of an edge takes the number of a node on it; and what makes values there of those at all nodes."""
    element = basix.ufl.element("Lagrange", _TYPES[dimension], degree).basix_element
    corners, edges = ([nodes[:, own] for own in element.entity_dofs[d]] for d in (0, 1))
    ends = [nodes[:, pair] for pair in basix.topology(element.cell_type)[1]]
    along = np.concatenate([np.hstack(both) for both in zip(ends, edges, strict=True)])
    middles = [inner.min(axis=1) for inner in edges]
    weights = basix.ufl.element("Lagrange", "interval", degree).basix_element.tabulate(0, np.array([[0.5]]))[0, 0, :, 0]

    def moved(values):
        values = values.copy()
        values[np.concatenate(middles)] = np.einsum("k,nk...->n...", weights, values[along])
        return values

    return np.hstack([*corners, np.stack(middles, axis=1)]), moved


def _vtk_order(dimension, n_nodes):
    """In which order VTK wants the nodes of a Lagrange cell."""
    return np.argsort(cell_perm_vtk(getattr(dolfinx_mesh.CellType, _TYPES[dimension]), n_nodes))


def write_pieces(folder, name, piece, comm):
    """Write each rank's `piece` (a meshio.Mesh, of no cells perhaps) and `name`.pvtu; returns the path of the latter. Collective."""
    folder = Path(folder)

    def write() -> None:
        (folder / name).mkdir(parents=True, exist_ok=True)
        meshio.write(folder / name / f"{comm.rank:05d}.vtu", piece, binary=True, compression="zlib")
        if comm.rank == 0:
            pieces = [f"{name}/{rank:05d}.vtu" for rank in range(comm.size)]
            (folder / f"{name}.pvtu").write_text(_index(piece, pieces))

    on_all(comm, write)
    return folder / f"{name}.pvtu"


def write_blocks(folder, name, blocks, comm):
    """Write `name`.vtm, in which each of `blocks` (name -> this rank's meshio.Mesh, the same names on all ranks) is a block made of
    the pieces of the ranks that have cells of it; returns its path. Collective."""
    folder = Path(folder)
    here = [n for n, mesh in enumerate(blocks.values()) if sum(len(cells.data) for cells in mesh.cells)]

    def write() -> None:
        for number in here:
            place = folder / name / f"{number:03d}"
            place.mkdir(parents=True, exist_ok=True)
            mesh = list(blocks.values())[number]
            meshio.write(place / f"{comm.rank:05d}.vtu", mesh, binary=True, compression="zlib")

    on_all(comm, write)
    everywhere = comm.gather(here)
    text = _blocks(name, list(blocks), everywhere) if comm.rank == 0 else ""
    on_root(comm, lambda: (folder / f"{name}.vtm").write_text(text, encoding="utf-8"))
    return folder / f"{name}.vtm"


def _blocks(folder, names, everywhere):
    """The text of a .vtm file; everywhere: for each rank the numbers of the blocks it has a piece of."""
    lines = ['<?xml version="1.0"?>', '<VTKFile type="vtkMultiBlockDataSet" version="1.0">', "<vtkMultiBlockDataSet>"]
    for number, name in enumerate(names):
        lines.append(f'<Block index="{number}" name={quoteattr(name)}>')
        ranks = [rank for rank, numbers in enumerate(everywhere) if number in numbers]
        for index, rank in enumerate(ranks):
            piece = quoteattr(f"{folder}/{number:03d}/{rank:05d}.vtu")
            lines.append(f'<DataSet index="{index}" name={quoteattr(name)} file={piece}/>')
        lines.append("</Block>")
    return "\n".join([*lines, "</vtkMultiBlockDataSet>", "</VTKFile>"]) + "\n"


def _index(grid, pieces):
    """The text of a .pvtu file."""

    def arrays(data):
        for key, array in data:
            kind = {"f": "Float64", "i": "Int32"}[array.dtype.kind]
            components = array.shape[1] if array.ndim == 2 else 1
            yield f'<PDataArray type="{kind}" Name={quoteattr(key)} NumberOfComponents="{components}"/>'

    lines = [
        '<?xml version="1.0"?>',
        '<VTKFile type="PUnstructuredGrid" version="0.1" byte_order="LittleEndian">',
        '<PUnstructuredGrid GhostLevel="0">',
        '<PPoints><PDataArray type="Float64" Name="Points" NumberOfComponents="3"/></PPoints>',
        "<PPointData>",
        *arrays(grid.point_data.items()),
        "</PPointData>",
        "<PCellData>",
        *arrays((key, data[0]) for key, data in grid.cell_data.items()),
        "</PCellData>",
        *(f"<Piece Source={quoteattr(piece)}/>" for piece in pieces),
        "</PUnstructuredGrid>",
        "</VTKFile>",
    ]
    return "\n".join(lines) + "\n"
