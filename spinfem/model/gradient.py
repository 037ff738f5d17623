"""How the operator depends on the physical parameters of a case: d/dp of w.A(p) u for every p at once.

The bilinear form is known as a function of a few piecewise constant coefficients and of the constants of interfaces, and these
are closed formulas of the parameters. So one pass over the cells for each coefficient gives the derivative by the parameters of
all materials; nothing is solved, nothing is compiled again for another value.
"""

from contextlib import contextmanager

import numpy as np
import ufl
from dolfinx import fem, la
from mpi4py import MPI

from spinfem.algebra.compiling import compiling
from spinfem.case.parameters import changed
from spinfem.model.coefficients import acting, numbers_of, scale_of
from spinfem.model.problem import between

# d f/dx = (8 (f(x+h) - f(x-h)) - f(x+2h) + f(x-2h)) / 12h + O(h^4), for closed formulas: 1e-12 and rounding
_STENCIL = ((1, 8 / 12), (-1, -8 / 12), (2, -1 / 12), (-2, 1 / 12))
_STEP = 1e-3


def gradient(problem, u, w, parameters, voltages):
    """Parameter -> d/dp of w.A(p) u in W for each unit of p, for those of `parameters` that the operator depends on. Collective.

    u, w: Functions of the problem's space, V; voltages: of the drive of each, as in a Drive. A lead with a drive at its far end also changes the load, and
    the current that is read there, by a parameter: all of it together is the lead's form of the differences u - V, w - V.
    """
    slopes = _by_region(problem, u, w)
    found = {}
    for parameter in parameters:
        group, name, *path = parameter.path
        rates = _rates(problem, parameter) if group == "regions" else None
        if rates is not None:
            found[parameter] = sum(rate * slopes[coefficient][name] for coefficient, rate in rates.items())
        elif group == "interfaces":
            found |= _of_coupling(parameter, problem.interfaces[name], path, u, w)
        elif group == "terminals":
            key, path = ((name, "spin"), path[1:]) if path[0] == "spin" else ((name,), path)
            from_far = (state - problem.far_end(name, given) for state, given in zip((u, w), voltages, strict=True))
            found |= _of_coupling(parameter, problem.leads[key], path, *from_far) if key in problem.leads else {}
    return {parameter: float(slope) * problem.siemens for parameter, slope in found.items()}


def _by_region(problem, u, w):
    """Coefficient -> {region: derivative of w.A u by its value there}, in the scaled unit."""
    c, device = problem.coefficients, problem.device
    form = between(problem.bulk, u, w)
    direction = ufl.TestFunction(c.region_weight.function_space)
    owned = device.mesh.topology.index_map(device.mesh.topology.dim).size_local
    slopes = {}
    for name, function in c.numbers.items():
        with compiling(device.mesh.comm):
            slope = fem.form(ufl.derivative(form, function, direction))
        in_cells = fem.assemble_vector(slope)
        in_cells.scatter_reverse(la.InsertMode.add)
        slopes[name] = {region: _sum(device, in_cells.array, region, owned) for region in problem.regions}
    return slopes


def _sum(device, in_cells, region, owned):
    cells = np.asarray(device.cells_of(region))
    return device.mesh.comm.allreduce(float(in_cells[cells[cells < owned]].sum()), op=MPI.SUM)


def _rates(problem, parameter):
    """Coefficient -> its derivative by a parameter of a region; None where another value would make another kind of problem."""
    _, name, *path = parameter.path
    region, terms = problem.regions[name], problem.coefficients.terms
    scale = scale_of(problem.device, problem.regions)
    dimension = problem.device.mesh.topology.dim
    nearby = changed(region, path, parameter.value + (_STEP * abs(parameter.value) or _STEP))
    if any(nearby.contradictions()) or acting(problem.regions | {name: nearby}, dimension, scale) != terms:
        return None
    names = list(problem.coefficients.numbers)

    def coefficients(value):
        found = numbers_of(changed(region, path, value), terms, scale)
        return np.array([found[key] for key in names])

    return dict(zip(names, _derivative(coefficients, parameter.value), strict=True))


def _of_coupling(parameter, coupling, path, u, w):
    """{parameter: derivative}; nothing, where another value would make it another form. path: of the parameter in the coupling's law."""
    comm = coupling.facet.magnetization.function_space.mesh.comm
    with compiling(comm):
        form = fem.form(coupling.between(u, w))

    def power(value):
        with _constants(coupling, changed(coupling.law, path, value)) as same_form:
            return comm.allreduce(fem.assemble_scalar(form), op=MPI.SUM) if same_form else np.nan

    slope = _derivative(power, parameter.value, coupling.facet.conductance_unit if parameter.unit == "S/m^2" else 1.0)
    return {} if np.isnan(slope) else {parameter: slope}


@contextmanager
def _constants(coupling, law):
    """The constants of the coupling's form have the values that another law of its kind has. Yields whether that is possible."""
    values = coupling.numbers_for(law)
    constants = coupling.facet.numbers
    if values is None:
        yield False
        return
    before = [constant.value.copy() for constant in constants]
    try:
        for constant, value in zip(constants, values, strict=True):
            constant.value[...] = value
        yield True
    finally:
        for constant, value in zip(constants, before, strict=True):
            constant.value[...] = value


def _derivative(function, value, unit=1.0):
    """unit: how large a change of a value that is zero matters."""
    step = _STEP * (abs(value) or unit)
    return sum(weight * function(value + k * step) for k, weight in _STENCIL) / step
