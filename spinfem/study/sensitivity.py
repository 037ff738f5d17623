"""Derivatives of measured numbers by the physical parameters of a case, from adjoint solutions.

An observable is measured once more, with solutions that give variables (of the package `uncertainties`) where they gave numbers. That tells the
weight of everything it has read off a solution; the Dual of all of that together needs one adjoint solve for each magnetic state and
drive, whatever the number of parameters.
"""

from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat, ufloat

from spinfem.case.faults import CaseError
from spinfem.case.parameters import Parameter, parameters
from spinfem.model.gradient import gradient
from spinfem.postprocessing.functional import Dual, nodal_function
from spinfem.postprocessing.terminals import AtTerminal, TerminalReading
from spinfem.study.quantities import Quantities
from spinfem.study.results import Caveat, Matrix, Measurement

_OF_ZERO = "it has no change in per cent"


@dataclass(frozen=True)
class Sensitivity:
    """A measured number and its derivatives, each in `unit` for each unit of the Parameter."""

    name: str
    value: float
    unit: str
    derivatives: dict[Parameter, float]
    noise: float  # of the value, from that of the readings


class NotDifferentiable(AttributeError):
    """An observable looked at something whose derivatives are not known."""


def sensitivities(simulation, observables):
    """The Sensitivity of every number of those observables, and of every component of a vector (`NAME.x`), that has derivatives. Collective."""
    differentiable = _Differentiable(simulation)
    return [
        Sensitivity(name, value.nominal_value, unit, differentiable.gradient(value), differentiable.noise(value))
        for observable in observables
        for name, value, unit in _measured(observable, differentiable)
        if isinstance(value, UFloat)
    ]


def sensitivity_matrix(simulation):
    """Yields what the case's `sensitivities` ask for: a Matrix of p/J dJ/dp, with the derivatives as its details, and a Caveat for each number J that
    is left out because it is zero. Collective.

    Raises CaseError for an observable without derivatives, and where all numbers are zero.
    """
    case, found = simulation.case, []
    for i, name in enumerate(case.sensitivities):
        (observable,) = (o for o in case.observables if o.name == name)
        of_this = sensitivities(simulation, [observable])
        if not of_this:
            message = "has no derivatives: what it reports are curves, fits or extremes"
            raise CaseError([case.fault(("sensitivities", i), name, message)])
        whole = [s for s in of_this if abs(s.value) > s.noise]
        if not whole:
            raise CaseError([case.fault(("sensitivities", i), name, f"is zero but for the solver's noise; {_OF_ZERO}")])
        found += whole
        for s in of_this:
            if s not in whole:
                told = f"sensitivities: {s.name} is left out, for it is zero but for the solver's noise"
                yield Caveat(f"{told}; {_OF_ZERO}")
    parameters = list(dict.fromkeys(number for s in found for number in s.derivatives))
    values = [[s.derivatives[n] * n.value / s.value for s in found] for n in parameters]
    yield Matrix(
        name="sensitivities",
        rows=tuple(number.name for number in parameters),
        columns=tuple(s.name for s in found),
        unit="",
        values=np.array(values),
        note="% of change for 1 % of the parameter",
        details={"derivatives": {s.name: _derivatives(s) for s in found}},
    )


def _derivatives(sensitivity):
    return {
        number.name: {"value": slope, "unit": _ratio(sensitivity.unit, number.unit), "at": number.value}
        for number, slope in sensitivity.derivatives.items()
    }


def _ratio(unit, by):
    if not by:
        return unit
    return f"{unit or '1'}/({by})" if set(by) & set(" /") else f"{unit or '1'}/{by}"


def _measured(observable, differentiable):
    """(name, value, unit) of its Measurements, component by component, with values made of variables; none, if that cannot be done."""
    try:
        measured = [item for item in observable.measure(differentiable) if isinstance(item, Measurement)]
    except NotDifferentiable:
        return
    for m in measured:
        if isinstance(m.value, tuple):
            yield from ((f"{m.name}.{axis}", value, m.unit) for axis, value in zip("xyz", m.value, strict=True))
        else:
            yield m.name, m.value, m.unit


class _Differentiable:
    """A Simulation whose solutions give variables."""

    def __init__(self, simulation):
        self.case, self.device, self.drive = simulation.case, simulation.device, simulation.drive
        self._simulation = simulation
        self._solutions = {}  # id of a Solution -> _Variables
        self._gradients = {}  # what was read, with which weights -> Parameter -> derivative

    def solution(self, *arguments, **options):
        solution = self._simulation.solution(*arguments, **options)
        return self._solutions.setdefault(id(solution), _Variables(solution))

    def __getattr__(self, name):
        raise NotDifferentiable(name)

    def gradient(self, value):
        """Parameter -> derivative of a value made of variables."""
        total = {}
        for variables, parts in self._read(value):
            for parameter, slope in self._of_solution(variables, parts).items():
                total[parameter] = total.get(parameter, 0.0) + slope
        return total

    def noise(self, value):
        """What the noise of everything that a value is made of can add up to."""
        return sum(
            float(np.sum(np.abs(weights) * functional.noise(variables.solution)))
            for variables, parts in self._read(value)
            for functional, weights in parts.items()
        )

    def _read(self, value):
        """(_Variables, functional -> weights) of each solution in a value."""
        for variables in self._solutions.values():
            if parts := variables.weights(value.derivatives):
                yield variables, parts

    def _of_solution(self, variables, parts):
        """Numbers that differ by a factor only have one adjoint solution."""
        scale = max((weights.flat[np.abs(weights).argmax()] for weights in parts.values()), key=abs)
        directions = {functional: weights / scale for functional, weights in parts.items()}
        key = id(variables), tuple((f, tuple(float(f"{w:.13g}") for w in d.flat)) for f, d in directions.items())
        if key not in self._gradients:
            self._gradients[key] = self._by_adjoint(variables.solution, directions)
        return {parameter: scale * slope for parameter, slope in self._gradients[key].items()}

    def _by_adjoint(self, solution, directions):
        problem = solution.problem
        dual = sum((functional.dual(solution, weights) for functional, weights in directions.items()), Dual())
        z = self._simulation.adjoint(solution, dual)
        w = nodal_function(problem.space, np.zeros(solution.reactions.shape) + dual.reactions)
        w.x.array[:] -= z.x.array
        regional = {region: nodal_function(problem.space, weights) for region, weights in dual.regional.items()}
        voltages = solution.drive.voltages
        return gradient(problem, solution.potentials, w, z, parameters(self.case), voltages, regional, dual.forms)


class _Variables(Quantities):
    """A Solution that gives variables; the numbers that only judge it (`noise`, ...) are numbers."""

    def __init__(self, solution):
        self.solution = solution
        self._values = {}  # functional -> its variables
        self._places = {}  # variable -> (functional, number of its entry)
        self.readings = {name: TerminalReading.of(self.read(AtTerminal(name))) for name in solution.readings}

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
