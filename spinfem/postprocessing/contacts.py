"""What passes a contact, and what the potentials are there."""

from dataclasses import dataclass

import numpy as np
import ufl
from dolfinx import fem
from mpi4py import MPI

from spinfem.algebra.nodes import nodes_in_cells, nodes_on_facets
from spinfem.case.scalar_field import MAGNONS
from spinfem.model.coefficients import by_region
from spinfem.model.linear_form import assembled
from spinfem.postprocessing.functional import Dual, Functional, on_nodes


@dataclass(frozen=True)
class Flux(Functional):
    """Charge current, spin current (x, y, z) and flows of scalars through a contact, A, shape (4 + scalars,), counted positive into region `into`.

    contact: the names of two regions that touch. The flux leaves the other one: the reaction of its cells alone. Out of an insulating magnet spins
    along m come as magnons.
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
        return self._spins_of_magnons(solution) @ solution.layout.numbers(total)

    def _spins_of_magnons(self, solution):
        """The matrix (4 + scalars, 4 + scalars) that adds to the spins what magnons bring of them."""
        layout, source = solution.layout, solution.problem.regions[self.source]
        matrix = np.eye(4 + len(layout.scalars))
        if source.insulating:
            matrix[1:4, 4 + layout.fields[MAGNONS].start - layout.n_electric] = source.magnetization.direction
        return matrix

    def noise(self, solution):
        return solution.noise * solution.largest_current

    def dual(self, solution, weights):
        nodes = _contact_nodes(solution, self.contact, self.source)
        block = -solution.layout.of_numbers(weights @ self._spins_of_magnons(solution))
        return Dual(regional={self.source: on_nodes(solution, nodes, block)})


@dataclass(frozen=True)
class ContactAverage(Functional):
    """phi, v (x, y, z) and the unknowns of scalars on one side of a contact, averaged over its area, V, shape (4 + scalars,)."""

    linear = True
    contact: tuple[str, str]
    side: str

    def value(self, solution):
        owned = solution.nodal_values[: len(solution.reactions)]
        means = solution.comm.allreduce(self._weights(solution) @ owned, op=MPI.SUM)
        return solution.layout.numbers(means)

    def noise(self, solution):
        return solution.noise * solution.largest_potential()

    def dual(self, solution, weights):
        block = solution.layout.of_numbers(weights)
        return Dual(potentials=self._weights(solution)[:, None] * block)

    def _weights(self, solution):
        """(owned nodes,): those of the nodes in the average; the same for all states on these nodes. Collective."""
        problem = solution.problem
        made_of = problem.layout.size, self
        return problem.discretisation.kept("contact averages", made_of, lambda: self._integrated(problem))

    def _integrated(self, problem):
        device, test = problem.device, ufl.TestFunction(problem.space)
        chi, first = by_region(device, {self.side: 1.0}), fem.Constant(device.mesh, np.eye(problem.layout.size)[0])
        dS = ufl.Measure("dS", domain=device.mesh, subdomain_data=device.facet_tags)
        seen = sum(chi(side) * ufl.inner(first, test(side)) for side in "+-")
        weights = assembled(problem, seen * dS(device.contacts[frozenset(self.contact)]))[:, 0]
        return weights / device.mesh.comm.allreduce(float(weights.sum()), op=MPI.SUM)


def _contact_nodes(solution, contact, side):
    """The owned nodes that the cells of a region have on a contact."""
    device, space = solution.device, solution.problem.space
    on_contact = nodes_on_facets(space, device.contact_facets(*sorted(contact)), device.mask_of(side))
    return np.flatnonzero((on_contact & nodes_in_cells(space, device.cells_of(side)))[: len(solution.reactions)])
