"""Distributed grids for ParaView: a compressed VTU piece for each rank, and the file to open: .pvtu, or .vtm for blocks with names."""

from pathlib import Path
from xml.sax.saxutils import quoteattr

import meshio

from spinfem.geometry.root import on_all, on_root

NM = 1e-9  # coordinates are written in nm


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
