"""How far a region extends."""

import numpy as np
from mpi4py import MPI

from spinfem.compat import nodes_of_cells


def extent(device, region):
    """The lowest and the highest coordinates of a region, m, two arrays of shape (3,). Collective."""
    nodes = nodes_of_cells(device.mesh)[device.cells_of(region)].ravel()
    return _bounds(device, device.mesh.geometry.x[nodes].reshape(-1, 3))


def whole_extent(device):
    """The same of a whole device. Collective."""
    return _bounds(device, device.mesh.geometry.x)


def _bounds(device, points):
    mesh = device.mesh
    low, high = points.min(axis=0, initial=np.inf), points.max(axis=0, initial=-np.inf)
    mesh.comm.Allreduce(MPI.IN_PLACE, low, op=MPI.MIN)
    mesh.comm.Allreduce(MPI.IN_PLACE, high, op=MPI.MAX)
    return low * device.length_unit, high * device.length_unit
