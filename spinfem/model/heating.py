"""What a state brings about beyond linear order: Joule heat, and the heat that currents carry because it is warmer there.

With T-independent coefficients the equations of docs/heat.md are quadratic in the potentials u, exactly: A u = f + b(u, u), b being the form here.
"""

import ufl

from spinfem.model.bulk import powers
from spinfem.model.pumping import shifts
from spinfem.model.terms.seebeck import Seebeck


def heating(problem, potentials, pumping):
    """b(u, u) as a linear form on the space of a Problem, in the scaled unit; potentials: u, a Function; pumping: as of a Drive. It acts on the
    temperature alone:

        int [power] w/T_0 + (T - T_0)/T_0 (Q + kappa grad T).grad w/T_0

    and of each contact half its power on each side; a contact of a magnet that pumps sees u in the frame of the magnet. Collective.
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
    pumped = shifts(problem, pumping)
    for name, coupling in problem.interfaces.items():
        across = potentials + pumped[name] if name in pumped else potentials
        power = coupling.between(across, layout.working(across))
        form += _weighted(power, ufl.avg(w) / volts, quadrature)
    return form


def heating_between(problem, potentials, pumping, weights):
    """w.b(u, u) as a form without arguments; weights: w, a Function. Collective."""
    form = heating(problem, potentials, pumping)
    (test,) = form.arguments()
    return ufl.replace(form, {test: weights})


def _weighted(form, factor, metadata):
    """A Form with its integrands times a factor."""
    parts = (part.reconstruct(integrand=part.integrand() * factor, metadata=metadata) for part in form.integrals())
    return ufl.Form(list(parts))
