"""Linear Functionals as sums over the nodes: found once from their duals, read off many Solutions of one Problem."""

from dataclasses import dataclass

import numpy as np
from mpi4py import MPI

from spinfem.postprocessing.functional import gradient_by_potentials

MANY = 40  # entries: beyond, they are measured anew each time


@dataclass(frozen=True)
class Weights:
    """Of the potentials, their rates and the reactions at this rank's nodes, (entries, owned nodes, size of a block) each; shape: of the entries."""

    shape: tuple
    potentials: np.ndarray
    rates: np.ndarray
    reactions: np.ndarray

    @classmethod
    def of(cls, functional, solution):
        """Those of a linear Functional, for Solutions of the Problem of this one. Collective. None where it has too many entries."""
        shape = np.shape(functional.value(solution))
        if (count := int(np.prod(shape))) > MANY:
            return None
        found = [_of_entry(functional, solution, one.reshape(shape)) for one in np.eye(count)]
        return cls(shape, *map(np.array, zip(*found, strict=True)))

    def value(self, solution) -> np.ndarray:
        """The Functional's numbers at another Solution. Collective."""
        pairs = [(self.potentials, solution.potentials), (self.rates, solution.rates)]
        owned = solution.reactions.size
        total = self.reactions.reshape(len(self.reactions), -1) @ solution.reactions.ravel()
        for weights, function in pairs:
            if function is not None:
                total += weights.reshape(len(weights), -1) @ function.x.array[:owned]
        return solution.comm.allreduce(total, op=MPI.SUM).reshape(self.shape)


def _of_entry(functional, solution, weights):
    """Weights of potentials, rates and reactions of one number."""
    problem, dual = solution.problem, functional.dual(solution, weights)
    zeros = np.zeros(solution.reactions.shape)
    stored = zeros + sum(
        problem.siemens * problem.capacity_of(region).times(np.ravel(part)) for region, part in dual.regional.items()
    )
    return gradient_by_potentials(solution, dual), stored, zeros + dual.reactions
