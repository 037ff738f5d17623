"""How far a number is from that of the exact solution, from its dual.

For a number J with the adjoint solution z, J - J_h is the residual of the solution tested with what z lacks. Both are looked for where elements of
one degree more go beyond those there are (`spinfem.algebra.complement`): e for the solution, ê for its dual. Then

    correction = the residual of the dual times e             the part of J - J_h that this space sees
    bound = sum over cells of |e| |ê|, energy norms           how large it could be if nothing cancelled
    scatter = the root of the sum of their squares            how large it would be if signs were random

(Becker, Rannacher, Acta Numerica 10, 1 (2001)). A number that has read off several solutions has the sums of both.
The edges on which both errors have most energy are those to be cut.
"""

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from mpi4py import MPI
from uncertainties import nominal_value

from spinfem.algebra.complement import Complement
from spinfem.algebra.interpolation import interpolation
from spinfem.algebra.nodes import with_ghosts
from spinfem.algebra.together import times_columns
from spinfem.postprocessing.functional import gradient_by_potentials, nodal_function
from spinfem.postprocessing.terminals import read_terminals
from spinfem.study.ratio import Undefined
from spinfem.study.solution import Solution
from spinfem.study.variables import Differentiable, Reading, is_variable, measured

# Measured over many devices: docs/accuracy.md.
_CORRECTED = 1.3
_MISSING = 2.7
_OF_SCATTER = 0.5
_GIVEN = 1e-9
POWER = "power"
_ADJOINT = 1e-4  # relative residual of a dual
_TOGETHER = 4_000_000  # unknowns of duals that are looked at at once


@dataclass(frozen=True)
class GoalError:
    """The error of one number (a component of a vector is one), in its unit."""

    observable: str  # by name
    name: str
    value: float
    unit: str
    correction: float
    bound: float
    scatter: float
    shape: float  # that of curves which edges only come near to
    noise: float  # that of the solver
    edges: (
        np.ndarray
    )  # what the functions of each edge of this rank add to the bound; in the order of `Estimator.edges`

    @property
    def corrected(self) -> float:
        """The value with what is known to be missing."""
        return self.value + self.correction

    @property
    def error(self) -> float:
        """Of the corrected value. On meshes that follow the error, its correction is about half of what is missing."""
        return self.of_mesh + self.shape + self.noise

    @property
    def of_mesh(self) -> float:
        """The part that a finer mesh makes smaller."""
        return max(_CORRECTED * abs(self.correction), _OF_SCATTER * self.scatter)

    @property
    def error_uncorrected(self) -> float:
        """Of the value as it is."""
        return max(_MISSING * abs(self.correction), _OF_SCATTER * self.scatter) + self.shape + self.noise


class Estimator:
    """Of the numbers of one Simulation. `higher`: that of the same device with elements of one degree more, which nothing is solved with; shape: which part of
    the device the mesh may miss beside curves."""

    def __init__(self, simulation, higher, shape=0.0):
        self._shape = shape
        self._simulation, self._higher = simulation, higher
        self._differentiable, self._numbers = Differentiable(simulation), {}
        self._spaces = {}  # id of a Problem -> _Beyond
        self._parts = {}  # what was read, up to a factor -> (correction, error of the dual)

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
            correction, bound, scatter, edges = zip(*map(self._of_reading, readings), strict=True)
            total = sum(correction), sum(bound), float(np.hypot.reduce(scatter))
            free = total[1] > _GIVEN * abs(number)  # what the drive gives depends on no shape
            shape = free * self._shape * abs(number)
            noise = sum(reading.noise for reading in readings)
            yield GoalError(observable, name, number, unit, *total, shape, noise, sum(edges))

    def _read(self, observable):
        """[(name, value, unit, Readings)] of the numbers of an observable that are made of Functionals."""
        if observable.name not in self._numbers:
            self._numbers[observable.name] = [
                (name, nominal_value(value), unit, readings)
                for name, value, unit in measured(observable, self._differentiable)
                if is_variable(value) and (readings := list(self._differentiable.readings(value)))
            ]
        return self._numbers[observable.name]

    def power(self) -> GoalError:
        """That of all power that the device takes up under its drive, W: twice as fast as that of the fields it becomes small. Collective."""
        reading = Reading(self._simulation.solution(), (), {})
        value, missing, edges = self._beyond(reading).power(reading.solution)
        scatter = _MISSING * missing / _OF_SCATTER  # nothing cancels: energies are positive
        return GoalError("", POWER, value, "W", 0.0, missing, scatter, self._shape * value, 0.0, edges)

    def _compare(self, readings):
        """Find what all parts of Readings add to their numbers, many at once."""
        missing = defaultdict(dict)  # id of a Problem -> what was read -> a Reading of it
        for reading in readings:
            for _, part in reading.parts():
                if part.key[0] not in self._parts:
                    missing[id(part.solution.problem)].setdefault(part.key[0], part)
        for parts in missing.values():
            beyond = self._beyond(next(iter(parts.values())))
            every, many = list(parts.items()), beyond.together
            for some in (every[k : k + many] for k in range(0, len(every), many)):
                found = beyond.compared(self._simulation, [part for _, part in some])
                for (key, part), (correction, error) in zip(some, found, strict=True):
                    self._parts[key] = correction / part.key[1], error / part.key[1]

    def _of_reading(self, reading):
        """(correction, bound, scatter, what each edge adds to the bound) of what a Reading adds to its number."""
        correction, dual_error = 0.0, 0.0
        for factor, part in reading.parts():
            key, scale = part.key
            correction += factor * scale * self._parts[key][0]
            dual_error = dual_error + factor * scale * self._parts[key][1]
        return correction, *self._beyond(reading).sizes(reading.solution, dual_error)

    def _beyond(self, reading):
        problem = self._higher.problem(**dict(reading.asked))
        if id(problem) not in self._spaces:
            self._spaces[id(problem)] = _Beyond(problem, reading.solution.problem.space)
        return self._spaces[id(problem)]


