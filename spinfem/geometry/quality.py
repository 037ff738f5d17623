"""How good a mesh is: the shape of its cells, and how finely the spin diffusion length is resolved where it matters."""

from dataclasses import dataclass
from math import sqrt

import numpy as np
from mpi4py import MPI

from spinfem.compat import nodes_of_cells
from spinfem.geometry.refine import EDGES


@dataclass(frozen=True)
class RegionQuality:
    """Sizes are lengths of edges. Lengths in drawing units, the volume in their cube (2D: square, 1D: a length)."""

    cells: int
    volume: float
    worst_shape: float  # 1 is an equilateral cell, 0 a flat one
    mean_shape: float
    shortest_edge: float
    longest_edge: float


@dataclass(frozen=True)
class ContactQuality:
    """Lengths in drawing units, the area in their square (2D: a length, 1D: a number of points, whose edges are the
    cells beside them)."""

    facets: int
    area: float
    mean_edge: float
    longest_edge: float
    diffusion_length: float  # the shorter one of the two sides
    cells_per_length: float  # diffusion length over mean edge


@dataclass(frozen=True)
class MeshQuality:
    """What there is to say about the mesh of a device."""

    cells: int
    nodes: int
    regions: dict[str, RegionQuality]
    contacts: dict[frozenset, ContactQuality]


def mesh_quality(device, diffusion_lengths):
    """The MeshQuality of a device; `diffusion_lengths`: region -> metres. Collective."""
    mesh, comm = device.mesh, device.mesh.comm
    cells = mesh.topology.index_map(mesh.topology.dim)
    owned = nodes_of_cells(mesh)[: cells.size_local]
    corners = mesh.geometry.x[owned][:, :, : mesh.geometry.dim]
    volume, edges, shape = _volume(corners), _edges(corners), _shape(corners)
    tags = device.cell_tags.values[: cells.size_local]  # every local cell has a tag, in order
    return MeshQuality(
        cells=cells.size_global,
        nodes=mesh.geometry.index_map().size_global,
        regions={
            name: _region(comm, volume[tags == tag], edges[tags == tag], shape[tags == tag])
            for name, tag in device.regions.items()
        },
        contacts={
            pair: _contact(device, tag, min(diffusion_lengths[name] for name in pair) / device.length_unit)
            for pair, tag in device.contacts.items()
        },
    )


def mean_edges(device):
    """region -> (shortest, longest) edge of a cell, each as the geometric mean over the cells of the region, drawing units. Collective."""
    mesh, comm = device.mesh, device.mesh.comm
    owned = mesh.topology.index_map(mesh.topology.dim).size_local
    edges = _edges(mesh.geometry.x[nodes_of_cells(mesh)[:owned]][:, :, : mesh.geometry.dim])
    extremes = np.log(np.stack([edges.min(axis=1), edges.max(axis=1)], axis=1))
    tags = device.cell_tags.values[:owned]
    means = {}
    for name, tag in device.regions.items():
        here = extremes[tags == tag]
        means[name] = np.exp(comm.allreduce(here.sum(axis=0)) / comm.allreduce(len(here)))
    return means


def cells_per_length_across(device, diffusion_lengths):
    """contact -> (region, cells): the region beside it with the fewest cells, counted across the contact, for each of its diffusion lengths.

    `diffusion_lengths`: region -> metres. The size of a cell is its mean height above the contact. Collective.
    """
    mesh = device.mesh
    owned = mesh.topology.index_map(mesh.topology.dim - 1).size_local
    region = np.zeros(device.cell_tags.indices.max(initial=-1) + 1, dtype=np.int32)
    region[device.cell_tags.indices] = device.cell_tags.values
    beside = mesh.topology.connectivity(mesh.topology.dim - 1, mesh.topology.dim)
    found = {}
    for pair, tag in device.contacts.items():
        facets = device.facet_tags.find(tag)
        facets = facets[facets < owned]
        cells = np.array([beside.links(facet) for facet in facets], dtype=np.int64).reshape(-1, 2)
        corners = mesh.geometry.x[nodes_of_cells(mesh)[cells]][..., : mesh.topology.dim]
        area = _volume(_facet_corners(mesh, facets)) if mesh.topology.dim > 1 else np.ones(len(facets))
        heights = np.stack([_volume(corners[:, k]) for k in (0, 1)], axis=1) * mesh.topology.dim / area[:, None]
        counts = {}
        for name in sorted(pair):
            here = heights[region[cells] == device.regions[name]]
            count, total = mesh.comm.allreduce(len(here)), mesh.comm.allreduce(float(here.sum()))
            counts[name] = diffusion_lengths[name] / device.length_unit * count / total
        fewest = min(counts, key=counts.__getitem__)
        found[pair] = (fewest, counts[fewest])
    return found


