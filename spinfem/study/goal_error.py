"""How far a number is from that of the exact solution, from its dual.

For a number J with the adjoint solution z, J - J_h is the residual of the solution tested with what z lacks. Both are looked for where elements of
one degree more go beyond those there are (`spinfem.algebra.complement`): e for the solution, ê for its dual. Then

    correction = the residual of the dual times e             the part of J - J_h that this space sees, and a quarter of it for what it does not see;
                                                              of a power, which is a square, that of e too
    bound = sum over cells of |e| |ê|, energy norms           how large it could be if nothing cancelled
    scatter = the root of the sum of their squares            how large it would be if signs were random

(Becker, Rannacher, Acta Numerica 10, 1 (2001)). A number that has read off several solutions has the sums of both.
The edges on which both errors have most energy are those to be cut.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from mpi4py import MPI
from uncertainties import nominal_value

from spinfem.algebra.complement import Complement
from spinfem.algebra.degrees import Degrees
from spinfem.algebra.together import times_columns
from spinfem.model.linear_form import assembled
from spinfem.model.pumping import load
from spinfem.postprocessing.functional import gradient_by_potentials, nodal_function
from spinfem.postprocessing.terminals import read_terminals
from spinfem.study.consistency import confined, misfit, turns
from spinfem.study.ratio import Undefined
from spinfem.study.solution import Solution
from spinfem.study.variables import Differentiable, Reading, is_variable, measured

# Measured over many devices: docs/accuracy.md.
_BEYOND = 1.25  # what is missing over what one degree more sees of it: 1 where all is smooth, up to 2 where singularities count
_CORRECTED = 0.6
_MISSING = 1.5
_OF_SCATTER = 0.1
_GIVEN = 1e-9
POWER = "power"
_ADJOINT = 1e-4  # relative residual of a dual
_TOGETHER = 4_000_000  # unknowns of duals that are looked at at once
_SURE = 10.0  # times what the solver is known to have left
_KINDS = 3  # of corrections: what W sees of the dual, what is beyond the dual, what elements hide: textures, what is computed in them besides
_BELOW = 1e-3  # of what functions of one degree less answer to the error


@dataclass(frozen=True)
class GoalError:
    """The error of one number (a component of a vector is one), in its unit."""

    observable: str  # by name
    name: str
    value: float
    unit: str
    correction: float
    uncancelled: float  # the correction, if its kinds did not cancel each other
    bound: float
    scatter: float
    shape: float  # that of curves which edges only come near to
    noise: float  # that of the solver
    edges: (
        np.ndarray
    )  # what the functions of each edge of this rank add to the bound; in the order of `Estimator.edges`
    moved: float = 0.0  # from the mesh before, if that is more than both bars allow

    @property
    def corrected(self) -> float:
        """The value with what is known to be missing."""
        return self.value + self.correction

    @property
    def error(self) -> float:
        """Of the corrected value."""
        return self.of_mesh + self.shape + self.noise

    @property
    def of_mesh(self) -> float:
        """The part that a finer mesh makes smaller."""
        return max(_CORRECTED * self.uncancelled, _OF_SCATTER * self.scatter, self.moved)

    def after(self, before) -> "GoalError":
        """The GoalError that knows the one of a coarser mesh: where the two are farther apart than their bars allow, one of the bars was too small, and
        no bar is smaller than the way from one to the other."""
        moved = abs(self.corrected - before.corrected)
        return replace(self, moved=moved) if moved > self.error + before.error else self

    @property
    def error_uncorrected(self) -> float:
        """Of the value as it is."""
        return max(_MISSING * self.uncancelled, _OF_SCATTER * self.scatter) + self.shape + self.noise


class Estimator:
    """Of the numbers of one Simulation. `higher`: that of the same device with elements of one degree more, which nothing is solved with; shape: which part of
    the device the mesh may miss beside curves."""

    def __init__(self, simulation, higher, shape=0.0):
        self._shape = shape
        self._simulation, self._higher = simulation, higher
        self._differentiable, self._numbers = Differentiable(simulation), {}
        self._spaces = {}  # id of a Problem, or of a Solution of one that is not linear -> _Beyond
        self._parts = {}  # what was read, up to a factor -> (correction, error of the dual, what the solver left)

    @property
    def edges(self):
        """(edges, 2): the ends of the edges of this rank, as nodes of the mesh before it was spread over the ranks."""
        return next(iter(self._spaces.values())).space.ends

    def defined(self, observable) -> bool:
        """Has the observable numbers on this mesh? Collective."""
        try:
            self._read(observable)
        except Undefined:
            return False
        return True

    def errors(self, observables):
        """Yields the GoalError of every number of these observables that is made of Functionals. Raises Undefined. Collective."""
        numbers = [(observable.name, *number) for observable in observables for number in self._read(observable)]
        self._compare(reading for *_, readings in numbers for reading in readings)
        for observable, name, number, unit, readings in numbers:
            correction, left, bound, scatter, edges = zip(*map(self._of_reading, readings), strict=True)
            correction, bound = np.sum(correction, axis=0), sum(bound)
            free = bound > _GIVEN * abs(number)  # what the drive gives depends on no shape
            yield GoalError(
                observable=observable,
                name=name,
                value=number,
                unit=unit,
                correction=float(correction.sum()),
                uncancelled=float(np.abs(correction).sum()),
                bound=bound,
                scatter=float(np.hypot.reduce([r.roughness * s for r, s in zip(readings, scatter, strict=True)])),
                shape=free * self._shape * abs(number),
                noise=sum(map(_noise, readings, left)),
                edges=sum(edges),
            )

    def _read(self, observable):
        """[(name, value, unit, Readings)] of the numbers of an observable that are made of Functionals."""
        if observable.name not in self._numbers:
            self._numbers[observable.name] = [
                (name, nominal_value(value), unit, readings)
                for name, value, unit in measured(observable, self._differentiable, matrices=True)
                if is_variable(value) and (readings := list(self._differentiable.readings(value)))
            ]
        return self._numbers[observable.name]

    def power(self) -> GoalError:
        """That of all power that the device takes up under its drive, W: twice as fast as that of the fields it becomes small. Collective."""
        reading = Reading(self._simulation.solution(), (), {})
        value, missing, edges = self._beyond(reading).power(reading.solution)
        scatter = _MISSING * missing / _OF_SCATTER  # nothing cancels: energies are positive
        return GoalError("", POWER, value, "W", 0.0, 0.0, missing, scatter, self._shape * value, 0.0, edges)

    def _compare(self, readings):
        """Find what all parts of Readings add to their numbers, many at once."""
        missing = defaultdict(dict)  # id of a Problem -> what was read -> a Reading of it
        for reading in readings:
            for _, part in reading.parts():
                if part.key[0] not in self._parts:
                    missing[id(part.solution.problem)].setdefault(part.key[0], part)
        for parts in missing.values():
            every, beyond = list(parts.items()), self._beyond(next(iter(parts.values())))
            many = beyond.together
            for some in (every[k : k + many] for k in range(0, len(every), many)):
                found = beyond.compared([part for _, part in some])
                for (key, part), (correction, error, left) in zip(some, found, strict=True):
                    self._parts[key] = correction / part.key[1], error / part.key[1], left / part.key[1]

    def _of_reading(self, reading):
        """(the kinds of correction, what the solver left, bound, scatter, what each edge adds to the bound) of what a Reading adds to its number."""
        correction, dual_error, left = np.zeros(_KINDS), 0.0, 0.0
        for factor, part in reading.parts():
            key, scale = part.key
            correction = correction + factor * scale * self._parts[key][0]
            dual_error = dual_error + factor * scale * self._parts[key][1]
            left += abs(factor * scale * self._parts[key][2])
        return correction, left, *self._beyond(reading).sizes(reading.solution, dual_error)

    def _beyond(self, reading):
        problem = self._higher.problem(**dict(reading.asked))
        key = id(problem if problem.point is None else reading.solution)
        if key not in self._spaces:
            self._spaces[key] = _Beyond(problem, self._simulation, reading.solution)
        return self._spaces[key]


@dataclass(frozen=True)
class _Same:
    """Equal to itself alone."""

    thing: Any

    def __eq__(self, other):
        return self.thing is other.thing


def _noise(reading, left):
    """What the solver may leave of what a Reading adds to its number: a multiple of the residual of the solution times the dual, `left`, where that is less
    than what is true of any number."""
    return min(reading.noise, _SURE * left + reading.rounding)


def _with_duals_of_their_own(readings):
    """(numbers of those Readings of one problem, which of these each Reading shares the Dual with): what is linear has the same one at all solutions."""
    alike: dict = {}
    for k, reading in enumerate(readings):
        at = None if reading.linear else id(reading.solution)
        weights = tuple((functional, weights.tobytes()) for functional, weights in reading.weights.items())
        alike.setdefault((at, weights), []).append(k)
    which = {k: number for number, several in enumerate(alike.values()) for k in several}
    return [several[0] for several in alike.values()], [which[k] for k in range(len(readings))]


class _Beyond:
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

    def _complement(self):
        problem = self.problem
        return Complement(problem.space, problem.constraints, self.matrix, problem.own_energies, problem.symmetric)

    @cached_property
    def together(self) -> int:
        """How many duals are looked at at once: arrays of all of them are small beside the operator. Collective."""
        unknowns = self._comm.allreduce(self.space.n_owned, op=MPI.MAX) * self.problem.layout.size
        return max(1, _TOGETHER // max(unknowns, 1))

    def compared(self, readings):
        """For Readings of one problem [(the correction, (kinds,); the error of the dual at the owned nodes; what the solver left)] of what
        they add to their numbers. Collective."""
        duals = [reading.dual() for reading in readings]
        found = [(np.zeros(_KINDS), np.zeros(self.problem.layout.size * self.space.n_owned), 0.0) for _ in readings]
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
        hidden = [_BEYOND * reading.in_finer_elements(each) for reading, each in zip(readings, lifted, strict=True)]
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
        loads = self.space.restricted(loads)
        seen = np.einsum("nk,nk->k", loads[:, of], np.stack(errors, axis=1))
        seen = _BEYOND * siemens * self._comm.allreduce(seen, op=MPI.SUM)
        dual_errors = self.space.nodal(self.space.solve(-loads, transposed=True, steps=2)) + shifts
        beyond = [_BEYOND * reading.beyond_linear(*self._with_error(reading.solution)) for reading in readings]
        left = self._simulation.left_over(solutions, here[..., of])
        return zip(np.stack([seen, beyond, hidden], axis=1), dual_errors.T[of], left, strict=True)

    def _with_error(self, solution):
        """(a Solution as if it were one of this problem, its error there, a Function). Collective."""
        lifted, _, error, _ = self._of_solution(solution)
        return lifted, nodal_function(self.problem.space, error)

    def sizes(self, solution, dual_error):
        """(bound, scatter, what each edge adds to the bound) of a number, from the error of its dual. Collective."""
        if self._agreed(not np.any(dual_error)):
            return 0.0, 0.0, np.zeros(len(self.space.ends))
        siemens, (_, _, error, sizes) = self.problem.siemens, self._of_solution(solution)
        in_cells = self.problem.field_products.in_cells(sizes, self._sizes(dual_error))
        on_edges = self.space.edge_products(error, dual_error, list(self.problem.layout.fields.values()))
        parts = np.array([in_cells.sum(), (in_cells**2).sum()])
        bound, squares = self._comm.allreduce(parts, op=MPI.SUM)
        return siemens * bound, siemens * np.sqrt(squares), siemens * on_edges

    @property
    def _comm(self):
        return self.problem.device.mesh.comm

    def _agreed(self, flag):
        return self._comm.allreduce(bool(flag), op=MPI.LAND)

    def power(self, solution):
        """(power, what the solution misses of it, what each edge adds to that), W. Collective."""
        lifted, _, error, _ = self._of_solution(solution)
        siemens, comm, in_cells = self.problem.siemens, self._comm, self.problem.cell_energies(self._everywhere(error))
        on_edges = self.space.edge_products(error, error, list(self.problem.layout.fields.values()))
        whole = self.problem.cell_energies(self.problem.layout.blocks(lifted.potentials.x.array))
        power, missing = (siemens * comm.allreduce(float(x.sum()), op=MPI.SUM) for x in (whole, in_cells))
        return power, missing, siemens * on_edges

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
            error = self.space.solve(-self.space.restricted(through), below=self._below(solution.problem))
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
