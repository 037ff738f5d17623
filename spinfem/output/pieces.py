"""Distributed grids for ParaView: a compressed VTU piece for each rank, and a .pvtu file, the one to open."""

from pathlib import Path
from xml.sax.saxutils import quoteattr

import meshio
import numpy as np
from dolfinx import cpp

NM = 1e-9  # coordinates are written in nm


def vtk_order(cell_type, n_nodes):
    """In which order VTK wants the nodes of a Lagrange cell."""
    return np.argsort(cpp.io.perm_vtk(cell_type, n_nodes))


def write_pieces(folder, name, piece, comm):
    """Write each rank's `piece` (a meshio.Mesh, of no cells perhaps) and `name`.pvtu; returns the path of the latter. Collective."""
    folder = Path(folder)
    (folder / name).mkdir(parents=True, exist_ok=True)
    meshio.write(folder / name / f"{comm.rank:05d}.vtu", piece, binary=True, compression="zlib")
    if comm.rank == 0:
        pieces = [f"{name}/{rank:05d}.vtu" for rank in range(comm.size)]
        (folder / f"{name}.pvtu").write_text(_index(piece, pieces))
    comm.barrier()
    return folder / f"{name}.pvtu"


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
