"""Drawings with curves: refinement that puts new nodes on the curve, not in the middle of a chord.

Gmsh knows the curve, so Gmsh refines: on rank 0, before the mesh is distributed. Drawings without curves are refined
in parallel (`refine`), where only middles of edges are needed.
"""

from spinfem.geometry import gmsh_api as gmsh
from spinfem.geometry.gmsh_session import gmsh_errors
from spinfem.geometry.limit import check_count

STRAIGHT = {1: ("Line",), 2: ("Plane",)}
CIRCLE_NODES = 24  # of a full circle, at least: twice what the coarser twin has


def is_curved() -> bool:
    """Has the open model a curve or a face that its mesh only comes near to?"""
    return any(
        (kind := gmsh.model.getType(*entity)) not in STRAIGHT[entity[0]] and not kind.startswith("Discrete")
        for dimension in STRAIGHT
        for entity in gmsh.model.getEntities(dimension)
    )


def coarsen_curves(factor) -> None:
    """Fewer corners on every curve by this factor, also where it is the number of corners that the drawing sets."""
    number = max(gmsh.option.getNumber("Mesh.MinimumCircleNodes"), CIRCLE_NODES)
    gmsh.option.setNumber("Mesh.MinimumCircleNodes", max(round(number / factor), 3))
    around = gmsh.option.getNumber("Mesh.MeshSizeFromCurvature")
    gmsh.option.setNumber("Mesh.MeshSizeFromCurvature", around / factor)


def refine_on_curves(dimension, times, source) -> None:
    """Cuts every cell of the open, meshed model `times` times, new nodes on its curves and faces."""
    cells = sum(len(tags) for tags in gmsh.model.mesh.getElements(dimension)[1])
    check_count("mesh.refinements", times, cells * 2.0 ** (dimension * times))
    with gmsh_errors("mesh.refinements", source):
        gmsh.option.setNumber("Mesh.SecondOrderLinear", 0)
        for _ in range(times):
            gmsh.model.mesh.refine()
