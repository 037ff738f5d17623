"""The mesh that Gmsh holds, as arrays. Array calls of Gmsh only: no loop over cells."""

from dataclasses import replace

import numpy as np

from spinfem.geometry import gmsh_api as gmsh
from spinfem.geometry.errors import GeometryError
from spinfem.geometry.mesh_data import from_named_cells

SIMPLEX = {1: 1, 2: 2, 3: 4}  # Gmsh's element types: line, triangle, tetrahedron


def extract(names, source, refined=0):
    """The MeshData of the open, meshed Gmsh model; `names` says what its entities are called (ModelNames).

    refined: how many times Gmsh has cut each cell already."""
    regions = elements(names.dimension, names.regions, source)
    for name, cells in regions.items():
        if not len(cells):
            raise GeometryError("geometry", source, f"region {name} has no cells: is the file without its mesh?")
    terminals = elements(names.dimension - 1, names.terminals, source)
    return replace(from_named_cells(points_of_model(), regions, terminals, source), refined=refined)


def points_of_model():
    """(largest tag + 1, 3) coordinates of the nodes, by their tags."""
    node_tags, coordinates, _ = gmsh.model.mesh.getNodes()
    points = np.zeros((int(node_tags.max(initial=0)) + 1, 3))
    points[node_tags] = coordinates.reshape(-1, 3)
    return points


def elements(dimension, entities, source):
    """Name -> (elements, dimension + 1) node tags, for `entities`: name -> tags of CAD entities."""
    found = {}
    for name, members in entities.items():
        parts = [np.empty((0, dimension + 1), dtype=np.uint64)]
        for entity in members:
            for kind, _, nodes in zip(*gmsh.model.mesh.getElements(dimension, entity), strict=True):
                if kind != SIMPLEX[dimension]:
                    element = gmsh.model.mesh.getElementProperties(kind)[0]
                    raise GeometryError(
                        "geometry",
                        source,
                        f"{name} has elements of the type {element}; "
                        "only first-order triangles and tetrahedra are allowed",
                    )
                parts.append(nodes.reshape(-1, dimension + 1))
        found[name] = np.concatenate(parts)
    return found
