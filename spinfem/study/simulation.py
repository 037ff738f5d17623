"""Solutions on demand: each magnetic state is assembled once, each drive solved once."""

import time
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
from dolfinx import fem
from mpi4py import MPI

from spinfem.algebra.reduced_operator import ReducedOperator
from spinfem.algebra.together import times_columns
from spinfem.case.magnetization.precessing import turning
from spinfem.model.discretisation import Discretisation
from spinfem.model.drive import Drive
from spinfem.model.problem import Problem
from spinfem.model.pumping import load as pumped_load
from spinfem.model.state import make_problem
from spinfem.postprocessing.functional import gradient_by_potentials, nodal_function
from spinfem.study import heated
from spinfem.study.balance import balance
from spinfem.study.conductance import conductances
from spinfem.study.nonlinear import operating_point
from spinfem.study.operators import Operators
from spinfem.study.solution import Solution
from spinfem.study.solves import Solves
from spinfem.study.textures import check_textures
from spinfem.theory.lumped_element import LumpedElement

_NEAR, _ROUGHLY = 6, 3  # answers that another case begins with; where little is asked for


class Simulation:
    """A device on the bench. Observables ask it for solutions; it remembers them. Raises CaseError, SolveError. Collective.

    `seconds` adds up what was spent on assembling (forms, constraint map, operator, preconditioner) and on solving. `problems` of
    another simulation may be handed in, where the cases differ in the drive alone, and the store of `operators` that holds theirs; its `discretisation`,
    where that fits the case, and then what it has `found`, to begin with. Every solve is judged: raises SolveError.
    """

    def __init__(
        self, case, device, progress=lambda what: None, problems=None, operators=None, discretisation=None, found=None
    ):
        self.case, self.device, self.comm = case, device, device.mesh.comm
        self.discretisation = discretisation or Discretisation(case, device)
        self.seconds = {"assemble": 0.0, "solve": 0.0}
        self.progress = progress
        self.problems = {} if problems is None else problems  # state -> Problem
        self._operators = Operators() if operators is None else operators
        self._solutions = {}
        self._near = found or {}  # what is solved for -> the last answers, arrays; of other cases on the same nodes
        self._answers = {}  # ours
        self.torques = {}  # tables of torques that took many solves, by what they were made for; another simulation may have them too
        self.solves = Solves(case, device)
        self._heated = {}  # id of a linear Solution -> (it, its Heated)
        check_textures(case, device)

    def time_reversed(self) -> "Simulation":
        """The Simulation with all magnetizations and fields reversed. What it solves is judged, and counts, as if it were solved here."""
        other = Simulation(
            self.case.time_reversed(), self.device, self.progress, None, self._operators, self.discretisation
        )
        other.seconds, other.solves = self.seconds, self.solves
        return other

    @property
    def drive(self) -> Drive:
        """What the case's terminals prescribe."""
        return Drive.of(self.case)

    def _driven(self, magnetizations):
        """The case's own Drive, where a magnet pumps as its other magnetization turns."""
        own = self.drive
        pumping = {name: omega for name, omega in own.pumping.items() if name not in magnetizations}
        pumping |= {name: omega for name, m in magnetizations.items() if (omega := turning(m)) is not None}
        return replace(own, pumping=pumping)

    def solution(
        self, magnetizations=None, drive=None, spins=True, held=(), remember=True, tolerance=None, start=None
    ) -> Solution:
        """The Solution with other magnetisations of some magnets, under `drive` (default: the case's). Collective.

        magnetizations: magnet -> Magnetization; the others keep theirs. Without `spins`: what the device would do if every spin relaxed
        at once. held: terminals at which the potential and the spin potential are given, whatever the case says; it needs its own `drive`.
        Drives that are many and are read once need not be remembered: a solution takes as much memory as the unknowns.
        tolerance: another relative residual than the case's, of a rough solution, which is neither judged by what it conserves nor remembered: `correction`
        tells what a number misses. start: potentials to begin with, a Function of the same nodes, or (owned nodes, size of a block), V.
        """
        drive = drive or self._driven(magnetizations or {})
        state = _state(magnetizations, spins, held)
        key = (state, repr(drive))
        if key in self._solutions:
            return self._solutions[key]
        solution = self._solve(state, drive, tolerance, start)
        if remember and tolerance is None:
            self._solutions[key] = solution
        return solution

    def _alike(self, state, drive):
        """The potentials of another magnetic state under the same drive, to begin with: what differs is often small. None if there is none."""
        _, spins, held = state
        layout = self._problem(state).layout
        for ((_, *other), its_drive), solution in self._solutions.items():
            if (
                other == [spins, held]
                and its_drive == repr(drive)
                and np.array_equal(solution.problem.basis, layout.basis)
            ):
                return solution.potentials
        return None

    def magnetic_states(self) -> list[Solution]:
        """The Solutions that are remembered of the case's own drive, one for each state of its magnets."""
        own = repr(self.drive)
        return [s for ((_, spins, held), drive), s in self._solutions.items() if spins and not held and drive == own]

    def lumped_element(self, terminals, magnetizations=None, axes=None) -> LumpedElement:
        """The LumpedElement of the device between `terminals`: one operator, a drive for each potential. Collective.

        magnetizations: as in `solution`. axes: name -> spin axes, (k, 3), instead of all that a terminal can feel.
        """
        return LumpedElement(*conductances(self, terminals, magnetizations, axes, remember=False))

    def conductances(self, terminals, magnetizations=None, axes=None):
        """(spin axes, matrix) of `lumped_element`; the solutions are remembered, for errors and derivatives. Collective."""
        return conductances(self, terminals, magnetizations, axes)

    def second_order(self, solution) -> Solution:
        """What follows in second order of the drive from a linear Solution with heat (`spinfem.study.heated`). Collective."""
        return heated.second_order(self, solution)

    def heated(self, solution=None) -> heated.Heated:
        """The Heated state with Joule heat that a linear Solution (default: that of the case) leads to; remembered. Raises SolveError. Collective."""
        solution = solution or self.solution()
        if id(solution) not in self._heated:
            self._heated[id(solution)] = solution, heated.heated(self, solution)  # which so keeps its id
        return self._heated[id(solution)][1]

    def correction(self, solution, adjoint) -> float:
        """z.(b - A x), in the unit of the number whose `adjoint` solution is z: what the number misses because x is not solved exactly, but for the product of
        the errors of x and of z. Collective."""
        z = solution.layout.blocks(adjoint.x.array)[: len(solution.reactions), :, None]
        return -float(self.left_over([solution], z)[0])

    def adjoint(self, solution, dual, tolerance=None, start=None) -> fem.Function:
        """The adjoint solution z, [J]/A, of a number J with this Dual: a Function. Collective.

        It is what the transposed operator makes of the load dJ/du, with the preconditioner that is there already; `spinfem.model.gradient` makes
        derivatives of it. tolerance, start: as in `solution`.
        """
        _, loads = self._adjoint_loads([solution], [dual])
        return self.response(solution.problem, loads[..., 0], True, tolerance, start)

    def response(self, problem, load, transposed=False, tolerance=None, start=None) -> fem.Function:
        """The potentials that a load makes, (owned nodes, size of a block), of charge and spin current fed in at each node, where terminals are driven by
        nothing, as a Function: V for a load in A/`problem.siemens`. transposed: of the transposed operator. tolerance, start: as in `solution`. Collective."""
        self.progress("solving the adjoint problem" if transposed else "solving for a load")
        before = time.perf_counter()
        operator = self._either(problem, transposed)
        full, _, report = operator.solve(nodal=load, tolerance=tolerance, start=_owned(problem, start))
        if tolerance is None:
            self.solves.loaded.append(report)
        self._spent("adjoint" if transposed else "solve", before)
        return nodal_function(problem.space, full.array)

    def responses(self, problem, loads, transposed, tolerance, near=()) -> np.ndarray:
        """`response` for many loads, (owned nodes, size of a block, k), in one go: an array of that shape. near: such arrays, answers to begin with.
        Collective."""
        self.progress("solving adjoint problems" if transposed else "solving for loads")
        before = time.perf_counter()
        operator = self._either(problem, transposed)
        near = [answer.reshape(-1, loads.shape[2]) for answer in near]
        found = operator.responses(loads.reshape(-1, loads.shape[2]), tolerance, near).reshape(loads.shape)
        self._spent("adjoint" if transposed else "solve", before)
        return found

    def adjoints(self, solutions, duals, tolerance) -> tuple:
        """(z, r - z) of `adjoint` for many Duals at Solutions of one problem, r the weights of reactions: arrays (owned nodes, size of a block, k).
        Collective."""
        weights, loads = self._adjoint_loads(solutions, duals)
        problem = solutions[0].problem
        key = "adjoint", next((state for state, known in self.problems.items() if known is problem), None)
        near = [z for z in self._near.get(key, ()) if z.shape == loads.shape][:_ROUGHLY]
        z = self.responses(problem, loads, True, tolerance, near[: self.comm.allreduce(len(near), op=MPI.MIN)])
        self._answers[key] = z
        return z, weights - z

    def left_over(self, solutions, z) -> np.ndarray:
        """What the solver left of numbers with the adjoint solutions z, (owned nodes, size of a block, k), at Solutions of one problem: (k,). Collective."""
        operator, rests = self.operator(solutions[0].problem), {}
        for s in solutions:
            if id(s) not in rests:
                reaction = operator.matrix.createVecLeft()
                reaction.array[:] = s.reactions.ravel() / s.problem.siemens
                rests[id(s)] = operator.rest(reaction, s.problem.loads(s.drive)[0])
        left = [rests[id(s)].dot(operator.free_of(z[..., k])) for k, s in enumerate(solutions)]
        return solutions[0].problem.siemens * np.array(left)

    def _adjoint_loads(self, solutions, duals):
        """(weights of reactions, loads dJ/du) of Duals at Solutions of one problem: (owned nodes, size of a block, k) each. Collective."""
        problem, pairs = solutions[0].problem, list(zip(solutions, duals, strict=True))
        weights = np.stack([np.zeros(s.reactions.shape) + d.reactions for s, d in pairs], 2)
        through = times_columns(self.operator(problem).matrix, weights.reshape(-1, len(pairs)), transposed=True)
        gradients = np.stack([gradient_by_potentials(s, d) for s, d in pairs], 2)
        return weights, gradients / problem.siemens + through.reshape(weights.shape)

    def problem(self, magnetizations=None, spins=True, held=()) -> Problem:
        """The Problem that `solution` solves with the same arguments. Collective."""
        return self._problem(_state(magnetizations, spins, held))

    @contextmanager
    def passing(self, magnetizations):
        """Meanwhile a magnetic state may be solved; what was made for it alone is given up afterwards: states that are many would fill the memory."""
        state = _state(magnetizations, True, ())
        known = state in self.problems
        yield
        if not known and state in self.problems:
            self._operators.drop(self.problems.pop(state))

    @contextmanager
    def passing_problem(self, problem):
        """Meanwhile there is the ReducedOperator of a Problem that is only passed."""
        yield self.operator(problem)
        self._operators.drop(problem)

    def _solve(self, state, drive, tolerance, start):
        problem = self._problem(state)
        if problem.point is None:
            load = pumped_load(problem, drive)
        else:
            problem, load = operating_point(self, problem, drive, _owned(problem, start))
        operator = self.operator(problem)
        self.progress(f"solving for {operator.constraints.n_free:,} unknowns {_words(state)}".rstrip())
        loads, values = problem.loads(drive)
        with self.solving():
            begin = self._begin(problem, state, drive) if start is None else _owned(problem, start)
            with self.solves.explained():
                solved = operator.solve(loads, values, load, tolerance, begin)
            full, reaction, report = solved
            if load is not None:
                reaction.array[:] -= np.ravel(load)
            if tolerance is None and repr(drive) == repr(self.drive):
                self._answers[state] = full.array_r.copy()
            solution = Solution.of(problem, drive, full, reaction, report)
            if tolerance is None:
                self.solves.add(report, balance(problem, operator, drive, solved, solution.readings))
        return solution

    def _begin(self, problem, state, drive):
        """Answers to begin with, (full unknowns, k) or (full unknowns,); None where there are none that fit."""
        if problem.point is not None:
            return _owned(problem, problem.point)
        rows = problem.space.dofmap.index_map.size_local * problem.layout.size
        near = [answer for answer in self._near.get(state, ()) if len(answer) == rows]
        near = near[: self.comm.allreduce(len(near), op=MPI.MIN)]
        return np.stack(near, axis=1) if near else _owned(problem, self._alike(state, drive))

    def found(self) -> dict:
        """For the next case on the same nodes: what was solved for -> the last answers to it, the newest first."""
        return self._near | {
            key: [answer, *self._near.get(key, ())[: _NEAR - 1]] for key, answer in self._answers.items()
        }

    def _problem(self, state):
        if state not in self.problems:
            with self._assembling():
                magnetizations, spins, held = state
                self.problems[state] = make_problem(
                    self.case, self.device, dict(magnetizations), spins, held, self.discretisation
                )
        return self.problems[state]

    def operator(self, problem, shift=0.0) -> ReducedOperator:
        """The ReducedOperator of a Problem, or with so much of what it stores (`Problem.assemble`). Collective."""
        if not self._operators.has(problem, shift):
            with self._assembling():
                self._operators.of(problem, self.case.solver, shift)
        return self._operators.of(problem, self.case.solver, shift)

    @contextmanager
    def solving(self):
        """What takes its time as part of solving."""
        before = time.perf_counter()
        yield
        self._spent("solve", before)

    def _either(self, problem, transposed):
        operator = self.operator(problem)
        return self._operators.adjoint_of(problem, self.case.solver) if transposed else operator

    def _spent(self, phase, since):
        self.seconds[phase] = self.seconds.get(phase, 0.0) + time.perf_counter() - since

    @contextmanager
    def _assembling(self):
        self.progress("assembling")
        start = time.perf_counter()
        yield
        self.seconds["assemble"] += time.perf_counter() - start


def _owned(problem, start):
    """The values at this rank's nodes of a Function of potentials, or of an array; None where there is none."""
    values = getattr(getattr(start, "x", None), "array", start)
    return (
        values
        if values is None
        else np.ravel(values)[: problem.space.dofmap.index_map.size_local * problem.layout.size]
    )


def _words(state):
    """What an operator is made for, for people."""
    magnetizations, spins, held = state
    turned = [f"with {region} along {m}" for region, m in sorted(magnetizations, key=str)]
    without = [] if spins else ["without spins"]
    each = [f"for each potential of {', '.join(held)}"] if held else []
    return ", ".join([*turned, *without, *each])


def _state(magnetizations, spins, held):
    """What an operator is made for: all that a drive does not change."""
    return frozenset((magnetizations or {}).items()), spins, tuple(held)
