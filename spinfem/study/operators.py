"""Reduced operators with their preconditioners: made when somebody asks, given up when they take too much memory."""

import os
from collections import OrderedDict

from spinfem.algebra.solver import ReducedOperator

SHARE = 0.25  # of the machine's memory


class Operators:
    """The ReducedOperators of Problems. Those used last stay, as many as fit into `limit` bytes of all ranks together, and at least one."""

    def __init__(self, limit=None):
        self.limit = SHARE * os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") if limit is None else limit
        self._kept = OrderedDict()  # id of a Problem -> (the Problem, which so keeps its id; its ReducedOperator)

    def __len__(self):
        return len(self._kept)

    def has(self, problem) -> bool:
        """Is the operator of this Problem there?"""
        return id(problem) in self._kept

    def of(self, problem, options):
        """The ReducedOperator of a Problem, solved as the Solver `options` of a case say. Collective."""
        if not self.has(problem):
            made = ReducedOperator(
                problem.assemble(),
                problem.constraints,
                problem.symmetric,
                options.method,
                options.tolerance,
                options.max_iterations,
                problem.corners(),
                [operator for _, operator in self._kept.values()],
            )
            self._kept[id(problem)] = problem, made
            self._make_room()
        self._kept.move_to_end(id(problem))
        return self._kept[id(problem)][1]

    def drop(self, problem) -> None:
        """Give up that of one Problem, if it is there."""
        self._kept.pop(id(problem), None)

    def forget(self) -> None:
        """Give up all of them."""
        self._kept.clear()

    def _make_room(self):
        sizes = {key: operator.memory for key, (_, operator) in self._kept.items()}  # the same on all ranks
        for key in list(sizes)[:-1]:
            if sum(sizes.values()) <= self.limit:
                return
            del self._kept[key], sizes[key]
