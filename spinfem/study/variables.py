"""Numbers that remember what they were read from.

An observable is measured once more, with solutions that give variables (of the package `uncertainties`) where they gave numbers. That tells the
weight of everything it has read off each solution, and the Dual of all of that together: derivatives and error estimates are made of it.
"""

from contextlib import suppress
from dataclasses import dataclass, field, replace

import numpy as np
from uncertainties import UFloat, ufloat

from spinfem.postprocessing.functional import Dual, nodal_function
from spinfem.postprocessing.terminals import AtTerminal, TerminalReading
from spinfem.study.conductance import conductances
from spinfem.study.quantities import Quantities
from spinfem.study.results import Matrix, Measurement, yielded
from spinfem.study.solution import Solution

_MANY = 9  # entries of a functional


class NotDifferentiable(AttributeError):
    """An observable looked at something whose derivatives are not known."""


@dataclass(frozen=True)
class Reading:
    """What a number has read off one solution: functional -> the weights of its entries."""

    solution: Solution
    asked: tuple  # the arguments of `Simulation.solution`, by name
    weights: dict = field(repr=False)

    @property
    def key(self):
        """Readings that differ by a factor only have equal directions: (what tells them apart, the factor)."""
        scale = max((w.flat[np.abs(w).argmax()] for w in self.weights.values()), key=abs)
        directions = tuple((f, tuple(float(f"{x:.13g}") for x in (w / scale).flat)) for f, w in self.weights.items())
        return (id(self.solution), directions), scale

    def parts(self):
        """Yields (factor, Reading): what it is the sum of. Several numbers share such parts; of a functional with many entries they would be too many."""
        for functional, weights in self.weights.items():
            entries = np.flatnonzero(weights)
            if len(entries) > _MANY:
                yield 1.0, replace(self, weights={functional: weights})
                continue
            for k in entries:
                one = np.zeros(weights.shape)
                one.flat[k] = 1.0
                yield float(weights.flat[k]), replace(self, weights={functional: one})

    def value(self, solution) -> float:
        """What the number changes by with everything that was read, at any solution that has all of its functionals. Collective."""
        return sum(float(np.sum(weights * functional.value(solution))) for functional, weights in self.weights.items())

    def beyond_linear(self, with_error) -> float:
        """What the number changes by beyond its Dual; with_error: as of a Functional. Collective."""
        return sum(float(np.sum(weights * f.beyond_linear(with_error))) for f, weights in self.weights.items())

    def in_finer_elements(self, lifted) -> float:
        """What the number changes by as the solution is looked at as `lifted`, one of elements of one degree more. Collective."""
        changes = ((f.in_finer_elements(self.solution, lifted), weights) for f, weights in self.weights.items())
        return sum(float(np.sum(weights * change)) for change, weights in changes)

    def dual(self, solution=None) -> Dual:
        """The Dual of the number at the solution, or at another one that has all of its functionals. Collective."""
        solution = solution or self.solution
        return sum((functional.dual(solution, weights) for functional, weights in self.weights.items()), Dual())

    @property
    def linear(self) -> bool:
        """Is all of it linear in the solution?"""
        return all(functional.linear for functional in self.weights)

    @property
    def roughness(self) -> float:
        """The largest of what was read."""
        return max(functional.roughness for functional in self.weights)

    @property
    def noise(self) -> float:
        """What the noise of everything that was read can add up to."""
        return sum(
            float(np.sum(np.abs(weights) * functional.noise(self.solution)))
            for functional, weights in self.weights.items()
        )

    @property
    def rounding(self) -> float:
        """The part of `noise` that no solver makes smaller."""
        return self.noise * self.solution.rounding / self.solution.noise


