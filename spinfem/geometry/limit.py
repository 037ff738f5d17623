"""Meshes that no machine can hold are refused before they are made: a wrong unit or a zero too many would else fill the memory.

What is counted is less than what a mesh would have: cells of the largest size in the boxes around the parts of the device.
"""

from math import inf, prod

from spinfem.geometry import gmsh_api as gmsh
from spinfem.geometry.errors import GeometryError

MOST_CELLS = 2e8
_FACETS_TO_CELLS = 10  # a mesh has at least so many cells for each facet of a gate


def check_count(key, value, cells, why="") -> None:
    """Raise a GeometryError about a key of the case if a mesh of so many cells is out of reach."""
    if not cells <= MOST_CELLS:
        about = f"{cells:.1e} cells or more" if cells < inf else "endlessly many cells"
        advice = f"more than {MOST_CELLS:.0e} are refused: take a larger value, or check the units"
        if key == "mesh.refinements":
            advice = f"more than {MOST_CELLS:.0e} are refused: take a smaller value"
        message = f"the mesh would have {about}{why}; {advice}"
        raise GeometryError(key, value, message)


def check_filled(sizing, gates) -> None:
    """The open model full of cells of the largest size that is allowed: too many? gates: [(size, growth)] of all gates."""
    extents = [_extents(*entity) for entity in gmsh.model.getEntities(gmsh.model.getDimension())]
    across = sum(side**2 for side in _extents(-1, -1)) ** 0.5
    grown = min((size + growth * across for size, growth in gates), default=inf) * sizing.coarsen
    asked = inf if sizing.size is None else sizing.size * sizing.coarsen
    largest, key = (asked, "mesh.size") if asked <= grown else (grown, "mesh.resolution")
    dimension = gmsh.model.getDimension()
    cells = sum(prod(side / largest for side in sides[:dimension]) for sides in extents)
    check_count(key, getattr(sizing, key.split(".")[1]), cells)


def check_gate(sizing, dimension, entities, size, why) -> None:
    """Too many facets of this size on a gate (entities of `dimension`)?"""
    if dimension > 0:
        facets = sum(prod(side / size for side in _extents(dimension, tag)[:dimension]) for tag in entities)
        check_count("mesh.resolution", sizing.resolution, _FACETS_TO_CELLS * facets / sizing.coarsen**dimension, why)


def _extents(dimension, tag):
    """The sides of the box around an entity, the longest first."""
    box = gmsh.model.getBoundingBox(dimension, tag)
    return sorted((high - low for low, high in zip(box[:3], box[3:], strict=True)), reverse=True)
