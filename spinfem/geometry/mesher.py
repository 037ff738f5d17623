"""The mesh of the open model."""

from dataclasses import replace

from spinfem.geometry import gmsh_api as gmsh
from spinfem.geometry.curved import coarsen_curves, is_curved, refine_on_curves
from spinfem.geometry.extract import extract
from spinfem.geometry.first_sizes import set_first_sizes
from spinfem.geometry.gmsh_session import gmsh_errors
from spinfem.geometry.rounding import curved_parts
from spinfem.geometry.sizing import set_sizes

DELAUNAY, HXT = 1, 10


def mesh_model(names, sizing, source, refinements=0, algorithms=(HXT, DELAUNAY)):
    """The MeshData of the open model, meshed with `sizing`; refined here, `refinements` times, if it has curves.

    algorithms: in 3D, tried one after the other.
    """
    curved = is_curved()
    with gmsh_errors("geometry", source):
        if sizing.first:
            set_first_sizes(names, sizing)
        else:
            set_sizes(names, sizing)
        if curved:
            coarsen_curves(sizing.coarsen)
        # HXT: four times as fast as Delaunay at 4e5 cells, and no slivers. What it cannot do, Delaunay tries.
        _generate(names.dimension, algorithms)
    if sizing.first:
        return replace(extract(names, source), has_curves=curved, curved=curved_parts(names) if curved else ())
    if curved:
        refine_on_curves(names.dimension, refinements, source)
    return replace(extract(names, source, refined=refinements if curved else 0), has_curves=curved)


def mesh_coarsely(names, divisions, source):
    """The MeshData of the open model with cells as large as its shapes allow, `divisions` of them around a full turn.

    The options that it sets are put back: the model can be meshed again.
    """
    options = {
        "Mesh.MeshSizeFromPoints": 0,
        "Mesh.MeshSizeExtendFromBoundary": 0,
        "Mesh.MeshSizeFromCurvature": divisions,
        "Mesh.MeshSizeMin": 0,
        "Mesh.MeshSizeMax": 1e22,
        "Mesh.MeshSizeFactor": 1,
    }
    before = {name: gmsh.option.getNumber(name) for name in options}
    with gmsh_errors("geometry", source):
        unlimited = gmsh.model.mesh.field.add("Constant")
        gmsh.model.mesh.field.setNumber(unlimited, "VIn", 1e22)
        gmsh.model.mesh.field.setAsBackgroundMesh(unlimited)
        for name, value in options.items():
            gmsh.option.setNumber(name, value)
        try:
            _generate(names.dimension, (DELAUNAY, HXT))  # HXT would take seconds to improve what cannot be improved
            return extract(names, source)
        finally:
            gmsh.model.mesh.field.remove(unlimited)
            for name, value in before.items():
                gmsh.option.setNumber(name, value)
            gmsh.model.mesh.clear()


def _generate(dimension, algorithms):
    """The mesh of the open model, in 3D by the first of the algorithms that can make it."""
    # The sizes along a curve need not be integrated to nine digits, which takes longer than all of the rest.
    gmsh.option.setNumber("Mesh.LcIntegrationPrecision", 1e-4)
    gmsh.option.setNumber("Mesh.ElementOrder", 1)
    gmsh.option.setNumber("Mesh.RecombineAll", 0)
    gmsh.option.setNumber("Mesh.SaveAll", 0)
    gmsh.option.setNumber("General.NumThreads", 1)  # on several threads HXT makes another mesh each time
    for algorithm in algorithms:
        gmsh.model.mesh.clear()
        gmsh.option.setNumber("Mesh.Algorithm3D", algorithm)
        try:
            gmsh.model.mesh.generate(dimension)
            if all(len(gmsh.model.mesh.getElementTypes(*entity)) for entity in gmsh.model.getEntities(dimension)):
                return
            raise Exception("the faces around a part cross each other in the mesh: smaller cells are needed there")
        except Exception:
            if dimension < 3 or algorithm == algorithms[-1]:
                raise
