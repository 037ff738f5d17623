"""Derivatives of measured numbers by the physical parameters of a case, from adjoint solutions.

A number made of variables (`spinfem.study.variables`) needs one adjoint solve for each magnetic state and drive that it has read something off,
whatever the number of parameters.
"""

from dataclasses import dataclass

import numpy as np
import ufl

from spinfem.case.faults import CaseError
from spinfem.case.parameters import Parameter, parameters
from spinfem.model.gradient import gradient
from spinfem.model.heating import heating_between
from spinfem.model.linear_form import assembled
from spinfem.postprocessing.functional import nodal_function
from spinfem.study.results import Caveat, Matrix
from spinfem.study.variables import Differentiable, adjoint_pair, is_variable, measured

_OF_ZERO = "it has no change in per cent"


@dataclass(frozen=True)
class Sensitivity:
    """A measured number and its derivatives, each in `unit` for each unit of the Parameter."""

    name: str
    value: float
    unit: str
    derivatives: dict[Parameter, float]
    noise: float  # of the value, from that of the readings


def sensitivities(simulation, observables, names=None, wanted=None):
    """The Sensitivity of every number of those observables, and of every component of a vector (`NAME.x`), that has derivatives. Collective.

    names: the numbers whose derivatives are wanted, which take a solve; wanted: paths of the parameters. Default: all.
    """
    differentiable, gradients, found = Differentiable(simulation, beyond=True), {}, []
    of = [number for number in parameters(simulation.case) if wanted is None or number.path in wanted]
    for observable in observables:
        for name, value, unit in measured(observable, differentiable):
            if is_variable(value):
                readings = list(differentiable.readings(value))
                differentiated = readings if names is None or name in names else ()
                slopes = _added(_of_reading(simulation, reading, of, gradients) for reading in differentiated)
                noise = sum(reading.noise for reading in readings)
                found.append(Sensitivity(name, value.nominal_value, unit, slopes, noise))
    return found


def _added(gradients):
    total = {}
    for slopes in gradients:
        for parameter, slope in slopes.items():
            total[parameter] = total.get(parameter, 0.0) + slope
    return total


def _of_reading(simulation, reading, of, gradients):
    """Parameter -> derivative of what a Reading adds to its number; `gradients` keeps what differs by a factor only."""
    key, scale = reading.key
    if key not in gradients:
        slopes = _by_adjoint(simulation, reading, of)
        gradients[key] = {parameter: slope / scale for parameter, slope in slopes.items()}
    return {parameter: scale * slope for parameter, slope in gradients[key].items()}


def _by_adjoint(simulation, reading, of):
    solution, dual = reading.solution, reading.dual()
    problem, drive = solution.problem, solution.drive
    z, w = adjoint_pair(simulation, solution, dual)
    regional = {region: nodal_function(problem.space, weights) for region, weights in dual.regional.items()}
    if solution.origin is None:
        return gradient(problem, solution.potentials, w, z, of, drive, regional, dual.forms)
    # In second order A u_2 = b(u_1, u_1): dJ = w.(A' u_2) - w.b' - w.(db/du_1) du_1, and du_1 follows from a second adjoint solution.
    linear, load = (
        solution.origin,
        heating_between(problem, solution.origin.potentials, solution.origin.drive.pumping, w),
    )
    by_first = assembled(problem, ufl.derivative(load, linear.potentials, ufl.TestFunction(problem.space)))
    first = simulation.response(problem, -by_first, transposed=True)
    forms = (*dual.forms, (-problem.siemens, load))
    slopes = gradient(problem, solution.potentials, w, z, of, drive, regional, forms)
    less = nodal_function(problem.space, -first.x.array[: linear.reactions.size])
    return _added([slopes, gradient(problem, linear.potentials, less, first, of, linear.drive, {}, ())])


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
