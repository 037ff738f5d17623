"""Sizes for a mesh that is only the first of several: as coarse as shapes allow, cells of good shape about as wide as each gate is, and at each corner of
the drawing as long as it is to the next one: else cells that reach from one narrow part to another are slivers, and whatever is cut later stays one.

What has to be finer is cut later (`foresight`, `spinfem.study.adaptive`), by what the solution tells; so sizes that a script sets do not count here.
"""

import numpy as np

from spinfem.geometry import gmsh_api as gmsh
from spinfem.geometry.sizing import gates_of, graded

_GROWTH = 1.0
_FROM_CORNERS = {
    1: 1.0,
    2: 1.0,
    3: 3.0,
}  # growth, in so many dimensions: in space cells are many, and shapes leave less freedom


def set_first_sizes(names, sizing) -> None:
    """Tells the open Gmsh model how large its cells are to be. `sizing`: what of a Sizing says where gates are."""
    fields = []
    for entities, _ in gates_of(names, sizing):
        if width := _width(names.dimension - 1, entities):
            fields.append(graded(names.dimension - 1, entities, width, _GROWTH))
    fields += _at_corners(_FROM_CORNERS[names.dimension])
    field = gmsh.model.mesh.field
    if fields:
        smallest = field.add("Min")
        field.setNumbers(smallest, "FieldsList", fields)
    else:
        smallest = field.add("Constant")
        field.setNumber(smallest, "VIn", 1e22)
    field.setAsBackgroundMesh(smallest)
    for option, value in {
        "Mesh.MeshSizeFromPoints": 0,
        "Mesh.MeshSizeExtendFromBoundary": 0,
        "Mesh.MeshSizeFromCurvature": sizing.around,
        "Mesh.MeshSizeMin": 0,
        "Mesh.MeshSizeMax": 1e22,
        "Mesh.MeshSizeFactor": 1,
    }.items():
        gmsh.option.setNumber(option, value)


def _width(dimension, entities):
    """The smaller extent of a contact in 3D, its length in 2D."""
    boxes = [gmsh.model.getBoundingBox(dimension, entity) for entity in entities]
    low = [min(box[k] for box in boxes) for k in range(3)]
    high = [max(box[k] for box in boxes) for k in range(3, 6)]
    return sorted((b - a for a, b in zip(low, high, strict=True)), reverse=True)[dimension - 1]


def _at_corners(growth):
    """Fields with the distance from each corner of the drawing to the next one."""
    tags = [tag for _, tag in gmsh.model.getEntities(0)]
    corners = np.array([gmsh.model.getValue(0, tag, []) for tag in tags]).reshape(-1, 3)
    alike = {}  # distance, as two digits -> corners
    for tag, corner in zip(tags, corners, strict=True):
        distances = np.linalg.norm(corners - corner, axis=1)
        nearest = distances[distances > 0].min(initial=np.inf)
        if nearest < np.inf:
            alike.setdefault(float(f"{nearest:.2g}"), []).append(tag)
    return [graded(0, points, size, growth) for size, points in alike.items()]
