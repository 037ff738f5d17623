"""Meshes that somebody else made: by Gmsh (`gmsh_file`) or by meshio (`meshio_file`), XDMF also in pieces (`xdmf`)."""

from pathlib import Path

from spinfem.geometry.errors import GeometryError
from spinfem.geometry.gmsh_file import SUFFIXES, gmsh_groups
from spinfem.geometry.groups import check_file_exists
from spinfem.geometry.mesh_data import from_named_cells
from spinfem.geometry.meshio_file import groups_of, open_with_meshio
from spinfem.geometry.xdmf import XDMF, open_xdmf, with_facets


def read_mesh(path, regions, terminals, facets=None):
    """The MeshData of a mesh file, and of the file with its facets where that is another one. Needs an open Gmsh session."""
    found = read_groups(path, regions, terminals, facets)
    return from_named_cells(
        found.points,
        {group.name: group.nodes for group in found.regions},
        {group.name: group.nodes for group in found.terminals},
        path,
    )


def read_groups(path, regions, terminals, facets=None):
    """The Groups of a mesh file. Needs an open Gmsh session."""
    path = Path(path)
    check_file_exists("geometry.mesh", path)
    if path.suffix.lower() in SUFFIXES:
        if facets is not None:
            raise GeometryError("geometry.facets", facets, f"a {path.suffix} file holds its own facets")
        return gmsh_groups(path, regions, terminals)
    mesh = _open(path)
    if facets is not None:
        check_file_exists("geometry.facets", Path(facets))
        mesh = with_facets(mesh, path, _open(Path(facets), "geometry.facets"), facets)
    return groups_of(mesh, path, regions, terminals)


def _open(path, key="geometry.mesh"):
    return open_xdmf(path, key) if path.suffix.lower() in XDMF else open_with_meshio(path, key)
