"""What elements of one degree more see of the solutions of a Problem, and of the duals of what is read off them (`spinfem.study.goal_error`)."""

from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np
from mpi4py import MPI

from spinfem.algebra.complement import Complement
from spinfem.algebra.degrees import Degrees
from spinfem.algebra.together import times_columns
from spinfem.model.linear_form import assembled
from spinfem.model.pumping import load
from spinfem.postprocessing.functional import gradient_by_potentials, nodal_function
from spinfem.postprocessing.terminals import read_terminals
from spinfem.study.beside_curves import missed_by_edges
from spinfem.study.consistency import confined, misfit, turns
from spinfem.study.solution import Solution

BEYOND = 1.3  # what is missing over what one degree more sees of it: 1 where all is smooth, up to 2 where singularities count
_ADJOINT = 1e-4  # relative residual of a dual
_TOGETHER = 4_000_000  # unknowns of duals that are looked at at once
_KINDS = 3  # of corrections: what W sees of the dual, what is beyond the dual, what elements hide: textures, what is computed in them besides
_MOST, _SETTLED = 60, 0.01  # steps for the error of a solution: until one adds no more than that to its energy
_FEW = 2  # steps for that of a dual: there are many, and it only says where the mesh is too coarse
SQUARE = 1  # the one beyond the dual
_BELOW = 1e-3  # of what functions of one degree less answer to the error


@dataclass(frozen=True)
class Part:
    """What is missing of something that was read."""

    correction: np.ndarray  # (kinds,)
    at_nodes: np.ndarray  # (owned nodes,): what each adds to the first kind
    dual_error: np.ndarray  # at the owned nodes, flat
    dual: np.ndarray  # at the owned nodes, flat; empty where the device has no curves
    left: float  # by the solver

    @staticmethod
    def total(parts) -> "Part":
        """That of a sum of what was read off one solution."""
        each = [(part.correction, part.at_nodes, part.dual_error, part.dual, part.left) for part in parts]
        return Part(*(sum(some[1:], some[0]) for some in zip(*each, strict=True)))

    def __mul__(self, factor):
        left = abs(factor * self.left)
        return Part(
            factor * self.correction, factor * self.at_nodes, factor * self.dual_error, factor * self.dual, left
        )


@dataclass(frozen=True)
class _Same:
    """Equal to itself alone."""

    thing: Any

    def __eq__(self, other):
        return self.thing is other.thing


def _with_duals_of_their_own(readings):
    """(numbers of those Readings of one problem, which of these each Reading shares the Dual with): what is linear has the same one at all solutions."""
    alike: dict = {}
    for k, reading in enumerate(readings):
        at = None if reading.linear else id(reading.solution)
        weights = tuple((functional, weights.tobytes()) for functional, weights in reading.weights.items())
        alike.setdefault((at, weights), []).append(k)
    which = {k: number for number, several in enumerate(alike.values()) for k in several}
    return [several[0] for several in alike.values()], [which[k] for k in range(len(readings))]


