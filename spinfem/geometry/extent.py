"""How far a region extends, and how large it is."""

import numpy as np
from mpi4py import MPI

from spinfem.compat import nodes_of_cells
from spinfem.geometry.simplices import volume


def extent(device, region):
    """The lowest and the highest coordinates of a region, m, two arrays of shape (3,). Collective."""
    nodes = nodes_of_cells(device.mesh)[device.cells_of(region)].ravel()
    return _bounds(device, device.mesh.geometry.x[nodes].reshape(-1, 3))


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


def _bounds(device, points):
    mesh = device.mesh
    low, high = points.min(axis=0, initial=np.inf), points.max(axis=0, initial=-np.inf)
    mesh.comm.Allreduce(MPI.IN_PLACE, low, op=MPI.MIN)
    mesh.comm.Allreduce(MPI.IN_PLACE, high, op=MPI.MAX)
    return low * device.length_unit, high * device.length_unit
