"""How warm a device is, and where its heat goes."""

from dataclasses import dataclass

import numpy as np
import ufl
from mpi4py import MPI

from spinfem.algebra.nodes import nodes_in_cells
from spinfem.geometry.extent import volume_of
from spinfem.model.bulk import scalar_loss
from spinfem.model.coefficients import by_region
from spinfem.postprocessing.functional import Dual, Functional, integral


@dataclass(frozen=True)
class MeanScalar(Functional):
    """The mean of a scalar field in a region, its difference from the reference, in its unit: shape ()."""

    linear = True
    field: str
    region: str

    def value(self, solution):
        factor, form = self._mean(solution)
        return np.asarray(factor * integral(solution, form))

    def noise(self, solution):
        return solution.noise * solution.largest_potential() * solution.layout.scalar(self.field).per_volt

    def dual(self, solution, weights):
        factor, form = self._mean(solution)
        return Dual(forms=((float(weights) * factor, form),))

    def _mean(self, solution):
        layout, device = solution.layout, solution.device
        k = layout.fields[self.field].start
        inside = by_region(device, {self.region: 1.0})
        volume = volume_of(device, self.region) / (device.length_unit * device.area_unit)
        dx = ufl.Measure("dx", domain=device.mesh, metadata={"quadrature_degree": solution.problem.degree})
        return layout.scalar(self.field).per_volt / volume, inside * solution.potentials[k] * dx


def extremes(solution, field, region):
    """(lowest, highest) value of a scalar field at the nodes of a region, its difference from the reference, in its unit. Collective."""
    layout, problem = solution.layout, solution.problem
    inside = nodes_in_cells(problem.space, solution.device.cells_of(region))
    values = solution.nodal_values[inside, layout.fields[field].start]
    low = solution.comm.allreduce(float(values.min(initial=np.inf)), op=MPI.MIN)
    high = solution.comm.allreduce(float(values.max(initial=-np.inf)), op=MPI.MAX)
    unit = layout.scalar(field).per_volt
    return unit * low, unit * high


def lost(solution, field):
    """What leaves a scalar field in the bulk, as heat to a substrate, in the unit of what flows. Collective."""
    density = scalar_loss(field, solution.split, solution.problem.coefficients)
    if density is None:
        return 0.0
    dx = ufl.Measure("dx", domain=solution.device.mesh, metadata={"quadrature_degree": solution.problem.degree})
    return solution.layout.scalar(field).per_ampere * solution.problem.siemens * integral(solution, density * dx)
