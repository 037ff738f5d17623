"""Arrays become a mesh that is spread over the ranks, with a tag on every cell and on the facets of every terminal."""

from dataclasses import dataclass

import basix.ufl
import numpy as np
import ufl
from dolfinx import graph, la, mesh
from dolfinx.io.utils import distribute_entity_data
from mpi4py import MPI

from spinfem.compat import equal_parts

CELLS = {1: "interval", 2: "triangle", 3: "tetrahedron"}


@dataclass(frozen=True)
class TaggedMesh:
    """A distributed mesh; ghosts (the neighbours across a facet) are tagged like the cells and facets a rank owns."""

    mesh: mesh.Mesh
    region: np.ndarray  # (local cells with ghosts,) int32
    terminal: np.ndarray  # (local facets with ghosts,) int32; 0 where there is none
    regions: dict[str, int]
    terminals: dict[str, int]


def distribute(comm, data, partitioner=None):
    """The TaggedMesh of all ranks' MeshData. Collective.

    `partitioner` says where cells go (DOLFINx's type); by default the graph of the mesh is cut into equal parts.
    """
    dimension = data.dimension
    domain = ufl.Mesh(basix.ufl.element("Lagrange", CELLS[dimension], 1, shape=(dimension,)))
    partitioner = partitioner or equal_parts()
    # By keyword: the order of these arguments is not the same in all versions of DOLFINx.
    device_mesh = mesh.create_mesh(comm, cells=data.cells, x=data.points, e=domain, partitioner=partitioner)
    topology = device_mesh.topology
    topology.create_entities(dimension - 1)
    topology.create_connectivity(dimension - 1, dimension)
    topology.create_connectivity(dimension, dimension - 1)
    return TaggedMesh(
        mesh=device_mesh,
        region=_of_cells(device_mesh, data),
        terminal=_of_entities(device_mesh, dimension - 1, data.facets, data.facet_tags),
        regions=data.regions,
        terminals=data.terminals,
    )


def _of_cells(device_mesh, data):
    """The region of each local cell, ghosts included."""
    topology, comm = device_mesh.topology, device_mesh.comm
    index_map = topology.index_map(topology.dim)
    first = comm.scan(len(data.cells)) - len(data.cells)
    origin = topology.original_cell_index[: index_map.size_local] - first
    stayed = bool(np.all((origin >= 0) & (origin < len(data.cells))))
    if not comm.allreduce(stayed, op=MPI.LAND):
        return _of_entities(device_mesh, topology.dim, data.cells, data.cell_tags)
    values = np.zeros(number_of(topology, topology.dim), dtype=np.int32)
    values[: index_map.size_local] = data.cell_tags[origin]
    return from_owners(index_map, values)


def _of_entities(device_mesh, dimension, entities, tags):
    """The tag of each local entity (0: none), ghosts included, from entities given by their nodes on any rank."""
    topology = device_mesh.topology
    topology.create_connectivity(dimension, 0)
    nodes, tags = distribute_entity_data(device_mesh, dimension, entities, tags.astype(np.int32))
    found = mesh.meshtags_from_entities(
        device_mesh, dimension, graph.adjacencylist(nodes), np.asarray(tags, dtype=np.int32)
    )
    values = np.zeros(number_of(topology, dimension), dtype=np.int32)
    values[found.indices] = found.values
    return from_owners(topology.index_map(dimension), values)


def from_owners(index_map, values):
    """`values` of all local entities, those of ghosts replaced by what their owners say. Collective."""
    vector = la.vector(index_map, 1, dtype=values.dtype)
    vector.array[:] = values
    vector.scatter_forward()
    return vector.array.copy()


def number_of(topology, dimension):
    """How many entities a rank has, ghosts included."""
    index_map = topology.index_map(dimension)
    return index_map.size_local + index_map.num_ghosts