def _region(comm, volume, edges, shape):
    cells = comm.allreduce(len(volume))
    return RegionQuality(
        cells=cells,
        volume=comm.allreduce(float(volume.sum())),
        worst_shape=comm.allreduce(float(shape.min(initial=1.0)), op=MPI.MIN),
        mean_shape=comm.allreduce(float(shape.sum())) / cells,
        shortest_edge=comm.allreduce(float(edges.min(initial=np.inf)), op=MPI.MIN),
        longest_edge=comm.allreduce(float(edges.max(initial=0.0)), op=MPI.MAX),
    )


def _contact(device, tag, diffusion_length):
    mesh, comm = device.mesh, device.mesh.comm
    dimension = mesh.topology.dim
    facets = device.facet_tags.find(tag)
    facets = facets[facets < mesh.topology.index_map(dimension - 1).size_local]
    corners = _facet_corners(mesh, facets)
    edges = _edges(_cells_beside(mesh, facets)) if dimension == 1 else _edges(corners)
    count, total = comm.allreduce(edges.size), comm.allreduce(float(edges.sum()))
    return ContactQuality(
        facets=comm.allreduce(len(facets)),
        area=comm.allreduce(float(_volume(corners).sum())),
        mean_edge=total / count,
        longest_edge=comm.allreduce(float(edges.max(initial=0.0)), op=MPI.MAX),
        diffusion_length=diffusion_length,
        cells_per_length=diffusion_length * count / total,
    )


def _facet_corners(mesh, facets):
    """(facets, dimension, dimension) corners."""
    return mesh.geometry.x[facet_nodes(mesh, facets)][:, :, : mesh.topology.dim]


def facet_nodes(mesh, facets):
    """(facets, dimension) local nodes of local facets."""
    dimension = mesh.topology.dim
    cell = mesh.topology.connectivity(dimension - 1, dimension)
    cell = cell.array[cell.offsets[facets]]
    side = np.argmax(
        mesh.topology.connectivity(dimension, dimension - 1).array.reshape(-1, dimension + 1)[cell] == facets[:, None],
        axis=1,
    )
    others = np.array([[j for j in range(dimension + 1) if j != i] for i in range(dimension + 1)])
    if dimension == 1:  # the facets of an interval are its vertices, in their order
        others = np.array([[0], [1]])
    return np.take_along_axis(nodes_of_cells(mesh)[cell], others[side], axis=1)


def _cells_beside(mesh, facets):
    """The corners of all cells beside some facets, (cells, dimension + 1, dimension)."""
    beside = mesh.topology.connectivity(mesh.topology.dim - 1, mesh.topology.dim)
    cells = np.concatenate([np.empty(0, dtype=np.int32), *(beside.links(facet) for facet in facets)])
    return mesh.geometry.x[nodes_of_cells(mesh)[cells]][:, :, : mesh.topology.dim]


def _volume(corners):
    """Length, area or volume of simplices, from (n, corners, dimension)."""
    sides = corners[:, 1:] - corners[:, :1]
    gram = np.einsum("nid,njd->nij", sides, sides)
    factorial = {0: 1, 1: 1, 2: 2, 3: 6}[sides.shape[1]]
    return np.sqrt(np.maximum(np.linalg.det(gram), 0.0)) / factorial


def _edges(corners):
    """(cells, edges) lengths."""
    i, j = np.array(EDGES[corners.shape[1] - 1]).T
    return np.linalg.norm(corners[:, i] - corners[:, j], axis=2)


def _shape(corners):
    """Volume over that of the equilateral simplex with the same mean squared edge, to the power 2/dimension."""
    dimension = corners.shape[2]
    equilateral = {1: 1.0, 2: sqrt(3) / 4, 3: sqrt(2) / 12}[dimension]
    mean_square = (_edges(corners) ** 2).mean(axis=1)
    return (_volume(corners) / equilateral) ** (2 / dimension) / mean_square
