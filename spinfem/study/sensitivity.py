"""Derivatives of measured numbers by the physical parameters of a case, from adjoint solutions.

A resistance is a function of what a few terminals show. The observable is measured once more with readings that know that they are
variables; that gives the weight of each reading, and one adjoint solve for each drive and magnetic state (none for a parameter) the
derivative by every parameter.
"""

from dataclasses import dataclass

import numpy as np
from uncertainties import UFloat, ufloat

from spinfem.case.faults import CaseError
from spinfem.case.parameters import Parameter, parameters
from spinfem.model.gradient import gradient
from spinfem.study.ratio import resistance
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


class NotOfTerminals(AttributeError):
    """An observable looked at something else than the potentials and currents of terminals."""


def sensitivities(simulation, observables):
    """The Sensitivity of every number of those observables that look at potentials and currents of terminals alone. Collective."""
    readings = _Readings(simulation)
    return [
        Sensitivity(m.name, m.value.nominal_value, m.unit, readings.gradient(m.value), readings.noise(m.value))
        for observable in observables
        for m in _measured(observable, readings)
        if isinstance(m.value, UFloat)
    ]


def sensitivity_matrix(simulation):
    """Yields what the case's `sensitivities` ask for: a Matrix of p/J dJ/dp, with the derivatives as its details, and a Caveat for each number J that
    is left out because it is zero. Collective.

    Raises CaseError for an observable that is not made of what terminals show, and where all numbers are zero.
    """
    case, found = simulation.case, []
    for i, name in enumerate(case.sensitivities):
        (observable,) = (o for o in case.observables if o.name == name)
        of_this = sensitivities(simulation, [observable])
        if not of_this:
            message = "has no derivatives: it looks at more than potentials and currents of terminals"
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


def _measured(observable, readings):
    """Its Measurements, with values made of readings; none, if it looks at anything else."""
    try:
        return [item for item in observable.measure(readings) if isinstance(item, Measurement)]
    except NotOfTerminals:
        return []


class _Readings:
    """A simulation whose solutions show nothing but readings, as variables (of the package `uncertainties`)."""

    def __init__(self, simulation):
        self.case, self.device, self.drive = simulation.case, simulation.device, simulation.drive
        self._simulation = simulation
        self._solutions = {}  # id -> (Solution, what is shown of it)
        self._sources = {}  # variable -> (id of the solution, "potential" or "current", terminal)
        self._gradients = {}  # adjoint drive -> Parameter -> derivative

    def solution(self, *arguments, **options):
        solution = self._simulation.solution(*arguments, **options)
        if id(solution) not in self._solutions:
            shown = _Shown(self._variables(solution), solution.noise, solution.largest_current)
            self._solutions[id(solution)] = solution, shown
        return self._solutions[id(solution)][1]

    def __getattr__(self, name):
        raise NotOfTerminals(name)

    def gradient(self, value):
        """Parameter -> derivative of a value made of variables."""
        weights = {}  # solution -> {(kind, terminal): weight}
        for variable, weight in value.derivatives.items():
            solution, *reading = self._sources[variable]
            if weight:
                weights.setdefault(solution, {})[*reading] = weight
        total = {}
        for solution, parts in weights.items():
            for number, slope in self._of_solution(solution, parts).items():
                total[number] = total.get(number, 0.0) + slope
        return total

    def noise(self, value):
        """What the noise of all readings that a value is made of can add up to."""
        total = 0.0
        for variable, weight in value.derivatives.items():
            solution, kind, _ = self._sources[variable]
            readings = self._solutions[solution][0].readings.values()
            largest = max(abs(getattr(reading, kind)) for reading in readings)
            total += abs(weight) * self._solutions[solution][0].noise * largest
        return total

    def _of_solution(self, key, weights):
        """Readings that differ by a factor only have one adjoint state."""
        weights = dict(sorted(weights.items()))
        scale = next(iter(weights.values()))
        direction = key, tuple((reading, float(f"{weight / scale:.13g}")) for reading, weight in weights.items())
        if direction not in self._gradients:
            solution, _ = self._solutions[key]
            parts = {"potential": {}, "current": {}}
            for (kind, terminal), weight in direction[1]:
                parts[kind][terminal] = weight
            adjoint = self._simulation.adjoint(solution, parts["potential"], parts["current"])
            everything = parameters(self.case)
            voltages = solution.drive.voltages, parts["current"]  # the latter as `adjoint` has them
            self._gradients[direction] = gradient(solution.problem, solution.potentials, adjoint, everything, voltages)
        return {number: scale * slope for number, slope in self._gradients[direction].items()}

    def _variables(self, solution):
        shown = {}
        for name, reading in solution.readings.items():
            values = {kind: ufloat(getattr(reading, kind), 1.0) for kind in ("potential", "current")}
            self._sources |= {variable: (id(solution), kind, name) for kind, variable in values.items()}
            shown[name] = _Reading(**values)
        return shown


class _Reading:
    """A terminal's reading of which only two things are shown."""

    def __init__(self, potential, current):
        self.potential, self.current = potential, current

    def __getattr__(self, name):
        raise NotOfTerminals(name)


class _Shown:
    """A solution of which only the readings are shown, and what of them is noise."""

    def __init__(self, readings, noise, largest_current):
        self.readings, self.noise, self.largest_current = readings, noise, largest_current

    def resistance(self, plus, minus):
        return resistance(self, plus, minus)

    def __getattr__(self, name):
        raise NotOfTerminals(name)
