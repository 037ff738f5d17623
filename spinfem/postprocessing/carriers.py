"""How polarized the carriers of a semiconductor are."""

from dataclasses import dataclass

import numpy as np
import ufl
from dolfinx import fem

from spinfem.model.coefficients import by_region
from spinfem.postprocessing.functional import Dual, Functional, integral


@dataclass(frozen=True)
class CarrierPolarization(Functional):
    """(n_up - n_down)/n along x, y, z of the carriers of a region with a mobility, the mean of its volume or of its side of a contact, shape (3,).

    The charge c v over the charge q n of all carriers; with c = sigma/D and sigma = n e mu that is ± mu v/D, - of electrons.
    """

    linear = True
    region: str
    contact: tuple[str, str] | None = None

    def value(self, solution):
        units = np.eye(solution.layout.n_spin)
        return (
            np.array([integral(solution, self._sum(solution, e)) for e in units])
            / self._size(solution)
            @ solution.problem.basis
        )

    def noise(self, solution):
        material = solution.problem.regions[self.region].material
        return solution.noise * solution.largest_potential() * material.mobility / material.diffusion_constant

    def dual(self, solution, weights):
        return Dual(forms=((1 / self._size(solution), self._sum(solution, solution.problem.basis @ weights)),))

    def _sum(self, solution, direction):
        """The integral of the polarization along a direction of the spin basis."""
        c, along = solution.problem.coefficients, fem.Constant(solution.device.mesh, np.asarray(direction, dtype=float))
        return self._over(solution, c.drift / c.conductivity * ufl.inner(along, solution.split.v))

    def _size(self, solution):
        return integral(solution, self._over(solution, fem.Constant(solution.device.mesh, np.ones(()))))

    def _over(self, solution, density):
        device = solution.device
        inside = by_region(device, {self.region: 1.0})
        if self.contact is None:
            return inside * density * ufl.Measure("dx", domain=device.mesh)
        dS = ufl.Measure("dS", domain=device.mesh, subdomain_data=device.facet_tags)
        there = (inside * density)("+") + (inside * density)("-")
        return there * dS(device.contacts[frozenset(self.contact)])