class _Beyond:
    """A Problem with elements of one degree more, and the errors that are found there."""

    def __init__(self, problem, lower):
        self.problem, self.matrix, self._lower = problem, problem.assemble(), lower
        self.space = Complement(
            problem.space, problem.constraints, self.matrix, problem.own_energies, problem.symmetric
        )
        self._lifted = {}  # id of a Solution -> (as if it were one of this problem, its error)

    @cached_property
    def together(self) -> int:
        """How many duals are looked at at once: arrays of all of them are small beside the operator. Collective."""
        unknowns = self._comm.allreduce(self.space.n_owned, op=MPI.MAX) * self.problem.layout.size
        return max(1, _TOGETHER // max(unknowns, 1))

    def compared(self, simulation, readings):
        """[(correction, error of the dual)] of what Readings of one problem add to their numbers. Collective."""
        lifted, errors, _ = zip(*(self._of_solution(reading.solution) for reading in readings), strict=True)
        duals = [reading.dual() for reading in readings]
        found = [(0.0, np.zeros(len(error))) for error in errors]
        alive = [k for k, dual in enumerate(duals) if not self._agreed(dual.vanishes)]
        if not alive:
            return found
        _, w = simulation.adjoints([readings[k].solution for k in alive], [duals[k] for k in alive], _ADJOINT)
        through = times_columns(self.matrix, self._interpolated(w), transposed=True)
        siemens = self.problem.siemens
        gradients = [gradient_by_potentials(lifted[k], self._raised(readings[k], duals[k], lifted[k])) for k in alive]
        loads = self.space.restricted(through + np.stack([g.ravel() for g in gradients], axis=1) / siemens)
        dual_errors = self.space.solve(-loads, transposed=True, steps=2)
        sums = np.array([load @ errors[k] for k, load in zip(alive, loads.T, strict=True)])
        corrections = siemens * self._comm.allreduce(sums, op=MPI.SUM)
        for number, k in enumerate(alive):
            found[k] = float(corrections[number]), dual_errors[:, number]
        return found

    def sizes(self, solution, dual_error):
        """(bound, scatter, what each edge adds to the bound) of a number, from the error of its dual. Collective."""
        if self._agreed(not np.any(dual_error)):
            return 0.0, 0.0, np.zeros(len(self.space.ends))
        siemens, energies = self.problem.siemens, self._of_solution(solution)[2]
        in_cells, on_edges = (np.sqrt(a * b) for a, b in zip(energies, self._energies(dual_error), strict=True))
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
        lifted, _, (in_cells, on_edges) = self._of_solution(solution)
        siemens, comm = self.problem.siemens, self._comm
        whole = self.problem.cell_energies(self.problem.layout.blocks(lifted.potentials.x.array)[..., None])
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
            problem, owned = self.problem, self._lower.dofmap.index_map.size_local
            potentials = self._function(problem.layout.blocks(solution.potentials.x.array)[:owned])
            through = times_columns(self.matrix, potentials.x.array[: self.space.n_owned * problem.layout.size, None])
            reactions = problem.layout.blocks(through) * problem.siemens
            readings = read_terminals(problem, potentials, reactions)
            lifted = Solution(problem, solution.drive, potentials, reactions, readings, solution.report)
            error = self.space.solve(-self.space.restricted(through))[:, 0]
            self._lifted[key] = lifted, error, self._energies(error), solution  # which so keeps its id
        return self._lifted[key][:3]

    def _interpolated(self, values):
        """Values at the owned nodes of a solution, (nodes, size of a block, k), at those of this space: (full unknowns, k). Collective."""
        size, count = values.shape[1:]
        local = with_ghosts(self._lower.dofmap.index_map, values.reshape(-1, size * count))
        return (self._interpolation @ local).reshape(-1, count)

    @cached_property
    def _interpolation(self):
        nodes = self._lower.dofmap.index_map
        return interpolation(
            self.problem.space, self.problem.degree - 1, self._lower.dofmap.list, nodes.size_local + nodes.num_ghosts
        )

    def _function(self, values):
        """Values at the owned nodes of a solution, (nodes, size of a block), as a Function of this space. Collective."""
        return nodal_function(self.problem.space, self._interpolated(values[..., None])[:, 0])

    def _energies(self, unknowns):
        """What a function of the space has of energy in each owned cell, and its parts on each edge."""
        problem = self.problem
        values = nodal_function(problem.space, self.space.nodal(unknowns)).x.array
        cells = problem.cell_energies(problem.layout.blocks(values)[..., None], self.space.functions)[:, 0]
        return np.maximum(cells, 0.0), self.space.edge_energies(unknowns[:, None])[:, 0]
