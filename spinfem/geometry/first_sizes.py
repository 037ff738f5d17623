"""Sizes for a mesh that is only the first of several: as coarse as shapes allow, cells of good shape about as wide as each gate is.

What has to be finer is cut later (`foresight`, `spinfem.study.adaptive`), by what the solution tells; so sizes that a script sets do not count here.
"""

from spinfem.geometry import gmsh_api as gmsh
from spinfem.geometry.sizing import gates_of, graded

_GROWTH = 1.0
_AROUND = 16  # cells around a full turn of a curve, before its edges are cut (`rounding`)


def set_first_sizes(names, sizing) -> None:
    """Tells the open Gmsh model how large its cells are to be. `sizing`: what of a Sizing says where gates are."""
    fields = []
    for entities, _ in gates_of(names, sizing):
        if width := _width(names.dimension - 1, entities):
            fields.append(graded(names.dimension - 1, entities, width, _GROWTH))
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
        "Mesh.MeshSizeFromCurvature": _AROUND,
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
