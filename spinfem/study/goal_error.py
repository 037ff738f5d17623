"""How far a number is from that of the exact solution, from its dual.

For a number J with the adjoint solution z, J - J_h is the residual of the solution tested with what z lacks. Both are looked for where elements of
one degree more go beyond those there are (`spinfem.algebra.complement`): e for the solution, ê for its dual. Then

    correction = the residual of the dual times e             the part of J - J_h that this space sees, and three tenths of it for what it does not see;
                                                              of a power, which is a square, that of e too
    amounts = the sum of the sizes of its parts at all nodes  how large it would be if these did not cancel each other
    bound = sum over cells of |e| |ê|, energy norms           how large it could be at all

(Becker, Rannacher, Acta Numerica 10, 1 (2001)). A number that has read off several solutions has the sums of both.
The edges on which both errors have most energy are those to be cut.
"""

from collections import defaultdict
from dataclasses import dataclass, replace

import numpy as np
from mpi4py import MPI
from uncertainties import nominal_value

from spinfem.study.beyond import SQUARE, Beyond, Part
from spinfem.study.ratio import Undefined
from spinfem.study.variables import Differentiable, Reading, is_variable, measured

# Measured over many devices: docs/accuracy.md.
_OF_CORRECTION = 0.2
_OF_AMOUNTS = 0.075
_OF_POWER = 1.5
_OF_SHAPES = 0.1  # of the sizes of what edges miss, if these did not cancel each other
_OF_SHAPE = 1.25  # of what moving curves does in first order: what narrows towards a curve changes faster
POWER = "power"
_SURE = 10.0  # times what the solver is known to have left


@dataclass(frozen=True)
class GoalError:
    """The error of one number (a component of a vector is one), in its unit."""

    observable: str  # by name
    name: str
    value: float
    unit: str
    correction: float
    uncancelled: float  # the correction, if its kinds did not cancel each other
    amounts: float  # the correction, if its parts at all nodes did not cancel each other
    bound: float
    shape: float  # that of curves which edges only come near to
    noise: float  # that of the solver
    edges: np.ndarray  # what the functions of each edge of this rank add to the bound
    curves: np.ndarray  # what each edge on a curve adds to the shape; after the others in `Estimator.edges`
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
    def on_edges(self) -> np.ndarray:
        """Which part of the error each edge has, in the order of `Estimator.edges`."""
        of_mesh = self.of_mesh / self.bound * self.edges if self.bound else self.edges
        return np.concatenate([of_mesh, self.curves]) / self.error

    @property
    def of_mesh(self) -> float:
        """The part that a finer mesh makes smaller."""
        return max(_OF_CORRECTION * self.uncancelled + _OF_AMOUNTS * self.amounts, self.moved)

    def after(self, before) -> "GoalError":
        """The GoalError that knows the one of a coarser mesh: where the two are farther apart than their bars allow, one of the bars was too small, and
        no bar is smaller than the way from one to the other."""
        moved = abs(self.corrected - before.corrected)
        return replace(self, moved=moved) if moved > self.error + before.error else self

    @property
    def error_uncorrected(self) -> float:
        """Of the value as it is."""
        return self.of_value.error

    @property
    def of_value(self) -> "GoalError":
        """The same of the value as it is, which will not be corrected."""
        return replace(self, correction=0.0, amounts=self.amounts + abs(self.correction) / _OF_AMOUNTS)


class Estimator:
    """Of the numbers of one Simulation. `higher`: that of the same device with elements of one degree more, which nothing is solved with."""

    def __init__(self, simulation, higher):
        self._simulation, self._higher = simulation, higher
        self._differentiable, self._numbers = Differentiable(simulation), {}
        self._spaces = {}  # id of a Problem, or of a Solution of one that is not linear -> Beyond
        self._parts = {}  # what was read, up to a factor -> Part

    @property
    def edges(self):
        """(edges, 2): the ends of the edges of this rank, as nodes of the mesh before it was spread over the ranks."""
        beyond = next(iter(self._spaces.values()))
        return np.concatenate([beyond.space.ends, beyond.on_curves])

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
            parts, bound, edges, curves = zip(*map(self._of_reading, readings), strict=True)
            correction, (shape, curves) = sum(part.correction for part in parts), self._shape(sum(curves))
            yield GoalError(
                observable=observable,
                name=name,
                value=number,
                unit=unit,
                correction=float(correction.sum()),
                uncancelled=float(np.abs(correction).sum()),
                amounts=self._amounts(readings, parts) + abs(correction[SQUARE]),  # of one sign everywhere
                bound=sum(bound),
                shape=shape,
                noise=sum(_noise(reading, part.left) for reading, part in zip(readings, parts, strict=True)),
                edges=sum(edges),
                curves=curves,
            )

    def _amounts(self, readings, parts):
        at_nodes = sum(reading.roughness * part.at_nodes for reading, part in zip(readings, parts, strict=True))
        return self._simulation.comm.allreduce(float(np.abs(at_nodes).sum()), op=MPI.SUM)

    def _shape(self, missed):
        """(what edges on curves miss of a number, what each adds to that), from `missed_by_edges`."""
        (signed, _), sizes = missed.sum(axis=1), np.abs(missed[1])
        signed, every = self._simulation.comm.allreduce(np.array([signed, sizes.sum()]), op=MPI.SUM)
        shape = _OF_SHAPE * abs(signed) + _OF_SHAPES * every
        return float(shape), shape / every * sizes if every else sizes

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
        value, missing, edges, curves = self._beyond(reading).power(reading.solution)
        amounts, (shape, curves) = _OF_POWER * missing / _OF_AMOUNTS, self._shape(curves)
        return GoalError("", POWER, value, "W", 0.0, 0.0, amounts, missing, shape, 0.0, edges, curves)

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
                for (key, part), missing_of_it in zip(some, found, strict=True):
                    self._parts[key] = missing_of_it * (1 / part.key[1])

    def _of_reading(self, reading):
        """(what is missing, as a Part; bound; what each edge adds to the bound, and each on a curve to what curves miss) of what a Reading adds to its number."""
        whole = Part.total(self._parts[part.key[0]] * (factor * part.key[1]) for factor, part in reading.parts())
        return whole, *self._beyond(reading).sizes(reading.solution, whole)

    def _beyond(self, reading):
        problem = self._higher.problem(**dict(reading.asked))
        key = id(problem if problem.point is None else reading.solution)
        if key not in self._spaces:
            self._spaces[key] = Beyond(problem, self._simulation, reading.solution)
        return self._spaces[key]


def _noise(reading, left):
    """What the solver may leave of what a Reading adds to its number: a multiple of the residual of the solution times the dual, `left`, where that is less
    than what is true of any number."""
    return min(reading.noise, _SURE * left + reading.rounding)
