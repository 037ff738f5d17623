"""Reduced operators with their preconditioners: made when somebody asks, given up when they take too much memory."""

import os
from collections import OrderedDict

from spinfem.algebra.reduced_operator import ReducedOperator
from spinfem.study.reference_potentials import Referred, references_of

SHARE = 0.25  # of the machine's memory


class Operators:
    """The ReducedOperators of Problems, of A + shift C for a shift (1/s) of the capacity C too. Those used last stay, as many as fit into `limit`
    bytes of all ranks together, and at least one."""

    def __init__(self, limit=None):
        self.limit = SHARE * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if limit is None else limit
        # (id of a Problem, shift, is it transposed?) -> (the Problem, which so keeps its id; the ReducedOperator)
        self._kept = OrderedDict()

    def __len__(self):
        return len(self._kept)

    def has(self, problem, shift=0.0) -> bool:
        """Is the operator of this Problem there?"""
        return (id(problem), shift, False) in self._kept

    def of(self, problem, options, shift=0.0):
        """The ReducedOperator of a Problem, solved as the Solver `options` of a case say. Collective."""
        return self._made_once(problem, shift, False, lambda others: _operator(problem, options, shift, others))

    def adjoint_of(self, problem, options):
        """That of the transposed operator, the same one where it is symmetric. Collective."""
        operator = self.of(problem, options)
        if problem.symmetric:
            return operator
        return self._made_once(problem, 0.0, True, operator.adjoint)

    def _made_once(self, problem, shift, transposed, make):
        key = id(problem), shift, transposed
        if key not in self._kept:
            made = make([operator for _, operator in self._kept.values()])
            self._kept[key] = problem, made
            self._make_room()
        self._kept.move_to_end(key)
        return self._kept[key][1]

    def drop(self, problem) -> None:
        """Give up those of one Problem, if there are any."""
        for key in [key for key in self._kept if key[0] == id(problem)]:
            del self._kept[key]

    def forget(self) -> None:
        """Give up all of them."""
        self._kept.clear()

    def _make_room(self):
        sizes = {key: operator.memory for key, (_, operator) in self._kept.items()}  # the same on all ranks
        for key in list(sizes)[:-1]:
            if sum(sizes.values()) <= self.limit:
                return
            del self._kept[key], sizes[key]


def _operator(problem, options, shift, others):
    references = references_of(problem)
    operator = ReducedOperator(
        problem.assemble(shift),
        problem.constraints,
        problem.symmetric,
        options.method,
        options.tolerance,
        options.max_iterations,
        problem.corners(),
        others,
    )
    return operator if references is None else Referred(operator, references)
