"""mesh.msh: the mesh of a device for Gmsh and other programs, regions and terminals as physical groups.

Coordinates are in the unit of the drawing, so that the same case reads it back as the same device.
"""

from pathlib import Path

import numpy as np

from spinfem.compat import nodes_of_cells
from spinfem.geometry import gmsh_api as gmsh
from spinfem.geometry.gmsh_session import gmsh_session
from spinfem.geometry.quality import facet_nodes
from spinfem.geometry.root import on_root

_SIMPLEX = {0: 15, 1: 1, 2: 2, 3: 4}  # Gmsh's element types


def write_gmsh(path, device) -> None:
    """Write the whole mesh, from all ranks, into one file. Collective."""
    mesh = device.mesh
    dimension, facet = mesh.topology.dim, mesh.topology.dim - 1
    cells = np.arange(mesh.topology.index_map(dimension).size_local, dtype=np.int32)
    owned_facets = mesh.topology.index_map(facet).size_local
    groups = [
        (dimension, name, _nodes(mesh, dimension, _owned(device.cells_of(name), len(cells)))) for name in device.regions
    ]
    groups += [
        (facet, name, _nodes(mesh, facet, _owned(device.facets_of(name), owned_facets))) for name in device.terminals
    ]
    points = _gathered(mesh.comm, mesh.geometry.x[: mesh.geometry.index_map().size_local])
    groups = [(of, name, _gathered(mesh.comm, nodes)) for of, name, nodes in groups]
    on_root(mesh.comm, lambda: _write(path, points, groups))


def _owned(entities, size_local):
    return entities[entities < size_local]


def _nodes(mesh, dimension, entities):
    """(entities, dimension + 1) numbers of their nodes through all ranks."""
    local = nodes_of_cells(mesh)[entities] if dimension == mesh.topology.dim else facet_nodes(mesh, entities)
    return mesh.geometry.index_map().local_to_global(local.ravel().astype(np.int32)).reshape(local.shape)


def _gathered(comm, rows):
    """The rows of all ranks on top of each other, on rank 0. Collective."""
    parts = comm.gather(rows, root=0)
    return None if parts is None else np.concatenate(parts)


def _write(path, points, groups):
    with gmsh_session():
        gmsh.model.add(Path(path).stem)
        home = (groups[0][0], 1)  # of all nodes, until they are given to the entities whose elements they are in
        for number, (dimension, name, _) in enumerate(groups, start=1):
            gmsh.model.addDiscreteEntity(dimension, number)
            gmsh.model.addPhysicalGroup(dimension, [number], number, name)
        gmsh.model.mesh.addNodes(*home, np.arange(1, len(points) + 1), points.ravel())
        for number, (dimension, _, nodes) in enumerate(groups, start=1):
            gmsh.model.mesh.addElementsByType(number, _SIMPLEX[dimension], [], nodes.ravel() + 1)
        gmsh.model.mesh.reclassifyNodes()
        gmsh.option.setNumber("Mesh.Binary", 1)
        gmsh.write(str(path))