class Beyond:
    """A Problem with elements of one degree more, and the errors that are found there of solutions in the space of this one; where it is not linear, of this one
    alone, at whose state its derivatives are taken."""

    def __init__(self, problem, simulation, solution):
        self._simulation = simulation
        kept, lower = problem.discretisation.kept, solution.problem.space
        self._degrees = kept("degrees", (_Same(lower), _Same(problem.space)), lambda: Degrees(lower, problem.space))
        self.problem = problem
        if problem.point is not None:
            self.problem = problem.at(nodal_function(problem.space, self._of_lower(solution)))
        problem, self.matrix = self.problem, self.problem.assemble()
        space = kept("complement", (_Same(problem.constraints), problem.energy.tobytes()), self._complement)
        self.space = space.of(self.matrix, problem.symmetric)
        self._lifted = {}  # id of a Solution -> (as if it were one of this problem, its error in the space, at the owned nodes, its sizes)
        self._whole = {}  # id of a Solution -> its error with what functions of one degree less add to it

    def _complement(self):
        problem = self.problem
        return Complement(problem.space, problem.constraints, self.matrix, problem.own_energies, problem.symmetric)

    @cached_property
    def together(self) -> int:
        """How many duals are looked at at once: arrays of all of them are small beside the operator. Collective."""
        unknowns = self._comm.allreduce(self.space.n_owned, op=MPI.MAX) * self.problem.layout.size
        return max(1, _TOGETHER // max(unknowns, 1))

    def compared(self, readings):
        """For Readings of one problem [Part] of what they add to their numbers. Collective."""
        duals = [reading.dual() for reading in readings]
        nodes = self.space.n_owned
        flat = np.zeros(self.problem.layout.size * nodes)
        nothing = Part(np.zeros(_KINDS), np.zeros(nodes), flat, self._if_curved(flat), 0.0)
        found = [nothing] * len(readings)
        alive = [k for k, dual in enumerate(duals) if not self._agreed(dual.vanishes)]
        if alive:
            answers = self._alive([readings[k] for k in alive], [duals[k] for k in alive])
            for k, answer in zip(alive, answers, strict=True):
                found[k] = answer
        return found

    def _alive(self, readings, duals):
        own, of = _with_duals_of_their_own(readings)
        solutions = [reading.solution for reading in readings]
        lifted, errors, *_ = zip(*map(self._of_solution, solutions), strict=True)
        here, w = self._simulation.adjoints([solutions[k] for k in own], [duals[k] for k in own], _ADJOINT)
        z, w = self._interpolated(here), self._interpolated(w)
        raised = [self._raised(readings[k], duals[k], lifted[k]) for k in own]
        hidden = [BEYOND * reading.in_finer_elements(each) for reading, each in zip(readings, lifted, strict=True)]
        shifts = np.zeros_like(z)
        if turns(self.problem):
            near = np.zeros_like(z)
            for k, dual in enumerate(raised):
                raised[k] = replace(dual, reactions=self.problem.layout.blocks(w[:, k] + z[:, k]))
                near[:, k], shifts[:, k] = confined(self.problem, z[:, k])
            each = zip(readings, lifted, of, strict=True)
            hidden = [misfit(reading, here[..., k], there, raised[k], near[:, k]) for reading, there, k in each]
            w -= shifts
        gradients = [gradient_by_potentials(lifted[k], dual).ravel() for k, dual in zip(own, raised, strict=True)]
        siemens = self.problem.siemens
        loads = times_columns(self.matrix, w, transposed=True) + np.stack(gradients, axis=1) / siemens
        seen = loads[:, of] * self.space.nodal(np.stack(errors, axis=1))
        seen = BEYOND * siemens * seen.reshape(-1, self.problem.layout.size, len(readings)).sum(axis=1)
        loads = self.space.restricted(loads)
        dual_errors = self.space.nodal(self.space.solve(-loads, transposed=True, steps=_FEW)) + shifts
        beyond = [BEYOND * reading.beyond_linear(partial(self._with_error, reading.solution)) for reading in readings]
        corrections = np.stack([self._comm.allreduce(seen.sum(axis=0), op=MPI.SUM), beyond, hidden], axis=1)
        left = self._simulation.left_over(solutions, here[..., of])
        return map(Part, corrections, seen.T, dual_errors.T[of], self._if_curved(w.T[of].T).T, left)

    def _with_error(self, solution):
        """(a Solution as if it were one of this problem, its error there, a Function). What is square in the error needs all of it: functions of one degree less
        answer to what the space adds, and without their part its energy is several times too large. Collective."""
        lifted, _, error, _ = self._of_solution(solution)
        if id(solution) not in self._whole:
            answer = self._below(solution.problem)(times_columns(self.matrix, error[:, None]))[:, 0]
            self._whole[id(solution)] = nodal_function(self.problem.space, error - answer)
        return lifted, self._whole[id(solution)]

    def sizes(self, solution, part):
        """(bound, what each edge adds to it, what each edge on a curve misses) of a number, of which `part` is missing. Collective."""
        dual_error = part.dual_error
        if self._agreed(not np.any(dual_error)):
            return 0.0, np.zeros(len(self.space.ends)), np.zeros((2, len(self.on_curves)))
        siemens, (_, _, error, sizes) = self.problem.siemens, self._of_solution(solution)
        in_cells = self.problem.field_products.in_cells(sizes, self._sizes(dual_error))
        on_edges = self.space.edge_products(error, dual_error, list(self.problem.layout.fields.values()))
        return (
            siemens * self._comm.allreduce(float(in_cells.sum()), op=MPI.SUM),
            siemens * on_edges,
            self._missed(solution, part.dual),
        )

    @property
    def on_curves(self):
        """(edges, 2): those on curves, as many times as they have cells on this rank; nodes of the mesh before it was spread over the ranks."""
        slivers = self.problem.device.slivers
        return np.empty((0, 2), dtype=np.int64) if slivers is None else slivers.edges

    def _missed(self, solution, dual):
        """As of `missed_by_edges`, for a number with this dual, at the owned nodes. Collective."""
        whole = self.problem.layout.blocks(self._of_solution(solution)[0].potentials.x.array)
        return missed_by_edges(self.problem, whole, self._everywhere(dual) if len(dual) else None)

    def _if_curved(self, values):
        return values[:0] if self.problem.device.slivers is None else values

    @property
    def _comm(self):
        return self.problem.device.mesh.comm

    def _agreed(self, flag):
        return self._comm.allreduce(bool(flag), op=MPI.LAND)

    def power(self, solution):
        """(power, what the solution misses of it, what each edge adds to that, what each edge on a curve misses), W. Collective."""
        lifted, _, error, _ = self._of_solution(solution)
        siemens, comm, in_cells = self.problem.siemens, self._comm, self.problem.cell_energies(self._everywhere(error))
        on_edges = self.space.edge_products(error, error, list(self.problem.layout.fields.values()))
        whole = self.problem.cell_energies(self.problem.layout.blocks(lifted.potentials.x.array))
        power, missing = (siemens * comm.allreduce(float(x.sum()), op=MPI.SUM) for x in (whole, in_cells))
        return power, missing, siemens * on_edges, self._missed(solution, self._of_lower(solution))

    def _raised(self, reading, dual, lifted):
        """The Dual here. Reactions are those tested with the same functions as before, whatever more nodes there are."""
        regional = {
            region: self.problem.layout.blocks(self._interpolated(weights[..., None]))
            for region, weights in dual.regional.items()
        }
        return replace(reading.dual(lifted), regional=regional)

    def _of_solution(self, solution):
        key = id(solution)
        if key not in self._lifted:
            problem, shift = self.problem, 0.0
            potentials = self._of_lower(solution)
            if turns(problem):
                potentials, shift = confined(problem, potentials, problem.loads(solution.drive)[1])
            through = times_columns(self.matrix, potentials[:, None])
            if problem.point is not None:
                through -= assembled(problem, problem.offset()).reshape(-1, 1)
            if (pumped := load(problem, solution.drive)) is not None:
                through = through - pumped.reshape(-1, 1)
            reactions, function = (
                problem.layout.blocks(through) * problem.siemens,
                nodal_function(problem.space, potentials),
            )
            readings = read_terminals(problem, function, reactions, solution.drive)
            lifted = Solution(problem, solution.drive, function, reactions, readings, solution.report)
            loads, below = -self.space.restricted(through), self._below(solution.problem)
            error = self.space.solve(loads, steps=_MOST, settled=_SETTLED, below=below)
            owned = self.space.nodal(error)[:, 0] + shift
            self._lifted[key] = lifted, error[:, 0], owned, self._sizes(owned), solution  # which so keeps its id
        return self._lifted[key][:-1]

    def _below(self, problem):
        """As for `Complement.solve`; problem: that of the solution."""

        def answer(loads):
            size, count = self.problem.layout.size, loads.shape[1]
            lower = self._degrees.down(loads.reshape(-1, size * count)).reshape(-1, size, count)
            return self._interpolated(self._simulation.responses(problem, lower, False, _BELOW))

        return answer

    def _of_lower(self, solution):
        """The potentials of a solution at the owned nodes of this space, (full unknowns,). Collective."""
        blocks = self.problem.layout.blocks(solution.potentials.x.array)[: len(solution.reactions)]
        return self._interpolated(blocks[..., None])[:, 0]

    def _interpolated(self, values):
        """Values at the owned nodes of a solution, (nodes, size of a block, k), at those of this space: (full unknowns, k). Collective."""
        nodes, size, count = values.shape
        return self._degrees.up(values.reshape(nodes, size * count)).reshape(-1, count)

    def _sizes(self, owned):
        """As of FieldProducts. Collective."""
        return self.problem.field_products.sizes(self._everywhere(owned))

    def _everywhere(self, owned):
        """Values at the owned nodes as (local nodes, size of a block). Collective."""
        return self.problem.layout.blocks(nodal_function(self.problem.space, owned).x.array)
