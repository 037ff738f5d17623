"""The mesh of the open model."""

import gmsh

from spinfem.geometry.extract import extract
from spinfem.geometry.gmsh_session import gmsh_errors
from spinfem.geometry.sizing import set_sizes


def mesh_model(names, sizing, source):
    """The MeshData of the open model, meshed with `sizing`."""
    with gmsh_errors("geometry", source):
        set_sizes(names, sizing)
        gmsh.option.setNumber("Mesh.ElementOrder", 1)
        gmsh.option.setNumber("Mesh.RecombineAll", 0)
        # HXT: four times as fast as Delaunay at 5e5 cells and no slivers; on one thread it makes the same mesh every time.
        gmsh.option.setNumber("Mesh.Algorithm3D", 10)
        gmsh.option.setNumber("General.NumThreads", 1)
        gmsh.model.mesh.generate(names.dimension)
    return extract(names, source)
