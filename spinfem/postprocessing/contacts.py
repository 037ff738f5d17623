"""What passes a contact, and what the potentials are there."""

from dataclasses import dataclass

import numpy as np
import ufl
from dolfinx import fem
from mpi4py import MPI

from spinfem.algebra.nodes import nodes_in_cells, nodes_on_facets
from spinfem.model.coefficients import by_region
from spinfem.postprocessing.functional import Dual, Functional, integral, on_nodes


@dataclass(frozen=True)
class Flux(Functional):
    """Charge current, spin current (x, y, z) and flows of scalars through a contact, A, shape (4 + scalars,), counted positive into region `into`.

    contact: the names of two regions that touch. The flux leaves the other one: the reaction of its cells alone.
    """

    linear = True
    contact: tuple[str, str]
    into: str

    @property
    def source(self):
        """The region that it leaves."""
        (source,) = set(self.contact) - {self.into}
        return source

    def value(self, solution):
        nodes = _contact_nodes(solution, self.contact, self.source)
        leaving = -solution.regional_reactions(self.source)[nodes].sum(axis=0)
        total = solution.comm.allreduce(leaving, op=MPI.SUM)
        return solution.layout.numbers(total)

    def noise(self, solution):
        return solution.noise * solution.largest_current

    def dual(self, solution, weights):
        nodes = _contact_nodes(solution, self.contact, self.source)
        block = -solution.layout.of_numbers(weights)
        return Dual(regional={self.source: on_nodes(solution, nodes, block)})


@dataclass(frozen=True)
class ContactAverage(Functional):
    """phi, v (x, y, z) and the unknowns of scalars on one side of a contact, averaged over its area, V, shape (4 + scalars,)."""

    linear = True
    contact: tuple[str, str]
    side: str

    def value(self, solution):
        units = np.eye(solution.layout.size)
        means = np.array([integral(solution, self._sum(solution, unit)) for unit in units]) / self._area(solution)
        return solution.layout.numbers(means)

    def noise(self, solution):
        return solution.noise * solution.largest_potential()

    def dual(self, solution, weights):
        block = solution.layout.of_numbers(weights)
        return Dual(forms=((1 / self._area(solution), self._sum(solution, block)),))

    def _sum(self, solution, block):
        """The integral of block.u over the contact; the block is a Constant, so that all of them share a compiled kernel."""
        u = solution.potentials
        chi, dS = self._seen(solution)
        along = fem.Constant(solution.device.mesh, np.asarray(block, dtype=float))
        return (chi("+") * ufl.inner(along, u("+")) + chi("-") * ufl.inner(along, u("-"))) * dS

    def _area(self, solution):
        chi, dS = self._seen(solution)
        return integral(solution, chi("+") * dS + chi("-") * dS)

    def _seen(self, solution):
        """(1 on the side that the contact is seen from, the measure over its facets)."""
        device = solution.device
        dS = ufl.Measure("dS", domain=device.mesh, subdomain_data=device.facet_tags)
        return by_region(device, {self.side: 1.0}), dS(device.contacts[frozenset(self.contact)])


def _contact_nodes(solution, contact, side):
    """The owned nodes that the cells of a region have on a contact."""
    device, space = solution.device, solution.problem.space
    on_contact = nodes_on_facets(space, device.contact_facets(*sorted(contact)), device.mask_of(side))
    return np.flatnonzero((on_contact & nodes_in_cells(space, device.cells_of(side)))[: len(solution.reactions)])