class Differentiable:
    """A Simulation whose solutions give variables. beyond: those of second order too."""

    def __init__(self, simulation, beyond=False):
        self._beyond = beyond
        self.case, self.device, self.drive = simulation.case, simulation.device, simulation.drive
        self._simulation = simulation
        self._solutions = {}  # id of a Solution -> (its _Variables, how it was asked for)

    def solution(self, magnetizations=None, drive=None, spins=True, held=(), remember=True):
        """As `Simulation.solution`."""
        solution = self._simulation.solution(magnetizations, drive, spins, held, remember)
        asked = (("magnetizations", magnetizations), ("spins", spins), ("held", held))
        return self._solutions.setdefault(id(solution), (_Variables(solution), asked))[0]

    def second_order(self, variables):
        """As `Simulation.second_order`."""
        if not self._beyond:
            raise NotDifferentiable("second_order")
        linear, asked = variables.solution, self._solutions[id(variables.solution)][1]
        known = (found for found in self._solutions.values() if found[0].solution.origin is linear)
        found = next(known, None) or (_Variables(self._simulation.second_order(linear)), asked)
        return self._solutions.setdefault(id(found[0].solution), found)[0]

    def problem(self, magnetizations=None, spins=True, held=()):
        """As `Simulation.problem`."""
        return self._simulation.problem(magnetizations, spins, held)

    def conductances(self, terminals, magnetizations=None, axes=None):
        """As `Simulation.conductances`."""
        return conductances(self, terminals, magnetizations, axes)

    def __getattr__(self, name):
        raise NotDifferentiable(name)

    def readings(self, value):
        """The Readings that a value made of variables consists of."""
        for variables, asked in self._solutions.values():
            if weights := variables.weights(value.derivatives):
                yield Reading(variables.solution, asked, weights)


def measured(observable, differentiable, matrices=False):
    """(name, value, unit) of the Measurements of an observable, component by component (`NAME.x`), with values made of variables where they depend
    on a solution; those only that come before something that cannot be measured so. With those of its `matrices`, entry by entry, if wanted. Collective."""
    found = []
    with suppress(NotDifferentiable):
        for item in yielded(observable, differentiable):
            found.append(item)
    for m in (item for item in found if isinstance(item, Measurement)):
        yield from ((name, value, m.unit) for name, value in m.parts.items())
    for matrix in (item for item in found if isinstance(item, Matrix) and matrices):
        yield from ((name, value, matrix.unit) for name, value in zip(matrix.names, matrix.values.flat, strict=True))


def is_variable(value) -> bool:
    """Does a value depend on a solution?"""
    return isinstance(value, UFloat)


def adjoint_pair(simulation, solution, dual, tolerance=None):
    """The adjoint solution z and r - z, Functions of the problem's space, for a Dual with the weights r of reactions. Collective."""
    z = simulation.adjoint(solution, dual, tolerance)
    w = nodal_function(solution.problem.space, np.zeros(solution.reactions.shape) + dual.reactions)
    w.x.array[:] -= z.x.array
    return z, w


class _Variables(Quantities):
    """A Solution that gives variables; the numbers that only judge it (`noise`, ...) are numbers."""

    def __init__(self, solution):
        self.solution = solution
        self.problem, self.drive = solution.problem, solution.drive
        self._values = {}  # functional -> its variables
        self._places = {}  # variable -> (functional, number of its entry)
        self.readings = {
            name: TerminalReading.of(self.read(AtTerminal(name)), self.layout) for name in solution.readings
        }

    @property
    def layout(self):
        return self.solution.layout

    def read(self, functional):
        if functional not in self._values:
            numbers = np.asarray(functional.value(self.solution))
            variables = np.array([ufloat(number, 1.0) for number in numbers.flat], dtype=object)
            self._values[functional] = variables.reshape(numbers.shape)
            self._places |= {variable: (functional, k) for k, variable in enumerate(variables)}
        return self._values[functional]

    def power_names(self):
        return self.solution.power_names()

    def weights(self, derivatives):
        """functional -> weights of its entries, of the derivatives (variable -> weight) of a number."""
        found = {}
        for variable, weight in derivatives.items():
            if variable in self._places and weight:
                functional, k = self._places[variable]
                found.setdefault(functional, np.zeros(self._values[functional].shape)).flat[k] = weight
        return dict(sorted(found.items(), key=lambda item: repr(item[0])))

    def __getattr__(self, name):
        if name in ("noise", "largest_current", "largest_potential"):
            return getattr(self.solution, name)
        raise NotDifferentiable(name)
