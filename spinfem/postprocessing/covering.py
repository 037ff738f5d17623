"""What a magnet that covers a terminal takes up there."""

from dataclasses import dataclass

import numpy as np
import ufl
from dolfinx import fem

from spinfem.postprocessing.functional import Dual, Functional, integral
from spinfem.postprocessing.terminals import seen_by


@dataclass(frozen=True)
class AbsorbedByCover(Functional):
    """Spin current across m that the magnet which covers a terminal absorbs, A, shape (3,): hbar/(2e) times it is the torque."""

    linear = True
    terminal: str

    def value(self, solution):
        found = [integral(solution, self._along(solution, axis)) for axis in np.eye(solution.layout.n_spin)]
        return solution.problem.siemens * np.array(found) @ solution.problem.basis

    def noise(self, solution):
        return solution.noise * solution.largest_current

    def dual(self, solution, weights):
        along = solution.problem.basis @ np.asarray(weights)
        return Dual(forms=((solution.problem.siemens, self._along(solution, along)),))

    def _along(self, solution, direction):
        """The form of the part along a direction of the spin basis."""
        problem, key = solution.problem, (self.terminal, "spin")
        lead = problem.leads[key]
        m, direction = lead.facet.named["m"], fem.Constant(solution.device.mesh, direction)
        across = direction - ufl.dot(m, direction) * m
        seen = seen_by(problem, key, solution.potentials, solution.drive)
        return lead.between(seen, solution.layout.spins_alone(across))
