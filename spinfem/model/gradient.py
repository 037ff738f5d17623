"""How forms depend on the physical parameters of a case: d/dp of w.A(p) u for every p at once, and of what else is measured by forms.

All of them are known as functions of a few piecewise constant coefficients and of the constants of interfaces, and these
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
from spinfem.model.pumping import shifts

# d f/dx = (8 (f(x+h) - f(x-h)) - f(x+2h) + f(x-2h)) / 12h + O(h^4), for closed formulas: 1e-12 and rounding
_STENCIL = ((1, 8 / 12), (-1, -8 / 12), (2, -1 / 12), (-2, 1 / 12))
_STEP = 1e-3


def gradient(problem, u, w, z, parameters, drive, regional, forms):
    """Parameter -> d/dp of r.A(p) u + sum_k r_k.A_k(p) u + sum c F(p) - z.(A(p) u - f(p)), for those of `parameters` that any of it depends on. Collective.

    u, V, w = r - z and z, [J]/A for a result [J]: Functions of the problem's space. regional: region k -> r_k; A_k is the operator of its cells alone.
    forms: (c, F), F without arguments. f is what leads let in under the Drive; what magnets pump counts with what contacts take, A(p) (u - w).
    """
    bulk = [(problem.siemens, problem.bulk.between(u, w), None)]
    bulk += [(problem.siemens, problem.bulk.between(u, weights), region) for region, weights in regional.items()]
    slopes = _by_region(problem, bulk + [(factor, form, None) for factor, form in forms])
    pumped = shifts(problem, drive.pumping)
    found, compiled = {}, {}  # compiled: of each coupling, which has several parameters

    def of_coupling(key, coupling, parameter, path, pairs):
        if key not in compiled:
            compiled[key] = _parts(coupling, pairs, problem.siemens, forms)
        return _of_coupling(parameter, coupling, path, compiled[key])

    for parameter in parameters:
        group, name, *path = parameter.path
        if places := list(_places(problem.regions, parameter)):
            rates = {name: _rates(problem, name, path, parameter.value) for name, path in places}
            if all(rate is not None for rate in rates.values()) and any(any(r.values()) for r in rates.values()):
                found[parameter] = float(
                    sum(r * slopes[key][at] for at, rate in rates.items() for key, r in rate.items())
                )
        elif group == "interfaces":
            seen = u + pumped[name] if name in pumped else u
            found |= of_coupling((group, name), problem.interfaces[name], parameter, path, [(seen, w)])
        elif group == "terminals":
            key, path = ((name, path[0]), path[1:]) if len(path) > 1 else ((name,), path)
            if key in problem.leads:
                far = problem.far_end(key, drive)
                pairs = [(u - far, w)] if key[1:] == ("spin",) else [(u, w), (far, z)]
                found |= of_coupling((group, key), problem.leads[key], parameter, path, pairs)
    return found


def _by_region(problem, parts):
    """Coefficient -> {region: derivative by its value there of the sum of parts}: (factor, form, the one region that counts or None)."""
    c, device = problem.coefficients, problem.device
    direction = ufl.TestFunction(c.region_weight.function_space)
    owned = device.mesh.topology.index_map(device.mesh.topology.dim).size_local
    slopes = {name: dict.fromkeys(problem.regions, 0.0) for name in c.numbers}
    for factor, form, only in parts:
        there = form.coefficients()
        for name, function in c.numbers.items():
            if function not in there:
                continue
            with compiling(device.mesh.comm):
                slope = fem.form(ufl.derivative(form, function, direction))
            in_cells = fem.assemble_vector(slope)
            in_cells.scatter_reverse(la.InsertMode.add)
            for region in problem.regions if only is None else (only,):
                slopes[name][region] += factor * _sum(device, in_cells.array, region, owned)
    return slopes


def _sum(device, in_cells, region, owned):
    cells = np.asarray(device.cells_of(region))
    return device.mesh.comm.allreduce(float(in_cells[cells[cells < owned]].sum()), op=MPI.SUM)


def _places(regions, parameter):
    """(region, path in it) of every region that has a parameter; none of one that belongs to no region."""
    group, *path = parameter.path
    if group == "regions":
        yield path[0], path[1:]
    elif group == "magnetic_field":
        own = {name for name, region in regions.items() if group in region.model_fields_set}
        yield from ((name, parameter.path) for name in regions if name not in own)


def _rates(problem, name, path, value):
    """Coefficient -> its derivative by the number at a path in a region; None where another value would make another kind of problem."""
    region, terms = problem.regions[name], problem.coefficients.terms
    scale = scale_of(problem.device, problem.regions)
    dimension = problem.device.mesh.topology.dim
    nearby = changed(region, path, value + (_STEP * abs(value) or _STEP))
    if any(nearby.contradictions()) or acting(problem.regions | {name: nearby}, dimension, scale) != terms:
        return None
    names = list(problem.coefficients.numbers)

    def coefficients(other):
        found = numbers_of(changed(region, path, other), terms, scale)
        return np.array([found[key] for key in names])

    return dict(zip(names, _derivative(coefficients, value), strict=True))


def _parts(coupling, pairs, siemens, forms):
    """(factor, compiled form) of all that has a coupling's numbers. pairs: of what its form is between; forms: (factor, form) of which some may have
    them too."""
    parts = [(siemens, coupling.between(*pair)) for pair in pairs]
    parts += [(factor, form) for factor, form in forms if set(form.constants()) & set(coupling.facet.numbers)]
    with compiling(_comm(coupling)):
        return [(factor, fem.form(form)) for factor, form in parts]


def _comm(coupling):
    return coupling.facet.magnetization.function_space.mesh.comm


def _of_coupling(parameter, coupling, path, parts):
    """{parameter: derivative}; nothing, where another value would make it another form. path: of the parameter in the coupling's law; parts: `_parts`."""
    comm = _comm(coupling)
    if _at(coupling.law, path) != parameter.value:  # a state with another magnetization than the case's
        return {}

    def total(value):
        with _constants(coupling, changed(coupling.law, path, value)) as same_form:
            found = sum(factor * fem.assemble_scalar(form) for factor, form in parts) if same_form else np.nan
            return comm.allreduce(found, op=MPI.SUM)

    slope = _derivative(total, parameter.value, coupling.facet.conductance_unit if parameter.unit == "S/m^2" else 1.0)
    return {} if np.isnan(slope) else {parameter: float(slope)}


def _at(model, path):
    """The number at a path in a law; None where there is none."""
    for key in path:
        model = model[key] if isinstance(model, tuple | dict) else getattr(model, key, None)
    return model


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
