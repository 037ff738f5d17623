"""Solutions on demand: each magnetic state is assembled once, each drive solved once."""

import time

import numpy as np
from dolfinx import fem

from spinfem.algebra.solver import ReducedOperator
from spinfem.model.problem import Drive, make_problem
from spinfem.study.solution import Solution, read_terminals
from spinfem.study.textures import check_textures


class Laboratory:
    """A device on the bench. Observables ask it for solutions; it remembers them. Raises CaseError. Collective.

    `seconds` adds up what was spent on assembling (forms, constraint map, operator, preconditioner) and on solving. `operators` of
    another laboratory may be handed in, where the cases differ in the drive alone.
    """

    def __init__(self, case, device, tell=lambda what: None, operators=None):
        self.case, self.device, self.comm = case, device, device.mesh.comm
        self.seconds = {"assemble": 0.0, "solve": 0.0}
        self._tell = tell
        self.operators = {} if operators is None else operators  # state -> (Problem, ReducedOperator)
        self._solutions = {}
        check_textures(case, device)

    @property
    def drive(self):
        """What the case's terminals prescribe."""
        return Drive.of(self.case.terminals)

    def solution(self, turned=None, drive=None, spins=True):
        """The Solution with other magnetisations in some regions, under `drive` (default: the case's). Collective.

        turned: region -> Magnetization; the other regions keep theirs. Without `spins`: what the device would do if every spin relaxed
        at once.
        """
        drive = drive or self.drive
        state = frozenset((turned or {}).items()), spins
        key = (state, repr(drive))
        if key not in self._solutions:
            self._solutions[key] = self._solve(state, drive)
        return self._solutions[key]

    @property
    def solutions(self):
        """Everything that was solved so far."""
        return tuple(self._solutions.values())

    def _solve(self, state, drive):
        problem, operator = self._operator(state)
        turned, spins = state
        words = [f"with {region} along {m}" for region, m in sorted(turned, key=str)] + ["without spins"] * (not spins)
        self._tell(f"solving for {operator.constraints.n_free:,} unknowns {', '.join(words)}".rstrip())
        start = time.perf_counter()
        full, reaction, report = operator.solve(*problem.loads(drive))
        potentials = fem.Function(problem.space)
        potentials.x.array[: full.array.size] = full.array
        potentials.x.scatter_forward()
        block = 1 + len(problem.basis)
        reactions = np.array(reaction.array).reshape(-1, block) * problem.siemens
        readings = read_terminals(problem, potentials, reactions)
        self.seconds["solve"] += time.perf_counter() - start
        return Solution(problem, drive, potentials, reactions, readings, report)

    def _operator(self, state):
        if state not in self.operators:
            self._tell("assembling")
            start = time.perf_counter()
            options = self.case.solver
            problem = make_problem(self.case, self.device, dict(state[0]), spins=state[1])
            operator = ReducedOperator(
                problem.assemble(),
                problem.constraints,
                problem.symmetric,
                options.method,
                options.tolerance,
                options.max_iterations,
            )
            self.operators[state] = (problem, operator)
            self.seconds["assemble"] += time.perf_counter() - start
        return self.operators[state]
