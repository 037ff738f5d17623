"""How far a region extends, and how large it is."""

import numpy as np
from mpi4py import MPI

from spinfem.compat import nodes_of_cells
from spinfem.geometry.simplices import volume


def extent(device, region):
    """The lowest and the highest coordinates of a region, m, two arrays of shape (3,). Collective."""
    nodes = nodes_of_cells(device.mesh)[device.cells_of(region)].ravel()
    return _bounds(device, device.mesh.geometry.x[nodes].reshape(-1, 3))


def extent_of_facets(device, facets):
    """The same of local facets. Collective."""
    return _bounds(device, _corners(device.mesh, facets).reshape(-1, 3))


def whole_extent(device):
    """The same of a whole device. Collective."""
    return _bounds(device, device.mesh.geometry.x)


def volume_of(device, region) -> float:
    """The volume of a region, with what the mesh lacks of three dimensions, m^3. Collective."""
    mesh = device.mesh
    owned = mesh.topology.index_map(mesh.topology.dim).size_local
    cells = device.cells_of(region)
    corners = mesh.geometry.x[nodes_of_cells(mesh)[cells[cells < owned]]]
    total = mesh.comm.allreduce(float(volume(corners).sum()), op=MPI.SUM)
    return total * device.length_unit * device.area_unit


def area_and_centre(device, facets):
    """The area, m^2, and the centre of area, m, (3,), of local facets. Collective."""
    mesh, fdim = device.mesh, device.mesh.topology.dim - 1
    owned = facets[facets < mesh.topology.index_map(fdim).size_local]
    corners = _corners(mesh, owned)
    sizes = volume(corners)
    parts = np.array([sizes.sum(), *(sizes @ corners.mean(axis=1))])
    area, *moment = mesh.comm.allreduce(parts, op=MPI.SUM)
    return float(area) * device.area_unit, np.array(moment) / area * device.length_unit


def _corners(mesh, facets):
    """Those of facets, (n, corners, 3): all corners but one of a cell beside each, for facet k of a triangle or a tetrahedron lies opposite its
    corner k; that of a segment is it."""
    topology, tdim = mesh.topology, mesh.topology.dim
    topology.create_connectivity(tdim - 1, tdim)
    topology.create_connectivity(tdim, tdim - 1)
    beside = topology.connectivity(tdim - 1, tdim)
    cells = beside.array[beside.offsets[facets]]
    same = topology.connectivity(tdim, tdim - 1).array.reshape(-1, tdim + 1)[cells] == facets[:, None]
    return mesh.geometry.x[nodes_of_cells(mesh)[cells][same if tdim == 1 else ~same]].reshape(len(facets), tdim, 3)


def _bounds(device, points):
    mesh = device.mesh
    low, high = points.min(axis=0, initial=np.inf), points.max(axis=0, initial=-np.inf)
    mesh.comm.Allreduce(MPI.IN_PLACE, low, op=MPI.MIN)
    mesh.comm.Allreduce(MPI.IN_PLACE, high, op=MPI.MAX)
    return low * device.length_unit, high * device.length_unit
