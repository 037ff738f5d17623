"""The torque on a magnet as a file for micromagnetic programs."""

from itertools import product

import numpy as np

from spinfem.case.magnetization.ovf import ovf_text
from spinfem.case.names import RegionName
from spinfem.case.plugins import Observable
from spinfem.case.quantity import Length
from spinfem.study.results import Document


class TorqueOvf(Observable, kind="torque_ovf"):
    """The torque density tau on a ferromagnet, N/m^2, on a regular grid over its extent, as `NAME.ovf` (OVF 2.0, text): dm/dt = gamma tau/M_s.

    All that the magnet takes up is in it, what it takes up at its faces too, and the sum over the cells is its torque: each node's is shared among
    the cells around it, linearly in the distances to their centres. A mesh that is coarser than the grid shows in it.
    """

    magnet: RegionName
    cells: tuple[Length, Length, Length]
    """The size of a cell along x, y, z; it is made a little smaller where it does not divide the magnet."""

    def faults(self, case, outline):
        if case.regions[self.magnet].magnetization is None:
            yield "magnet", self.magnet, "is not a ferromagnet; give it a magnetization"
        if min(self.cells) <= 0:
            yield "cells", list(self.cells), "must be greater than 0"

    def measure(self, simulation):
        from spinfem.geometry.extent import extent  # slow to import, and not needed to check a case
        from spinfem.postprocessing.torque import nodal_torques

        device, geometry = simulation.device, simulation.case.geometry
        low, high = extent(device, self.magnet)
        lacks = np.arange(3) >= device.mesh.topology.dim
        high = np.where(lacks, low + (1.0, geometry.width, geometry.depth), high)
        counts = np.maximum(1, np.ceil((high - low) / self.cells * (1 - 1e-9))).astype(int)
        step = (high - low) / counts
        places, torques = nodal_torques(simulation.solution(), self.magnet)
        density = _deposited(places, torques, low, step, counts) / step.prod()
        density = simulation.comm.allreduce(density)
        yield Document(f"{self.name}.ovf", ovf_text("torque", "N/m^2", low.tolist(), step.tolist(), density))


def _deposited(places, torques, low, step, counts):
    """Torques (n, 3) at places (n, 3) shared among the cells of a grid: (3, nx, ny, nz)."""
    at = np.clip((places - low) / step - 0.5, 0, counts - 1)  # beyond the centres at the rim the cell there has all
    first = np.minimum(at.astype(int), np.maximum(counts - 2, 0))
    share, found = at - first, np.zeros((3, counts.prod()))
    for corner in product((0, 1), repeat=3):
        weight = np.where(corner, share, 1 - share).prod(axis=1)
        cells = np.ravel_multi_index(tuple(np.minimum(first + corner, counts - 1).T), counts)
        found += [np.bincount(cells, weight * component, counts.prod()) for component in torques.T]
    return found.reshape(3, *counts)
