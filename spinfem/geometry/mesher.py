"""The mesh of the open model."""

import gmsh

from spinfem.geometry.curved import coarsen_curves, is_curved, refine_on_curves
from spinfem.geometry.extract import extract
from spinfem.geometry.gmsh_session import gmsh_errors
from spinfem.geometry.sizing import set_sizes

DELAUNAY, HXT = 1, 10


def mesh_model(names, sizing, source, refinements=0):
    """The MeshData of the open model, meshed with `sizing`; refined here, `refinements` times, if it has curves."""
    curved = is_curved()
    with gmsh_errors("geometry", source):
        set_sizes(names, sizing)
        if curved:
            coarsen_curves(sizing.coarsen)
        # The sizes along a curve need not be integrated to nine digits, which takes longer than all of the rest.
        gmsh.option.setNumber("Mesh.LcIntegrationPrecision", 1e-4)
        gmsh.option.setNumber("Mesh.ElementOrder", 1)
        gmsh.option.setNumber("Mesh.RecombineAll", 0)
        gmsh.option.setNumber("Mesh.SaveAll", 0)
        gmsh.option.setNumber("General.NumThreads", 1)  # on several threads HXT makes another mesh each time
        _generate(names.dimension)
    if curved:
        refine_on_curves(refinements, source)
    return extract(names, source, refined=refinements if curved else 0)


def _generate(dimension):
    """HXT: four times as fast as Delaunay at 4e5 cells, and no slivers. What it cannot do, Delaunay tries."""
    gmsh.option.setNumber("Mesh.Algorithm3D", HXT)
    try:
        gmsh.model.mesh.generate(dimension)
    except Exception:
        if dimension < 3:
            raise
        gmsh.model.mesh.clear()
        gmsh.option.setNumber("Mesh.Algorithm3D", DELAUNAY)
        gmsh.model.mesh.generate(dimension)
