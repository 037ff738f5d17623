"""What a state brings about beyond linear order: Joule heat, and the heat that currents carry because it is warmer there.

With T-independent coefficients the equations of docs/heat.md are quadratic in the potentials u, exactly: A u = f + b(u, u), b being the form here.
"""

import ufl

from spinfem.model.bulk import powers
from spinfem.model.terms.seebeck import Seebeck


def heating(problem, potentials):
    """b(u, u) as a linear form on the space of a Problem, in the scaled unit; potentials: u, a Function. It acts on the temperature alone:

        int [power] w/T_0 + (T - T_0)/T_0 (Q + kappa grad T).grad w/T_0

    and of each contact half its power on each side.
    """
    layout, c, degree = problem.layout, problem.coefficients, problem.degree
    u, w = layout.split(potentials), layout.split(ufl.TestFunction(problem.space))["T"]
    volts = layout.scalar("T").per_ampere  # W for each A
    texture = ufl.algorithms.estimate_total_polynomial_degree(c.magnetization)
    quadrature = {"quadrature_degree": 3 * degree + 2 * texture}
    density = sum(powers(u, c).values()) * w
    if Seebeck in c.terms:
        density += ufl.inner(u["T"] * Seebeck.scalar_currents(u, c)["T"], ufl.grad(w))
    form = density / volts * ufl.Measure("dx", domain=problem.device.mesh, metadata=quadrature)
    for coupling in problem.interfaces.values():
        power = coupling.between(potentials, layout.electric_alone(potentials))
        form += _weighted(power, ufl.avg(w) / volts, quadrature)
    return form


def heating_between(problem, potentials, weights):
    """w.b(u, u) as a form without arguments; weights: w, a Function."""
    form = heating(problem, potentials)
    (test,) = form.arguments()
    return ufl.replace(form, {test: weights})


def _weighted(form, factor, metadata):
    """A Form with its integrands times a factor."""
    parts = (part.reconstruct(integrand=part.integrand() * factor, metadata=metadata) for part in form.integrals())
    return ufl.Form(list(parts))
